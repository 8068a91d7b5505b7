import { expect, test } from "vitest";
import type { SnapshotRow } from "../api/contract";
import { onePerExecution } from "./executions";

const row = (guid: string, spanId: string, firstInChain: boolean) =>
  ({ guid, spanId, firstInChain }) as SnapshotRow;

test("an execution has one row, of its first segment when that is there", () => {
  const rows = [
    row("a", "behind", false),
    row("b", "behind", false),
    row("a", "front", true),
    row("b", "further behind", false),
  ];
  expect(onePerExecution(rows).map(({ guid, spanId }) => `${guid} ${spanId}`)).toEqual([
    "a front",
    "b behind",
  ]);
});
