// How a node is, in words.
import type { Diagnostics, NodeRow } from "../api/contract";
import { counted, formatBytes, formatCount } from "../format/number";
import { dropCause } from "../words";

/** Agents report at least once a minute; after this long without a word a node counts as silent
 * (facts: the documented controllers take 300 s as well). */
export const SILENT_AFTER_MS = 300_000;

export interface Status {
  kind: "reporting" | "silent" | "stopped";
  label: string;
}

export function statusOf(node: NodeRow, nowMs: number): Status {
  if (node.agents.length > 0 && node.agents.every((agent) => agent.disconnected)) {
    return { kind: "stopped", label: "Stopped" };
  }
  if (nowMs - node.lastSeen > SILENT_AFTER_MS) return { kind: "silent", label: "Silent" };
  return { kind: "reporting", label: "Reporting" };
}

function sumOf(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function diagnosticConcerns(diagnostics: Diagnostics): string[] {
  const result: string[] = [];
  for (const { given, reported } of diagnostics.replacedNames) {
    result.push(`Name replaced: “${given}” is reported as “${reported}”`);
  }
  for (const [cause, count] of Object.entries(diagnostics.drops)) {
    if (count > 0) result.push(`Dropped, ${dropCause(cause)}: ${formatCount(count)}`);
  }
  const misuse = sumOf(diagnostics.misuse);
  if (misuse > 0) result.push(`${counted(misuse, "API call")} could not be used`);
  if (diagnostics.panics > 0) result.push(`${counted(diagnostics.panics, "defect")} of the agent caught`);
  if (diagnostics.spoolBytes > 0) result.push(`${formatBytes(diagnostics.spoolBytes)} wait to be sent`);
  return [...result, ...diagnostics.warnings];
}

/** Everything somebody should know about a node, worst first. */
export function concerns(node: NodeRow): string[] {
  const result: string[] = [];
  if (!node.ledger.balanced) {
    const { begun, ended, inFlight } = node.ledger;
    result.push(
      `The ledger does not balance: ${formatCount(begun)} begun, ${formatCount(ended)} ended, ${formatCount(inFlight)} running`,
    );
  }
  for (const agent of node.agents) {
    if (agent.diagnostics) result.push(...diagnosticConcerns(agent.diagnostics));
  }
  return [...new Set(result)];
}
