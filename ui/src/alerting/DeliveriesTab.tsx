import { useQuery } from "@tanstack/react-query";
import { type Delivery, deliveriesQuery } from "../api/alerting";
import { type Column, DataTable } from "../design/DataTable";
import { EmptyState, Loaded } from "../design/States";
import { formatCount } from "../format/number";
import { formatInstant, formatMoment } from "../format/time";
import type { AlertsTabProps } from "../pages/AlertsPage";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import { DELIVERY_STATUS } from "../words/alerting";
import styles from "./Severity.module.css";

/** Actions that wait, were carried out, or were given up. */
export function DeliveriesTab({ app }: AlertsTabProps) {
  const deliveries = useQuery(deliveriesQuery(app, useTimeRange(), useLive()));
  return (
    <Loaded query={deliveries} height="100%">
      {(rows) => (
        <DataTable
          label="What was sent"
          columns={COLUMNS}
          rows={rows}
          rowKey={(row) => `${row.timeMs}${row.policy}${row.action}${row.status}`}
          scroll
          empty={
            <EmptyState title="No action was carried out in this time" icon="bell">
              When an event fits a policy, its actions appear here, with how each went.
            </EmptyState>
          }
        />
      )}
    </Loaded>
  );
}

const DOTS: Record<string, string> = { DONE: "RESOLVED", GIVEN_UP: "OPEN" };

const COLUMNS: Column<Delivery>[] = [
  {
    id: "time",
    header: "Time",
    width: "136px",
    cell: (row) => <span title={formatInstant(row.timeMs)}>{formatMoment(row.timeMs, Date.now())}</span>,
  },
  {
    id: "status",
    header: "Status",
    width: "112px",
    cell: (row) => (
      <span className={styles.status} data-status={DOTS[row.status]}>
        <i />
        {DELIVERY_STATUS[row.status] ?? row.status}
      </span>
    ),
  },
  { id: "action", header: "Action", width: "minmax(120px, 0.7fr)", cell: (row) => row.action },
  { id: "policy", header: "Policy", width: "minmax(120px, 0.7fr)", cell: (row) => row.policy },
  {
    id: "attempts",
    header: "Attempts",
    width: "84px",
    align: "right",
    cell: (row) => formatCount(row.attempts),
  },
  {
    id: "text",
    header: "How it went",
    width: "minmax(160px, 1.6fr)",
    cell: (row) => <span title={row.text}>{row.text}</span>,
  },
];
