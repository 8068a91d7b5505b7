import { Dialog } from "@base-ui/react/dialog";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useRef } from "react";
import type { ExitCall, Segment } from "../api/contract";
import { Button } from "../design/Button";
import { CopyButton } from "../design/CopyButton";
import { exitTypeIcon, Icon } from "../design/Icon";
import { PropertyList } from "../design/PropertyList";
import { formatMs, formatPercent, percentOf } from "../format/number";
import { exitTypeLabel } from "../words";
import { ErrorDetails } from "./ErrorDetails";
import styles from "./ExitCallDialog.module.css";

interface Props {
  app: string;
  segment: Segment;
  exit: ExitCall;
  onClose: () => void;
  onChange: (exit: ExitCall) => void;
}

/** Everything that is known about one exit call. */
export function ExitCallDialog({ app, segment, exit, onClose, onChange }: Props) {
  const popup = useRef<HTMLDivElement>(null);
  const calls = segment.exitCalls;
  const index = calls.findIndex((call) => call.spanId === exit.spanId);
  const step = (by: number) => {
    const next = calls[index + by];
    if (next) onChange(next);
  };
  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.popup} ref={popup} initialFocus={popup}>
          <DialogHeader index={index} count={calls.length} onStep={step} />
          <div className={styles.body}>
            <Head exit={exit} segment={segment} />
            {exit.operation ? <Operation text={exit.operation} /> : null}
            <div className={styles.columns}>
              <Section title="Identifying properties">
                <PropertyList properties={exit.identifyingProperties} empty="None were reported." />
              </Section>
              <Section title="Optional properties">
                <PropertyList
                  properties={exit.optionalProperties}
                  empty="None were reported for this call."
                />
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
          <footer className={styles.footer}>
            <Reached app={app} exit={exit} />
          </footer>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface HeaderProps {
  index: number;
  count: number;
  onStep: (by: number) => void;
}

function DialogHeader({ index, count, onStep }: HeaderProps) {
  return (
    <header className={styles.header}>
      <Dialog.Title className={styles.title}>Exit Calls and Async Activities</Dialog.Title>
      <div className={styles.steps}>
        <span className={`number ${styles.position}`}>
          {index + 1} of {count}
        </span>
        <Button
          variant="quiet"
          square
          aria-label="Previous exit call"
          disabled={index <= 0}
          onClick={() => onStep(-1)}
        >
          <Icon name="chevronLeft" />
        </Button>
        <Button
          variant="quiet"
          square
          aria-label="Next exit call"
          disabled={index >= count - 1}
          onClick={() => onStep(1)}
        >
          <Icon name="chevronRight" />
        </Button>
        <Dialog.Close className={styles.close} aria-label="Close">
          <Icon name="close" />
        </Dialog.Close>
      </div>
    </header>
  );
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
    ["Type", exitTypeLabel(exit.exitType)],
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
        <Icon name={exitTypeIcon(exit.exitType)} size={20} />
      </span>
      <div className={styles.headWords}>
        <p className={styles.name}>{exit.displayName || exit.backendName}</p>
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
    <>
      <Link to="/applications/$app/backends/$backend" params={{ app, backend: String(exit.backendId) }}>
        Dashboard of {exit.backendName}
      </Link>
      {exit.toSpanId ? (
        <Link
          to="."
          search={(previous: object) => ({
            ...previous,
            exit: undefined,
            segment: exit.toSpanId ?? undefined,
          })}
        >
          Its segment on tier {exit.toTierName}
        </Link>
      ) : null}
      {exit.toTierId != null && !exit.toSpanId ? (
        <span className={styles.note}>
          Tier {exit.toTierName} kept no snapshot of its part: it was within its own thresholds.
        </span>
      ) : null}
      {exit.toTierId != null ? (
        <Link to="/applications/$app/tiers" params={{ app }} search={{ tier: exit.toTierId }}>
          Tier {exit.toTierName}
        </Link>
      ) : null}
    </>
  );
}
