// Where to look first in an execution: what failed, what took longest, what was called again and again.
import type { ErrorRecord } from "../api/contract";
import type { ExitCall, Segment, Snapshot } from "./read";

/** What a tier reported as an error of its own, and the line it came from. */
export interface Raised {
  segment: Segment;
  error: ErrorRecord;
  /** File and line; empty without a stack that is understood. */
  line: string;
}

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

/** Errors of the tiers themselves listed one by one. */
export const RAISED_LISTED_MAX = 3;

/** Calls of one backend in one segment from which on they count as repeated. */
export const REPEATED_MIN = 10;

/** An exit call that takes a smaller share of the execution is not worth a line. */
const SLOW_SHARE_MIN = 0.1;

export interface Highlights {
  raised: Raised[];
  findings: Finding[];
  failed: number;
}

export function highlights(snapshot: Snapshot): Highlights {
  const failures: Finding[] = [];
  const findings: Finding[] = [];
  let slowest: Finding | undefined;
  let repeated: Finding | undefined;
  for (const segment of snapshot.segments) {
    const together = new Map<number, Finding>();
    for (const exit of segment.exitCalls) {
      if (exit.errors.length > 0)
        failures.push({ kind: "failed", segment, exit, calls: 1, totalMs: exit.durationMs });
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
  return {
    raised: raisedIn(snapshot),
    findings: [...guiltiest(failures, snapshot), ...findings],
    failed: failures.length,
  };
}

/** First what failed by itself: a call that led to a segment that failed, too, only passed it on. */
function guiltiest(failures: readonly Finding[], { segments }: Snapshot): Finding[] {
  const reached = new Map(segments.map((segment) => [segment.spanId, segment]));
  const passedOn = ({ exit: { toSpanId } }: Finding) => {
    const led = toSpanId ? reached.get(toSpanId) : undefined;
    return (
      led !== undefined && (led.errors.length > 0 || led.exitCalls.some(({ errors }) => errors.length > 0))
    );
  };
  const own = failures.filter((one) => !passedOn(one));
  return [...own, ...failures.filter(passedOn)].slice(0, FAILED_LISTED_MAX);
}

/** Errors of the tiers themselves; one that came through several is one, said where it began: the last to report it. */
function raisedIn({ segments }: Snapshot): Raised[] {
  const found = new Map<string, Raised>();
  for (const segment of segments) {
    for (const error of segment.errors) {
      const key = `${error.type}\n${error.message}`;
      found.delete(key);
      found.set(key, { segment, error, line: guiltyLine(error.stack) });
    }
  }
  return [...found.values()].slice(0, RAISED_LISTED_MAX);
}

/** `orders.py:71` of a stack: its innermost line, which Python writes last and JavaScript first. */
export function guiltyLine(stack: string): string {
  const python = [...stack.matchAll(/^\s*File "([^"]+)", line (\d+)/gm)].at(-1);
  const other = /^\s*at .*?\(?(?:file:\/\/)?([^\s():]+):(\d+):\d+\)?$/m.exec(stack);
  const [, file, line] = python ?? other ?? [];
  return file ? `${file.split(/[\\/]/).at(-1)}:${line}` : "";
}
