import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useDeferredValue, useEffect, useState } from "react";
import type { SnapshotsSearch } from "../address";
import { get } from "../api/client";
import type { SnapshotPage } from "../api/contract";
import {
  applicationQuery,
  backendsQuery,
  businessTransactionsQuery,
  nodesQuery,
  REFRESH_MS,
  SNAPSHOTS_PAGE,
  type SnapshotFilter,
  snapshotFilterQuery,
} from "../api/queries";
import { primaryButtonClass } from "../design/Button";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import { ErrorState, Skeleton } from "../design/States";
import { formatCount } from "../format/number";
import { onePerExecution } from "../snapshot/executions";
import { type FilterNames, SnapshotFilters } from "../snapshot/SnapshotFilters";
import { SnapshotTable } from "../snapshot/SnapshotTable";
import { bounds, rangeKey, type TimeRange } from "../time-range/range";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import styles from "./SnapshotsPage.module.css";

const FROM = "/shell/applications/$app/snapshots" as const;

export function SnapshotsPage() {
  const { app } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/applications/$app/snapshots" });
  const application = useQuery(applicationQuery(app));
  const list = useSnapshotList(app, toFilter(search), useTimeRange());
  const change = useCallback(
    (values: Partial<SnapshotsSearch>) =>
      void navigate({ search: (previous) => ({ ...previous, ...values }), replace: true }),
    [navigate],
  );
  const segments = list.data?.pages.flatMap((page) => page.items) ?? [];
  const rows = search.segments ? segments : onePerExecution(segments);
  const more = () => {
    if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
  };
  const { pick = NONE_PICKED, ...narrowing } = search;
  const filtered = Object.values(narrowing).some((value) => value !== undefined);
  const onPick = useCallback(
    (guids: string[]) => change({ pick: guids.length > 0 ? guids : undefined }),
    [change],
  );
  return (
    <>
      <PageHeader title="Snapshots" actions={<CompareLink app={app} picked={pick} />} />
      <SnapshotFilters
        search={search}
        tiers={application.data?.tiers ?? []}
        names={useFilterNames(app, search)}
        onChange={change}
        count={list.data ? `${formatCount(rows.length)}${list.hasNextPage ? " or more" : ""}` : ""}
      />
      <div data-fill style={{ display: "flex" }}>
        <Panel title="All snapshots" flush fill bare>
          {list.data ? (
            <SnapshotTable
              app={app}
              rows={rows}
              scroll
              onEnd={more}
              filtered={filtered}
              picked={pick}
              onPick={onPick}
            />
          ) : list.error ? (
            <ErrorState error={list.error} onRetry={() => void list.refetch()} />
          ) : (
            <Skeleton height="100%" />
          )}
        </Panel>
      </div>
    </>
  );
}

const NONE_PICKED: readonly string[] = [];

/** Leads to two marked snapshots side by side. */
function CompareLink({ app, picked }: { app: string; picked: readonly string[] }) {
  const [a, b] = picked;
  if (a === undefined) return <span className={styles.hint}>Mark two to compare them</span>;
  if (b === undefined) return <span className={styles.hint}>Mark another one to compare with</span>;
  return (
    <Link
      to="/applications/$app/snapshots/compare"
      params={{ app }}
      search={{ a, b }}
      className={primaryButtonClass}
    >
      Compare the two
    </Link>
  );
}

/** What the address names by number, by name; asked for only when something is named. */
function useFilterNames(app: string, { bt, node, backend }: SnapshotsSearch): FilterNames {
  const range = useTimeRange();
  const bts = useQuery({ ...businessTransactionsQuery(app, range, false), enabled: bt !== undefined });
  const nodes = useQuery({ ...nodesQuery(app, range, false), enabled: node !== undefined });
  const backends = useQuery({ ...backendsQuery(app, range, false), enabled: backend !== undefined });
  return {
    bt: bts.data?.find(({ id }) => id === bt)?.name,
    node: nodes.data?.find(({ id }) => id === node)?.name,
    backend: backends.data?.find(({ id }) => id === backend)?.name,
  };
}

/** Who looks for a verdict wants executions that failed in a tier behind, too: their first segment may be normal. */
function toFilter({ segments, pick: _, ...rest }: SnapshotsSearch): SnapshotFilter {
  const anywhere = segments || rest.verdicts || rest.hasErrors;
  return { ...rest, firstInChain: anywhere ? undefined : true };
}

/** A list that never arrives whole: the next page when the end comes into sight. Its bounds stay put while it is
 * read; from the top it is asked again. */
function useSnapshotList(app: string, filter: SnapshotFilter, range: TimeRange) {
  const live = useLive();
  const deferred = useDeferredValue(filter);
  const key = rangeKey(range);
  const query = snapshotFilterQuery(deferred);
  const [frozen, setFrozen] = useState(() => bounds(range, Date.now()));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all about the range
  useEffect(() => setFrozen(bounds(range, Date.now())), [key]);
  return useInfiniteQuery({
    queryKey: [`/applications/${app}/snapshots`, "list", query, key],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const asked = pageParam === undefined ? bounds(range, Date.now()) : frozen;
      return get<SnapshotPage>(
        `/applications/${app}/snapshots`,
        { ...asked, ...query, limit: SNAPSHOTS_PAGE, after: pageParam },
        signal,
      );
    },
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    // Only the first page refreshes by itself; who has scrolled on is reading.
    refetchInterval: ({ state }) =>
      live && range.kind === "preset" && (state.data?.pages.length ?? 0) <= 1 ? REFRESH_MS : false,
  });
}
