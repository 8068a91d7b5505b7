// What a node's programs use, and how much of that is the agent.
import type { NodeRow, Property } from "../api/contract";
import { formatBytes, formatCount, formatMs, formatPercent, percentOf } from "../format/number";

type Cost = NodeRow["cost"];

/** The agent's share of the processes' CPU time in percent; nothing when nothing was said. */
export function agentShare({ processCpuMs, agentCpuMs }: Cost): number | null {
  return processCpuMs > 0 ? percentOf(agentCpuMs, processCpuMs) : null;
}

export function costProperties(cost: Cost): Property[] {
  if (cost.observedMs === 0) return [];
  const core = (cpuMs: number) => `${formatPercent(percentOf(cpuMs, cost.observedMs))} of a core`;
  const share = agentShare(cost);
  return [
    {
      name: "Reporter's CPU",
      value: `${formatMs(cost.agentCpuMs)}${share === null ? "" : `, ${formatPercent(share)} of the program's`}`,
    },
    { name: "Agent's memory", value: formatBytes(cost.agentMemoryBytes) },
    { name: "Program's CPU", value: `${formatMs(cost.processCpuMs)}, ${core(cost.processCpuMs)}` },
    { name: "Program's memory", value: formatBytes(cost.processMemoryBytes) },
    { name: "Threads", value: formatCount(cost.threads) },
  ];
}
