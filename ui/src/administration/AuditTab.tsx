import styles from "../alerting/Alerting.module.css";
import { type AuditLine, useAudit } from "../api/administration";
import { type Column, DataTable } from "../design/DataTable";
import { EmptyState, ErrorState, Skeleton } from "../design/States";
import { formatCount } from "../format/number";
import { formatInstant, formatMoment } from "../format/time";
import { useTimeRange } from "../time-range/useTimeRange";
import { AUDIT_ACTIONS, PROVIDERS } from "../words/administration";

/** Who did what in the time range of the page. */
export function AuditTab() {
  const audit = useAudit(useTimeRange());
  const rows = audit.data?.pages.flat() ?? [];
  if (audit.error && !audit.data) {
    return <ErrorState error={audit.error} onRetry={() => void audit.refetch()} />;
  }
  if (!audit.data) return <Skeleton height="100%" />;
  return (
    <>
      <div className={styles.bar}>
        <span className={styles.faint}>
          {formatCount(rows.length)}
          {audit.hasNextPage ? " or more" : ""} in the time range above
        </span>
      </div>
      <DataTable
        label="Audit"
        columns={COLUMNS}
        rows={rows}
        rowKey={(row) => row.id}
        scroll
        onEnd={() => {
          if (audit.hasNextPage && !audit.isFetching) void audit.fetchNextPage();
        }}
        empty={<EmptyState title="Nobody did anything in this time" icon="history" />}
      />
    </>
  );
}

const COLUMNS: Column<AuditLine>[] = [
  {
    id: "time",
    header: "Time",
    width: "136px",
    cell: (row) => <span title={formatInstant(row.time)}>{formatMoment(row.time, Date.now())}</span>,
  },
  { id: "user", header: "Who", width: "minmax(120px, 0.7fr)", cell: (row) => row.user },
  {
    id: "provider",
    header: "Known by",
    width: "128px",
    cell: (row) => PROVIDERS[row.provider] ?? row.provider,
  },
  {
    id: "action",
    header: "What",
    width: "minmax(130px, 0.6fr)",
    cell: (row) => AUDIT_ACTIONS[row.action] ?? row.action,
  },
  {
    id: "object",
    header: "To what",
    width: "minmax(180px, 1.4fr)",
    cell: (row) => <span title={row.object}>{row.object}</span>,
  },
  { id: "address", header: "From", width: "minmax(110px, 0.6fr)", cell: (row) => row.address || "–" },
];
