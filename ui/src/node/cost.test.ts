import { expect, it } from "vitest";
import { agentShare, costProperties } from "./cost";

const cost = {
  observedMs: 600_000,
  processCpuMs: 30_000,
  agentCpuMs: 60,
  processMemoryBytes: 64 * 1024 ** 2,
  agentMemoryBytes: 2 * 1024 ** 2,
  threads: 4,
};

it("says what the agent takes of the program", () => {
  expect(agentShare(cost)).toBe(0.2);
  expect(costProperties(cost).map(({ name, value }) => `${name}: ${value}`)).toEqual([
    "Reporter's CPU: 60 ms, 0.2% of the program's",
    "Agent's memory: 2.0 MiB",
    "Program's CPU: 30.0 s, 5.0% of a core",
    "Program's memory: 64.0 MiB",
    "Threads: 4",
  ]);
});

it("says nothing when nothing was reported", () => {
  const none = { ...cost, observedMs: 0, processCpuMs: 0 };
  expect([agentShare(none), costProperties(none)]).toEqual([null, []]);
});
