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
  const reached = new Map(snapshot.segments.map((segment) => [segment.spanId, segment]));
  return {
    raised: raisedIn(snapshot, reached),
    findings: [...guiltiest(failures, reached), ...findings],
    failed: failures.length,
  };
}

type Reached = ReadonlyMap<string, Segment>;

/** Whether a call only passed on that the segment it led to failed. */
function passedOn({ errors, toSpanId }: ExitCall, reached: Reached): boolean {
  const led = toSpanId ? reached.get(toSpanId) : undefined;
  if (errors.length === 0 || led === undefined) return false;
  return led.errors.length > 0 || led.exitCalls.some((exit) => exit.errors.length > 0);
}

/** What failed by itself; what passed it on only when there is nothing else. */
function guiltiest(failures: readonly Finding[], reached: Reached): Finding[] {
  const own = failures.filter(({ exit }) => !passedOn(exit, reached));
  return (own.length > 0 ? own : failures).slice(0, FAILED_LISTED_MAX);
}

/** Errors of the tiers where they began, the deepest first; the same one of several tiers is one. */
function raisedIn({ segments }: Snapshot, reached: Reached): Raised[] {
  const failing = segments.filter(({ errors }) => errors.length > 0);
  const own = failing.filter(({ exitCalls }) => !exitCalls.some((exit) => passedOn(exit, reached)));
  const found = new Map<string, Raised>();
  for (const segment of own.length > 0 ? own : failing) {
    for (const error of segment.errors) {
      const key = `${error.type}\n${error.message}`;
      found.delete(key);
      found.set(key, { segment, error, line: guiltyLine(error.stack) });
    }
  }
  return [...found.values()].reverse().slice(0, RAISED_LISTED_MAX);
}

/** The agent's own frames, through which a detected call runs: never the line that is looked for. */
const OF_THE_AGENT = /[\\/](appdynamics|tierline)[\\/]/;

/** `orders.py:71` of a stack: its innermost line of the program, which Python writes last and JavaScript first. */
export function guiltyLine(stack: string): string {
  const python = [...stack.matchAll(/^\s*File "([^"]+)", line (\d+)/gm)].reverse();
  const other = [...stack.matchAll(/^\s*at .*?\(?(?:file:\/\/)?([^\s():]+):(\d+):\d+\)?$/gm)];
  const lines = python.length > 0 ? python : other;
  const [, file, line] = lines.find(([, path = ""]) => !OF_THE_AGENT.test(path)) ?? [];
  return file ? `${file.split(/[\\/]/).at(-1)}:${line}` : "";
}
