import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button } from "../design/Button";
import { CopyButton } from "../design/CopyButton";
import { Dialog } from "../design/Dialog";
import { exitTypeIcon, Icon } from "../design/Icon";
import { PropertyList } from "../design/PropertyList";
import { formatCount, formatMs, formatPercent, percentOf } from "../format/number";
import { exitTypeLabel } from "../words";
import { ErrorDetails } from "./ErrorDetails";
import styles from "./ExitCallDialog.module.css";
import type { ExitCall, Segment } from "./read";

interface Props {
  app: string;
  segment: Segment;
  exit: ExitCall;
  onClose: () => void;
  onChange: (exit: ExitCall) => void;
}

/** Everything that is known about one exit call. */
export function ExitCallDialog({ app, segment, exit, onClose, onChange }: Props) {
  return (
    <Dialog
      title="Exit Calls and Async Activities"
      shape="wide"
      actions={<Steps segment={segment} exit={exit} onChange={onChange} />}
      footer={<Reached app={app} exit={exit} />}
      onClose={onClose}
    >
      <div className={styles.body}>
        <Head exit={exit} segment={segment} />
        {exit.operation ? <Operation text={exit.operation} /> : null}
        <div className={styles.columns}>
          <Section title="Identifying properties">
            <PropertyList properties={exit.backend.properties} empty="None were reported." />
          </Section>
          <Section title="Optional properties">
            <PropertyList properties={exit.optionalProperties} empty="None were reported for this call." />
          </Section>
        </div>
        {exit.errors.length > 0 ? (
          <Section title="Errors">
            {exit.errors.map((error, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: errors have no identity and never change order
              <ErrorDetails key={at} error={error} />
            ))}
          </Section>
        ) : null}
      </div>
    </Dialog>
  );
}

/** To the calls before and after it in its segment, and to those that failed. */
function Steps({ segment, exit, onChange }: Pick<Props, "segment" | "exit" | "onChange">) {
  const calls = segment.exitCalls;
  const index = calls.findIndex((call) => call.spanId === exit.spanId);
  const before = calls[index - 1];
  const after = calls[index + 1];
  const failed = nextFailed(calls, index);
  return (
    <div className={styles.steps}>
      {failed ? (
        <Button variant="quiet" onClick={() => onChange(failed)}>
          <Icon name="warning" size={14} />
          Next failed
        </Button>
      ) : null}
      <span className={`number ${styles.position}`}>
        {formatCount(index + 1)} of {formatCount(calls.length)}
      </span>
      <Button
        variant="quiet"
        square
        aria-label="Previous exit call"
        disabled={!before}
        onClick={() => before && onChange(before)}
      >
        <Icon name="chevronLeft" />
      </Button>
      <Button
        variant="quiet"
        square
        aria-label="Next exit call"
        disabled={!after}
        onClick={() => after && onChange(after)}
      >
        <Icon name="chevronRight" />
      </Button>
    </div>
  );
}

/** The next call that failed, from the beginning again after the last; nothing when there is no other. */
function nextFailed(calls: readonly ExitCall[], index: number): ExitCall | undefined {
  const failed = (call: ExitCall) => call.errors.length > 0;
  const later = calls.find((call, at) => at > index && failed(call));
  const found = later ?? calls.find(failed);
  return found === calls[index] ? undefined : found;
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Head({ exit, segment }: { exit: ExitCall; segment: Segment }) {
  const facts: [string, ReactNode][] = [
    ["Type", exitTypeLabel(exit.backend.exitType)],
    [
      "Duration",
      `${formatMs(exit.durationMs)}${exit.ended ? "" : " until its segment ended; it was never ended itself"}`,
    ],
    ["Share of its segment", formatPercent(Math.min(100, percentOf(exit.durationMs, segment.durationMs)))],
    ["Started after", formatMs(exit.offsetMs)],
    ["From", `${segment.tierName} · ${segment.nodeName}`],
    ["Sequence", exit.sequence],
  ];
  return (
    <div className={styles.head}>
      <span className={styles.icon} data-failed={exit.errors.length > 0}>
        <Icon name={exitTypeIcon(exit.backend.exitType)} size={20} />
      </span>
      <div className={styles.headWords}>
        <p className={styles.name}>{exit.name}</p>
        <dl className={styles.facts}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="number">{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
}

function Operation({ text }: { text: string }) {
  return (
    <Section title="Operation">
      <div className={styles.operation}>
        <pre>{text}</pre>
        <CopyButton text={text} label="Copy the operation" />
      </div>
    </Section>
  );
}

/** Where the call went: the segment it led to, the tier, the backend. */
function Reached({ app, exit }: { app: string; exit: ExitCall }) {
  return (
    <div className={styles.reached}>
      <Link to="/applications/$app/backends/$backend" params={{ app, backend: String(exit.backend.id) }}>
        Dashboard of {exit.backend.name}
      </Link>
      {exit.toSpanId ? (
        <Link
          to="."
          search={(previous: object) => ({ ...previous, exit: undefined, segment: exit.toSpanId })}
        >
          Its segment on tier {exit.toTierName}
        </Link>
      ) : null}
      {exit.toTierId !== undefined && !exit.toSpanId ? (
        <span className={styles.note}>
          Tier {exit.toTierName} kept no snapshot of its part: it was within its own thresholds.
        </span>
      ) : null}
      {exit.toTierId !== undefined ? (
        <Link to="/applications/$app/tiers" params={{ app }} search={{ tier: exit.toTierId }}>
          Tier {exit.toTierName}
        </Link>
      ) : null}
    </div>
  );
}
