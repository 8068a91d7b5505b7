import { useState } from "react";
import type { AgentArrival, Configuration } from "../api/configuration";
import { type Column, DataTable } from "../design/DataTable";
import { Dialog } from "../design/Dialog";
import { OpenButton } from "../design/OpenButton";
import { EmptyState } from "../design/States";
import { counted } from "../format/number";
import { formatAgo, formatInstant } from "../format/time";
import styles from "./Configuration.module.css";
import { Differences } from "./Differences";
import { asJson } from "./Editing";
import { differences, NOT_WRITTEN } from "./patch";

/** An agent asks every ten seconds; one that was not heard of for so long is gone (docs/guide/alerting.md). */
const SILENT_MS = 5 * 60_000;

const isSilent = ({ lastSeenMs }: AgentArrival): boolean => Date.now() - lastSeenMs > SILENT_MS;

/** Whether what was written has arrived. */
export function Arrived({ agents: all }: { agents: readonly AgentArrival[] }) {
  const agents = all.filter((agent) => !isSilent(agent));
  const there = agents.filter(({ upToDate }) => upToDate).length;
  if (agents.length === 0) return <span>No agent asks for it now.</span>;
  const whole = there === agents.length;
  return (
    <span className={styles.arrival} data-there={whole} role="status">
      <i />
      {whole
        ? `In force at ${agents.length === 1 ? "the agent" : `all ${agents.length} agents`}`
        : `In force at ${there} of ${counted(agents.length, "agent")}; the others ask within ten seconds`}
    </span>
  );
}

interface Props {
  configuration: Configuration;
  names: ReadonlyMap<string, string>;
}

/** What is in force at each agent. */
export function AgentsTab({ configuration, names }: Props) {
  const [picked, setPicked] = useState<AgentArrival>();
  const columns: Column<AgentArrival>[] = [
    {
      id: "node",
      header: "Node",
      width: "minmax(160px, 1fr)",
      cell: (row) => <OpenButton text={row.nodeName} onOpen={() => setPicked(row)} />,
    },
    {
      id: "there",
      header: "What is written",
      width: "minmax(150px, 1fr)",
      cell: (row) => (
        <span className={styles.arrival} data-there={row.upToDate}>
          <i />
          {row.upToDate ? "in force" : isSilent(row) ? "silent: it asks when it is back" : "not there yet"}
        </span>
      ),
    },
    {
      id: "version",
      header: "Version there",
      width: "120px",
      cell: (row) => (row.version === 0 ? "its defaults" : row.version),
    },
    {
      id: "seen",
      header: "Spoke last",
      width: "140px",
      cell: (row) => (
        <span title={formatInstant(row.lastSeenMs)}>{formatAgo(row.lastSeenMs, Date.now())}</span>
      ),
    },
  ];
  return (
    <>
      <p className={styles.faint}>
        <Arrived agents={configuration.agents} />
      </p>
      <DataTable
        label="Agents"
        columns={columns}
        rows={configuration.agents}
        rowKey={(row) => `${row.nodeId}-${row.lastSeenMs}`}
        empty={
          <EmptyState title="No agent has spoken yet" icon="server" compact>
            Agents of ours ask every ten seconds what they are told. OpenTelemetry SDKs do not ask.
          </EmptyState>
        }
      />
      {picked ? (
        <AgentDialog
          agent={picked}
          configuration={configuration}
          names={names}
          onClose={() => setPicked(undefined)}
        />
      ) : null}
    </>
  );
}

interface DialogProps extends Props {
  agent: AgentArrival;
  onClose: () => void;
}

function AgentDialog({ agent, configuration, names, onClose }: DialogProps) {
  const found = differences(asJson(configuration.effective), asJson(agent.effective)).filter(
    ({ path }) => !NOT_WRITTEN.includes(path[0] as string),
  );
  return (
    <Dialog title={agent.nodeName} subtitle={`Version ${agent.version}`} shape="wide" onClose={onClose}>
      <div className={styles.fields}>
        {found.length === 0 ? (
          <p>What is in force there is what this page shows.</p>
        ) : (
          <>
            <p>What is in force there differs: because of its tier, or because it has not heard yet.</p>
            <Differences differences={found} names={names} />
          </>
        )}
      </div>
    </Dialog>
  );
}
