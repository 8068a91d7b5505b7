// A snapshot as the controller sends it names each backend once and leaves out what says nothing, because an execution
// may have 50,000 exit calls. Here it becomes what the page works with.
import type { ErrorRecord, Property, SnapshotAnswer, SnapshotBackend } from "../api/contract";

type SegmentAnswer = SnapshotAnswer["segments"][number];
type ExitCallAnswer = SegmentAnswer["exitCalls"][number];

export interface ExitCall {
  sequence: string;
  spanId: string;
  backend: SnapshotBackend;
  /** The label given for this call, else the backend's name. */
  name: string;
  /** URL, SQL text …; empty when not given. */
  operation: string;
  optionalProperties: readonly Property[];
  /** Milliseconds after the snapshot's start. */
  offsetMs: number;
  durationMs: number;
  /** Whether its end was seen. */
  ended: boolean;
  errors: readonly ErrorRecord[];
  /** Where it led, when that is known. */
  toTierId: number | undefined;
  toTierName: string | undefined;
  toSpanId: string | undefined;
}

export interface Segment extends Omit<SegmentAnswer, "exitCalls"> {
  exitCalls: readonly ExitCall[];
}

export interface Snapshot extends Omit<SnapshotAnswer, "segments"> {
  segments: readonly Segment[];
}

const NO_PROPERTIES: readonly Property[] = [];
const NO_ERRORS: readonly ErrorRecord[] = [];

export function readSnapshot(answer: SnapshotAnswer): Snapshot {
  const segments = answer.segments.map((segment) => ({
    ...segment,
    exitCalls: segment.exitCalls.map((exit) => readExitCall(exit, answer.backends)),
  }));
  return { ...answer, segments };
}

/** All exit calls have the same shape, so that the browser keeps 50,000 of them in little room. */
function readExitCall(exit: ExitCallAnswer, backends: readonly SnapshotBackend[]): ExitCall {
  const backend = backends[exit.backend] as SnapshotBackend;
  return {
    sequence: exit.sequence,
    spanId: exit.spanId,
    backend,
    name: exit.displayName || backend.name,
    operation: exit.operation ?? "",
    optionalProperties: exit.optionalProperties ?? NO_PROPERTIES,
    offsetMs: exit.offsetMs,
    durationMs: exit.durationMs,
    ended: exit.ended,
    errors: exit.errors ?? NO_ERRORS,
    toTierId: exit.toTierId ?? undefined,
    toTierName: exit.toTierName ?? undefined,
    toSpanId: exit.toSpanId ?? undefined,
  };
}

/** How many exit calls an execution has. */
export function exitCount({ segments }: Pick<Snapshot, "segments">): number {
  return segments.reduce((sum, segment) => sum + segment.exitCalls.length, 0);
}

/** The exit call with this span, and the segment it left. */
export function findExit(
  { segments }: Snapshot,
  spanId: string | undefined,
): { segment: Segment; exit: ExitCall } | undefined {
  if (!spanId) return undefined;
  for (const segment of segments) {
    const exit = segment.exitCalls.find((call) => call.spanId === spanId);
    if (exit) return { segment, exit };
  }
  return undefined;
}
