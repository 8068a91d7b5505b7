import { BaseEdge, EdgeLabelRenderer, type EdgeProps, useInternalNode } from "@xyflow/react";
import { counted, formatMs, formatRate } from "../format/number";
import { exitTypeLabel } from "../words";
import styles from "./CallEdge.module.css";
import { drawEdge, type End, edgeWidth, spread } from "./edges";
import type { GraphEdge } from "./graph";
import type { Placed, Route } from "./layout";

export interface CallEdgeData extends Record<string, unknown> {
  edge: GraphEdge;
  route: Route | undefined;
  /** Where the layout put both ends: the route holds as long as they are there. */
  home: [Placed | undefined, Placed | undefined];
  /** Of one execution: how often instead of how often per minute. */
  once: boolean;
}

function same(a: Placed | undefined, b: Placed): boolean {
  return a !== undefined && a.x === b.x && a.y === b.y;
}

/** Calls from one node to another: solid when the caller waits, dashed when it does not. */
export function CallEdge({ id, source, target, data }: EdgeProps) {
  const { edge, route, home, once } = data as CallEdgeData;
  const from = useInternalNode(source);
  const to = useInternalNode(target);
  if (!from || !to) return null;
  const end = (node: typeof from): End => ({
    kind: node.type === "tier" ? "tier" : "backend",
    at: node.position,
  });
  const atHome = same(home[0], from.position) && same(home[1], to.position);
  const { path, label } = drawEdge(
    end(from),
    end(to),
    atHome ? route : undefined,
    spread(edge.of, edge.parallel),
  );
  const failing = edge.errors > 0;
  const arrow = `arrow-${id}`;
  return (
    <>
      <defs>
        <marker
          id={arrow}
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="9"
          markerHeight="9"
          markerUnits="userSpaceOnUse"
          orient="auto-start-reverse"
        >
          <path d="M0 0.5 7.5 4 0 7.5z" className={failing ? styles.headFailing : styles.head} />
        </marker>
      </defs>
      <BaseEdge
        path={path}
        className={failing ? styles.failing : styles.line}
        style={{
          strokeWidth: edgeWidth(edge.callsPerMinute),
          ...(edge.async ? { strokeDasharray: "5 4" } : {}),
        }}
        markerEnd={`url(#${arrow})`}
      />
      <EdgeLabelRenderer>
        <div
          className={styles.label}
          style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
        >
          <b>{once ? counted(edge.calls, "call") : `${formatRate(edge.callsPerMinute)}/min`}</b>
          <span>
            {edge.exitTypes.length > 2
              ? `${edge.exitTypes.length} kinds`
              : edge.exitTypes.map(exitTypeLabel).join(", ")}
            {edge.averageMs == null ? "" : ` · ${formatMs(edge.averageMs)}`}
          </span>
          {failing ? <em>{counted(edge.errors, "error")}</em> : null}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}
