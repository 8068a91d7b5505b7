import { Link } from "@tanstack/react-router";
import type { FlowEdge, FlowMap } from "../api/contract";
import { type Column, DataTable } from "../design/DataTable";
import { formatCount, formatMs, formatRate } from "../format/number";
import { exitTypeLabel } from "../words";

/** The flow map in words, for the keyboard, for screen readers and for copying. */
export function FlowTable({ app, map, once }: { app: string; map: FlowMap; once: boolean }) {
  const tierName = (id: number | null | undefined) =>
    map.tiers.find((tier) => tier.id === id)?.name ?? "unknown tier";
  const target = (edge: FlowEdge) =>
    edge.backendId == null
      ? tierName(edge.toTierId)
      : (map.backends.find((backend) => backend.id === edge.backendId)?.name ?? "unknown backend");
  const columns: Column<FlowEdge>[] = [
    { id: "from", header: "From", width: "minmax(120px, 1fr)", cell: (edge) => tierName(edge.fromTierId) },
    {
      id: "to",
      header: "To",
      width: "minmax(160px, 2fr)",
      cell: (edge) =>
        edge.backendId == null ? (
          <Link to="/applications/$app/tiers" params={{ app }} search={{ tier: edge.toTierId ?? undefined }}>
            {target(edge)}
          </Link>
        ) : (
          <Link to="/applications/$app/backends/$backend" params={{ app, backend: String(edge.backendId) }}>
            {target(edge)}
          </Link>
        ),
    },
    {
      id: "type",
      header: "Type",
      width: "110px",
      cell: (edge) => `${exitTypeLabel(edge.exitType)}${edge.async ? ", async" : ""}`,
    },
    {
      id: "rate",
      header: once ? "Calls" : "Calls/min",
      width: "90px",
      align: "right",
      cell: (edge) => (once ? formatCount(edge.calls) : formatRate(edge.callsPerMinute)),
    },
    {
      id: "average",
      header: "Average",
      width: "90px",
      align: "right",
      cell: (edge) => formatMs(edge.averageMs),
    },
    {
      id: "errors",
      header: "Errors",
      width: "80px",
      align: "right",
      cell: (edge) => formatCount(edge.errors),
    },
  ];
  const key = (edge: FlowEdge) =>
    `${edge.fromTierId}-${edge.toTierId}-${edge.backendId}-${edge.exitType}-${edge.async}`;
  return (
    <DataTable
      label="Calls between tiers and backends"
      columns={columns}
      rows={map.edges}
      rowKey={key}
      empty="No calls"
      scroll
    />
  );
}
