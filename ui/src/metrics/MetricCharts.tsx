// The chosen metrics over time: one chart per unit, since milliseconds and calls have no common axis.
import { useMemo } from "react";
import type { HourOfBaseline } from "../api/contract";
import type { MetricNumbers } from "../api/metrics";
import { TimeChart } from "../charts/TimeChart";
import type { ChartSeries } from "../charts/useTimePlot";
import { Panel } from "../design/Panel";
import { formatCount, formatMs, formatRate } from "../format/number";
import { UNIT_TITLES } from "../words/metrics";
import { type Unit, unitOf } from "./paths";

export interface DrawnMetric {
  numbers: MetricNumbers;
  /** What it is called here. */
  label: string;
  /** The token of its colour. */
  token: string;
  baseline?: HourOfBaseline[] | undefined;
}

const FORMATS: Record<Unit, (value: number) => string> = {
  ms: formatMs,
  rate: formatRate,
  count: formatCount,
};

interface Props {
  metrics: readonly DrawnMetric[];
  from: number;
  to: number;
}

export function MetricCharts({ metrics, from, to }: Props) {
  const units = (["ms", "rate", "count"] as const).filter((unit) =>
    metrics.some(({ numbers }) => unitOf(numbers.path) === unit),
  );
  return units.map((unit) => (
    <UnitChart
      key={unit}
      unit={unit}
      metrics={metrics.filter(({ numbers }) => unitOf(numbers.path) === unit)}
      from={from}
      to={to}
    />
  ));
}

function UnitChart({ unit, metrics, from, to }: Props & { unit: Unit }) {
  const { times, stepMs, series } = useMemo(() => frame(metrics, from, to), [metrics, from, to]);
  return (
    <Panel title={UNIT_TITLES[unit]} bare>
      <TimeChart
        title={UNIT_TITLES[unit]}
        kind="lines"
        times={times}
        stepMs={stepMs}
        from={from}
        to={to}
        series={series}
        format={FORMATS[unit]}
        height={220}
        whole={unit === "count"}
      />
    </Panel>
  );
}

/** Points on common steps; a step without data is a gap. */
function frame(metrics: readonly DrawnMetric[], from: number, to: number) {
  const stepMs = Math.max(60_000, ...metrics.map(({ numbers }) => numbers.stepMs));
  const first = Math.floor(from / stepMs) * stepMs;
  const times: number[] = [];
  for (let time = first; time < to; time += stepMs) times.push(time);
  const series = metrics.flatMap(({ numbers, label, token, baseline }): ChartSeries[] => {
    const values = new Map(
      numbers.points.map((point) => [Math.floor(point.t / stepMs) * stepMs, point.value]),
    );
    const drawn: ChartSeries = { label, token, values: times.map((time) => values.get(time) ?? null) };
    if (!baseline?.some(({ value }) => value !== null)) return [drawn];
    const usual = new Map(baseline.map((hour) => [hour.startMs, hour.value ?? null]));
    const hour = (time: number) => Math.floor(time / 3_600_000) * 3_600_000;
    return [
      drawn,
      {
        label: `${label}, usual`,
        token,
        values: times.map((time) => usual.get(hour(time)) ?? null),
        dashed: true,
      },
    ];
  });
  return { times, stepMs, series };
}
