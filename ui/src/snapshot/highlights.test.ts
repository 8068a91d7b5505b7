import { describe, expect, it } from "vitest";
import { guiltyLine, highlights } from "./highlights";
import type { ExitCall, Segment, Snapshot } from "./read";

const exit = (spanId: string, backend: number, durationMs: number, more: Partial<ExitCall> = {}): ExitCall =>
  ({ spanId, backend: { id: backend }, durationMs, errors: [], ...more }) as ExitCall;
const error = { type: "E", message: "", stack: "" };
const of = (durationMs: number, ...exitCalls: ExitCall[]) =>
  highlights({
    durationMs,
    segments: [{ exitCalls, errors: [] } as unknown as Segment],
  } as unknown as Snapshot);
const said = ({ findings }: ReturnType<typeof of>) =>
  findings.map(({ kind, exit: { spanId }, calls, totalMs }) => `${kind} ${spanId} ${calls} ${totalMs}`);

describe("what to look at", () => {
  it("is what failed, then the slowest call, but not one that led to a segment that is here", () => {
    const led = exit("led", 1, 90, { toSpanId: "s" });
    expect(said(of(100, led, exit("slow", 2, 50), exit("bad", 3, 1, { errors: [error] })))).toEqual([
      "failed bad 1 1",
      "slowest slow 1 50",
    ]);
  });

  it("is one backend called again and again, whose slowest call is shown", () => {
    const many = Array.from({ length: 12 }, (_, index) => exit(`q${index}`, 7, index === 5 ? 3 : 2));
    expect(said(of(26, ...many))).toEqual(["slowest q5 1 3", "repeated q5 12 25"]);
    expect(said(of(1000, ...many))).toEqual([]);
  });

  it("is what failed by itself, not what only passed it on", () => {
    const led = exit("led", 1, 9, { toSpanId: "s", errors: [error] });
    const segments = [
      { spanId: "r", errors: [], exitCalls: [led] },
      { spanId: "s", errors: [], exitCalls: [exit("bad", 2, 1, { errors: [error] })] },
    ];
    const { findings, failed } = highlights({ durationMs: 100, segments } as unknown as Snapshot);
    expect([findings.map(({ exit: { spanId } }) => spanId), failed]).toEqual([["bad"], 2]);
  });

  it("counts all that failed and lists three", () => {
    const many = Array.from({ length: 9 }, (_, index) => exit(`x${index}`, index, 0, { errors: [error] }));
    const result = of(100, ...many);
    expect([result.failed, result.findings.length]).toEqual([9, 3]);
  });

  it("is what tiers raised, the deepest first, said once, by the tier it came from, with its line", () => {
    const boom = { type: "ValueError", message: "cold", stack: "" };
    const inner = {
      ...boom,
      stack: 'Traceback:\n  File "/srv/a.py", line 3, in f\n  File "/srv/oven.py", line 12, in bake\n',
    };
    const segments = [
      { tierName: "web", errors: [boom], exitCalls: [] },
      { tierName: "oven", errors: [inner], exitCalls: [] },
      { tierName: "flour", errors: [{ ...boom, message: "none left" }], exitCalls: [] },
    ];
    const { raised } = highlights({ durationMs: 1, segments } as unknown as Snapshot);
    expect(raised.map(({ segment, line }) => [segment.tierName, line])).toEqual([
      ["flour", ""],
      ["oven", "oven.py:12"],
    ]);
  });

  it.each([
    ["Error: no\n    at send (/srv/shop/mail.js:17:9)\n    at next (/srv/b.js:1:1)", "mail.js:17"],
    ["Error: no\n    at file:///srv/shop/mail.mjs:4:2", "mail.mjs:4"],
    ['  File "/srv/a.py", line 3, in f\n  File "/lib/appdynamics/agent/x.py", line 1, in g\n', "a.py:3"],
    ["something else", ""],
  ])("finds the line of %j", (stack, line) => {
    expect(guiltyLine(stack)).toBe(line);
  });
});
