import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Series } from "../api/contract";
import { formatCount, formatMs, formatRate } from "../format/number";
import { VERDICTS } from "../words";
import { useBaselines } from "./baseline";
import { useEventMarkers } from "./markers";
import styles from "./PerformanceCharts.module.css";
import { TimeChart } from "./TimeChart";
import type { ChartSeries } from "./useTimePlot";

interface Props {
  series: Series;
  /** The metric folder of what is shown, for what was usual (`Overall Application Performance`). */
  folder?: string | undefined;
  /** Exit calls have no verdicts: their load is one colour. */
  verdicts?: boolean;
  percentiles?: boolean;
}

/** Load, response time and errors of one thing, one below the other in time. */
export function PerformanceCharts({ series, folder, verdicts = true, percentiles = true }: Props) {
  const { stepMs, from, to, points } = series;
  const { app = "" } = useParams({ strict: false });
  const usual = useBaselines(app, folder, stepMs);
  const markers = useEventMarkers(app);
  const frame = useMemo(
    () => ({ times: points.map((point) => point.t), stepMs, from, to, markers }),
    [points, stepMs, from, to, markers],
  );
  const load = useMemo((): ChartSeries[] => {
    const perMinute = 60_000 / stepMs;
    if (!verdicts)
      return [{ label: "Calls", token: "--series-1", values: points.map((p) => p.calls * perMinute) }];
    return VERDICTS.map(({ key, label, token }) => ({
      label,
      token: `--${token}`,
      values: points.map((p) => p.verdicts[key] * perMinute),
    }));
  }, [points, stepMs, verdicts]);
  const time = useMemo((): ChartSeries[] => {
    const average = {
      label: "Average",
      token: "--series-1",
      values: points.map((p) => p.averageMs ?? null),
      fill: true,
    };
    if (!percentiles) return [average];
    return [
      average,
      { label: "95th", token: "--series-2", values: points.map((p) => p.p95 ?? null) },
      { label: "99th", token: "--series-3", values: points.map((p) => p.p99 ?? null), dashed: true },
    ];
  }, [points, percentiles]);
  const errors = useMemo(
    (): ChartSeries[] => [{ label: "Errors", token: "--error", values: points.map((p) => p.errors) }],
    [points],
  );
  return (
    <div className={styles.charts}>
      <div className={styles.card}>
        <TimeChart
          {...frame}
          title="Calls/min"
          kind="stack"
          series={load}
          format={formatRate}
          baseline={usual.calls}
        />
      </div>
      <div className={styles.card}>
        <TimeChart
          {...frame}
          title="Response time"
          kind="lines"
          series={time}
          format={formatMs}
          baseline={usual.time}
        />
      </div>
      <div className={styles.card}>
        <TimeChart
          {...frame}
          title="Errors"
          kind="stack"
          series={errors}
          format={formatCount}
          baseline={usual.errors}
          whole
        />
      </div>
    </div>
  );
}
