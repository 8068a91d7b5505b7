import type { SnapshotRow } from "../api/contract";

/** One row for each execution: its first segment where that is among the rows, else the one seen first. */
export function onePerExecution(rows: SnapshotRow[]): SnapshotRow[] {
  const executions = new Map<string, SnapshotRow>();
  for (const row of rows) {
    if (row.firstInChain || !executions.has(row.guid)) executions.set(row.guid, row);
  }
  return [...executions.values()];
}
