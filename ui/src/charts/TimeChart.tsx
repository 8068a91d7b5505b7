// A chart over time: its title, a legend that hides series, the plot, and what the pointer stands on.
import { useMemo, useRef, useState } from "react";
import { formatClock, formatDay } from "../format/time";
import styles from "./TimeChart.module.css";
import { type Baseline, type ChartSeries, type Hover, type PlotProps, useTimePlot } from "./useTimePlot";

interface Props extends Omit<PlotProps, "height" | "whole"> {
  title: string;
  stepMs: number;
  height?: number;
  whole?: boolean;
}

export function TimeChart(props: Props) {
  const { title, times, stepMs, format, height = 176, whole = false } = props;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [hover, setHover] = useState<Hover | null>(null);
  const host = useRef<HTMLDivElement>(null);
  const series = useMemo(
    () => props.series.filter(({ label }) => !hidden.has(label)),
    [props.series, hidden],
  );
  useTimePlot(host, { ...props, series, height, whole }, setHover);
  const toggle = (label: string) =>
    setHidden((previous) => {
      const next = new Set(previous);
      // The last one stays: an empty chart says nothing.
      if (!next.delete(label) && next.size < props.series.length - 1) next.add(label);
      return next;
    });
  const t = hover && times[hover.index];
  const happened = t ? (props.markers ?? []).filter((one) => one.t >= t && one.t < t + stepMs) : [];
  const side = hover && hover.left > (host.current?.clientWidth ?? 0) / 2 ? "left" : "right";
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.caption}>
        <span className={styles.title}>{title}</span>
        {props.series.length > 1 ? <Legend series={props.series} hidden={hidden} onToggle={toggle} /> : null}
      </figcaption>
      <div
        className={styles.plot}
        style={{ height }}
        ref={host}
        role="img"
        aria-label={summary(title, series, format)}
      />
      {hover && t ? (
        <div className={styles.tip} style={{ left: hover.left }} data-side={side}>
          <p>
            {formatDay(t)}, {formatClock(t)} – {formatClock(t + stepMs)}
          </p>
          <Values series={series} index={hover.index} format={format} />
          <Usual baseline={props.baseline} t={t} format={format} />
          {happened.map(({ t: at, kind, label }) => (
            <div key={`${at}${label}`} className={styles.event}>
              <i data-kind={kind} />
              <span>
                {formatClock(at)} {label}
              </span>
            </div>
          ))}
        </div>
      ) : null}
    </figure>
  );
}

interface LegendProps {
  series: ChartSeries[];
  hidden: ReadonlySet<string>;
  onToggle: (label: string) => void;
}

function Legend({ series, hidden, onToggle }: LegendProps) {
  return (
    <span className={styles.legend}>
      {series.map(({ label, token }) => (
        <button
          key={label}
          type="button"
          aria-pressed={!hidden.has(label)}
          title={hidden.has(label) ? `Show ${label}` : `Hide ${label}`}
          onClick={() => onToggle(label)}
        >
          <i style={{ background: `var(${token})` }} />
          {label}
        </button>
      ))}
    </span>
  );
}

function Values({
  series,
  index,
  format,
}: {
  series: ChartSeries[];
  index: number;
  format: (value: number) => string;
}) {
  return series.map(({ label, token, values }) => {
    const value = values[index];
    return (
      <div key={label}>
        <i style={{ background: `var(${token})` }} />
        <span>{label}</span>
        <b className="number">{value == null ? "–" : format(value)}</b>
      </div>
    );
  });
}

function Usual({
  baseline,
  t,
  format,
}: {
  baseline: Baseline | undefined;
  t: number;
  format: (value: number) => string;
}) {
  const hour = baseline?.hours.find(({ from, to }) => t >= from && t < to);
  if (!hour) return null;
  return (
    <div>
      <i className={styles.usual} />
      <span>Usual</span>
      <b className="number">
        {format(hour.value)} ({format(hour.low)} – {format(hour.high)})
      </b>
    </div>
  );
}

/** The chart in a sentence, for those who do not see it. */
function summary(title: string, series: ChartSeries[], format: (value: number) => string): string {
  const parts = series.flatMap(({ label, values }) => {
    const known = values.filter((value): value is number => value !== null);
    if (known.length === 0) return [];
    return [`${label} between ${format(Math.min(...known))} and ${format(Math.max(...known))}`];
  });
  return parts.length ? `${title}: ${parts.join("; ")}` : `${title}: no data in this time range`;
}
