import { describe, expect, it } from "vitest";
import { counted, formatBytes, formatCount, formatMs, formatPercent, formatRate, percentOf } from "./number";

describe("formatMs", () => {
  it.each([
    [null, "–"],
    [undefined, "–"],
    [Number.NaN, "–"],
    [Number.POSITIVE_INFINITY, "–"],
    [0, "0 ms"],
    [0.0001, "1 µs"],
    [0.42, "420 µs"],
    [0.9996, "1.0 ms"],
    [9.94, "9.9 ms"],
    [9.96, "10 ms"],
    [999.4, "999 ms"],
    [999.6, "1.00 s"],
    [1234, "1.23 s"],
    [12_345, "12.3 s"],
    [59_949, "59.9 s"],
    [59_950, "1 m 0 s"],
    [125_000, "2 m 5 s"],
    [3_599_600, "1 h 0 m"],
    [7_384_000, "2 h 3 m"],
  ])("%s is %s", (value, text) => {
    expect(formatMs(value)).toBe(text);
  });
});

describe("formatCount", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [12_345, "12,345"],
    [99_999, "99,999"],
    [100_000, "100 k"],
    [999_600, "1.0 M"],
    [4_520_000, "4.5 M"],
    [12_345_678, "12 M"],
    [3_000_000_000, "3.0 G"],
    [null, "–"],
  ])("%s is %s", (value, text) => {
    expect(formatCount(value)).toBe(text);
  });
});

describe("small numbers never look like none", () => {
  it("keeps a trickle visible", () => {
    expect(formatRate(0.002)).toBe("< 0.01");
    expect(formatRate(0.25)).toBe("0.25");
    expect(formatPercent(0.01)).toBe("< 0.1%");
    expect(formatPercent(99.99)).toBe("> 99.9%");
  });
  it("says none for none and all for all", () => {
    expect(formatRate(0)).toBe("0");
    expect(formatPercent(0)).toBe("0%");
    expect(formatPercent(100)).toBe("100%");
  });
});

it("takes nothing of nothing as 0 %", () => {
  expect(percentOf(0, 0)).toBe(0);
  expect(percentOf(1, 4)).toBe(25);
});

it("counts in English", () => {
  expect(counted(1, "tier")).toBe("1 tier");
  expect(counted(0, "node")).toBe("0 nodes");
  expect(counted(2, "reply", "replies")).toBe("2 replies");
});

it("writes bytes in powers of 1024", () => {
  expect(formatBytes(1023)).toBe("1,023 B");
  expect(formatBytes(64 * 1024 * 1024)).toBe("64.0 MiB");
});
