import { Link } from "@tanstack/react-router";
import { Handle, type NodeProps, Position } from "@xyflow/react";
import type { FlowBackend, FlowTier } from "../api/contract";
import { exitTypeIcon, Icon } from "../design/Icon";
import { counted, formatMs, formatPercent, formatRate, percentOf } from "../format/number";
import { exitTypeLabel, languageLabel, languageSign } from "../words";
import styles from "./nodes.module.css";

const RADIUS = 25;
const CIRCUMFERENCE = 2 * Math.PI * RADIUS;

/** A tier: a ring whose red part is its share of errors, inside the language and how many nodes it has. */
export function TierNode({ data }: NodeProps) {
  const { app, tier, once } = data as { app: string; tier: FlowTier; once: boolean };
  const errorShare = percentOf(tier.errors, tier.calls) / 100;
  const errorLength = errorShare > 0 ? Math.max(errorShare, 0.02) * CIRCUMFERENCE : 0;
  const words =
    `Tier ${tier.name}, ${languageLabel(tier.language)}, ` +
    (once
      ? `${counted(tier.calls, "segment")}, `
      : `${counted(tier.nodes, "node")}, ${formatRate(tier.callsPerMinute)} calls per minute, `) +
    `${formatMs(tier.averageMs)} on average, ` +
    `${formatPercent(errorShare * 100)} errors`;
  return (
    <>
      <Ports />
      <Link
        to="/applications/$app/tiers"
        params={{ app }}
        search={{ tier: tier.id }}
        className={styles.node}
        title={words}
        draggable={false}
      >
        <span className={styles.ring} aria-hidden="true">
          <svg viewBox="0 0 56 56" width="56" height="56" aria-hidden="true">
            <circle cx="28" cy="28" r={RADIUS} className={tier.calls > 0 ? styles.healthy : styles.idle} />
            {errorLength > 0 ? (
              <circle
                cx="28"
                cy="28"
                r={RADIUS}
                className={styles.failing}
                strokeDasharray={`${errorLength} ${CIRCUMFERENCE}`}
                transform="rotate(-90 28 28)"
              />
            ) : null}
          </svg>
          <span className={styles.sign}>
            <b>{languageSign(tier.language)}</b>
            {once ? null : <small>{tier.nodes === 1 ? "1 node" : `${tier.nodes} nodes`}</small>}
          </span>
        </span>
        <span className="visually-hidden">Tier </span>
        <span className={styles.name}>{tier.name}</span>
        <span className={styles.facts}>
          {once ? onceFacts(tier) : `${formatRate(tier.callsPerMinute)}/min · ${formatMs(tier.averageMs)}`}
        </span>
        {tier.entry ? <span className={styles.start}>Start</span> : null}
      </Link>
    </>
  );
}

/** What a tier did in one execution. */
function onceFacts({ calls, averageMs }: FlowTier): string {
  if (calls === 0) return "kept nothing";
  return calls === 1 ? formatMs(averageMs) : `${calls} × ${formatMs(averageMs)}`;
}

/** A database, cache, queue or remote service. */
export function BackendNode({ data }: NodeProps) {
  const { app, backend } = data as { app: string; backend: FlowBackend };
  const words = `${exitTypeLabel(backend.exitType)} ${backend.name}`;
  return (
    <>
      <Ports />
      <Link
        to="/applications/$app/backends/$backend"
        params={{ app, backend: String(backend.id) }}
        className={styles.node}
        title={words}
        draggable={false}
      >
        <span className={styles.tile}>
          <Icon name={exitTypeIcon(backend.exitType)} size={20} />
        </span>
        <span className={styles.name}>{backend.name}</span>
        <span className={styles.facts}>{exitTypeLabel(backend.exitType)}</span>
      </Link>
    </>
  );
}

/** Several backends only one tier calls, in one node. */
export function FoldedNode({ data }: NodeProps) {
  const { app, group } = data as { app: string; group: { exitType: string; backends: FlowBackend[] } };
  const words = `${counted(group.backends.length, "backend")}${group.exitType ? ` of type ${exitTypeLabel(group.exitType)}` : ""}`;
  return (
    <>
      <Ports />
      <Link
        to="/applications/$app/backends"
        params={{ app }}
        search={{ type: group.exitType || undefined }}
        className={styles.node}
        title={words}
        draggable={false}
      >
        <span className={styles.tile} data-many>
          <Icon name={group.exitType ? exitTypeIcon(group.exitType) : "stack"} size={20} />
        </span>
        <span className={styles.name}>{words}</span>
      </Link>
    </>
  );
}

function Ports() {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} className={styles.port} />
      <Handle type="source" position={Position.Right} isConnectable={false} className={styles.port} />
    </>
  );
}
