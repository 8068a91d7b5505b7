// A chart over time on uPlot: lines or stacked bars, a tooltip, drag to choose a time range.
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatClock, formatDay } from "../format/time";
import { useShownTheme } from "../shell/theme";
import { customRange } from "../time-range/range";
import { useSetRange } from "../time-range/TimeRangePicker";
import { resolveColor } from "./color";
import { stack } from "./stack";
import styles from "./TimeChart.module.css";

export interface ChartSeries {
  label: string;
  /** The name of a token, with the leading dashes. */
  token: string;
  values: (number | null)[];
  /** A filled area under the line. */
  fill?: boolean;
  dashed?: boolean;
}

interface Props {
  title: string;
  kind: "lines" | "stack";
  /** Start of each step, epoch milliseconds. */
  times: number[];
  stepMs: number;
  from: number;
  to: number;
  series: ChartSeries[];
  format: (value: number) => string;
  height?: number;
  /** The values are counts: no fractions on the axis. */
  whole?: boolean;
}

interface Hover {
  index: number;
  left: number;
}

const SYNC_KEY = "tierline";
const WHOLE_STEPS = [1, 2, 5]
  .flatMap((factor) => Array.from({ length: 10 }, (_, power) => factor * 10 ** power))
  .sort((a, b) => a - b);
const AXIS_FONT = '11px "Inter Variable", system-ui, sans-serif';

export function TimeChart(props: Props) {
  const { title, kind, times, stepMs, from, to, format, height = 176, whole = false } = props;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const series = useMemo(
    () => props.series.filter(({ label }) => !hidden.has(label)),
    [props.series, hidden],
  );
  const toggle = (label: string) =>
    setHidden((previous) => {
      const next = new Set(previous);
      if (!next.delete(label) && next.size < props.series.length - 1) next.add(label);
      return next;
    });
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const theme = useShownTheme();
  const setRange = useSetRange();
  const latest = useRef({ setRange, format, to });
  latest.current = { setRange, format, to };

  const data = useMemo((): uPlot.AlignedData => {
    const seconds = times.map((t) => t / 1000);
    const values = series.map((one) => one.values);
    return [seconds, ...(kind === "stack" ? stack(values) : values)] as uPlot.AlignedData;
  }, [times, series, kind]);

  const shape = series.map(({ label, token, fill, dashed }) => `${label}${token}${fill}${dashed}`).join("|");
  // biome-ignore lint/correctness/useExhaustiveDependencies: data and range reach the plot in the effects below; a new plot is needed only for another shape, size or theme
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const options = plotOptions({ element, kind, series, height, whole, latest, onHover: setHover });
    const instance = new uPlot(options, data, element);
    instance.setScale("x", { min: from / 1000, max: to / 1000 });
    plot.current = instance;
    // A canvas does not wait for the font: draw again once it has come.
    void document.fonts.ready.then(() => plot.current === instance && instance.redraw());
    const observer = new ResizeObserver(() => {
      instance.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      instance.destroy();
      plot.current = null;
    };
  }, [shape, kind, height, theme]);

  useEffect(() => {
    plot.current?.setData(data, false);
    plot.current?.setScale("x", { min: from / 1000, max: to / 1000 });
  }, [data, from, to]);

  const t = hover && times[hover.index];
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.caption}>
        <span className={styles.title}>{title}</span>
        {props.series.length > 1 ? (
          <span className={styles.legend}>
            {props.series.map(({ label, token }) => (
              <button
                key={label}
                type="button"
                aria-pressed={!hidden.has(label)}
                title={hidden.has(label) ? `Show ${label}` : `Hide ${label}`}
                onClick={() => toggle(label)}
              >
                <i style={{ background: `var(${token})` }} />
                {label}
              </button>
            ))}
          </span>
        ) : null}
      </figcaption>
      <div
        className={styles.plot}
        style={{ height }}
        ref={host}
        role="img"
        aria-label={summary(title, series, format)}
      />
      {hover && t ? (
        <div
          className={styles.tip}
          style={{ left: hover.left }}
          data-side={hover.left > (host.current?.clientWidth ?? 0) / 2 ? "left" : "right"}
        >
          <p>
            {formatDay(t)}, {formatClock(t)} – {formatClock(t + stepMs)}
          </p>
          {series.map(({ label, token, values }) => {
            const value = values[hover.index];
            return (
              <div key={label}>
                <i style={{ background: `var(${token})` }} />
                <span>{label}</span>
                <b className="number">{value == null ? "–" : format(value)}</b>
              </div>
            );
          })}
        </div>
      ) : null}
    </figure>
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

interface Setting {
  element: HTMLElement;
  kind: "lines" | "stack";
  series: ChartSeries[];
  height: number;
  whole: boolean;
  latest: {
    current: { setRange: ReturnType<typeof useSetRange>; format: (value: number) => string; to: number };
  };
  onHover: (hover: Hover | null) => void;
}

function plotOptions({ element, kind, series, height, whole, latest, onHover }: Setting): uPlot.Options {
  const muted = resolveColor(element, "--text-muted");
  const grid = { stroke: resolveColor(element, "--grid"), width: 1 };
  const axis = { stroke: muted, font: AXIS_FONT, ticks: { show: false }, grid } satisfies uPlot.Axis;
  return {
    width: element.clientWidth,
    height,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: SYNC_KEY },
      points: { show: kind === "lines", size: 6 },
      y: false,
      drag: { x: true, y: false, setScale: false },
    },
    scales: {
      x: { time: true, auto: false },
      y: { range: (_, __, max) => [0, Math.max(max ?? 0, 0) * 1.08 || 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        gap: 6,
        space: 64,
        values: (_, splits) => splits.map(timeTick),
      },
      {
        ...axis,
        size: 58,
        gap: 8,
        space: 32,
        ...(whole ? { incrs: WHOLE_STEPS } : {}),
        values: (_, splits) => splits.map((split) => latest.current.format(split)),
      },
    ],
    series: [{}, ...series.map((one) => plotSeries(element, kind, one))],
    hooks: {
      setCursor: [
        (instance) => {
          const { idx, left } = instance.cursor;
          onHover(
            idx == null || left == null || left < 0
              ? null
              : { index: idx, left: left + instance.bbox.left / devicePixelRatio },
          );
        },
      ],
      setSelect: [
        (instance) => {
          const { left, width } = instance.select;
          if (width < 8) return;
          const at = (x: number) => instance.posToVal(x, "x") * 1000;
          instance.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          latest.current.setRange(customRange(at(left), at(left + width)));
        },
      ],
    },
  };
}

function plotSeries(element: HTMLElement, kind: "lines" | "stack", one: ChartSeries): uPlot.Series {
  const color = resolveColor(element, one.token);
  if (kind === "stack") {
    const paths = uPlot.paths.bars?.({ size: [0.82, 28], align: 1, gap: 1 });
    return {
      label: one.label,
      fill: color,
      stroke: color,
      width: 0,
      points: { show: false },
      ...(paths ? { paths } : {}),
    };
  }
  return {
    label: one.label,
    stroke: color,
    width: 1.6,
    spanGaps: false,
    ...(one.fill ? { fill: resolveColor(element, one.token, 0.1) } : {}),
    ...(one.dashed ? { dash: [4, 3] } : {}),
    points: { show: true, size: 4, fill: color, filter: (plot, index) => lonely(plot.data[index] ?? []) },
  };
}

/** A step between two gaps has no line to be seen by: it is drawn as a point. */
function lonely(values: ArrayLike<number | null | undefined>): number[] {
  return Array.from({ length: values.length }, (_, index) => index).filter(
    (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null,
  );
}

function timeTick(seconds: number): string {
  const text = formatClock(seconds * 1000);
  return text === "00:00" ? formatDay(seconds * 1000) : text;
}
