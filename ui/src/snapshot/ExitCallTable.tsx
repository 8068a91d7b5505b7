import { useMemo } from "react";
import { type Column, DataTable } from "../design/DataTable";
import { exitTypeIcon, Icon } from "../design/Icon";
import { EmptyState } from "../design/States";
import type { Sort } from "../design/sort";
import { useWide } from "../design/useWide";
import { formatMs, formatPercent, percentOf } from "../format/number";
import { exitTypeLabel } from "../words";
import styles from "./ExitCallTable.module.css";
import type { ExitCall, Segment } from "./read";

interface Entry {
  segment: Segment;
  exit: ExitCall;
}

interface Props {
  segments: readonly Segment[];
  /** Exit calls that are shown; without it all. */
  wanted?: ((exit: ExitCall) => boolean) | undefined;
  sort: Sort;
  onSort: (sort: Sort) => void;
  onExit: (exit: ExitCall) => void;
}

export const FIRST_EXIT_SORT: Sort = { column: "start", descending: false };

export function ExitCallTable({ segments, wanted, sort, onSort, onExit }: Props) {
  const entries = useMemo(() => {
    const all: Entry[] = [];
    for (const segment of segments) {
      for (const exit of segment.exitCalls) if (!wanted || wanted(exit)) all.push({ segment, exit });
    }
    return all;
  }, [segments, wanted]);
  const wide = useWide();
  const columns = useMemo(
    () => exitColumns(onExit).filter((column) => wide || !column.wideOnly),
    [onExit, wide],
  );
  const dropped = segments.reduce((sum, segment) => sum + segment.exitCallsDropped, 0);
  return (
    <div className={styles.table} style={{ height: Math.min(34 + (entries.length || 4) * 40, 594) }}>
      <DataTable
        label="Exit calls"
        columns={columns}
        rows={entries}
        rowKey={(entry) => entry.exit.spanId}
        sort={sort}
        onSort={onSort}
        scroll
        empty={
          <EmptyState title={wanted ? "No exit call matches" : "No exit calls"} icon="plug" compact>
            {wanted
              ? "Change the filter above."
              : segments.length > 1
                ? "This execution called nothing outside its tier."
                : "This segment called nothing outside its tier."}
          </EmptyState>
        }
      />
      {dropped > 0 ? (
        <p className={styles.dropped}>
          {dropped} more exceeded the limit per segment: counted, but without details.
        </p>
      ) : null}
    </div>
  );
}

const timeColumns: Column<Entry>[] = [
  {
    id: "start",
    header: "Start",
    width: "80px",
    align: "right",
    sortBy: ({ exit }) => exit.offsetMs,
    cell: ({ exit }) => formatMs(exit.offsetMs),
  },
  {
    id: "duration",
    header: "Duration",
    width: "86px",
    align: "right",
    sortBy: ({ exit }) => exit.durationMs,
    cell: ({ exit }) => formatMs(exit.durationMs),
  },
  {
    id: "share",
    wideOnly: true,
    header: "Share",
    width: "70px",
    align: "right",
    cell: ({ segment, exit }) => formatPercent(Math.min(100, percentOf(exit.durationMs, segment.durationMs))),
  },
];

const errorColumn: Column<Entry> = {
  id: "errors",
  header: "Errors",
  width: "136px",
  sortBy: ({ exit }) => exit.errors.length,
  cell: ({ exit }) =>
    exit.errors.length > 0 ? (
      <span className={styles.failed} title={exit.errors[0]?.type}>
        {shortType(exit.errors[0]?.type)}
      </span>
    ) : exit.ended ? (
      ""
    ) : (
      "never ended"
    ),
};

function exitColumns(onExit: (exit: ExitCall) => void): Column<Entry>[] {
  return [
    {
      id: "name",
      header: "Exit call",
      width: "minmax(160px, 1fr)",
      sortBy: ({ exit }) => exit.name,
      cell: ({ exit }) => (
        <button type="button" className={styles.open} onClick={() => onExit(exit)} aria-haspopup="dialog">
          <Icon name={exitTypeIcon(exit.backend.exitType)} size={14} />
          <span>{exit.name}</span>
        </button>
      ),
    },
    {
      id: "type",
      header: "Type",
      width: "100px",
      sortBy: ({ exit }) => exit.backend.exitType,
      cell: ({ exit }) => exitTypeLabel(exit.backend.exitType),
    },
    {
      id: "operation",
      header: "Operation",
      width: "minmax(160px, 1.6fr)",
      sortBy: ({ exit }) => exit.operation,
      cell: ({ exit }) => <code title={exit.operation}>{exit.operation}</code>,
    },
    {
      id: "tiers",
      wideOnly: true,
      header: "From, to",
      width: "minmax(120px, 0.8fr)",
      sortBy: ({ segment }) => segment.tierName,
      cell: ({ segment, exit }) =>
        exit.toTierName ? `${segment.tierName} → ${exit.toTierName}` : segment.tierName,
    },
    ...timeColumns,
    errorColumn,
  ];
}

/** `TierError` of `shop.calls.TierError`. */
function shortType(type: string | undefined): string {
  return type?.split(".").at(-1) || "Error";
}
