import { expect, it } from "vitest";
import { toBaseline } from "./baseline";
import { topOf } from "./behind";
import { toMarker } from "./markers";

const HOUR_MS = 3_600_000;
const hour = (startMs: number, value: number | null, deviation: number | null) => ({
  startMs,
  value,
  deviation,
  samples: 5,
});

it("draws a band of two deviations to either side, never below nothing, in the chart's unit", () => {
  expect(toBaseline([hour(0, 10, 2), hour(HOUR_MS, 10, 8)], 2)).toEqual({
    hours: [
      { from: 0, to: HOUR_MS, value: 20, low: 12, high: 28 },
      { from: HOUR_MS, to: 2 * HOUR_MS, value: 20, low: 0, high: 52 },
    ],
  });
});

it("says nothing of hours of which too little is known", () => {
  expect(toBaseline([hour(0, null, null)], 1)).toBeUndefined();
  expect(toBaseline([hour(0, null, null), hour(HOUR_MS, 5, null)], 1)?.hours).toHaveLength(1);
});

it("leaves the data readable below a wide band", () => {
  const wide = toBaseline([hour(0, 10, 500)], 1);
  expect(topOf(12, wide)).toBe(24);
  expect(topOf(0, wide)).toBe(1_010);
  expect(topOf(12, undefined)).toBe(12);
});

it("tells deployments, violations and the rest apart", () => {
  const event = {
    id: 1,
    timeMs: 7,
    subType: "",
    severity: "INFO",
    summary: "Release 4",
    comment: "",
    properties: {},
    affectedEntities: [],
    triggeredEntity: null,
  };
  expect(toMarker({ ...event, type: "APPLICATION_DEPLOYMENT" })).toEqual({
    t: 7,
    kind: "deployment",
    label: "Release 4",
  });
  expect(toMarker({ ...event, type: "POLICY_OPEN_CRITICAL" }).kind).toBe("violation");
  expect(toMarker({ ...event, type: "CUSTOM" }).kind).toBe("other");
});
