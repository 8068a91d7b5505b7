import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMay } from "../api/change";
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
import { ActionMenu } from "../design/ActionMenu";
import { Figures } from "../design/Figures";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import { ScorecardPanel } from "../design/Scorecard";
import { EmptyState, Loaded } from "../design/States";
import { FlowMapPanel } from "../flow-map/FlowMap";
import { SnapshotTable } from "../snapshot/SnapshotTable";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import type { TransactionAct } from "../transactions/act";
import { transactionMenu } from "../transactions/menu";
import { SessionNotice } from "../transactions/SessionNotice";
import { TransactionDialog } from "../transactions/TransactionDialog";
import { transactions as words } from "../words/overview";
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
      <SessionNotice app={app} bt={subject.bt} />
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
  const { act } = useSearch({ from: "/shell/applications/$app/business-transactions/$bt" });
  const navigate = useNavigate({ from: "/applications/$app/business-transactions/$bt" });
  const may = useMay("configure-applications");
  const open = (next: TransactionAct | undefined, replace: boolean) =>
    void navigate({ search: (previous) => ({ ...previous, act: next }), replace });
  return (
    <>
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
                <Link
                  to="/applications/$app/business-transactions"
                  params={{ app }}
                  search={{ view: "other" }}
                >
                  What hides in it
                </Link>
              ) : null}
            </>
          ) : null
        }
        actions={
          transaction ? (
            <ActionMenu
              label={words.actions(transaction.name)}
              actions={transactionMenu(may, transaction.otherTraffic, (next) => open(next, false))}
            >
              {words.actionsShort}
            </ActionMenu>
          ) : null
        }
      />
      {act && transaction && may ? (
        <TransactionDialog
          app={app}
          act={act}
          targets={[transaction]}
          onClose={() => open(undefined, true)}
          onGone={() =>
            void navigate({ to: "/applications/$app/business-transactions", params: { app }, search: {} })
          }
        />
      ) : null}
    </>
  );
}
