import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type AppEvent, eventsQuery } from "../api/alerting";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import type { Marker } from "./useTimePlot";

/** More lines than this hide the chart; the newest are drawn. */
const MARKERS_MAX = 60;

/** What is worth a line: what people did, and violations as they open. */
const TYPES = [
  "APPLICATION_DEPLOYMENT",
  "APPLICATION_CONFIG_CHANGE",
  "CUSTOM",
  "POLICY_OPEN_WARNING",
  "POLICY_OPEN_CRITICAL",
].join(",");

export function toMarker({ timeMs, type, summary }: AppEvent): Marker {
  const kind =
    type === "APPLICATION_DEPLOYMENT" ? "deployment" : type.startsWith("POLICY_") ? "violation" : "other";
  return { t: timeMs, kind, label: summary };
}

/** What happened in the range shown, for `TimeChart`. */
export function useEventMarkers(app: string): readonly Marker[] {
  const filter = { types: TYPES, limit: MARKERS_MAX };
  const { data } = useQuery(eventsQuery(app, filter, useTimeRange(), useLive()));
  return useMemo(() => (data ?? []).map(toMarker), [data]);
}
