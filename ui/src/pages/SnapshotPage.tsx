import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { SnapshotSearch, SnapshotTab } from "../address";
import { ApiError } from "../api/client";
import { snapshotQuery } from "../api/executions";
import { applicationQuery } from "../api/queries";
import { EmptyState, Loaded } from "../design/States";
import { readSort, writeSort } from "../design/sort";
import { type Tab, Tabs } from "../design/Tabs";
import { FlowMapPanel } from "../flow-map/FlowMap";
import { CompareDialog } from "../snapshot/CompareDialog";
import { ErrorList } from "../snapshot/ErrorList";
import { ExitCallDialog } from "../snapshot/ExitCallDialog";
import { ExitCallTable, FIRST_EXIT_SORT } from "../snapshot/ExitCallTable";
import { ExitFilter, exitWanted, FILTER_FROM_EXIT_CALLS } from "../snapshot/ExitFilter";
import { snapshotFlow } from "../snapshot/flow";
import { LookAt } from "../snapshot/LookAt";
import { type ExitCall, exitCount, findExit, type Segment, type Snapshot } from "../snapshot/read";
import { SegmentFacts } from "../snapshot/SegmentFacts";
import { SegmentPicker } from "../snapshot/SegmentPicker";
import { SnapshotHeader } from "../snapshot/SnapshotHeader";
import { UserData } from "../snapshot/UserData";
import { Waterfall } from "../snapshot/Waterfall";
import { VIEWER } from "../words/executions";

const FROM = "/shell/applications/$app/snapshots/$guid" as const;
const MAP_HEIGHT_PX = 460;

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

type Change = (values: Partial<SnapshotSearch>) => void;

function Viewer({ app, snapshot }: { app: string; snapshot: Snapshot }) {
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/applications/$app/snapshots/$guid" });
  const change: Change = useCallback(
    (values) =>
      void navigate({
        search: (previous) => ({ ...previous, ...values }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const picked = snapshot.segments.find((segment) => segment.spanId === search.segment);
  const segments = useMemo(() => (picked ? [picked] : snapshot.segments), [picked, snapshot]);
  const open = useMemo(() => findExit(snapshot, search.exit), [snapshot, search.exit]);
  const onExit = useCallback((exit: ExitCall) => change({ exit: exit.spanId }), [change]);
  const tab = search.tab ?? "overview";
  return (
    <>
      <SnapshotHeader app={app} snapshot={snapshot} onCompare={() => change({ compare: true })} />
      <SegmentPicker
        segments={snapshot.segments}
        picked={picked?.spanId}
        onPick={(segment) => change({ segment })}
      />
      <Tabs
        label="Parts of this snapshot"
        tabs={useTabs(segments)}
        value={tab}
        onChange={(next) => change({ tab: next === "overview" ? undefined : next })}
        flush={tab !== "errors" && tab !== "user-data"}
      >
        <Part tab={tab} {...{ app, snapshot, segments, picked, search, change, onExit }} />
      </Tabs>
      {open ? (
        <ExitCallDialog app={app} {...open} onClose={() => change({ exit: undefined })} onChange={onExit} />
      ) : null}
      {search.compare ? (
        <CompareDialog app={app} snapshot={snapshot} onClose={() => change({ compare: undefined })} />
      ) : null}
    </>
  );
}

interface PartProps {
  tab: SnapshotTab;
  app: string;
  snapshot: Snapshot;
  /** The one that is picked, or all. */
  segments: readonly Segment[];
  picked: Segment | undefined;
  search: SnapshotSearch;
  change: Change;
  onExit: (exit: ExitCall) => void;
}

function Part({ tab, app, snapshot, segments, picked, search, change, onExit }: PartProps) {
  const { q, failed } = search;
  const wanted = useMemo(() => exitWanted({ q, failed }), [q, failed]);
  const onFailed = () => change({ tab: "exit-calls", failed: true, q: undefined });
  switch (tab) {
    case "flow-map":
      return <ExecutionMap app={app} snapshot={snapshot} />;
    case "errors":
      return <ErrorList segments={segments} onExit={onExit} onFailed={onFailed} />;
    case "user-data":
      return <UserData app={app} segments={segments} />;
    case "exit-calls":
      return (
        <>
          <Filter segments={segments} wanted={wanted} wish={{ q, failed }} onChange={change} />
          <ExitCallTable
            segments={segments}
            wanted={wanted}
            sort={readSort(search.sort, FIRST_EXIT_SORT)}
            onSort={(sort) => change({ sort: writeSort(sort) })}
            onExit={onExit}
          />
        </>
      );
    default:
      return (
        <>
          <LookAt
            snapshot={snapshot}
            onExit={onExit}
            onFailed={onFailed}
            onErrors={() => change({ tab: "errors" })}
          />
          <Filter segments={snapshot.segments} wanted={wanted} wish={{ q, failed }} onChange={change} />
          <Waterfall snapshot={snapshot} segment={picked?.spanId} wanted={wanted} onExit={onExit} />
          <SegmentFacts segment={segments[0] as Segment} guid={snapshot.guid} />
        </>
      );
  }
}

interface FilterProps {
  segments: readonly Segment[];
  wanted: ((exit: ExitCall) => boolean) | undefined;
  wish: Pick<SnapshotSearch, "q" | "failed">;
  onChange: Change;
}

function Filter({ segments, wanted, wish, onChange }: FilterProps) {
  const all = exitCount({ segments });
  const shown = useMemo(
    () =>
      wanted
        ? segments.reduce((sum, segment) => sum + segment.exitCalls.filter(wanted).length, 0)
        : exitCount({ segments }),
    [segments, wanted],
  );
  if (all < FILTER_FROM_EXIT_CALLS && !wanted) return null;
  return <ExitFilter wish={wish} onChange={onChange} shown={shown} all={all} />;
}

function ExecutionMap({ app, snapshot }: { app: string; snapshot: Snapshot }) {
  const tiers = useQuery(applicationQuery(app)).data?.tiers;
  const query = useMemo(
    () => ({ data: snapshotFlow(snapshot, tiers ?? []), error: null, refetch: () => undefined }),
    [snapshot, tiers],
  );
  return (
    <FlowMapPanel app={app} title="Flow map of this execution" query={query} height={MAP_HEIGHT_PX} once />
  );
}

/** A mark says that a tab holds something, without a word: the tabs' texts are what people search for. */
function useTabs(segments: readonly Segment[]): Tab<SnapshotTab>[] {
  return useMemo(() => {
    const failed = segments.some(
      (segment) => segment.errors.length > 0 || segment.exitCalls.some((exit) => exit.errors.length > 0),
    );
    const has = (holds: boolean) => (holds ? "has" : undefined);
    return [
      { value: "overview", label: VIEWER.tabs.overview },
      { value: "flow-map", label: VIEWER.tabs["flow-map"] },
      { value: "exit-calls", label: VIEWER.tabs["exit-calls"], mark: has(exitCount({ segments }) > 0) },
      { value: "errors", label: VIEWER.tabs.errors, mark: failed ? "failed" : undefined },
      {
        value: "user-data",
        label: VIEWER.tabs["user-data"],
        mark: has(segments.some((segment) => segment.userData.length > 0)),
      },
    ];
  }, [segments]);
}
