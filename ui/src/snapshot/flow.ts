// The flow map of one execution: its tiers, what they called, and how often.
import type { FlowBackend, FlowEdge, FlowMap, FlowTier } from "../api/contract";
import type { ExitCall, Segment, Snapshot } from "./read";

const ASYNC = new Set(["QUEUE", "RABBITMQ"]);

interface Sum {
  calls: number;
  totalMs: number;
  errors: number;
}

function add<T extends object>(sums: Map<string, T & Sum>, key: string, of: T, ms: number, failed: boolean) {
  const sum = sums.get(key) ?? { ...of, calls: 0, totalMs: 0, errors: 0 };
  sum.calls += 1;
  sum.totalMs += ms;
  if (failed) sum.errors += 1;
  sums.set(key, sum);
}

interface Call {
  from: number;
  exit: ExitCall;
}

/** Tiers that kept no segment, but are known to have been called, are there without figures of their own. */
function silentTiers(snapshot: Snapshot): FlowTier[] {
  const kept = new Set(snapshot.segments.map(({ tierId }) => tierId));
  const silent = new Map<number, FlowTier>();
  for (const { exitCalls } of snapshot.segments) {
    for (const { toTierId, toTierName } of exitCalls) {
      if (toTierId === undefined || kept.has(toTierId) || silent.has(toTierId)) continue;
      silent.set(toTierId, tier(toTierId, toTierName ?? "", { calls: 0, totalMs: 0, errors: 0 }, false, ""));
    }
  }
  return [...silent.values()];
}

function tier(id: number, name: string, sum: Sum, entry: boolean, language: string): FlowTier {
  return {
    id,
    name,
    language,
    nodes: 0,
    calls: sum.calls,
    // Of one execution there is no rate: what is drawn is how often.
    callsPerMinute: sum.calls,
    averageMs: sum.calls > 0 ? sum.totalMs / sum.calls : null,
    errors: sum.errors,
    entry,
  };
}

export function snapshotFlow(
  snapshot: Snapshot,
  known: readonly { id: number; language: string }[],
): FlowMap {
  const tiers = new Map<string, { segment: Segment } & Sum>();
  const edges = new Map<string, Call & Sum>();
  const backends = new Map<number, FlowBackend>();
  for (const segment of snapshot.segments) {
    add(tiers, String(segment.tierId), { segment }, segment.durationMs, segment.verdict === "ERROR");
    for (const exit of segment.exitCalls) {
      const { id, name, exitType, properties } = exit.backend;
      if (exit.toTierId === undefined) backends.set(id, { id, name, exitType, properties });
      const key = `${segment.tierId} ${exit.toTierId ?? ""} ${exit.toTierId === undefined ? id : exitType}`;
      add(edges, key, { from: segment.tierId, exit }, exit.durationMs, exit.errors.length > 0);
    }
  }
  const first = snapshot.segments.find(({ parentSpanId }) => !parentSpanId) ?? snapshot.segments[0];
  return {
    tiers: [
      ...[...tiers.values()].map((sum) => {
        const { tierId, tierName } = sum.segment;
        const language = known.find(({ id }) => id === tierId)?.language ?? "";
        return tier(tierId, tierName, sum, tierId === first?.tierId, language);
      }),
      ...silentTiers(snapshot).map((silent) => ({
        ...silent,
        language: known.find(({ id }) => id === silent.id)?.language ?? "",
      })),
    ],
    backends: [...backends.values()],
    edges: [...edges.values()].map(
      ({ from, exit, calls, totalMs, errors }): FlowEdge => ({
        fromTierId: from,
        toTierId: exit.toTierId ?? null,
        backendId: exit.toTierId === undefined ? exit.backend.id : null,
        exitType: exit.backend.exitType,
        async: ASYNC.has(exit.backend.exitType),
        calls,
        callsPerMinute: calls,
        averageMs: totalMs / calls,
        errors,
      }),
    ),
  };
}
