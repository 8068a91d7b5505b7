// Where the nodes stand: dagre from left to right, callers before what they call.
import { Graph as DagreGraph, layout as dagreLayout } from "@dagrejs/dagre";
import type { GraphEdge, GraphNode } from "./graph";

export interface Size {
  width: number;
  height: number;
}

/** Boxes as drawn, label included. */
export const NODE_SIZE: Record<GraphNode["kind"], Size> = {
  tier: { width: 128, height: 112 },
  backend: { width: 128, height: 84 },
};

/** Room for an edge's two lines of figures. */
const EDGE_LABEL: Size = { width: 92, height: 34 };

export interface Placed {
  x: number;
  y: number;
}

export interface LayoutRequest {
  nodes: GraphNode[];
  edges: Pick<GraphEdge, "id" | "from" | "to">[];
}

/** Upper left corners by node id. Deterministic: the same graph gives the same picture. */
export function layout({ nodes, edges }: LayoutRequest): Record<string, Placed> {
  const graph = new DagreGraph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 46, edgesep: 12, marginx: 8, marginy: 8 });
  const sorted = [...nodes].sort((a, b) => a.id.localeCompare(b.id));
  for (const node of sorted) graph.setNode(node.id, { ...NODE_SIZE[node.kind] });
  for (const edge of edges) {
    if (edge.from !== edge.to) graph.setEdge(edge.from, edge.to, { ...EDGE_LABEL, labelpos: "c" }, edge.id);
  }
  dagreLayout(graph);
  const result: Record<string, Placed> = {};
  for (const node of sorted) {
    const { x, y } = graph.node(node.id) as Placed;
    const { width, height } = NODE_SIZE[node.kind];
    result[node.id] = { x: Math.round(x - width / 2), y: Math.round(y - height / 2) };
  }
  return result;
}
