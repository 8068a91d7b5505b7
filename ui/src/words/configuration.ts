// What the page about the agents' configuration says.
import type {
  Comparison,
  DetectionRule,
  NamePart,
  NamingRule,
  RequestMatch,
  TextMatch,
  UriPart,
} from "../configuration/model";
import type { Threshold } from "../transactions/thresholds";

export const COMPARISONS: readonly (readonly [Comparison, string])[] = [
  ["equals", "is"],
  ["starts_with", "begins with"],
  ["ends_with", "ends with"],
  ["contains", "contains"],
  ["regex", "matches"],
  ["not_empty", "is there"],
];

const COMPARISON_NOT: Record<Comparison, string> = {
  equals: "is not",
  starts_with: "does not begin with",
  ends_with: "does not end with",
  contains: "does not contain",
  regex: "does not match",
  not_empty: "is not there",
};

export function textWords({ comparison, value, not }: TextMatch): string {
  const verb = not ? COMPARISON_NOT[comparison] : COMPARISONS.find(([name]) => name === comparison)?.[1];
  return comparison === "not_empty" ? `${verb}` : `${verb} ${value}`;
}

/** Which requests, in a sentence. */
export function requestWords(request: RequestMatch): string {
  const found = [
    request.method ? `method ${request.method}` : "",
    request.path ? `path ${textWords(request.path)}` : "",
    request.host ? `host ${textWords(request.host)}` : "",
    ...request.parameters.map(({ name, value }) => `parameter ${name} ${textWords(value)}`),
    ...request.headers.map(({ name, value }) => `header ${name} ${textWords(value)}`),
    ...request.cookies.map(({ name, value }) => `cookie ${name} ${textWords(value)}`),
  ].filter(Boolean);
  return found.length === 0 ? "every request" : found.join(" and ");
}

export const URI_KINDS: readonly (readonly [UriPart["kind"], string])[] = [
  ["first_segments", "The first segments of the path"],
  ["last_segments", "The last segments of the path"],
  ["segments", "Chosen segments of the path"],
  ["full", "The whole path"],
  ["none", "Nothing of the path"],
];

export const PART_KINDS: readonly (readonly [NamePart["kind"], string])[] = [
  ["method", "the method"],
  ["header", "the header"],
  ["cookie", "the cookie"],
  ["parameter", "the query parameter"],
];

export function namingWords({ uri, parts }: NamingRule): string {
  const path =
    uri.kind === "first_segments"
      ? `first ${uri.count} segments`
      : uri.kind === "last_segments"
        ? `last ${uri.count} segments`
        : uri.kind === "segments"
          ? `segments ${uri.numbers.join(", ")}`
          : uri.kind === "full"
            ? "whole path"
            : "nothing of the path";
  return [
    path,
    ...parts.map((part) => (part.kind === "method" ? "method" : `${part.kind} ${part.name}`)),
  ].join(" . ");
}

export function ruleWords(rule: DetectionRule): string {
  const off = rule.disabled ? ", off" : "";
  return `${rule.name || "(no name)"}: ${requestWords(rule.request)}, priority ${rule.priority}${off}`;
}

export const THRESHOLD_KINDS: readonly (readonly [Threshold["kind"], string])[] = [
  ["standard_deviations", "standard deviations above the average"],
  ["percent_over_average", "% above the average"],
  ["static", "ms, fixed"],
  ["off", "never"],
];

export function thresholdWords(threshold: Threshold): string {
  switch (threshold.kind) {
    case "static":
      return `${threshold.ms} ms`;
    case "percent_over_average":
      return `${threshold.percent} % above the average`;
    case "standard_deviations":
      return `${threshold.count} standard deviations above the average`;
    default:
      return "never";
  }
}

export const COLLECTED: readonly (readonly [string, string])[] = [
  ["header", "Request header"],
  ["cookie", "Cookie"],
  ["parameter", "Query parameter"],
  ["url", "Path and query"],
  ["method", "Method"],
  ["status", "Status of the answer"],
];

export const ENTRY_TYPES: readonly (readonly [string, string])[] = [
  ["", "Every kind of agent"],
  ["PYTHON_WEB", "Python"],
  ["NODEJS_WEB", "Node.js"],
  ["RUST_WEB", "Rust"],
  ["OPEN_TELEMETRY", "OpenTelemetry"],
];

const KEYS: Record<string, string> = {
  thresholds: "Thresholds",
  slow: "Slow",
  very_slow: "Very slow",
  stall: "Stall",
  slow_minimum_ms: "Slow, at least (ms)",
  very_slow_minimum_ms: "Very slow, at least (ms)",
  stall_minimum_ms: "Stall, at least (ms)",
  executions_min: "Executions before deviations count",
  bt_thresholds: "Thresholds of business transaction",
  snapshots: "Snapshots",
  periodic_interval_s: "Periodic sample every (s)",
  every_nth: "Every n-th execution",
  propagate: "The tiers behind keep the same request",
  limits: "Limits of an agent",
  bts_max: "Business transactions",
  backends_max: "Remote services",
  memory_bytes_max: "Memory (bytes)",
  spool_bytes_max: "Spool on disk (bytes)",
  correlation_enabled: "Correlation headers",
  transaction_timeout_s: "A stall after (s)",
  promoted_bts: "Names reported apart",
  detection: "Detection",
  enabled: "Requests become business transactions",
  naming: "Naming",
  uri: "Path",
  parts: "Behind the path",
  match_rules: "Match rules",
  exclude_rules: "Exclude rules",
  excluded_bts: "Excluded names",
  errors: "Errors",
  by_status: "Status codes make errors",
  status_ranges: "Status codes",
  ignored: "Ignored errors",
  data_collectors: "Data collectors",
};

/** Where a setting is, as the page calls it. */
export const pathWords = (path: readonly string[], names: ReadonlyMap<string, string>): string =>
  path.map((key) => KEYS[key] ?? names.get(key) ?? key).join(" › ");
