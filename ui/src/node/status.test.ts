import { expect, it } from "vitest";
import type { NodeRow } from "../api/contract";
import { concerns, SILENT_AFTER_MS, statusOf } from "./status";

const now = 1_800_000_000_000;

function node(more: object = {}, diagnostics: object = {}, agent: object = {}): NodeRow {
  const quiet = { misuse: {}, replacedNames: [], drops: {}, warnings: [], spoolBytes: 0, panics: 0 };
  return {
    lastSeen: now,
    ledger: { begun: 5, ended: 5, inFlight: 0, balanced: true },
    agents: [
      {
        incarnation: "a",
        lastSeen: now,
        disconnected: false,
        configVersion: 0,
        diagnostics: { ...quiet, ...diagnostics },
        ...agent,
      },
    ],
    ...more,
  } as unknown as NodeRow;
}

it("tells reporting, silent and stopped apart", () => {
  expect(statusOf(node(), now).kind).toBe("reporting");
  expect(statusOf(node({ lastSeen: now - SILENT_AFTER_MS - 1 }), now).kind).toBe("silent");
  expect(statusOf(node({}, {}, { disconnected: true }), now).kind).toBe("stopped");
  expect(statusOf(node({ agents: [] }), now).kind).toBe("reporting");
});

it("has nothing to say about a node that is well", () => {
  expect(concerns(node({}, { drops: { snapshot_memory: 0 } }))).toEqual([]);
});

it("says every reason for concern, each once", () => {
  const bad = {
    replacedNames: [{ given: "a*b", reported: "a_b" }],
    drops: { snapshot_memory: 3 },
    misuse: { end_bt: 1 },
    panics: 1,
    spoolBytes: 2048,
    warnings: ["careful", "careful"],
  };
  expect(concerns(node({ ledger: { begun: 9, ended: 5, inFlight: 1, balanced: false } }, bad))).toEqual([
    "The ledger does not balance: 9 begun, 5 ended, 1 running",
    "Name replaced: “a*b” is reported as “a_b”",
    "Dropped, snapshot memory: 3",
    "1 API call could not be used",
    "1 defect of the agent caught",
    "2 KiB wait to be sent",
    "careful",
  ]);
});
