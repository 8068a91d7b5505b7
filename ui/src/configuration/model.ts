// What agents are told, as docs/reference/agent-configuration.md describes it.

import type { ThresholdPolicy } from "../transactions/thresholds";

export type Comparison = "equals" | "starts_with" | "ends_with" | "contains" | "regex" | "not_empty";

export interface TextMatch {
  comparison: Comparison;
  value: string;
  not: boolean;
}

export interface NamedMatch {
  name: string;
  value: TextMatch;
}

export interface RequestMatch {
  method: string;
  path: TextMatch | null;
  host: TextMatch | null;
  parameters: NamedMatch[];
  headers: NamedMatch[];
  cookies: NamedMatch[];
}

export type UriPart =
  | { kind: "full" }
  | { kind: "none" }
  | { kind: "first_segments"; count: number }
  | { kind: "last_segments"; count: number }
  | { kind: "segments"; numbers: number[] };

export type NamePart = { kind: "method" } | { kind: "header" | "cookie" | "parameter"; name: string };

export interface NamingRule {
  uri: UriPart;
  parts: NamePart[];
}

export interface DetectionRule {
  name: string;
  disabled: boolean;
  priority: number;
  entry_type: string | null;
  request: RequestMatch;
  /** Of match rules only. */
  split?: NamingRule | null;
}

export interface IgnoredError {
  type_name: TextMatch | null;
  message: TextMatch | null;
}

export interface StatusRange {
  first: number;
  last: number;
}

export interface DataCollector {
  name: string;
  value: { kind: string; name?: string };
  bts: string[];
  disabled: boolean;
}

export interface AgentConfig {
  version: number;
  thresholds: ThresholdPolicy;
  /** What is absent is as for all others. */
  bt_thresholds: Record<string, Partial<ThresholdPolicy>>;
  snapshots: { periodic_interval_s: number; every_nth: number; propagate: boolean };
  limits: { bts_max: number; backends_max: number; memory_bytes_max: number; spool_bytes_max: number };
  correlation_enabled: boolean;
  transaction_timeout_s: number;
  promoted_bts: string[];
  detection: {
    enabled: boolean;
    naming: NamingRule;
    match_rules: DetectionRule[];
    exclude_rules: DetectionRule[];
    excluded_bts: string[];
  };
  errors: { by_status: boolean; status_ranges: StatusRange[]; ignored: IgnoredError[] };
  data_collectors: DataCollector[];
}

export const anyRequest = (): RequestMatch => ({
  method: "",
  path: { comparison: "starts_with", value: "/", not: false },
  host: null,
  parameters: [],
  headers: [],
  cookies: [],
});

export const newRule = (): DetectionRule => ({
  name: "",
  disabled: false,
  priority: 0,
  entry_type: null,
  request: anyRequest(),
});
