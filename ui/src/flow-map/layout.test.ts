import { describe, expect, it } from "vitest";
import type { FlowMap } from "../api/contract";
import { drawEdge, edgeWidth, spread } from "./edges";
import { shapeOf, toGraph } from "./graph";
import { layout, NODE_SIZE } from "./layout";

const tier = (id: number) => ({
  ...{ id, name: `tier ${id}`, language: "python", nodes: 1, calls: 10, callsPerMinute: 1 },
  ...{ averageMs: 5, errors: 0, entry: id === 1 },
});
const backend = (id: number, exitType = "DB") => ({ id, name: `backend ${id}`, exitType, properties: [] });
const edge = (fromTierId: number, to: { tier?: number; backend?: number }, more = {}) => ({
  ...{ fromTierId, toTierId: to.tier ?? null, backendId: to.backend ?? null, exitType: "HTTP", async: false },
  ...{ calls: 10, callsPerMinute: 1, averageMs: 5, errors: 0, ...more },
});

const shop: FlowMap = {
  tiers: [tier(1), tier(2)],
  backends: [backend(7), backend(8, "CACHE")],
  edges: [edge(1, { tier: 2 }), edge(2, { backend: 7 }), edge(1, { backend: 8 })],
};

describe("the graph", () => {
  it("joins calls over the same way and weighs their averages", () => {
    const map = {
      ...shop,
      edges: [
        edge(1, { tier: 2 }),
        edge(1, { tier: 2 }, { calls: 30, averageMs: 9, exitType: "CUSTOM", errors: 2 }),
      ],
    };
    const { edges } = toGraph(map);
    expect(edges).toHaveLength(1);
    expect(edges[0]).toMatchObject({ calls: 40, averageMs: 8, errors: 2, exitTypes: ["HTTP", "CUSTOM"] });
  });

  it("keeps what waits and what does not apart", () => {
    const map = {
      ...shop,
      edges: [edge(1, { tier: 2 }), edge(1, { tier: 2 }, { async: true }), edge(2, { tier: 1 })],
    };
    expect(toGraph(map).edges.map(({ id, parallel, of }) => [id, parallel, of])).toEqual([
      ["t1>t2", 3, 0],
      ["t1>t2~", 3, 1],
      ["t2>t1", 3, 2],
    ]);
  });

  it("drops edges to what it does not know", () => {
    const map = { ...shop, edges: [edge(1, { tier: 99 }), edge(99, { tier: 1 }), edge(1, {})] };
    expect(toGraph(map).edges).toEqual([]);
  });

  it("folds the backends of one tier when there are too many to look at, and loses no call", () => {
    const backends = Array.from({ length: 300 }, (_, index) =>
      backend(1000 + index, index % 2 ? "DB" : "CACHE"),
    );
    const map = {
      tiers: [tier(1), tier(2)],
      backends: [...backends, backend(5)],
      edges: [
        ...backends.map(({ id }) => edge(1, { backend: id })),
        edge(1, { backend: 5 }),
        edge(2, { backend: 5 }),
      ],
    };
    const graph = toGraph(map);
    expect(graph.nodes.map(({ id }) => id).sort()).toEqual(["b5", "f1", "t1", "t2"]);
    expect(graph.edges.reduce((sum, { calls }) => sum + calls, 0)).toBe(3020);
  });

  it("has one shape whatever the figures are", () => {
    const busier = { ...shop, edges: [...shop.edges].reverse().map((one) => ({ ...one, calls: 99 })) };
    expect(shapeOf(toGraph(busier))).toBe(shapeOf(toGraph(shop)));
    expect(shapeOf(toGraph({ ...shop, edges: shop.edges.slice(1) }))).not.toBe(shapeOf(toGraph(shop)));
  });
});

describe("the layout", () => {
  it("puts callers left of what they call, and no two nodes on each other", () => {
    const { nodes } = layout(toGraph(shop));
    expect(nodes.t1?.x).toBeLessThan(nodes.t2?.x ?? 0);
    expect(nodes.t2?.x).toBeLessThan(nodes.b7?.x ?? 0);
    const boxes = Object.values(nodes);
    for (const a of boxes) {
      for (const b of boxes) {
        if (a === b) continue;
        const apart =
          Math.abs(a.x - b.x) >= NODE_SIZE.tier.width || Math.abs(a.y - b.y) >= NODE_SIZE.backend.height;
        expect(apart).toBe(true);
      }
    }
  });

  it("does not depend on the order of arrival", () => {
    const reversed = { ...shop, tiers: [...shop.tiers].reverse(), backends: [...shop.backends].reverse() };
    expect(layout(toGraph(reversed)).nodes).toEqual(layout(toGraph(shop)).nodes);
  });

  it("survives circles, calls to oneself and nothing at all", () => {
    const circle = { ...shop, edges: [edge(1, { tier: 2 }), edge(2, { tier: 1 }), edge(1, { tier: 1 })] };
    const { nodes, routes } = layout(toGraph(circle));
    expect(Object.keys(nodes)).toHaveLength(4);
    expect(routes["t1>t1"]).toBeUndefined();
    expect(layout({ nodes: [], edges: [] })).toEqual({ nodes: {}, routes: {} });
  });
});

describe("edges", () => {
  it("start and end at the marks, from the side that faces the other", () => {
    const left = { kind: "tier" as const, at: { x: 0, y: 0 } };
    const right = { kind: "backend" as const, at: { x: 300, y: 6 } };
    expect(drawEdge(left, right, undefined, 0).path).toBe("M95 28C216.5 28,216.5 28,338 28");
    expect(drawEdge(right, left, undefined, 0).path).toBe("M338 28C216.5 28,216.5 28,95 28");
  });

  it("loop above a tier that calls itself", () => {
    const self = { kind: "tier" as const, at: { x: 0, y: 100 } };
    expect(drawEdge(self, self, undefined, 0).label.y).toBeLessThan(100);
  });

  it("lie beside each other when they join the same nodes, and grow with the load to a limit", () => {
    expect([0, 1, 2].map((index) => spread(index, 3))).toEqual([-26, 0, 26]);
    expect(spread(0, 1)).toBe(0);
    expect(edgeWidth(0)).toBe(1.2);
    expect(edgeWidth(1e9)).toBe(4);
  });
});
