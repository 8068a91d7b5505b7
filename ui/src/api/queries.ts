// Every question the page asks, by name. Server data lives here and nowhere else.
import { keepPreviousData, type QueryKey, queryOptions } from "@tanstack/react-query";
import { bounds, rangeKey, type TimeRange } from "../time-range/range";
import { get, type Query } from "./client";
import type {
  Application,
  ApplicationRow,
  BackendDetails,
  BackendRow,
  BusinessTransaction,
  BusinessTransactionDetails,
  FlowMap,
  HourOfBaseline,
  LoginOptions,
  NodeRow,
  Scorecard,
  Series,
  Session,
  Setup,
  SnapshotPage,
  Status,
  Verdict,
} from "./contract";

/** How often a page over a moving range asks again. */
export const REFRESH_MS = 10_000;

/** Snapshots per page of a list. */
export const SNAPSHOTS_PAGE = 100;

/** What a figure is about: one BT, tier, node or backend, or all. */
export interface Subject {
  bt?: number | undefined;
  tier?: number | undefined;
  node?: number | undefined;
  backend?: number | undefined;
}

export interface SnapshotFilter extends Subject {
  verdicts?: Verdict[] | undefined;
  guid?: string | undefined;
  minMs?: number | undefined;
  userDataKey?: string | undefined;
  userDataValue?: string | undefined;
  /** Why it was kept. */
  policies?: string[] | undefined;
  hasErrors?: boolean | undefined;
  archived?: boolean | undefined;
  /** Only the segment on the originating tier, one row per execution. */
  firstInChain?: boolean | undefined;
}

/** Old data stay on screen while the same thing is asked for another range, never for another thing. */
function keepWhenSame(key: QueryKey) {
  return <T>(previous: T | undefined, query?: { queryKey: QueryKey }): T | undefined => {
    const same =
      query !== undefined && JSON.stringify(query.queryKey.slice(0, -1)) === JSON.stringify(key.slice(0, -1));
    return same ? keepPreviousData(previous) : undefined;
  };
}

/** A question over the time range of the page. */
export function ranged<T>(path: string, range: TimeRange, live: boolean, query: Query = {}) {
  const queryKey = [path, query, rangeKey(range)] as const;
  return queryOptions<T, Error, T, QueryKey>({
    queryKey,
    queryFn: ({ signal }) => get<T>(path, { ...bounds(range, Date.now()), ...query }, signal),
    placeholderData: keepWhenSame(queryKey) as never,
    refetchInterval: live && range.kind === "preset" ? REFRESH_MS : false,
  });
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => get<Session>("/session", {}, signal),
  staleTime: 5 * 60_000,
});

export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: ({ signal }) => get<Setup>("/setup", {}, signal),
  staleTime: 60_000,
});

export const applicationQuery = (app: string) =>
  queryOptions({
    queryKey: ["application", app],
    queryFn: ({ signal }) => get<Application>(`/applications/${app}`, {}, signal),
    staleTime: 30_000,
  });

export const applicationsQuery = (range: TimeRange, live: boolean) =>
  ranged<ApplicationRow[]>("/applications", range, live);

export const scorecardQuery = (app: string, subject: Subject, range: TimeRange, live: boolean) =>
  ranged<Scorecard>(`/applications/${app}/scorecard`, range, live, { ...subject });

export const seriesQuery = (app: string, subject: Subject, range: TimeRange, live: boolean) =>
  ranged<Series>(`/applications/${app}/series`, range, live, { ...subject });

export const flowMapQuery = (
  app: string,
  subject: { bt?: number | undefined },
  range: TimeRange,
  live: boolean,
) => ranged<FlowMap>(`/applications/${app}/flow-map`, range, live, { ...subject });

export const businessTransactionsQuery = (app: string, range: TimeRange, live: boolean) =>
  ranged<BusinessTransaction[]>(`/applications/${app}/business-transactions`, range, live);

export const businessTransactionQuery = (app: string, bt: string, range: TimeRange, live: boolean) =>
  ranged<BusinessTransactionDetails>(`/applications/${app}/business-transactions/${bt}`, range, live);

export function snapshotFilterQuery(filter: SnapshotFilter): Query {
  const { verdicts, policies, ...rest } = filter;
  return {
    ...rest,
    verdicts: verdicts?.length ? verdicts.join(",") : undefined,
    policies: policies?.length ? policies.join(",") : undefined,
  };
}

export const newestSnapshotsQuery = (
  app: string,
  filter: SnapshotFilter,
  range: TimeRange,
  live: boolean,
  limit: number,
) =>
  ranged<SnapshotPage>(`/applications/${app}/snapshots`, range, live, {
    ...snapshotFilterQuery(filter),
    limit,
  });

export const backendsQuery = (app: string, range: TimeRange, live: boolean) =>
  ranged<BackendRow[]>(`/applications/${app}/backends`, range, live);

export const backendQuery = (app: string, backend: string, range: TimeRange, live: boolean) =>
  ranged<BackendDetails>(`/applications/${app}/backends/${backend}`, range, live);

export const nodesQuery = (app: string, range: TimeRange, live: boolean) =>
  ranged<NodeRow[]>(`/applications/${app}/nodes`, range, live);

/** What was usual for a metric in each hour of the range. It changes once an hour. */
export const baselineQuery = (app: string, metricPath: string, range: TimeRange) =>
  ranged<HourOfBaseline[]>(`/applications/${app}/baseline`, range, false, { metricPath });

/** Whether the controller can keep what is reported; asked on every page. */
export const statusQuery = () =>
  queryOptions({
    queryKey: ["status"],
    queryFn: ({ signal }) => get<Status>("/status", {}, signal),
    refetchInterval: REFRESH_MS,
  });

/** How one can log in; known without being logged in. */
export const loginOptionsQuery = () =>
  queryOptions({
    queryKey: ["login-options"],
    queryFn: ({ signal }) => get<LoginOptions>("/login/options", {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
