import type { BackendDetails, FlowMap, TierInfo } from "../api/contract";

/** The small map of one backend: the tiers that call it, and it. */
export function backendFlow(details: BackendDetails, known: readonly TierInfo[]): FlowMap {
  const calls = details.callers.reduce((sum, caller) => sum + caller.calls, 0);
  const perCall = calls > 0 ? details.callsPerMinute / calls : 0;
  return {
    tiers: details.callers.map((caller) => ({
      id: caller.tierId,
      name: caller.tierName,
      language: known.find((tier) => tier.id === caller.tierId)?.language ?? "",
      nodes: known.find((tier) => tier.id === caller.tierId)?.nodes ?? 0,
      calls: caller.calls,
      callsPerMinute: caller.calls * perCall,
      averageMs: caller.averageMs ?? null,
      errors: caller.errors,
      entry: false,
    })),
    backends: [
      { id: details.id, name: details.name, exitType: details.exitType, properties: details.properties },
    ],
    edges: details.callers.map((caller) => ({
      fromTierId: caller.tierId,
      toTierId: null,
      backendId: details.id,
      exitType: details.exitType,
      async: details.exitType === "QUEUE" || details.exitType === "RABBITMQ",
      calls: caller.calls,
      callsPerMinute: caller.calls * perCall,
      averageMs: caller.averageMs ?? null,
      errors: caller.errors,
    })),
  };
}
