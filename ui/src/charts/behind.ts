// What stands behind the series of a chart: the band of what was usual, and lines where something happened.
import type uPlot from "uplot";
import { resolveColor } from "./color";
import type { Baseline, Marker } from "./useTimePlot";

/** The band must not press the data to the ground: it counts for the height up to twice the greatest value. */
const BAND_OVER_DATA = 2;

const MARKER_TOKENS: Record<Marker["kind"], string> = {
  deployment: "--accent",
  violation: "--error",
  other: "--text-muted",
};

/** The greatest value to make room for. */
export function topOf(max: number, baseline: Baseline | undefined): number {
  const data = Math.max(max, 0);
  if (!baseline) return data;
  const high = Math.max(0, ...baseline.hours.map((hour) => hour.high));
  const value = Math.max(0, ...baseline.hours.map((hour) => hour.value));
  return Math.max(data, data === 0 ? high : Math.min(high, data * BAND_OVER_DATA), Math.min(value, data * 4));
}

export function drawBaseline(plot: uPlot, element: HTMLElement, baseline: Baseline | undefined): void {
  if (!baseline || baseline.hours.length === 0) return;
  const { ctx, bbox } = plot;
  const x = (ms: number) => plot.valToPos(ms / 1000, "x", true);
  const y = (value: number) => plot.valToPos(value, "y", true);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = resolveColor(element, "--text-muted", 0.13);
  ctx.strokeStyle = resolveColor(element, "--text-muted", 0.75);
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  for (const { from, to, value, low, high } of baseline.hours) {
    ctx.fillRect(x(from), y(high), x(to) - x(from), y(low) - y(high));
    ctx.moveTo(x(from), y(value));
    ctx.lineTo(x(to), y(value));
  }
  ctx.stroke();
  ctx.restore();
}

export function drawMarkers(plot: uPlot, element: HTMLElement, markers: readonly Marker[] | undefined): void {
  if (!markers || markers.length === 0) return;
  const { ctx, bbox } = plot;
  const size = 4 * devicePixelRatio;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  for (const { t, kind } of markers) {
    const at = plot.valToPos(t / 1000, "x", true);
    if (at < bbox.left || at > bbox.left + bbox.width) continue;
    ctx.strokeStyle = resolveColor(element, MARKER_TOKENS[kind], 0.7);
    ctx.fillStyle = resolveColor(element, MARKER_TOKENS[kind]);
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(at - size, bbox.top);
    ctx.lineTo(at + size, bbox.top);
    ctx.lineTo(at, bbox.top + size * 1.4);
    ctx.fill();
  }
  ctx.restore();
}
