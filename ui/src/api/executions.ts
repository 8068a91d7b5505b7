// Questions about single executions and what went wrong in them.
import { queryOptions, replaceEqualDeep } from "@tanstack/react-query";
import { exitCount, readSnapshot, type Snapshot } from "../snapshot/read";
import type { TimeRange } from "../time-range/range";
import { get } from "./client";
import type { AgentSettings, ErrorDetails, ErrorList, SnapshotAnswer } from "./contract";
import { REFRESH_MS, ranged } from "./queries";

/** How long after its start a snapshot may still be joined by segments: each tier reports once a minute. */
const SEGMENTS_AWAITED_MS = 90_000;

/** Above this many exit calls a snapshot is not asked for again by itself, nor compared with what it was. */
const LARGE_EXIT_CALLS = 5_000;

/** How long a snapshot stays in memory after nobody looks at it: going back and forth asks nothing. */
const SNAPSHOT_KEPT_MS = 30_000;

/** A stall seen in flight gets its end later, and the other tiers' segments arrive with their own reports. */
function mayGrow({ segments, start }: Snapshot, nowMs: number): boolean {
  return segments.some((segment) => segment.inFlight) || nowMs - start < SEGMENTS_AWAITED_MS;
}

const isLarge = (snapshot: Snapshot | undefined): boolean =>
  snapshot !== undefined && exitCount(snapshot) > LARGE_EXIT_CALLS;

/** Where a snapshot is, and where it can be downloaded from. */
export const snapshotPath = (app: string, guid: string): string => `/applications/${app}/snapshots/${guid}`;

export const snapshotQuery = (app: string, guid: string) =>
  queryOptions({
    queryKey: [`/applications/${app}/snapshots`, guid],
    queryFn: async ({ signal }) =>
      readSnapshot(await get<SnapshotAnswer>(snapshotPath(app, guid), {}, signal)),
    staleTime: 30_000,
    gcTime: SNAPSHOT_KEPT_MS,
    refetchOnWindowFocus: ({ state }) => !isLarge(state.data as Snapshot | undefined),
    structuralSharing: (before, after) =>
      isLarge(after as Snapshot) ? after : replaceEqualDeep(before, after),
    refetchInterval: ({ state }) =>
      state.data && !isLarge(state.data) && mayGrow(state.data, Date.now()) ? REFRESH_MS / 2 : false,
  });

export interface ErrorFilter {
  tier?: number | undefined;
  bt?: number | undefined;
}

export const errorsQuery = (app: string, filter: ErrorFilter, range: TimeRange, live: boolean) =>
  ranged<ErrorList>(`/applications/${app}/errors`, range, live, { ...filter });

export const errorQuery = (app: string, tier: string, error: string, range: TimeRange, live: boolean) =>
  ranged<ErrorDetails>(`/applications/${app}/errors/${tier}/${error}`, range, live);

/** What agents of a tier are told, and what is in force at them. */
export const tierSettingsQuery = (app: string, tier: number | undefined) =>
  queryOptions({
    queryKey: [`/applications/${app}/agent-configuration`, tier],
    queryFn: ({ signal }) => get<AgentSettings>(`/applications/${app}/agent-configuration`, { tier }, signal),
    staleTime: 30_000,
  });
