import { expect, it } from "vitest";
import { parents, parts, restUrl, shortNames, unitOf } from "./paths";

it("takes a path apart, with bars inside names", () => {
  expect(parts("Backends|Discovered backend call - db\\|main|Calls per Minute")).toEqual([
    "Backends",
    "Discovered backend call - db|main",
    "Calls per Minute",
  ]);
  expect(parts("")).toEqual([]);
  expect(parents("A|b\\|c|D")).toEqual(["A", "A|b\\|c"]);
});

it.each([
  ["X|Average Response Time (ms)", "ms"],
  ["X|Calls per Minute", "rate"],
  ["X|Stall Count", "count"],
])("%s is %s", (path, unit) => {
  expect(unitOf(path)).toBe(unit);
});

it("leaves out what is the same", () => {
  expect(shortNames(["A|web|Calls per Minute", "A|pay|Calls per Minute"])).toEqual([
    "web · Calls per Minute",
    "pay · Calls per Minute",
  ]);
  expect(shortNames(["A|b|Stall Count"])).toEqual(["b · Stall Count"]);
  expect(shortNames(["A", "A|x"])).toEqual(["A", "A · x"]);
});

it("asks the public API the same", () => {
  expect(restUrl("http://c:1", "a/b", "A|x y\\|z", { kind: "preset", preset: "4h" })).toBe(
    "http://c:1/controller/rest/applications/a%2Fb/metric-data?metric-path=A%7Cx%20y%5C%7Cz&time-range-type=BEFORE_NOW&duration-in-mins=240&rollup=false&output=JSON",
  );
  expect(restUrl("", "5", "A", { kind: "custom", from: 1, to: 2 })).toContain(
    "BETWEEN_TIMES&start-time=1&end-time=2",
  );
});
