import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { ApiError } from "../api/client";
import type { BackendDetails } from "../api/contract";
import { applicationQuery, backendQuery, seriesQuery } from "../api/queries";
import { BackendActions } from "../backend/BackendActions";
import { PerformanceCharts } from "../charts/PerformanceCharts";
import { type Column, DataTable } from "../design/DataTable";
import { Figures } from "../design/Figures";
import { exitTypeIcon, Icon } from "../design/Icon";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import { PropertyList } from "../design/PropertyList";
import link from "../design/RowLink.module.css";
import { EmptyState, Loaded, Skeleton } from "../design/States";
import { FlowMapPanel } from "../flow-map/FlowMap";
import { formatCount, formatMs, formatPercent, formatRate, percentOf } from "../format/number";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import { exitTypeLabel } from "../words";
import styles from "./BackendPage.module.css";
import { backendFlow } from "./backendFlow";

const MAP_HEIGHT_PX = 260;

export function BackendPage() {
  const { app, backend } = useParams({ from: "/shell/applications/$app/backends/$backend" });
  const range = useTimeRange();
  const live = useLive();
  const details = useQuery(backendQuery(app, backend, range, live));
  const series = useQuery(seriesQuery(app, { backend: Number(backend) }, range, live));
  if (details.error instanceof ApiError && details.error.status === 404) {
    return (
      <EmptyState title="There is no such remote service or database here" icon="database">
        <Link to="/applications/$app/backends" params={{ app }}>
          See all remote services and databases
        </Link>
      </EmptyState>
    );
  }
  const data = details.data;
  return (
    <>
      <PageHeader
        title={data?.name ?? "Remote service"}
        parent={{
          label: "Remote services and databases",
          to: { to: "/applications/$app/backends", params: { app } },
        }}
        actions={data ? <BackendActions app={app} backend={data} /> : null}
        mark={
          data ? (
            <span className={styles.type}>
              <Icon name={exitTypeIcon(data.exitType)} size={14} />
              {exitTypeLabel(data.exitType)}
            </span>
          ) : null
        }
        facts={
          data?.resolvedTierId != null ? (
            <span>
              Resolved to tier{" "}
              <Link to="/applications/$app/tiers" params={{ app }} search={{ tier: data.resolvedTierId }}>
                {data.resolvedTierName}
              </Link>
            </span>
          ) : null
        }
      />
      <Loaded query={details} height={320}>
        {(loaded) => <Upper app={app} details={loaded} />}
      </Loaded>
      {series.data ? <PerformanceCharts series={series.data} verdicts={false} /> : <Skeleton height={240} />}
      <Loaded query={details} height={200}>
        {(loaded) => <Lower app={app} details={loaded} />}
      </Loaded>
    </>
  );
}

function Upper({ app, details }: { app: string; details: BackendDetails }) {
  const application = useQuery(applicationQuery(app));
  const tiers = application.data?.tiers;
  const map = useMemo(
    () => ({ data: backendFlow(details, tiers ?? []), error: null, refetch: () => undefined }),
    [details, tiers],
  );
  return (
    <div className={styles.upper}>
      <div className={styles.left}>
        <Figures
          figures={[
            { label: "Calls", value: formatCount(details.calls) },
            { label: "Calls per minute", value: formatRate(details.callsPerMinute) },
            { label: "Average response time", value: formatMs(details.averageMs) },
            {
              label: "Errors",
              value: formatCount(details.errors),
              note: details.calls > 0 ? formatPercent(percentOf(details.errors, details.calls)) : undefined,
              tone: details.errors > 0 ? "error" : undefined,
            },
          ]}
        />
        <FlowMapPanel app={app} title="Who calls it" query={map} height={MAP_HEIGHT_PX} />
      </div>
      <Panel title="Properties" className={styles.properties}>
        <PropertyList
          properties={[{ name: "Type", value: exitTypeLabel(details.exitType) }, ...details.properties]}
          empty="It was reported without identifying properties."
        />
      </Panel>
    </div>
  );
}

function Lower({ app, details }: { app: string; details: BackendDetails }) {
  return (
    <div className={styles.lower}>
      <Callers app={app} details={details} />
      <Users app={app} details={details} />
    </div>
  );
}

const nobody = <EmptyState title="No calls in this time range" icon="plug" compact />;

function Callers({ app, details }: { app: string; details: BackendDetails }) {
  const callers: Column<BackendDetails["callers"][number]>[] = [
    {
      id: "tier",
      header: "Tier",
      width: "minmax(120px, 1fr)",
      cell: (row) => (
        <Link
          to="/applications/$app/tiers"
          params={{ app }}
          search={{ tier: row.tierId }}
          className={link.link}
        >
          {row.tierName}
        </Link>
      ),
    },
    { id: "calls", header: "Calls", width: "90px", align: "right", cell: (row) => formatCount(row.calls) },
    {
      id: "average",
      header: "Average",
      width: "90px",
      align: "right",
      cell: (row) => formatMs(row.averageMs),
    },
    { id: "errors", header: "Errors", width: "80px", align: "right", cell: (row) => formatCount(row.errors) },
  ];
  return (
    <Panel title="Calling tiers" flush>
      <DataTable
        label="Calling tiers"
        columns={callers}
        rows={details.callers}
        rowKey={(row) => row.tierId}
        empty={nobody}
      />
    </Panel>
  );
}

function Users({ app, details }: { app: string; details: BackendDetails }) {
  const bts: Column<BackendDetails["bts"][number]>[] = [
    {
      id: "name",
      header: "Name",
      width: "minmax(120px, 1fr)",
      cell: (row) => (
        <Link
          to="/applications/$app/business-transactions/$bt"
          params={{ app, bt: String(row.id) }}
          className={link.link}
          title={row.name}
        >
          {row.name}
        </Link>
      ),
    },
    { id: "calls", header: "Calls", width: "90px", align: "right", cell: (row) => formatCount(row.calls) },
  ];
  const snapshots = (
    <Link to="/applications/$app/snapshots" params={{ app }} search={{ backend: details.id }}>
      Snapshots that call it
    </Link>
  );
  return (
    <Panel title="Business transactions that use it" flush actions={snapshots}>
      <DataTable
        label="Business transactions"
        columns={bts}
        rows={details.bts}
        rowKey={(row) => row.id}
        empty={nobody}
      />
    </Panel>
  );
}
