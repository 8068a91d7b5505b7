// Questions of the metric browser.
import { queryOptions } from "@tanstack/react-query";
import type { TimeRange } from "../time-range/range";
import { get } from "./client";
import { ranged } from "./queries";
export interface MetricEntry {
  name: string;
  path: string;
  folder: boolean;
}
export interface MetricPoint {
  t: number;
  value: number;
  min: number;
  max: number;
  sum: number;
  count: number;
}
export interface MetricNumbers {
  path: string;
  stepMs: number;
  points: MetricPoint[];
}
export interface MetricDataAnswer {
  matched: number;
  metrics: MetricNumbers[];
}

export const metricFolderQuery = (app: string, metricPath: string) =>
  queryOptions({
    queryKey: [`/applications/${app}/metrics`, metricPath],
    queryFn: ({ signal }) => get<MetricEntry[]>(`/applications/${app}/metrics`, { metricPath }, signal),
    staleTime: 30_000,
  });

export const metricDataQuery = (app: string, metricPath: string, range: TimeRange, live: boolean) =>
  ranged<MetricDataAnswer>(`/applications/${app}/metric-data`, range, live, { metricPath });
