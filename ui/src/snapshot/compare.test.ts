import { describe, expect, it } from "vitest";
import { covered, differences, userDataDifferences } from "./compare";
import type { ExitCall, Segment, Snapshot } from "./read";

const exit = (id: number, offsetMs: number, durationMs: number): ExitCall =>
  ({
    backend: { id, name: `b${id}`, exitType: "DB" },
    offsetMs,
    durationMs,
    errors: [],
  }) as unknown as ExitCall;
const of = (durationMs: number, exitCalls: ExitCall[], userData: [string, string][] = []): Snapshot => {
  const data = userData.map(([key, value]) => ({ key, value }));
  const segment = { tierId: 1, tierName: "t", durationMs, exitCalls, errors: [], userData: data };
  return { segments: [segment as unknown as Segment] } as unknown as Snapshot;
};

describe("two executions", () => {
  it("differ most where the most time went", () => {
    const rows = differences(of(20, [exit(1, 0, 5)]), of(100, [exit(1, 0, 70), exit(2, 70, 10)]));
    expect(rows.map(({ backendName, moreMs, b }) => [backendName ?? "itself", moreMs, b.calls])).toEqual([
      ["b1", 65, 1],
      ["b2", 10, 1],
      ["itself", 5, 1],
    ]);
  });

  it("count of a call to a tier that kept its segment only the way", () => {
    const led = { ...exit(1, 0, 30), toSpanId: "s" };
    const reached = { tierId: 2, tierName: "u", spanId: "s", durationMs: 25, exitCalls: [], errors: [] };
    const a = of(40, [led]);
    const both = { segments: [...a.segments, { ...reached, userData: [] }] } as unknown as Snapshot;
    const rows = differences(of(0, []), both);
    expect(rows.map(({ tierName, reached: to, moreMs }) => [tierName, to, moreMs])).toEqual([
      ["u", undefined, 25],
      ["t", undefined, 10],
      ["t", "u", 5],
    ]);
  });

  it("count time spent in several calls at once only once", () => {
    expect(covered([exit(1, 0, 10), exit(1, 5, 10), exit(1, 6, 2), exit(1, 20, 5)])).toBe(20);
    expect(covered([])).toBe(0);
  });

  it("show user data that differ first", () => {
    const a = of(
      1,
      [],
      [
        ["same", "x"],
        ["who", "anna"],
        ["who", "ben"],
      ],
    );
    const b = of(
      1,
      [],
      [
        ["same", "x"],
        ["who", "cid"],
      ],
    );
    expect(userDataDifferences(a, b)).toEqual([
      { key: "t: who", a: "anna, ben", b: "cid" },
      { key: "t: same", a: "x", b: "x" },
    ]);
  });
});
