import { describe, expect, it } from "vitest";
import { areaPath, finished, linePath } from "./sparkPath";
import { stack } from "./stack";

describe("sparklines", () => {
  it("reach from edge to edge, the greatest value highest", () => {
    expect(linePath([0, 10, 5], 100, 24)).toBe("M0 22L50 2L100 12");
  });

  it("leave out the step that still runs", () => {
    const spark = { from: 0, stepMs: 60_000 };
    expect(finished([5, 5, 1], spark, 150_000)).toEqual([5, 5]);
    expect(finished([5, 5, 1], spark, 180_000)).toEqual([5, 5, 1]);
    expect(finished([1], spark, 30_000)).toEqual([1]);
  });

  it("break at missing values and show a lone value as a dash", () => {
    expect(linePath([1, 1, null, 1], 90, 24)).toBe("M0 2L30 2M88 2L90 2");
  });

  it("draw nothing of nothing, and a flat line of zeros", () => {
    expect(linePath([], 100, 24)).toBe("");
    expect(linePath([null, null], 100, 24)).toBe("");
    expect(linePath([0, 0], 100, 24)).toBe("M0 22L100 22");
    expect(areaPath([null], 100, 24)).toBe("");
  });

  it("close the area below the line", () => {
    expect(areaPath([10, 0], 100, 24)).toBe("M0 2L100 22L100 24L0 24Z");
  });
});

it("stacks so that the first series is the tallest and the last stands on the ground", () => {
  expect(
    stack([
      [5, 1],
      [2, null],
      [1, 4],
    ]),
  ).toEqual([
    [8, 5],
    [3, 4],
    [1, 4],
  ]);
  expect(stack([])).toEqual([]);
});
