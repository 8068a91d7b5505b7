import { expect, it } from "vitest";
import { differences, type Json, merge, type Patch, valueAt, withValue } from "./patch";

const base = {
  thresholds: { slow: { kind: "standard_deviations", count: 3 }, slow_minimum_ms: 200 },
  detection: { match_rules: [], enabled: true },
  bt_thresholds: {},
};

it("writes only what differs", () => {
  const slow = { kind: "static", ms: 50 };
  let patch: Patch = withValue({}, base, ["thresholds", "slow"], slow);
  expect(patch).toEqual({ thresholds: { slow } });
  patch = withValue(patch, base, ["thresholds", "slow_minimum_ms"], 200);
  expect(patch).toEqual({ thresholds: { slow } });
  expect(withValue(patch, base, ["thresholds", "slow"], base.thresholds.slow)).toEqual({});
});

it("what is written comes back when it is merged", () => {
  const cases: [string[], Json][] = [
    [["thresholds", "slow"], { kind: "off" }],
    [["detection", "match_rules"], [{ name: "a", request: { path: null } }]],
    [["detection", "enabled"], false],
    [["bt_thresholds", "5"], { slow_minimum_ms: 1 }],
  ];
  for (const [path, value] of cases) {
    expect(valueAt(merge(base, withValue({}, base, path, value)), path)).toEqual(value);
  }
});

it("takes away what was written, also a key the base does not have", () => {
  const patch = withValue({}, base, ["bt_thresholds", "5"], { slow_minimum_ms: 1 });
  expect(withValue(patch, base, ["bt_thresholds", "5"], null)).toEqual({});
});

it("replaces things of another kind as a whole", () => {
  expect(merge(base, { thresholds: { slow: { kind: "off" } } })).toMatchObject({
    thresholds: { slow: { kind: "off" } },
  });
  expect(
    valueAt(merge(base, { thresholds: { slow: { kind: "off" } } }), ["thresholds", "slow", "count"]),
  ).toBe(undefined);
});

it("says where two differ", () => {
  const then = merge(base, { thresholds: { slow: { kind: "off" } }, detection: { enabled: false } });
  expect(differences(base, then).map(({ path }) => path.join("."))).toEqual([
    "thresholds.slow",
    "detection.enabled",
  ]);
  expect(differences(base, structuredClone(base))).toEqual([]);
});
