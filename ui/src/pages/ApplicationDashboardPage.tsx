import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { healthQuery } from "../api/alerting";
import {
  applicationQuery,
  businessTransactionsQuery,
  flowMapQuery,
  newestSnapshotsQuery,
  scorecardQuery,
  seriesQuery,
} from "../api/queries";
import { PerformanceCharts } from "../charts/PerformanceCharts";
import { Figures } from "../design/Figures";
import { HealthBadge } from "../design/HealthBadge";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import { ScorecardPanel } from "../design/Scorecard";
import { Loaded } from "../design/States";
import { FlowMapPanel } from "../flow-map/FlowMap";
import { counted } from "../format/number";
import { SnapshotTable } from "../snapshot/SnapshotTable";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import { ApplicationNews } from "./ApplicationNews";
import styles from "./Dashboard.module.css";
import { performanceFigures } from "./figures";
import { TopTransactions } from "./TopTransactions";
import { Warnings } from "./Warnings";

/** Where the metrics of the whole application are. */
const OVERALL = "Overall Application Performance";

const MAP_HEIGHT_PX = 400;

/** Snapshots on a dashboard: the newest that somebody should look at. */
const NEWEST_SNAPSHOTS = 8;

export function ApplicationDashboardPage() {
  const { app } = useParams({ from: "/shell/applications/$app/" });
  const range = useTimeRange();
  const live = useLive();
  const application = useQuery(applicationQuery(app));
  const health = useQuery(healthQuery(app));
  const scorecard = useQuery(scorecardQuery(app, {}, range, live));
  const series = useQuery(seriesQuery(app, {}, range, live));
  const map = useQuery(flowMapQuery(app, {}, range, live));
  const transactions = useQuery(businessTransactionsQuery(app, range, live));
  const nodes = application.data?.tiers.reduce((sum, tier) => sum + tier.nodes, 0) ?? 0;
  return (
    <>
      <PageHeader
        title={application.data?.name ?? "Application"}
        mark={
          health.data ? (
            <Link to="/applications/$app/alerts" params={{ app }} search={{ tab: "violations" }}>
              <HealthBadge critical={health.data.critical} warning={health.data.warning} />
            </Link>
          ) : null
        }
        facts={
          application.data ? (
            <span>
              {counted(application.data.tiers.length, "tier")}, {counted(nodes, "node")}
            </span>
          ) : null
        }
      />
      <Warnings warnings={application.data?.warnings ?? []} />
      <Loaded query={scorecard} height={72}>
        {(card) => <Figures figures={performanceFigures(card)} />}
      </Loaded>
      <div className={styles.top}>
        <FlowMapPanel app={app} title="Flow map" query={map} height={MAP_HEIGHT_PX} />
        <ScorecardPanel app={app} query={scorecard} />
      </div>
      <Loaded query={series} height={240}>
        {(data) => <PerformanceCharts folder={OVERALL} series={data} />}
      </Loaded>
      <div className={styles.halves}>
        <Panel
          title="Top business transactions"
          flush
          actions={
            <Link to="/applications/$app/business-transactions" params={{ app }}>
              All{transactions.data ? ` ${transactions.data.length}` : ""}
            </Link>
          }
        >
          <Loaded query={transactions} height={300}>
            {(rows) => <TopTransactions app={app} rows={rows} />}
          </Loaded>
        </Panel>
        <Newest app={app} />
      </div>
      <div className={styles.halves}>
        <ApplicationNews app={app} />
      </div>
    </>
  );
}

function Newest({ app }: { app: string }) {
  const range = useTimeRange();
  const live = useLive();
  const worrying = { verdicts: ["SLOW", "VERY_SLOW", "STALL", "ERROR"] as const, firstInChain: true };
  const snapshots = useQuery(
    newestSnapshotsQuery(
      app,
      { ...worrying, verdicts: [...worrying.verdicts] },
      range,
      live,
      NEWEST_SNAPSHOTS,
    ),
  );
  return (
    <Panel
      title="Newest slow and failed snapshots"
      flush
      actions={
        <Link
          to="/applications/$app/snapshots"
          params={{ app }}
          search={{ verdicts: ["SLOW", "VERY_SLOW", "STALL", "ERROR"] }}
        >
          All
        </Link>
      }
    >
      <Loaded query={snapshots} height={300}>
        {(page) => <SnapshotTable app={app} rows={page.items} brief />}
      </Loaded>
    </Panel>
  );
}
