import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useDeferredValue, useEffect, useState } from "react";
import type { SnapshotsSearch } from "../address";
import { get } from "../api/client";
import type { SnapshotPage } from "../api/contract";
import {
  applicationQuery,
  REFRESH_MS,
  SNAPSHOTS_PAGE,
  type SnapshotFilter,
  snapshotFilterQuery,
} from "../api/queries";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import { ErrorState, Skeleton } from "../design/States";
import { formatCount } from "../format/number";
import { onePerExecution } from "../snapshot/executions";
import { SnapshotFilters } from "../snapshot/SnapshotFilters";
import { SnapshotTable } from "../snapshot/SnapshotTable";
import { bounds, rangeKey, type TimeRange } from "../time-range/range";
import { useLive, useTimeRange } from "../time-range/useTimeRange";

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
  const filtered = Object.values(search).some((value) => value !== undefined);
  return (
    <>
      <PageHeader title="Snapshots" />
      <SnapshotFilters
        search={search}
        tiers={application.data?.tiers ?? []}
        onChange={change}
        count={list.data ? `${formatCount(rows.length)}${list.hasNextPage ? " or more" : ""}` : ""}
      />
      <div data-fill style={{ display: "flex" }}>
        <Panel title="All snapshots" flush fill bare>
          {list.data ? (
            <SnapshotTable app={app} rows={rows} scroll onEnd={more} filtered={filtered} />
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

/** Who looks for a verdict wants executions that failed in a tier behind, too: their first segment may be normal. */
function toFilter({ segments, ...rest }: SnapshotsSearch): SnapshotFilter {
  return { ...rest, firstInChain: segments || rest.verdicts ? undefined : true };
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
    queryKey: ["snapshots", app, query, key],
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
