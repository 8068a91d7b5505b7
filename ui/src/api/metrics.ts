// Questions of the metric browser.
import { queryOptions } from "@tanstack/react-query";
import type { TimeRange } from "../time-range/range";
import { get } from "./client";
import { ranged } from "./queries";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type MetricEntry = Schemas["MetricEntry"];
export type MetricNumbers = Schemas["MetricNumbers"];
export type MetricDataAnswer = Schemas["MetricDataAnswer"];

export const metricFolderQuery = (app: string, metricPath: string) =>
  queryOptions({
    queryKey: [`/applications/${app}/metrics`, metricPath],
    queryFn: ({ signal }) => get<MetricEntry[]>(`/applications/${app}/metrics`, { metricPath }, signal),
    staleTime: 30_000,
  });

export const metricDataQuery = (app: string, metricPath: string, range: TimeRange, live: boolean) =>
  ranged<MetricDataAnswer>(`/applications/${app}/metric-data`, range, live, { metricPath });
