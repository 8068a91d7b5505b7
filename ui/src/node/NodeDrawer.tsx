import { Dialog } from "@base-ui/react/dialog";
import { type ReactNode, useRef } from "react";
import type { NodeRow, Property } from "../api/contract";
import { Icon } from "../design/Icon";
import { PropertyList } from "../design/PropertyList";
import { formatBytes, formatCount } from "../format/number";
import { formatAgo, formatInstant } from "../format/time";
import { Warnings } from "../pages/Warnings";
import { dropCause, runtimeLabel } from "../words";
import styles from "./NodeDrawer.module.css";
import { concerns, statusOf } from "./status";

/** Everything about one node: versions, agents, diagnostics, ledger. */
export function NodeDrawer({ node, onClose }: { node: NodeRow; onClose: () => void }) {
  const popup = useRef<HTMLDivElement>(null);
  const now = Date.now();
  const { begun, ended, inFlight, balanced } = node.ledger;
  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.drawer} ref={popup} initialFocus={popup}>
          <header className={styles.header}>
            <div className={styles.words}>
              <Dialog.Title className={styles.title}>{node.name}</Dialog.Title>
              <p className={styles.faint}>
                Node of tier {node.tierName} · {statusOf(node, now).label}
              </p>
            </div>
            <Dialog.Close className={styles.close} aria-label="Close">
              <Icon name="close" />
            </Dialog.Close>
          </header>
          <div className={styles.body}>
            <Warnings warnings={concerns(node)} />
            <Section title="Program">
              <PropertyList
                properties={[
                  { name: "Runtime", value: runtimeLabel(node.language, node.runtimeVersion) },
                  { name: "Agent", value: node.agentVersion || "not known" },
                  { name: "Host", value: node.hostName || "not known" },
                  { name: "Process", value: String(node.processId) },
                  { name: "First report", value: formatInstant(node.firstSeen) },
                  {
                    name: "Last report",
                    value: `${formatInstant(node.lastSeen)}, ${formatAgo(node.lastSeen, now)}`,
                  },
                ]}
                empty=""
              />
            </Section>
            <Section title="Ledger of business transactions">
              <PropertyList
                properties={[
                  { name: "Begun", value: formatCount(begun) },
                  { name: "Ended", value: formatCount(ended) },
                  { name: "Running", value: formatCount(inFlight) },
                  { name: "Balance", value: balanced ? "adds up: nothing is missing" : "does not add up" },
                ]}
                empty=""
              />
            </Section>
            {node.agents.map((agent) => (
              <Section
                key={agent.incarnation}
                title={node.agents.length === 1 ? "Agent" : `Agent ${agent.incarnation.slice(0, 8)}`}
              >
                <PropertyList properties={agentProperties(agent, now)} empty="" />
              </Section>
            ))}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className={styles.section}>{title}</h3>
      {children}
    </section>
  );
}

function agentProperties(
  { lastSeen, disconnected, configVersion, diagnostics }: NodeRow["agents"][number],
  now: number,
): Property[] {
  const counts = (entries: Record<string, number>, word: (name: string) => string): string =>
    Object.entries(entries)
      .map(([name, count]) => `${word(name)}: ${formatCount(count)}`)
      .join("\n") || "none";
  return [
    { name: "Last word", value: `${formatAgo(lastSeen, now)}${disconnected ? ", said goodbye" : ""}` },
    { name: "Configuration", value: configVersion ? `version ${configVersion}` : "built-in defaults" },
    { name: "Dropped", value: counts(diagnostics.drops, dropCause) },
    { name: "Unusable API calls", value: counts(diagnostics.misuse, dropCause) },
    { name: "Waiting to be sent", value: formatBytes(diagnostics.spoolBytes) },
    { name: "Defects caught", value: formatCount(diagnostics.panics) },
  ];
}
