// Questions about how things are and what happened: health, violations, events, what was usual.
import { type QueryKey, queryOptions } from "@tanstack/react-query";
import type { TimeRange } from "../time-range/range";
import { get } from "./client";
import type { EventInfo, Health, HourOfBaseline, Violation } from "./contract";
import { REFRESH_MS, ranged } from "./queries";

/** How the application is now; asked again even when the range shown is a past one. */
export const healthQuery = (app: string) =>
  queryOptions<Health, Error, Health, QueryKey>({
    queryKey: [`/applications/${app}/health`],
    queryFn: ({ signal }) => get<Health>(`/applications/${app}/health`, {}, signal),
    refetchInterval: REFRESH_MS,
  });

export const violationsQuery = (app: string, range: TimeRange, live: boolean) =>
  ranged<Violation[]>(`/applications/${app}/violations`, range, live);

export interface EventFilter {
  /** Types, separated by commas. */
  types?: string | undefined;
  /** Severities, separated by commas. */
  severities?: string | undefined;
  limit: number;
}

/** Events of the range, newest first. */
export const eventsQuery = (app: string, filter: EventFilter, range: TimeRange, live: boolean) =>
  ranged<EventInfo[]>(`/applications/${app}/events`, range, live, { ...filter });

/** What was usual for a metric in each hour of the range. It changes once an hour. */
export const baselineQuery = (app: string, metricPath: string, range: TimeRange) =>
  ranged<HourOfBaseline[]>(`/applications/${app}/baseline`, range, false, { metricPath });
