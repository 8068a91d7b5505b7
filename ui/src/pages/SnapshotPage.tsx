import { Tabs } from "@base-ui/react/tabs";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { SnapshotSearch, SnapshotTab } from "../address";
import { ApiError } from "../api/client";
import type { ExitCall, Segment, Snapshot } from "../api/contract";
import { snapshotQuery } from "../api/queries";
import { CopyButton } from "../design/CopyButton";
import { PageHeader } from "../design/PageHeader";
import { EmptyState, Loaded } from "../design/States";
import { VerdictBadge } from "../design/VerdictBadge";
import { formatMs } from "../format/number";
import { formatInstant } from "../format/time";
import { ErrorDetails } from "../snapshot/ErrorDetails";
import { ExitCallDialog } from "../snapshot/ExitCallDialog";
import { ExitCallTable } from "../snapshot/ExitCallTable";
import { SegmentFacts } from "../snapshot/SegmentFacts";
import { SegmentPicker } from "../snapshot/SegmentPicker";
import { UserData } from "../snapshot/UserData";
import { Waterfall } from "../snapshot/Waterfall";
import { policyReason } from "../words";
import styles from "./SnapshotPage.module.css";

const FROM = "/shell/applications/$app/snapshots/$guid" as const;

export function SnapshotPage() {
  const { app, guid } = useParams({ from: FROM });
  const snapshot = useQuery(snapshotQuery(app, guid));
  if (snapshot.error instanceof ApiError && snapshot.error.status === 404) {
    return (
      <EmptyState title="This snapshot is not here" icon="snapshot">
        It may be older than snapshots are kept, or belong to another application.{" "}
        <Link to="/applications/$app/snapshots" params={{ app }}>
          See all snapshots
        </Link>
      </EmptyState>
    );
  }
  return (
    <Loaded query={snapshot} height={420}>
      {(data) => <Viewer app={app} snapshot={data} />}
    </Loaded>
  );
}

function Viewer({ app, snapshot }: { app: string; snapshot: Snapshot }) {
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/applications/$app/snapshots/$guid" });
  const change = useCallback(
    (values: Partial<SnapshotSearch>) =>
      void navigate({
        search: (previous) => ({ ...previous, ...values }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const picked = snapshot.segments.filter((segment) => segment.spanId === search.segment);
  const segments = picked.length > 0 ? picked : snapshot.segments;
  const open = useMemo(() => findExit(snapshot, search.exit), [snapshot, search.exit]);
  const onExit = useCallback((exit: ExitCall) => change({ exit: exit.spanId }), [change]);
  return (
    <>
      <Header app={app} snapshot={snapshot} />
      <SegmentPicker
        segments={snapshot.segments}
        picked={picked[0]?.spanId}
        onPick={(segment) => change({ segment })}
      />
      <Tabs.Root
        className={styles.panel}
        value={search.tab ?? "overview"}
        onValueChange={(tab: SnapshotTab) => change({ tab: tab === "overview" ? undefined : tab })}
      >
        <TabList segments={segments} />
        <Tabs.Panel value="overview" className={styles.flush}>
          <Waterfall snapshot={snapshot} segment={picked[0]?.spanId} onExit={onExit} />
          <SegmentFacts segment={segments[0] as Segment} guid={snapshot.guid} />
        </Tabs.Panel>
        <Tabs.Panel value="exit-calls" className={styles.flush}>
          <ExitCallTable segments={segments} onExit={onExit} />
        </Tabs.Panel>
        <Tabs.Panel value="errors" className={styles.padded}>
          <Errors segments={segments} />
        </Tabs.Panel>
        <Tabs.Panel value="user-data" className={styles.padded}>
          <UserData segments={segments} />
        </Tabs.Panel>
      </Tabs.Root>
      {open ? (
        <ExitCallDialog app={app} {...open} onClose={() => change({ exit: undefined })} onChange={onExit} />
      ) : null}
    </>
  );
}

function Header({ app, snapshot }: { app: string; snapshot: Snapshot }) {
  const first = snapshot.segments[0];
  return (
    <PageHeader
      title={snapshot.btName}
      parent={{ label: "Snapshots", to: { to: "/applications/$app/snapshots", params: { app } } }}
      mark={<VerdictBadge verdict={snapshot.verdict} />}
      facts={
        <>
          <span>
            <strong className="number">{formatMs(snapshot.durationMs)}</strong>
            {first ? ` ${thresholdWords(first)}` : ""}
          </span>
          <span className="number">{formatInstant(snapshot.start)}</span>
          {first ? <span>Kept because {policyReason(first.policy, first.verdict)}</span> : null}
          <Link to="/applications/$app/business-transactions/$bt" params={{ app, bt: String(snapshot.btId) }}>
            Business transaction
          </Link>
        </>
      }
      actions={<ShareLink />}
    />
  );
}

function ShareLink() {
  return (
    <span className={styles.share}>
      Link
      <CopyButton text={window.location.href} label="Copy the link to this snapshot" />
    </span>
  );
}

/** What the duration was measured against, when that is known. */
function thresholdWords({ thresholds }: Segment): string {
  const parts = [
    ["slow", thresholds.slowMs],
    ["very slow", thresholds.verySlowMs],
  ].flatMap(([name, value]) => (typeof value === "number" ? [`${name} from ${formatMs(value)}`] : []));
  return parts.length ? `(${parts.join(", ")})` : "";
}

function TabList({ segments }: { segments: readonly Segment[] }) {
  const exits = segments.reduce((sum, segment) => sum + segment.exitCalls.length, 0);
  const failed = segments.some(
    (segment) => segment.errors.length > 0 || segment.exitCalls.some((exit) => exit.errors.length > 0),
  );
  const withData = segments.some((segment) => segment.userData.length > 0);
  return (
    <Tabs.List className={styles.tabs}>
      <Tabs.Tab value="overview" className={styles.tab}>
        Overview
      </Tabs.Tab>
      <Tabs.Tab value="exit-calls" className={styles.tab}>
        Exit Calls
        <Dot shown={exits > 0} />
      </Tabs.Tab>
      <Tabs.Tab value="errors" className={styles.tab}>
        Error Details
        <Dot shown={failed} failed />
      </Tabs.Tab>
      <Tabs.Tab value="user-data" className={styles.tab}>
        USER DATA
        <Dot shown={withData} />
      </Tabs.Tab>
    </Tabs.List>
  );
}

/** Says that a tab holds something, without a word: the tabs' texts are what people search for. */
function Dot({ shown, failed = false }: { shown: boolean; failed?: boolean }) {
  return shown ? <i className={styles.dot} data-failed={failed} aria-hidden="true" /> : null;
}

function Errors({ segments }: { segments: readonly Segment[] }) {
  const errors = segments.flatMap((segment) => {
    const where = `${segment.tierName} · ${segment.nodeName}`;
    return [
      ...segment.errors.map((error) => ({ error, place: where })),
      ...segment.exitCalls.flatMap((exit) =>
        exit.errors.map((error) => ({
          error,
          place: `${where}, in exit call ${exit.sequence} to ${exit.displayName || exit.backendName}`,
        })),
      ),
    ];
  });
  if (errors.length === 0) {
    return (
      <EmptyState title="No errors" icon="check" compact>
        Nothing was reported as an error here.
      </EmptyState>
    );
  }
  return errors.map(({ error, place }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: errors have no identity and never change order
    <ErrorDetails key={index} error={error} place={place} />
  ));
}

function findExit(
  snapshot: Snapshot,
  spanId: string | undefined,
): { segment: Segment; exit: ExitCall } | undefined {
  if (!spanId) return undefined;
  for (const segment of snapshot.segments) {
    const exit = segment.exitCalls.find((call) => call.spanId === spanId);
    if (exit) return { segment, exit };
  }
  return undefined;
}
