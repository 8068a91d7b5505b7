// What pages about alerts say: rules, violations, events, policies and actions.

export const ENTITY_TYPES: Record<string, string> = {
  APPLICATION: "Application",
  APPLICATION_COMPONENT: "Tier",
  APPLICATION_COMPONENT_NODE: "Node",
  BUSINESS_TRANSACTION: "Business transaction",
  BACKEND: "Remote service",
  ERROR: "Error",
  POLICY: "Health rule",
  SERVICE_ENDPOINT: "Service endpoint",
};

export const entityType = (type: string): string => ENTITY_TYPES[type] ?? type;

export const VIOLATION_STATUS: Record<string, string> = {
  OPEN: "Open",
  RESOLVED: "Resolved",
  CANCELED: "Canceled",
};

export const SEVERITIES: Record<string, string> = {
  CRITICAL: "Critical",
  WARNING: "Warning",
  ERROR: "Error",
  WARN: "Warning",
  INFO: "Info",
};

export const EVENT_TYPES: Record<string, string> = {
  APPLICATION_DEPLOYMENT: "Deployment",
  CUSTOM: "Custom",
  DIAGNOSTIC_SESSION: "Diagnostic session",
  AGENT_EVENT: "Agent",
  APPLICATION_CONFIG_CHANGE: "Configuration change",
  MARK_STALE: "Forgotten after silence",
  ACTION_FAILED: "Action failed",
  POLICY_OPEN_WARNING: "Warning begins",
  POLICY_OPEN_CRITICAL: "Critical violation begins",
  POLICY_UPGRADED: "Warning becomes critical",
  POLICY_DOWNGRADED: "Critical becomes a warning",
  POLICY_CONTINUES_WARNING: "Warning goes on",
  POLICY_CONTINUES_CRITICAL: "Critical violation goes on",
  POLICY_CLOSE_WARNING: "Warning ends",
  POLICY_CLOSE_CRITICAL: "Critical violation ends",
  POLICY_CANCELED_WARNING: "Warning canceled",
  POLICY_CANCELED_CRITICAL: "Critical violation canceled",
};

export const eventType = (type: string): string => EVENT_TYPES[type] ?? type;

/** Groups of event types people filter by. */
export const EVENT_GROUPS: readonly (readonly [string, string, readonly string[]])[] = [
  ["deployments", "Deployments", ["APPLICATION_DEPLOYMENT"]],
  ["custom", "Custom events", ["CUSTOM"]],
  ["health", "Health rules", Object.keys(EVENT_TYPES).filter((type) => type.startsWith("POLICY_"))],
  ["changes", "Changes of the configuration", ["APPLICATION_CONFIG_CHANGE"]],
  ["agents", "Agents", ["AGENT_EVENT", "MARK_STALE"]],
  ["diagnostics", "Diagnostic sessions", ["DIAGNOSTIC_SESSION"]],
  ["actions", "Failed actions", ["ACTION_FAILED"]],
];

/** Events of health rules a policy may wait for: in the words of the REST API, and in ours. */
export const RULE_EVENTS: readonly (readonly [string, string])[] = [
  ["HEALTH_RULE_OPEN_CRITICAL", "A critical violation begins"],
  ["HEALTH_RULE_OPEN_WARNING", "A warning begins"],
  ["HEALTH_RULE_UPGRADED", "A warning becomes critical"],
  ["HEALTH_RULE_DOWNGRADED", "A critical violation becomes a warning"],
  ["HEALTH_RULE_CONTINUES_CRITICAL", "A critical violation goes on"],
  ["HEALTH_RULE_CONTINUES_WARNING", "A warning goes on"],
  ["HEALTH_RULE_CLOSE_CRITICAL", "A critical violation ends"],
  ["HEALTH_RULE_CLOSE_WARNING", "A warning ends"],
  ["HEALTH_RULE_CANCELED_CRITICAL", "A critical violation is canceled"],
  ["HEALTH_RULE_CANCELED_WARNING", "A warning is canceled"],
];

/** Other events a policy may wait for. */
export const OTHER_EVENTS: readonly (readonly [string, string])[] = [
  ["APPLICATION_DEPLOYMENT", "A deployment is reported"],
  ["APPLICATION_CONFIG_CHANGE", "Somebody changes what agents are told"],
  ["DIAGNOSTIC_SESSION", "A diagnostic session begins or ends"],
  ["AGENT_EVENT", "A node begins to report, falls silent or comes back"],
];

/** What a rule looks at, with the metrics below it. */
export interface AffectsWords {
  value: string;
  label: string;
  /** Where names are chosen from. */
  names: "bts" | "tiers" | "nodes" | "backends" | null;
  metrics: readonly string[];
}

const SEGMENTS = [
  "Average Response Time (ms)",
  "95th Percentile Response Time (ms)",
  "Calls per Minute",
  "Errors per Minute",
  "Number of Slow Calls",
  "Number of Very Slow Calls",
  "Stall Count",
];
const EXITS = ["Average Response Time (ms)", "Calls per Minute", "Errors per Minute"];

export const AFFECTS: readonly AffectsWords[] = [
  {
    value: "BUSINESS_TRANSACTION_PERFORMANCE",
    label: "Business transactions",
    names: "bts",
    metrics: SEGMENTS,
  },
  {
    value: "TIER_NODE_TRANSACTION_PERFORMANCE",
    label: "Tiers or nodes: what they execute",
    names: "tiers",
    metrics: SEGMENTS,
  },
  {
    value: "OVERALL_APPLICATION_PERFORMANCE",
    label: "The application as a whole",
    names: null,
    metrics: SEGMENTS,
  },
  { value: "BACKENDS", label: "Remote services and databases", names: "backends", metrics: EXITS },
  { value: "ERRORS", label: "Errors by type", names: null, metrics: ["Errors per Minute"] },
  {
    value: "TIER_NODE_HARDWARE",
    label: "Tiers or nodes: their machines and agents",
    names: "tiers",
    metrics: ["Agent|App|Availability"],
  },
  { value: "CUSTOM", label: "Any metric, by its whole path", names: null, metrics: [] },
];

/** Kinds of rules that clients may set up, but nothing here reports data for. */
const UNREPORTED: Record<string, string> = {
  SERVICE_ENDPOINTS: "Service endpoints",
  INFORMATION_POINTS: "Information points",
  SERVERS_IN_APPLICATION: "Servers",
  SERVERS: "Servers",
  DATABASES: "Databases",
  ADVANCED_NETWORK: "Network",
};

export function affectsLabel(type: string): string {
  return AFFECTS.find(({ value }) => value === type)?.label ?? UNREPORTED[type] ?? type;
}

export const FUNCTIONS: readonly (readonly [string, string])[] = [
  ["VALUE", "Value"],
  ["MINIMUM", "Lowest"],
  ["MAXIMUM", "Highest"],
  ["SUM", "Sum"],
  ["COUNT", "Count"],
  ["CURRENT", "Last minute"],
];

export const COMPARISONS: readonly (readonly [string, string])[] = [
  ["GREATER_THAN_SPECIFIC_VALUE", "is above"],
  ["LESS_THAN_SPECIFIC_VALUE", "is below"],
  ["GREATER_THAN_BASELINE", "is above its baseline by"],
  ["LESS_THAN_BASELINE", "is below its baseline by"],
  ["NOT_WITHIN_BASELINE", "is off its baseline by"],
  ["WITHIN_BASELINE", "is within its baseline and"],
];

export const BASELINE_UNITS: readonly (readonly [string, string])[] = [
  ["STANDARD_DEVIATIONS", "deviations"],
  ["PERCENTAGE", "per cent"],
];

export const TRENDS: readonly (readonly [string, string])[] = [
  ["Default Baseline", "Same hour of the week"],
  ["Daily Trend - Last 30 days", "Same hour of the day"],
  ["All Data - Last 15 days", "All hours of 15 days"],
];

export const ACTION_TYPES: readonly (readonly [string, string])[] = [
  ["HTTP_REQUEST", "Call a URL (webhook)"],
  ["EMAIL", "Send an email"],
  ["DIAGNOSE_BUSINESS_TRANSACTIONS", "Start a diagnostic session"],
];

export function actionTypeLabel(type: string): string {
  const known = ACTION_TYPES.find(([value]) => value === type)?.[1];
  return known ?? `${type}: kept, not carried out`;
}

export const DELIVERY_STATUS: Record<string, string> = {
  WAITING: "Waiting",
  DONE: "Done",
  GIVEN_UP: "Given up",
};

/** Variables of an action's body. */
export const BODY_VARIABLES =
  "application policy severity summary type rule entity time notes events everything".split(" ");

/** Rhythms of schedules: in the words of the REST API, and in ours. */
export const FREQUENCIES: readonly (readonly [string, string])[] = [
  ["DAILY", "Every day"],
  ["WEEKLY", "On days of the week"],
  ["MONTHLY_SPECIFIC_DAY", "Once a month"],
  ["ONE_TIME", "Once"],
];

export const DAYS: readonly (readonly [string, string])[] = [
  ["MONDAY", "Monday"],
  ["TUESDAY", "Tuesday"],
  ["WEDNESDAY", "Wednesday"],
  ["THURSDAY", "Thursday"],
  ["FRIDAY", "Friday"],
  ["SATURDAY", "Saturday"],
  ["SUNDAY", "Sunday"],
];

export const OCCURRENCES: readonly (readonly [string, string])[] = [
  ["FIRST", "First"],
  ["SECOND", "Second"],
  ["THIRD", "Third"],
  ["FOURTH", "Fourth"],
  ["LAST", "Last"],
];

/** What a quiet time keeps quiet; `value` stands in the address. */
export const QUIET_KINDS = [
  {
    value: "",
    kind: "action-suppressions",
    label: "Actions",
    meaning: "Violations and events are noticed as always, but no action is carried out.",
    lost: "Policies carry out their actions again at once.",
  },
  {
    value: "rules",
    kind: "health-rule-suppressions",
    label: "Health rules",
    meaning: "Health rules are not asked; what is open is canceled.",
    lost: "The health rules are asked again within a minute.",
  },
] as const;

/** On how many nodes a criterion must hold. */
export const MATCHINGS: readonly (readonly [string, string])[] = [
  ["AVERAGE", "All nodes together"],
  ["ANY_NODE", "Any node by itself"],
  ["ALL_NODES", "Every node by itself"],
  ["PERCENTAGE_NODES", "A share of the nodes"],
  ["NUMBER_NODES", "A number of nodes"],
];
