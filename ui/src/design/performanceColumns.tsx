// The columns that lists of what is called have in common.
import { Sparkline } from "../charts/Sparkline";
import { finished } from "../charts/sparkPath";
import { formatCount, formatMs, formatRate } from "../format/number";
import type { Column } from "./DataTable";

interface Called {
  calls: number;
  callsPerMinute: number;
  averageMs?: number | null;
  spark: { from: number; stepMs: number; calls: number[]; averageMs: (number | null)[] };
}

export function loadColumn<Row extends Called>(wideOnly: boolean): Column<Row> {
  return {
    id: "load",
    header: "Load",
    width: "100px",
    wideOnly,
    cell: ({ spark }) => (
      <Sparkline
        values={finished(spark.calls, spark, Date.now())}
        label="Calls over the time range"
        width={84}
        height={20}
      />
    ),
  };
}

export function timeColumn<Row extends Called>(wideOnly: boolean, header = "Time"): Column<Row> {
  return {
    id: "time",
    header,
    width: "112px",
    wideOnly,
    cell: (row) => (
      <Sparkline
        values={row.spark.averageMs}
        label="Response time over the time range"
        color="var(--series-2)"
        width={84}
        height={20}
      />
    ),
  };
}

export function callsColumn<Row extends Called>(): Column<Row> {
  const calls = (row: Row) => row.calls;
  return {
    id: "calls",
    header: "Calls",
    width: "80px",
    align: "right",
    sortBy: calls,
    cell: (row) => formatCount(row.calls),
  };
}

export function rateColumn<Row extends Called>(): Column<Row> {
  return {
    id: "rate",
    header: "Calls/min",
    width: "86px",
    align: "right",
    sortBy: (row) => row.callsPerMinute,
    cell: (row) => formatRate(row.callsPerMinute),
  };
}

export function averageColumn<Row extends Called>(): Column<Row> {
  return {
    id: "average",
    header: "Average",
    width: "82px",
    align: "right",
    sortBy: (row) => row.averageMs ?? null,
    cell: (row) => formatMs(row.averageMs),
  };
}
