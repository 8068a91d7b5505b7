import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from "@xyflow/react";
import { formatMs, formatRate } from "../format/number";
import { exitTypeLabel } from "../words";
import styles from "./CallEdge.module.css";
import { edgeWidth, loopPath, spread } from "./edges";
import type { GraphEdge } from "./graph";

/** Calls from one node to another: solid when the caller waits, dashed when it does not. */
export function CallEdge(props: EdgeProps) {
  const { id, source, target, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const { edge } = props.data as unknown as { edge: GraphEdge };
  const shift = spread(edge.of, edge.parallel);
  const [path, x, y] =
    source === target
      ? loopPath(sourceX, sourceY)
      : getBezierPath({ sourceX: sourceX - 36, sourceY: sourceY + shift, targetX: targetX + 36, targetY: targetY + shift, sourcePosition, targetPosition });
  const failing = edge.errors > 0;
  const arrow = `arrow-${id}`;
  return (
    <>
      <defs>
        <marker id={arrow} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto-start-reverse">
          <path d="M0 0.5 7.5 4 0 7.5z" className={failing ? styles.headFailing : styles.head} />
        </marker>
      </defs>
      <BaseEdge
        path={path}
        className={failing ? styles.failing : styles.line}
        style={{ strokeWidth: edgeWidth(edge.callsPerMinute), ...(edge.async ? { strokeDasharray: "5 4" } : {}) }}
        markerEnd={`url(#${arrow})`}
      />
      <EdgeLabelRenderer>
        <div className={styles.label} style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
          <b>{formatRate(edge.callsPerMinute)}/min</b>
          <span>
            {edge.exitTypes.map(exitTypeLabel).join(", ")}
            {edge.averageMs == null || edge.async ? "" : ` · ${formatMs(edge.averageMs)}`}
          </span>
          {failing ? <em>{edge.errors === 1 ? "1 error" : `${edge.errors} errors`}</em> : null}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}
