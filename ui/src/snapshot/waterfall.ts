// The rows of a waterfall: segments, under them their exit calls, under those the segments they led to.
import type { ExitCall, Segment, Snapshot } from "./read";

export type WaterfallRow =
  | { kind: "segment"; key: string; depth: number; segment: Segment; children: number }
  | { kind: "exit"; key: string; depth: number; segment: Segment; exit: ExitCall };

/** Deeper rows are not indented further: names must stay readable. */
export const INDENT_LEVELS_MAX = 12;

interface Tree {
  roots: Segment[];
  /** Segments by the exit call they came from. */
  under: Map<string, Segment[]>;
}

function treeOf(snapshot: Snapshot): Tree {
  const exits = new Set<string>();
  for (const segment of snapshot.segments) {
    for (const exit of segment.exitCalls) exits.add(exit.spanId);
  }
  const tree: Tree = { roots: [], under: new Map() };
  for (const segment of snapshot.segments) {
    const parent = segment.parentSpanId;
    if (!parent || !exits.has(parent)) {
      tree.roots.push(segment);
      continue;
    }
    const siblings = tree.under.get(parent);
    if (siblings) siblings.push(segment);
    else tree.under.set(parent, [segment]);
  }
  return tree;
}

const byOffset = <T extends { offsetMs: number }>(a: T, b: T): number => a.offsetMs - b.offsetMs;

/** All rows in the order of reading; what is collapsed hides what is under it, and exit calls that are not wanted are
 * left out unless they lead to another tier. */
export function waterfallRows(
  snapshot: Snapshot,
  collapsed: ReadonlySet<string>,
  wanted?: (exit: ExitCall) => boolean,
): WaterfallRow[] {
  const tree = treeOf(snapshot);
  const rows: WaterfallRow[] = [];
  const seen = new Set<string>();
  const place = (segment: Segment, depth: number): void => {
    // A segment is shown once, whatever a hostile report says about parents.
    if (seen.has(segment.spanId)) return;
    seen.add(segment.spanId);
    rows.push({ kind: "segment", key: segment.spanId, depth, segment, children: segment.exitCalls.length });
    const hidden = collapsed.has(segment.spanId);
    for (const exit of [...segment.exitCalls].sort(byOffset)) {
      const reached = tree.under.get(exit.spanId);
      if (!hidden && (reached || !wanted || wanted(exit)))
        rows.push({ kind: "exit", key: exit.spanId, depth: depth + 1, segment, exit });
      for (const next of reached ?? []) {
        if (hidden) markSeen(next);
        else place(next, depth + 2);
      }
    }
  };
  const markSeen = (segment: Segment): void => {
    if (seen.has(segment.spanId)) return;
    seen.add(segment.spanId);
    for (const exit of segment.exitCalls) {
      for (const next of tree.under.get(exit.spanId) ?? []) markSeen(next);
    }
  };
  for (const root of [...tree.roots].sort(byOffset)) place(root, 0);
  // Segments that only lead to each other.
  for (const segment of snapshot.segments) place(segment, 0);
  return rows;
}

/** From the first start to the last end: what follows asynchronously may end after the first segment. */
export function waterfallSpan(snapshot: Snapshot): { fromMs: number; toMs: number } {
  let fromMs = 0;
  let toMs = snapshot.durationMs;
  for (const { offsetMs, durationMs, exitCalls } of snapshot.segments) {
    fromMs = Math.min(fromMs, offsetMs);
    toMs = Math.max(toMs, offsetMs + durationMs);
    for (const exit of exitCalls) toMs = Math.max(toMs, exit.offsetMs + exit.durationMs);
  }
  return { fromMs, toMs: toMs > fromMs ? toMs : fromMs + 1 };
}

/** Where a bar stands, in percent of the whole width. */
export function barPlace(offsetMs: number, durationMs: number, span: { fromMs: number; toMs: number }) {
  const whole = span.toMs - span.fromMs;
  const left = Math.min(100, Math.max(0, (100 * (offsetMs - span.fromMs)) / whole));
  const width = Math.min(100 - left, Math.max(0, (100 * durationMs) / whole));
  return { left, width };
}

/** Round times for the axis, from 0, at most `count` of them. */
export function axisTicks(span: { fromMs: number; toMs: number }, count: number): number[] {
  const whole = span.toMs - span.fromMs;
  const rough = whole / count;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= rough) ?? rough;
  const ticks: number[] = [];
  for (let index = Math.ceil(span.fromMs / step); index * step <= span.toMs; index += 1)
    ticks.push(index * step);
  return ticks;
}
