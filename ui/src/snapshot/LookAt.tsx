import { useMemo } from "react";
import { exitTypeIcon, Icon } from "../design/Icon";
import { counted, formatMs, formatPercent, percentOf } from "../format/number";
import { VIEWER } from "../words/executions";
import { type Finding, highlights } from "./highlights";
import styles from "./LookAt.module.css";
import type { ExitCall, Snapshot } from "./read";

interface Props {
  snapshot: Snapshot;
  onExit: (exit: ExitCall) => void;
  onFailed: () => void;
  onErrors: () => void;
}

/** The guilty call, one click away. */
export function LookAt({ snapshot, onExit, onFailed, onErrors }: Props) {
  const { raised, findings, failed } = useMemo(() => highlights(snapshot), [snapshot]);
  if (findings.length + raised.length === 0) return null;
  const listed = findings.filter(({ kind }) => kind === "failed").length;
  return (
    <section className={styles.all} aria-label={VIEWER.lookAt}>
      {raised.map(({ segment, error, line }) => (
        <button
          key={`${error.type} ${error.message}`}
          type="button"
          className={styles.finding}
          data-kind="failed"
          onClick={onErrors}
        >
          <Icon name="warning" size={14} />
          <b>
            {segment.tierName}: {error.type || "Error"}
          </b>
          <span className={styles.what}>{error.message}</span>
          <span className={styles.line}>{line}</span>
        </button>
      ))}
      {findings.map((finding) => (
        <button
          key={`${finding.kind}${finding.exit.spanId}`}
          type="button"
          className={styles.finding}
          data-kind={finding.kind}
          aria-haspopup="dialog"
          onClick={() => onExit(finding.exit)}
        >
          <Icon
            name={finding.kind === "failed" ? "warning" : exitTypeIcon(finding.exit.backend.exitType)}
            size={14}
          />
          <b>{heading(finding)}</b>
          <span className={styles.what}>{detail(finding)}</span>
          <span className={`number ${styles.share}`}>{share(finding, snapshot)}</span>
        </button>
      ))}
      {failed > listed ? (
        <button type="button" className={styles.more} onClick={onFailed}>
          All {counted(failed, "failed exit call")}
        </button>
      ) : null}
    </section>
  );
}

function heading({ kind, exit, segment }: Finding): string {
  if (kind === "failed") return `${segment.tierName} → ${exit.name} failed`;
  return kind === "slowest"
    ? `Slowest: ${segment.tierName} → ${exit.name}`
    : `Repeated: ${segment.tierName} → ${exit.backend.name}`;
}

function detail({ kind, exit, calls }: Finding): string {
  if (kind === "repeated") return counted(calls, "call");
  const [error] = exit.errors;
  if (kind === "failed" && error) return [error.type, error.message].filter(Boolean).join(": ");
  return exit.operation;
}

function share({ totalMs }: Finding, snapshot: Snapshot): string {
  const percent = Math.min(100, percentOf(totalMs, snapshot.durationMs));
  return `${formatMs(totalMs)} · ${formatPercent(percent)}`;
}
