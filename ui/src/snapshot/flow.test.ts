import { expect, it } from "vitest";
import { snapshotFlow } from "./flow";
import type { ExitCall, Segment, Snapshot } from "./read";

const exit = (id: number, exitType: string, durationMs: number, more: Partial<ExitCall> = {}) =>
  ({ backend: { id, name: `b${id}`, exitType, properties: [] }, durationMs, errors: [], ...more }) as never;
const segment = (tierId: number, parentSpanId: string | null, exitCalls: ExitCall[]) =>
  ({ tierId, tierName: `t${tierId}`, parentSpanId, durationMs: 10, verdict: "NORMAL", exitCalls }) as never;

it("draws tiers, what they called and how often, and tiers that kept nothing", () => {
  const error = { type: "E", message: "", stack: "" };
  const snapshot = {
    segments: [
      segment(1, null, [
        exit(5, "DB", 2),
        exit(5, "DB", 4, { errors: [error] }),
        exit(6, "HTTP", 9, { toTierId: 2, toTierName: "t2" }),
        exit(7, "QUEUE", 1, { toTierId: 3, toTierName: "t3" }),
      ]),
      segment(2, "x", []),
    ] as unknown as Segment[],
  } as unknown as Snapshot;
  const map = snapshotFlow(snapshot, [{ id: 2, language: "python" }]);
  expect(map.tiers.map(({ name, calls, language, entry }) => [name, calls, language, entry])).toEqual([
    ["t1", 1, "", true],
    ["t2", 1, "python", false],
    ["t3", 0, "", false],
  ]);
  expect(map.backends.map(({ id }) => id)).toEqual([5]);
  const edge = ({
    fromTierId,
    toTierId,
    backendId,
    calls,
    averageMs,
    errors,
    async,
  }: (typeof map.edges)[0]) =>
    [fromTierId, toTierId ?? `b${backendId}`, calls, averageMs, errors, async].join(" ");
  expect(map.edges.map(edge)).toEqual(["1 b5 2 3 1 false", "1 2 1 9 0 false", "1 3 1 1 0 true"]);
});
