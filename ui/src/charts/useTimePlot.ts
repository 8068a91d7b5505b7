// uPlot, kept in step with React: made anew only for another shape, size or theme, else fed.
import { type RefObject, useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatClock, formatDay } from "../format/time";
import { useShownTheme } from "../shell/theme";
import { customRange } from "../time-range/range";
import { useSetRange } from "../time-range/TimeRangePicker";
import { drawBaseline, drawMarkers, topOf } from "./behind";
import { resolveColor } from "./color";
import { stack } from "./stack";

export interface ChartSeries {
  label: string;
  /** The name of a token, with the leading dashes. */
  token: string;
  values: (number | null)[];
  /** A filled area under the line. */
  fill?: boolean;
  dashed?: boolean;
}

/** What was usual: a line with a band around it, behind the series. One entry per hour. */
export interface Baseline {
  hours: { from: number; to: number; value: number; low: number; high: number }[];
}

/** Something that happened at a time. */
export interface Marker {
  t: number;
  kind: "deployment" | "violation" | "other";
  label: string;
}

export interface PlotProps {
  kind: "lines" | "stack";
  /** Start of each step, epoch milliseconds. */
  times: number[];
  from: number;
  to: number;
  series: ChartSeries[];
  format: (value: number) => string;
  height: number;
  /** The values are counts: no fractions on the axis. */
  whole: boolean;
  baseline?: Baseline | undefined;
  markers?: readonly Marker[] | undefined;
}

export interface Hover {
  index: number;
  left: number;
}

const SYNC_KEY = "tierline";
const WHOLE_STEPS = [1, 2, 5]
  .flatMap((factor) => Array.from({ length: 10 }, (_, power) => factor * 10 ** power))
  .sort((a, b) => a - b);
const AXIS_FONT = '11px "Inter Variable", system-ui, sans-serif';

/** Draws into the element of the reference. */
export function useTimePlot(
  host: RefObject<HTMLDivElement | null>,
  props: PlotProps,
  onHover: (hover: Hover | null) => void,
): void {
  const { kind, times, from, to, series, format, height, whole, baseline, markers } = props;
  const plot = useRef<uPlot | null>(null);
  const theme = useShownTheme();
  const setRange = useSetRange();
  const latest = useRef<Latest>({ setRange, format, baseline, markers });
  latest.current = { setRange, format, baseline, markers };

  const data = useMemo((): uPlot.AlignedData => {
    const seconds = times.map((t) => t / 1000);
    const values = series.map((one) => one.values);
    return [seconds, ...(kind === "stack" ? stack(values) : values)] as uPlot.AlignedData;
  }, [times, series, kind]);

  const shape = series.map(({ label, token, fill, dashed }) => `${label}${token}${fill}${dashed}`).join("|");
  // biome-ignore lint/correctness/useExhaustiveDependencies: data and range reach the plot in the effect below; a new plot is needed only for another shape, size or theme
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const instance = new uPlot(
      plotOptions({ element, kind, series, height, whole, latest, onHover }),
      data,
      element,
    );
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

  // biome-ignore lint/correctness/useExhaustiveDependencies: baseline and markers are read when it is drawn again
  useEffect(() => {
    plot.current?.setData(data, false);
    plot.current?.setScale("x", { min: from / 1000, max: to / 1000 });
  }, [data, from, to, baseline, markers]);
}

/** What the plot reads when it draws or is used, without being made anew. */
interface Latest {
  setRange: ReturnType<typeof useSetRange>;
  format: (value: number) => string;
  baseline: Baseline | undefined;
  markers: readonly Marker[] | undefined;
}

interface Setting {
  element: HTMLElement;
  kind: "lines" | "stack";
  series: ChartSeries[];
  height: number;
  whole: boolean;
  latest: { current: Latest };
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
      y: { range: (_, __, max) => [0, topOf(max ?? 0, latest.current.baseline) * 1.08 || 1] },
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
      drawAxes: [(instance) => drawBaseline(instance, element, latest.current.baseline)],
      draw: [(instance) => drawMarkers(instance, element, latest.current.markers)],
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
