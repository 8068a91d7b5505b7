import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { BusinessTransaction } from "../api/contract";
import { type Column, DataTable } from "../design/DataTable";
import { averageColumn, rateColumn, timeColumn } from "../design/performanceColumns";
import link from "../design/RowLink.module.css";
import { EmptyState } from "../design/States";
import { formatPercent } from "../format/number";

const TOP = 8;

/** Those that take most of the time: calls times average. */
export function topByTime(rows: readonly BusinessTransaction[], count: number): BusinessTransaction[] {
  const total = (row: BusinessTransaction) => row.calls * (row.averageMs ?? 0);
  return rows
    .filter((row) => row.calls > 0)
    .sort((a, b) => total(b) - total(a))
    .slice(0, count);
}

export function TopTransactions({ app, rows }: { app: string; rows: BusinessTransaction[] }) {
  const top = useMemo(() => topByTime(rows, TOP), [rows]);
  const columns: Column<BusinessTransaction>[] = [
    {
      id: "name",
      header: "Name",
      width: "minmax(120px, 1fr)",
      cell: (row) => (
        <Link
          to="/applications/$app/business-transactions/$bt"
          params={{ app, bt: String(row.id) }}
          className={link.link}
          title={`${row.name} on ${row.tierName}`}
        >
          {row.name}
        </Link>
      ),
    },
    timeColumn(false, "Response time"),
    averageColumn(),
    rateColumn(),
    {
      id: "errors",
      header: "Errors",
      width: "68px",
      align: "right",
      cell: (row) => formatPercent(row.errorPercent),
    },
  ];
  return (
    <DataTable
      label="Top business transactions"
      columns={columns}
      rows={top}
      rowKey={(row) => row.id}
      empty={
        <EmptyState title="No business transaction ran in this time range" icon="transactions" compact>
          Choose a longer time range above.
        </EmptyState>
      }
    />
  );
}
