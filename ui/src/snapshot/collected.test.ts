import { expect, it } from "vitest";
import { collectedSources, splitUserData } from "./collected";

it("tells headers and parameters from what the program said", () => {
  const sources = collectedSources({
    data_collectors: [
      { name: "customer", value: { kind: "header", name: "X-Customer" } },
      { name: "path", value: { kind: "url" } },
      { name: "odd", value: { kind: "of a later version" } },
    ],
  });
  const entry = (key: string) => ({ key, value: "v" });
  expect(splitUserData(["customer", "odd", "order", "path"].map(entry), sources)).toEqual({
    said: ["odd", "order"].map(entry),
    collected: ["customer (header X-Customer)", "path (the URL)"].map(entry),
  });
});

it("takes no settings for no collectors", () => {
  expect([...collectedSources(undefined), ...collectedSources({ data_collectors: 5 })]).toEqual([]);
});
