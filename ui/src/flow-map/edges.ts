import type { GraphNode } from "./graph";
import { MARK, NODE_SIZE, type Placed, type Route } from "./layout";

/** Pixels between parallel edges that run straight from node to node. */
const SPREAD_PX = 26;

/** How far the n-th of several parallel edges lies from the middle. */
export function spread(index: number, count: number): number {
  return (index - (count - 1) / 2) * SPREAD_PX;
}

/** Busier edges are thicker, by magnitude: 1.2 px for a trickle, at most 4 px. */
export function edgeWidth(callsPerMinute: number): number {
  return Math.min(4, 1.2 + 0.6 * Math.log10(1 + Math.max(0, callsPerMinute)));
}

export interface End {
  kind: GraphNode["kind"];
  /** Upper left corner of the node's box. */
  at: Placed;
}

export interface Drawn {
  path: string;
  label: Placed;
}

function mark(end: End): Placed {
  return { x: end.at.x + NODE_SIZE[end.kind].width / 2, y: end.at.y + MARK[end.kind].centre };
}

/** A tier that calls itself: a loop above it. */
function loop({ x, y }: Placed): Drawn {
  const high = y - 62;
  return {
    path: `M${x + 20} ${y - 26}C${x + 46} ${high},${x - 46} ${high},${x - 20} ${y - 26}`,
    label: { x, y: high + 2 },
  };
}

/** A smooth line through all points, level at each of them. */
function smooth(points: readonly Placed[]): string {
  return points
    .map((point, index) => {
      const before = points[index - 1];
      if (!before) return `M${point.x} ${point.y}`;
      const middle = (before.x + point.x) / 2;
      return `C${middle} ${before.y},${middle} ${point.y},${point.x} ${point.y}`;
    })
    .join("");
}

/** The line from one node's mark to another's: along the route that was laid out, or straight when a node has been
 * moved by hand. */
export function drawEdge(from: End, to: End, route: Route | undefined, shift: number): Drawn {
  const start = mark(from);
  const end = mark(to);
  if (start.x === end.x && start.y === end.y) return loop(start);
  const side = end.x >= start.x ? 1 : -1;
  const first = { x: start.x + side * MARK[from.kind].reach, y: start.y };
  const last = { x: end.x - side * MARK[to.kind].reach, y: end.y };
  if (route) return { path: smooth([first, ...route.bends, last]), label: route.label };
  const middle = { x: (first.x + last.x) / 2, y: (first.y + last.y) / 2 + shift };
  return { path: smooth(shift === 0 ? [first, last] : [first, middle, last]), label: middle };
}
