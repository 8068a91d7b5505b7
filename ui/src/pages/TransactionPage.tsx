import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ApiError } from "../api/client";
import type { BusinessTransactionDetails } from "../api/contract";
import {
  businessTransactionQuery,
  flowMapQuery,
  newestSnapshotsQuery,
  scorecardQuery,
  seriesQuery,
} from "../api/queries";
import { PerformanceCharts } from "../charts/PerformanceCharts";
import { Figures } from "../design/Figures";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import { ScorecardPanel } from "../design/Scorecard";
import { EmptyState, Loaded } from "../design/States";
import { FlowMapPanel } from "../flow-map/FlowMap";
import { SnapshotTable } from "../snapshot/SnapshotTable";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import styles from "./Dashboard.module.css";
import { performanceFigures } from "./figures";

const MAP_HEIGHT_PX = 380;
const NEWEST_SNAPSHOTS = 12;

export function TransactionPage() {
  const { app, bt } = useParams({ from: "/shell/applications/$app/business-transactions/$bt" });
  const range = useTimeRange();
  const live = useLive();
  const subject = { bt: Number(bt) };
  const transaction = useQuery(businessTransactionQuery(app, bt, range, live));
  const scorecard = useQuery(scorecardQuery(app, subject, range, live));
  const series = useQuery(seriesQuery(app, subject, range, live));
  const map = useQuery(flowMapQuery(app, subject, range, live));
  const snapshots = useQuery(
    newestSnapshotsQuery(app, { ...subject, firstInChain: true }, range, live, NEWEST_SNAPSHOTS),
  );
  if (transaction.error instanceof ApiError && transaction.error.status === 404) {
    return (
      <EmptyState title="There is no such business transaction here" icon="transactions">
        It may have been deleted.{" "}
        <Link to="/applications/$app/business-transactions" params={{ app }}>
          See all business transactions
        </Link>
      </EmptyState>
    );
  }
  const { name, tierName } = transaction.data ?? {};
  const folder = name && `Business Transaction Performance|Business Transactions|${tierName}|${name}`;
  return (
    <>
      <Header app={app} transaction={transaction.data} />
      <Loaded query={scorecard} height={72}>
        {(card) => <Figures figures={performanceFigures(card)} />}
      </Loaded>
      <Loaded query={series} height={240}>
        {(data) => <PerformanceCharts folder={folder} series={data} />}
      </Loaded>
      <div className={styles.top}>
        <FlowMapPanel
          app={app}
          title="Flow map of this business transaction"
          query={map}
          height={MAP_HEIGHT_PX}
        />
        <ScorecardPanel app={app} bt={subject.bt} query={scorecard} />
      </div>
      <Panel
        title="Newest snapshots"
        flush
        actions={
          <Link to="/applications/$app/snapshots" params={{ app }} search={subject}>
            All snapshots
          </Link>
        }
      >
        <Loaded query={snapshots} height={300}>
          {(page) => <SnapshotTable app={app} rows={page.items} />}
        </Loaded>
      </Panel>
    </>
  );
}

function Header({ app, transaction }: { app: string; transaction: BusinessTransactionDetails | undefined }) {
  return (
    <PageHeader
      title={transaction?.name ?? "Business transaction"}
      parent={{
        label: "Business transactions",
        to: { to: "/applications/$app/business-transactions", params: { app } },
      }}
      facts={
        transaction ? (
          <>
            <span>
              Starts on{" "}
              <Link to="/applications/$app/tiers" params={{ app }} search={{ tier: transaction.tierId }}>
                {transaction.tierName}
              </Link>
            </span>
            <span>{transaction.entryTitle}</span>
            {transaction.otherTraffic ? (
              <span>All traffic that has no business transaction of its own</span>
            ) : null}
          </>
        ) : null
      }
    />
  );
}
