// The time range is part of the address: ?range=4h, or ?from=…&to=… in epoch milliseconds. Without either it
// is the default, so a link always shows the same thing to everyone.

const MINUTE_MS = 60_000;

export const PRESETS = {
  "15m": { ms: 15 * MINUTE_MS, label: "Last 15 minutes" },
  "30m": { ms: 30 * MINUTE_MS, label: "Last 30 minutes" },
  "1h": { ms: 60 * MINUTE_MS, label: "Last hour" },
  "4h": { ms: 240 * MINUTE_MS, label: "Last 4 hours" },
  "12h": { ms: 720 * MINUTE_MS, label: "Last 12 hours" },
  "1d": { ms: 1440 * MINUTE_MS, label: "Last day" },
  "7d": { ms: 7 * 1440 * MINUTE_MS, label: "Last week" },
  "30d": { ms: 30 * 1440 * MINUTE_MS, label: "Last 30 days" },
} as const;

export type Preset = keyof typeof PRESETS;

export const DEFAULT_PRESET: Preset = "1h";

/** A custom range shorter than this says nothing: metrics come per minute. */
export const RANGE_MIN_MS = MINUTE_MS;

export interface RangeSearch {
  range?: Preset;
  from?: number;
  to?: number;
}

export type TimeRange = { kind: "preset"; preset: Preset } | { kind: "custom"; from: number; to: number };

export function isPreset(value: unknown): value is Preset {
  return typeof value === "string" && Object.hasOwn(PRESETS, value);
}

function epoch(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0
    ? Math.floor(number)
    : undefined;
}

/** Keeps what is usable of a hand-written address; anything else falls back to the default. */
export function readRangeSearch(raw: Record<string, unknown>): RangeSearch {
  const from = epoch(raw.from);
  const to = epoch(raw.to);
  if (from !== undefined && to !== undefined && from < to) return { from, to };
  return isPreset(raw.range) ? { range: raw.range } : {};
}

export function toTimeRange(search: RangeSearch): TimeRange {
  if (search.from !== undefined && search.to !== undefined) {
    return { kind: "custom", from: search.from, to: search.to };
  }
  return { kind: "preset", preset: search.range ?? DEFAULT_PRESET };
}

/** The bounds to ask the controller for, now. */
export function bounds(range: TimeRange, nowMs: number): { from: number; to: number } {
  if (range.kind === "custom") return { from: range.from, to: range.to };
  return { from: nowMs - PRESETS[range.preset].ms, to: nowMs };
}

/** The part of a query key that stands for the range; a preset does not change as time goes by. */
export function rangeKey(range: TimeRange): string {
  return range.kind === "preset" ? range.preset : `${range.from}-${range.to}`;
}

/** A range dragged on a chart, widened to what makes sense. */
export function customRange(from: number, to: number): RangeSearch {
  const start = Math.floor(Math.min(from, to));
  return { from: start, to: Math.max(Math.ceil(Math.max(from, to)), start + RANGE_MIN_MS) };
}
