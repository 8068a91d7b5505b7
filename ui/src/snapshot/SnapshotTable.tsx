import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { SnapshotRow } from "../api/contract";
import { type Column, DataTable } from "../design/DataTable";
import { Icon } from "../design/Icon";
import link from "../design/RowLink.module.css";
import { EmptyState } from "../design/States";
import { VerdictBadge } from "../design/VerdictBadge";
import { formatCount, formatMs } from "../format/number";
import { formatInstant, formatMoment } from "../format/time";
import { policyReason, policyShort } from "../words";
import styles from "./SnapshotTable.module.css";

interface Props {
  app: string;
  rows: SnapshotRow[];
  /** Few columns, for a dashboard. */
  brief?: boolean;
  scroll?: boolean;
  onEnd?: () => void;
  /** Whether something narrows the list, for the words when it is empty. */
  filtered?: boolean;
  /** GUIDs of those marked to be compared; with it each row can be marked. */
  picked?: readonly string[] | undefined;
  onPick?: (guids: string[]) => void;
}

/** So many are compared. */
export const PICKED_MAX = 2;

export function SnapshotTable(props: Props) {
  const { app, rows, brief = false, scroll = false, onEnd, filtered = false, picked = [], onPick } = props;
  const columns = useMemo(() => {
    if (brief) return briefColumns(app);
    return onPick ? [pickColumn(picked, onPick), ...allColumns(app)] : allColumns(app);
  }, [app, brief, picked, onPick]);
  return (
    <DataTable
      label="Snapshots"
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.guid}${row.spanId}`}
      scroll={scroll}
      {...(onEnd ? { onEnd } : {})}
      empty={
        <EmptyState
          title={filtered ? "No snapshot matches" : "No snapshots in this time range"}
          icon="snapshot"
          compact
        >
          {filtered
            ? "Remove a filter or choose a longer time range."
            : "Every slow, very slow, stalled and failed execution is kept, and one of each business transaction every ten minutes."}
        </EmptyState>
      }
    />
  );
}

function pickColumn(picked: readonly string[], onPick: (guids: string[]) => void): Column<SnapshotRow> {
  return {
    id: "pick",
    header: "",
    width: "44px",
    cell: (row) => {
      const chosen = picked.includes(row.guid);
      return (
        <input
          type="checkbox"
          className={styles.pick}
          checked={chosen}
          // A third one takes the place of the first.
          onChange={() =>
            onPick(
              chosen ? picked.filter((guid) => guid !== row.guid) : [...picked, row.guid].slice(-PICKED_MAX),
            )
          }
          aria-label={`Compare ${row.btName}, ${formatInstant(row.start)}`}
        />
      );
    },
  };
}

function time(app: string): Column<SnapshotRow> {
  return {
    id: "start",
    header: "Time",
    width: "126px",
    cell: (row) => (
      <Link
        to="/applications/$app/snapshots/$guid"
        params={{ app, guid: row.guid }}
        className={link.link}
        title={formatInstant(row.start)}
      >
        {formatMoment(row.start, Date.now())}
      </Link>
    ),
  };
}

const verdict: Column<SnapshotRow> = {
  id: "verdict",
  header: "Verdict",
  width: "112px",
  cell: (row) => <VerdictBadge verdict={row.verdict} />,
};

const duration: Column<SnapshotRow> = {
  id: "duration",
  header: "Duration",
  width: "86px",
  align: "right",
  cell: (row) => formatMs(row.durationMs),
};

function briefColumns(app: string): Column<SnapshotRow>[] {
  return [
    { ...time(app), width: "84px" },
    verdict,
    {
      id: "bt",
      header: "Business transaction",
      width: "minmax(120px, 1fr)",
      cell: (row) => (
        <span title={[row.btName, row.errorSummary].filter(Boolean).join(": ")}>
          {row.btName} <span className={styles.error}>{row.errorSummary}</span>
        </span>
      ),
    },
    duration,
  ];
}

function allColumns(app: string): Column<SnapshotRow>[] {
  return [
    time(app),
    verdict,
    duration,
    {
      id: "bt",
      header: "Business transaction",
      width: "minmax(150px, 1.2fr)",
      cell: (row) => <span title={row.btName}>{row.btName}</span>,
    },
    {
      id: "error",
      header: "Error",
      width: "minmax(120px, 1.4fr)",
      cell: (row) => <span title={row.errorSummary || undefined}>{row.errorSummary}</span>,
    },
    {
      id: "node",
      header: "Node",
      width: "minmax(100px, 0.7fr)",
      cell: (row) => <span title={`Tier ${row.tierName}, node ${row.nodeName}`}>{row.nodeName}</span>,
    },
    {
      id: "exits",
      header: "Exit calls",
      width: "84px",
      align: "right",
      cell: (row) => formatCount(row.exitCalls),
    },
    {
      id: "policy",
      header: "Kept",
      width: "104px",
      cell: (row) => (
        <span
          title={`Kept because ${policyReason(row.policy, row.verdict)}${row.archived ? ", for ever" : ""}`}
        >
          {policyShort(row.policy)}
          {row.archived ? <Icon name="flag" size={12} className={styles.archived} /> : null}
        </span>
      ),
    },
  ];
}
