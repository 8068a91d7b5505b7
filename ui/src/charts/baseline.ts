import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { HourOfBaseline } from "../api/contract";
import { baselineQuery } from "../api/queries";
import { useTimeRange } from "../time-range/useTimeRange";
import type { Baseline } from "./useTimePlot";

const HOUR_MS = 3_600_000;

/** How many deviations the band reaches to either side: nineteen of twenty usual values lie within. */
const DEVIATIONS = 2;

/** Hours with enough behind them; `scale` turns the metric's unit into the chart's. */
export function toBaseline(hours: readonly HourOfBaseline[], scale: number): Baseline | undefined {
  const known = hours.flatMap(({ startMs, value, deviation }) => {
    if (value == null) return [];
    const reach = DEVIATIONS * (deviation ?? 0);
    return [
      {
        from: startMs,
        to: startMs + HOUR_MS,
        value: value * scale,
        low: Math.max(0, value - reach) * scale,
        high: (value + reach) * scale,
      },
    ];
  });
  return known.length === 0 ? undefined : { hours: known };
}

/** What was usual for the three charts of something; nothing until there is enough to say so. */
export interface Baselines {
  calls: Baseline | undefined;
  time: Baseline | undefined;
  errors: Baseline | undefined;
}

/**
 * `folder` is the metric folder of what the charts show (`Overall Application Performance`); without one nothing is
 * asked. Errors are shown per step, the metric is per minute.
 */
export function useBaselines(app: string, folder: string | undefined, stepMs: number): Baselines {
  const range = useTimeRange();
  const question = (leaf: string) => ({
    ...baselineQuery(app, `${folder}|${leaf}`, range),
    enabled: folder !== undefined,
  });
  const calls = useQuery(question("Calls per Minute")).data;
  const time = useQuery(question("Average Response Time (ms)")).data;
  const errors = useQuery(question("Errors per Minute")).data;
  return useMemo(
    () => ({
      calls: toBaseline(calls ?? [], 1),
      time: toBaseline(time ?? [], 1),
      errors: toBaseline(errors ?? [], stepMs / 60_000),
    }),
    [calls, time, errors, stepMs],
  );
}
