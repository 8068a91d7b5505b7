// Where to look first in an execution: what failed, what took longest, what was called again and again.
import type { ExitCall, Segment, Snapshot } from "./read";

export interface Finding {
  kind: "failed" | "slowest" | "repeated";
  segment: Segment;
  exit: ExitCall;
  /** Calls that are meant; 1 but for what was repeated. */
  calls: number;
  /** What they took together. */
  totalMs: number;
}

/** Failed exit calls listed one by one; the others are counted. */
export const FAILED_LISTED_MAX = 3;

/** Calls of one backend in one segment from which on they count as repeated. */
export const REPEATED_MIN = 10;

/** An exit call that takes a smaller share of the execution is not worth a line. */
const SLOW_SHARE_MIN = 0.1;

export interface Highlights {
  findings: Finding[];
  failed: number;
}

export function highlights(snapshot: Snapshot): Highlights {
  const findings: Finding[] = [];
  let failed = 0;
  let slowest: Finding | undefined;
  let repeated: Finding | undefined;
  for (const segment of snapshot.segments) {
    const together = new Map<number, Finding>();
    for (const exit of segment.exitCalls) {
      if (exit.errors.length > 0) {
        failed += 1;
        if (failed <= FAILED_LISTED_MAX)
          findings.push({ kind: "failed", segment, exit, calls: 1, totalMs: exit.durationMs });
      }
      // What leads to a segment that is here is explained by it.
      if (!exit.toSpanId && exit.durationMs > (slowest?.totalMs ?? 0))
        slowest = { kind: "slowest", segment, exit, calls: 1, totalMs: exit.durationMs };
      const known = together.get(exit.backend.id);
      if (!known) {
        const first: Finding = { kind: "repeated", segment, exit, calls: 1, totalMs: exit.durationMs };
        together.set(exit.backend.id, first);
        continue;
      }
      known.calls += 1;
      known.totalMs += exit.durationMs;
      if (exit.durationMs > known.exit.durationMs) known.exit = exit;
    }
    for (const one of together.values()) {
      if (one.calls >= REPEATED_MIN && one.totalMs > (repeated?.totalMs ?? 0)) repeated = one;
    }
  }
  const large = (totalMs: number) => totalMs >= snapshot.durationMs * SLOW_SHARE_MIN;
  if (slowest && large(slowest.totalMs)) findings.push(slowest);
  if (repeated && large(repeated.totalMs)) findings.push(repeated);
  return { findings, failed };
}
