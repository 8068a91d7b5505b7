import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useChange, useMay } from "../api/change";
import type { NodeRow, Property } from "../api/contract";
import { tierSettingsQuery } from "../api/executions";
import { Button } from "../design/Button";
import { CopyButton } from "../design/CopyButton";
import { Confirm, Dialog } from "../design/Dialog";
import { PropertyList } from "../design/PropertyList";
import { Loaded } from "../design/States";
import { formatBytes, formatCount } from "../format/number";
import { formatAgo, formatInstant } from "../format/time";
import { Warnings } from "../pages/Warnings";
import { dropCause, runtimeLabel } from "../words";
import { NODES } from "../words/executions";
import { costProperties } from "./cost";
import styles from "./NodeDrawer.module.css";
import { concerns, statusOf } from "./status";

interface Props {
  app: string;
  node: NodeRow;
  onClose: () => void;
}

/** Everything about one node: versions, agents, diagnostics, ledger, cost, configuration. */
export function NodeDrawer({ app, node, onClose }: Props) {
  const now = Date.now();
  const { begun, ended, inFlight, balanced } = node.ledger;
  return (
    <Dialog
      title={node.name}
      subtitle={`Node of tier ${node.tierName} · ${statusOf(node, now).label}`}
      shape="drawer"
      footer={<Forget app={app} node={node} onClose={onClose} />}
      onClose={onClose}
    >
      <div className={styles.body}>
        <Warnings warnings={concerns(node)} />
        <Section title="Program">
          <PropertyList properties={programProperties(node, now)} empty="" />
        </Section>
        <Section title={NODES.cost}>
          <PropertyList
            properties={costProperties(node.cost)}
            empty="It said nothing about that in this time range."
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
        <Configuration app={app} node={node} />
      </div>
    </Dialog>
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

function programProperties(node: NodeRow, now: number): Property[] {
  return [
    { name: "Runtime", value: runtimeLabel(node.language, node.runtimeVersion) },
    { name: "Agent", value: node.agentVersion || "not known" },
    { name: "Host", value: node.hostName || "not known" },
    { name: "Process", value: node.processId ? String(node.processId) : "not known" },
    { name: "First report", value: formatInstant(node.firstSeen) },
    { name: "Last report", value: `${formatInstant(node.lastSeen)}, ${formatAgo(node.lastSeen, now)}` },
  ];
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

/** What is in force at the node, as its agent said, and whether that is what it is told. */
function Configuration({ app, node }: { app: string; node: NodeRow }) {
  const settings = useQuery(tierSettingsQuery(app, node.tierId));
  return (
    <Section title={NODES.effective}>
      <Loaded query={settings} height={120}>
        {({ agents }) => {
          const own = agents.filter(({ nodeId }) => nodeId === node.id);
          if (own.length === 0)
            return <p className={styles.faint}>Its agent said nothing about that lately.</p>;
          return own.map((agent) => {
            const text = JSON.stringify(agent.effective, null, 2);
            return (
              <div key={`${agent.nodeId} ${agent.version} ${agent.lastSeenMs}`}>
                <p className={styles.faint}>
                  {agent.version ? `Version ${agent.version}` : "Built-in defaults"},{" "}
                  {agent.upToDate ? "as agents are told now" : "not yet what agents are told now"}
                </p>
                <div className={styles.configuration}>
                  {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls, also with the keyboard */}
                  <pre tabIndex={0} role="region" aria-label={NODES.effective}>
                    {text}
                  </pre>
                  <CopyButton text={text} label="Copy the configuration" />
                </div>
              </div>
            );
          });
        }}
      </Loaded>
    </Section>
  );
}

/** Takes a node that is gone for good out of the lists. */
function Forget({ app, node, onClose }: Props) {
  const may = useMay("configure-applications");
  const [asking, setAsking] = useState(false);
  const forget = useChange({
    request: () => ({ method: "DELETE", path: `/applications/${app}/nodes/${node.id}` }),
    done: () => `${node.name} is left out of lists.`,
    affects: [`/applications/${app}/`],
    onDone: onClose,
  });
  if (!may) return null;
  return (
    <>
      <Button variant="quiet" onClick={() => setAsking(true)}>
        {NODES.forget}
      </Button>
      {asking ? (
        <Confirm
          title={`Leave ${node.name} out of lists?`}
          action="Leave out"
          pending={forget.isPending}
          error={forget.error}
          onConfirm={() => forget.mutate()}
          onClose={() => setAsking(false)}
        >
          {NODES.forgetText}
        </Confirm>
      ) : null}
    </>
  );
}
