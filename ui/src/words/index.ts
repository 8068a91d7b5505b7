// The page's texts: the product's own words here, what one area says beside them in a file of that area.
export * from "./product";
