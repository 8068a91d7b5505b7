import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMay } from "../api/change";
import type { BackendRow } from "../api/contract";
import { backendsQuery } from "../api/queries";
import { Button } from "../design/Button";
import { type Column, DataTable } from "../design/DataTable";
import { Panel } from "../design/Panel";
import { say, sayFailed } from "../design/toast";
import { formatCount, formatMs } from "../format/number";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import { exitTypeLabel } from "../words";
import { NODES } from "../words/executions";
import { useBackendDecision } from "./BackendActions";

/** What others call when they call a tier, with the way to say that it is not so. */
export function ResolvedBackends({ app, tier }: { app: string; tier: number }) {
  const may = useMay("configure-applications");
  const backends = useQuery(backendsQuery(app, useTimeRange(), useLive()));
  const rows = (backends.data ?? []).filter(({ resolvedTierId }) => resolvedTierId === tier);
  if (rows.length === 0) return null;
  const columns: Column<BackendRow>[] = [
    {
      id: "name",
      header: "Name",
      width: "minmax(160px, 1fr)",
      cell: ({ id, name }) => (
        <Link to="/applications/$app/backends/$backend" params={{ app, backend: String(id) }}>
          {name}
        </Link>
      ),
    },
    {
      id: "type",
      header: "Type",
      width: "120px",
      cell: ({ exitType }) => exitTypeLabel(exitType),
    },
    {
      id: "calls",
      header: "Calls",
      width: "90px",
      align: "right",
      cell: ({ calls }) => formatCount(calls),
    },
    {
      id: "average",
      header: "Average",
      width: "90px",
      align: "right",
      cell: ({ averageMs }) => formatMs(averageMs),
    },
    ...(may
      ? [
          {
            id: "undo",
            header: "",
            width: "96px",
            cell: (row: BackendRow) => <Undo app={app} backend={row} />,
          },
        ]
      : []),
  ];
  return (
    <Panel title={NODES.resolved} flush>
      <DataTable label={NODES.resolved} columns={columns} rows={rows} rowKey={({ id }) => id} empty={null} />
    </Panel>
  );
}

function Undo({ app, backend: { id, name } }: { app: string; backend: BackendRow }) {
  const decide = useBackendDecision(app, id, () => say(`${name} is a remote service of its own now.`));
  return (
    <Button
      variant="quiet"
      aria-label={`Undo: ${name} is not this tier`}
      disabled={decide.isPending}
      onClick={() => decide.mutate({ action: "unresolve" }, { onError: sayFailed })}
    >
      {NODES.undo}
    </Button>
  );
}
