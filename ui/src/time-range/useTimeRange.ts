import { useSearch } from "@tanstack/react-router";
import { useMemo, useSyncExternalStore } from "react";
import { type RangeSearch, type TimeRange, toTimeRange } from "./range";

let live = true;
const listeners = new Set<() => void>();

export function setLive(value: boolean): void {
  live = value;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether pages over a moving range refresh by themselves. */
export function useLive(): boolean {
  return useSyncExternalStore(subscribe, () => live);
}

/** The range the address asks for. */
export function useTimeRange(): TimeRange {
  const { range, from, to } = useSearch({ strict: false }) as RangeSearch;
  return useMemo(() => toTimeRange({ range, from, to }), [range, from, to]);
}
