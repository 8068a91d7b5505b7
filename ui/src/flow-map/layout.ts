// Where the nodes stand and how the edges run between them: dagre from left to right, callers before what they call.
import { Graph as DagreGraph, layout as dagreLayout } from "@dagrejs/dagre";
import type { GraphEdge, GraphNode } from "./graph";

export interface Size {
  width: number;
  height: number;
}

/** Boxes as drawn: the mark and under it two lines of text. */
export const NODE_SIZE: Record<GraphNode["kind"], Size> = {
  tier: { width: 128, height: 98 },
  backend: { width: 128, height: 86 },
};

/** The mark alone, which edges start and end at: its centre below the box's upper edge, and its half width. */
export const MARK = {
  tier: { centre: 28, reach: 31 },
  backend: { centre: 22, reach: 26 },
} as const;

/** Edges run at the height of the marks, dagre thinks in centres of boxes. */
const MARK_ABOVE_CENTRE_PX = 21;

/** Room for an edge's figures. */
const EDGE_LABEL: Size = { width: 96, height: 40 };

export interface Placed {
  x: number;
  y: number;
}

export interface Route {
  /** Bends between the two nodes. */
  bends: Placed[];
  label: Placed;
}

export interface LayoutRequest {
  nodes: GraphNode[];
  edges: Pick<GraphEdge, "id" | "from" | "to">[];
}

export interface LayoutResult {
  /** Upper left corners by node id. */
  nodes: Record<string, Placed>;
  routes: Record<string, Route>;
}

/** Deterministic: the same graph gives the same picture. */
export function layout({ nodes, edges }: LayoutRequest): LayoutResult {
  const graph = new DagreGraph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 10, ranksep: 34, edgesep: 4, marginx: 8, marginy: 8 });
  const sorted = [...nodes].sort((a, b) => a.id.localeCompare(b.id));
  for (const node of sorted) graph.setNode(node.id, { ...NODE_SIZE[node.kind] });
  for (const edge of edges) {
    if (edge.from !== edge.to) graph.setEdge(edge.from, edge.to, { ...EDGE_LABEL, labelpos: "c" }, edge.id);
  }
  dagreLayout(graph);
  const result: LayoutResult = { nodes: {}, routes: {} };
  for (const node of sorted) {
    const { x, y } = graph.node(node.id) as Placed;
    const { width, height } = NODE_SIZE[node.kind];
    result.nodes[node.id] = { x: Math.round(x - width / 2), y: Math.round(y - height / 2) };
  }
  for (const edge of edges) {
    if (edge.from === edge.to) continue;
    const { points, x, y } = graph.edge(edge.from, edge.to, edge.id) as unknown as Placed & {
      points: Placed[];
    };
    result.routes[edge.id] = { bends: points.slice(1, -1).map(raised), label: raised({ x, y }) };
  }
  return result;
}

function raised({ x, y }: Placed): Placed {
  return { x: Math.round(x), y: Math.round(y - MARK_ABOVE_CENTRE_PX) };
}
