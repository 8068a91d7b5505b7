import { describe, expect, it } from "vitest";
import type { ExitCall, Segment, Snapshot } from "./read";
import { axisTicks, barPlace, waterfallRows, waterfallSpan } from "./waterfall";

function exit(spanId: string, offsetMs: number, durationMs = 1): ExitCall {
  return { spanId, offsetMs, durationMs } as ExitCall;
}

function segment(
  spanId: string,
  parentSpanId: string | null,
  offsetMs: number,
  exitCalls: ExitCall[],
  durationMs = 10,
): Segment {
  return { spanId, parentSpanId, offsetMs, durationMs, exitCalls } as unknown as Segment;
}

function snapshot(...segments: Segment[]): Snapshot {
  return { durationMs: 10, segments } as unknown as Snapshot;
}

const shape = (of: Snapshot, collapsed: string[] = []) =>
  waterfallRows(of, new Set(collapsed)).map((row) => `${"  ".repeat(row.depth)}${row.key}`);

const twoTiers = snapshot(
  segment("orders", "call", 2, [exit("select", 3), exit("insert", 4)]),
  segment("front", null, 0, [exit("call", 1), exit("cache", 0.5)]),
);

describe("rows", () => {
  it("follow the calls from tier to tier, in the order of time", () => {
    expect(shape(twoTiers)).toEqual([
      "front",
      "  cache",
      "  call",
      "    orders",
      "      select",
      "      insert",
    ]);
  });

  it("leave out exit calls that are not wanted, but not those that lead to another tier", () => {
    const rows = waterfallRows(twoTiers, new Set(), ({ spanId }) => spanId === "insert");
    expect(rows.map(({ key }) => key)).toEqual(["front", "call", "orders", "insert"]);
  });

  it("fold away with their segment, and everything under it", () => {
    expect(shape(twoTiers, ["orders"])).toEqual(["front", "  cache", "  call", "    orders"]);
    expect(shape(twoTiers, ["front"])).toEqual(["front"]);
  });

  it("show a segment whose caller was not kept", () => {
    expect(shape(snapshot(segment("a", "elsewhere", 0, []), segment("b", null, 1, [])))).toEqual(["a", "b"]);
  });

  it("end on segments that claim to have called each other, each shown once", () => {
    const circle = snapshot(segment("a", "x", 0, [exit("y", 0)]), segment("b", "y", 0, [exit("x", 0)]));
    expect(shape(circle)).toEqual(["a", "  y", "    b", "      x"]);
    expect(shape(snapshot(segment("a", "y", 0, [exit("y", 0)])))).toEqual(["a", "  y"]);
  });

  it("do not lose a second segment of one asynchronous call", () => {
    const fan = snapshot(
      segment("a", null, 0, [exit("q", 0)]),
      segment("b", "q", 1, []),
      segment("c", "q", 2, []),
    );
    expect(shape(fan)).toEqual(["a", "  q", "    b", "    c"]);
  });
});

describe("time", () => {
  it("reaches to the end of what followed asynchronously, and back to what a skewed clock put before", () => {
    const late = snapshot(
      segment("a", null, 0, [exit("q", 1, 2)]),
      segment("b", "q", 8, [], 30),
      segment("c", null, -5, []),
    );
    expect(waterfallSpan(late)).toEqual({ fromMs: -5, toMs: 38 });
  });

  it("is never empty", () => {
    expect(waterfallSpan({ durationMs: 0, segments: [] } as unknown as Snapshot)).toEqual({
      fromMs: 0,
      toMs: 1,
    });
  });

  it("keeps bars within the row, whatever was reported", () => {
    const span = { fromMs: 0, toMs: 100 };
    expect(barPlace(25, 50, span)).toEqual({ left: 25, width: 50 });
    expect(barPlace(90, 500, span)).toEqual({ left: 90, width: 10 });
    expect(barPlace(-10, 5, span)).toEqual({ left: 0, width: 5 });
    expect(barPlace(300, 5, span)).toEqual({ left: 100, width: 0 });
  });

  it("has round ticks", () => {
    expect(axisTicks({ fromMs: 0, toMs: 264 }, 6)).toEqual([0, 50, 100, 150, 200, 250]);
    expect(axisTicks({ fromMs: 0, toMs: 1.3 }, 6)).toHaveLength(3);
    expect(axisTicks({ fromMs: -7, toMs: 40 }, 6)[0]).toBe(-0);
  });
});
