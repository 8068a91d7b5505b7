// Questions about alerts: what people set up, and what came of it.
import { queryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { bounds, rangeKey, type TimeRange } from "../time-range/range";
import { get } from "./client";
import { REFRESH_MS, ranged } from "./queries";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Violation = Schemas["ViolationInfo"];
export type AppEvent = Schemas["EventInfo"];
export type EntityRef = Schemas["EntityInfo"];
export type Health = Schemas["Health"];
export type Delivery = Schemas["DeliveryInfo"];
export type ActionOutcome = Schemas["ActionOutcome"];
export type EmailServer = Schemas["EmailServerInfo"];

/** Something that was set up; its definition is that of the public REST API. */
export interface AlertingObject<Definition> extends Omit<Schemas["AlertingObject"], "definition"> {
  definition: Definition;
}

export type AlertingKind =
  | "health-rules"
  | "policies"
  | "actions"
  | "schedules"
  | "action-suppressions"
  | "health-rule-suppressions";

/** Events per page of the list. */
const EVENTS_PAGE = 200;

export const healthQuery = (app: string) =>
  queryOptions({
    queryKey: [`/applications/${app}/health`],
    queryFn: ({ signal }) => get<Health>(`/applications/${app}/health`, {}, signal),
    refetchInterval: REFRESH_MS,
  });

export const violationsQuery = (app: string, range: TimeRange, live: boolean) =>
  ranged<Violation[]>(`/applications/${app}/violations`, range, live);

export const deliveriesQuery = (app: string, range: TimeRange, live: boolean) =>
  ranged<Delivery[]>(`/applications/${app}/deliveries`, range, live);

export const alertingPath = (app: string, kind: AlertingKind) => `/applications/${app}/alerting/${kind}`;

export const alertingQuery = <Definition>(app: string, kind: AlertingKind) =>
  queryOptions({
    queryKey: [alertingPath(app, kind)],
    queryFn: ({ signal }) => get<AlertingObject<Definition>[]>(alertingPath(app, kind), {}, signal),
    staleTime: 10_000,
  });

export const eventsQuery = (
  app: string,
  filter: { types?: string | undefined; severities?: string | undefined; limit?: number },
  range: TimeRange,
  live: boolean,
) => ranged<AppEvent[]>(`/applications/${app}/events`, range, live, filter);

/** All events of a time, a page at a time. */
export function useEventList(
  app: string,
  filter: { types?: string | undefined; severities?: string | undefined },
  range: TimeRange,
  live: boolean,
) {
  return useInfiniteQuery({
    queryKey: [`/applications/${app}/events`, "list", filter, rangeKey(range)],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      get<AppEvent[]>(
        `/applications/${app}/events`,
        { ...bounds(range, Date.now()), ...filter, limit: EVENTS_PAGE, before: pageParam },
        signal,
      ),
    getNextPageParam: (page) => (page.length < EVENTS_PAGE ? undefined : page.at(-1)?.id),
    refetchInterval: ({ state }) =>
      live && range.kind === "preset" && (state.data?.pages.length ?? 0) <= 1 ? REFRESH_MS : false,
  });
}

export const emailServerQuery = queryOptions({
  queryKey: ["/email-server"],
  queryFn: ({ signal }) => get<EmailServer>("/email-server", {}, signal),
});
