import { expect, it } from "vitest";
import { fromDrafts, type ThresholdPolicy, toDrafts } from "./thresholds";

const POLICY: ThresholdPolicy = {
  slow: { kind: "standard_deviations", count: 3 },
  very_slow: { kind: "static", ms: 2_000 },
  stall: { kind: "off" },
  slow_minimum_ms: 200,
  very_slow_minimum_ms: 600,
  stall_minimum_ms: 45_000,
  executions_min: 30,
};

it("comes back as it was when nothing is changed", () => {
  expect(fromDrafts(toDrafts(POLICY), POLICY)).toEqual(POLICY);
});

it("is nothing while a number is not one", () => {
  const drafts = toDrafts(POLICY);
  for (const value of ["", "-1", "0", "soon"]) {
    expect(fromDrafts({ ...drafts, slow: { ...drafts.slow, value } }, POLICY)).toBeUndefined();
  }
});

it("takes a decimal comma, and needs no number to be off", () => {
  const drafts = toDrafts(POLICY);
  const changed = fromDrafts({ ...drafts, slow: { ...drafts.slow, value: "2,5" } }, POLICY);
  expect(changed?.slow).toEqual({ kind: "standard_deviations", count: 2.5 });
  const off = fromDrafts({ ...drafts, slow: { kind: "off", value: "", minimum: "200" } }, POLICY);
  expect(off?.slow).toEqual({ kind: "off" });
});
