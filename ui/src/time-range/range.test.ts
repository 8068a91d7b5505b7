import { describe, expect, it } from "vitest";
import { bounds, customRange, RANGE_MIN_MS, rangeKey, readRangeSearch, toTimeRange } from "./range";

const now = 1_800_000_000_000;

describe("the range in the address", () => {
  it.each([
    [{}, { kind: "preset", preset: "1h" }],
    [{ range: "15m" }, { kind: "preset", preset: "15m" }],
    [
      { range: "1d", q: "x" },
      { kind: "preset", preset: "1d" },
    ],
    [{ range: "2w" }, { kind: "preset", preset: "1h" }],
    [{ range: "toString" }, { kind: "preset", preset: "1h" }],
    [
      { from: "100", to: "200" },
      { kind: "custom", from: 100, to: 200 },
    ],
    [
      { from: 100, to: 200, range: "4h" },
      { kind: "custom", from: 100, to: 200 },
    ],
    [
      { from: "200", to: "100" },
      { kind: "preset", preset: "1h" },
    ],
    [
      { from: "-1", to: "100" },
      { kind: "preset", preset: "1h" },
    ],
    [
      { from: "abc", to: "100" },
      { kind: "preset", preset: "1h" },
    ],
    [{ from: "100" }, { kind: "preset", preset: "1h" }],
    [
      { from: "", to: "100" },
      { kind: "preset", preset: "1h" },
    ],
  ])("%j is %j", (raw, range) => {
    expect(toTimeRange(readRangeSearch(raw))).toEqual(range);
  });
});

it("moves a preset with the clock and leaves a custom range alone", () => {
  expect(bounds({ kind: "preset", preset: "15m" }, now)).toEqual({ from: now - 900_000, to: now });
  expect(bounds({ kind: "custom", from: 1, to: 2 }, now)).toEqual({ from: 1, to: 2 });
});

it("keeps one key for a preset as time goes by", () => {
  expect(rangeKey({ kind: "preset", preset: "4h" })).toBe("4h");
  expect(rangeKey({ kind: "custom", from: 1, to: 2 })).toBe("1-2");
});

it("makes a range of what was dragged on a chart, in either direction and never too short", () => {
  expect(customRange(500_000.4, 100_000.6)).toEqual({ from: 100_000, to: 500_001 });
  expect(customRange(1000, 1001)).toEqual({ from: 1000, to: 1000 + RANGE_MIN_MS });
});
