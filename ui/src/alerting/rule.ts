// A health rule in the form of the public REST API, and how the page edits it. What a client wrote and the page does
// not know stays as it is.
import { AFFECTS } from "../words/alerting";

type More = Record<string, unknown>;

export interface MetricEval extends More {
  metricEvalDetailType?: "SPECIFIC_TYPE" | "BASELINE_TYPE" | undefined;
  compareCondition?: string | undefined;
  baselineCondition?: string | undefined;
  baselineName?: string | undefined;
  baselineUnit?: string | undefined;
  compareValue?: number | null | undefined;
}

export interface Condition extends More {
  name: string;
  shortName: string;
  evaluateToTrueOnNoData: boolean;
  triggerEnabled: boolean;
  minimumTriggers: number;
  evalDetail: More & {
    evalDetailType?: string | undefined;
    metricAggregateFunction?: string | undefined;
    metricPath?: string | undefined;
    metricExpression?: string | undefined;
    metricEvalDetail: MetricEval;
  };
}

export interface Criteria extends More {
  conditionAggregationType: "ALL" | "ANY" | "CUSTOM";
  conditionExpression: string | null;
  conditions: Condition[];
  /** On how many nodes it must hold; on all together when absent. */
  evalMatchingCriteria?: { matchType: string; value: number | null } | null | undefined;
}

export interface HealthRule extends More {
  id?: number;
  name: string;
  enabled: boolean;
  useDataFromLastNMinutes: number;
  waitTimeAfterViolation: number;
  scheduleName?: string | undefined;
  affects: More & { affectedEntityType: string };
  evalCriterias: { criticalCriteria: Criteria | null; warningCriteria: Criteria | null };
}

export const LEVELS = ["criticalCriteria", "warningCriteria"] as const;
export type Level = (typeof LEVELS)[number];

/** A, B, …, Z, AA, …: the names of conditions in an expression. */
export function shortName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : shortName(Math.floor(index / 26) - 1) + letter;
}

export function newCondition(metricPath: string, index: number): Condition {
  return {
    name: `${metricPath} condition`,
    shortName: shortName(index),
    evaluateToTrueOnNoData: false,
    triggerEnabled: false,
    minimumTriggers: 15,
    evalDetail: {
      evalDetailType: "SINGLE_METRIC",
      metricAggregateFunction: "VALUE",
      metricPath,
      metricEvalDetail: {
        metricEvalDetailType: "SPECIFIC_TYPE",
        compareCondition: "GREATER_THAN_SPECIFIC_VALUE",
        compareValue: null,
      },
    },
  };
}

export function newCriteria(metricPath: string): Criteria {
  return {
    conditionAggregationType: "ALL",
    conditionExpression: null,
    conditions: [newCondition(metricPath, 0)],
  };
}

export function newRule(): HealthRule {
  return {
    name: "",
    enabled: true,
    useDataFromLastNMinutes: 30,
    waitTimeAfterViolation: 30,
    scheduleName: "Always",
    affects: withScope("BUSINESS_TRANSACTION_PERFORMANCE", { kind: "all", nodes: false, names: [] }),
    evalCriterias: { criticalCriteria: newCriteria("Average Response Time (ms)"), warningCriteria: null },
  };
}

/** Which of the things a rule looks at. */
export interface Scope {
  kind: "all" | "some";
  /** Single nodes instead of tiers. */
  nodes: boolean;
  names: string[];
}

/** The key of the object that holds the selection, the key of its scope, the word for the things, the list's key. */
const SELECTIONS: Record<string, readonly [string, string, string, string]> = {
  BUSINESS_TRANSACTION_PERFORMANCE: [
    "affectedBusinessTransactions",
    "businessTransactionScope",
    "BUSINESS_TRANSACTIONS",
    "businessTransactions",
  ],
  BACKENDS: ["affectedBackends", "backendScope", "BACKENDS", "backends"],
};

/** `affects` for a choice, as clients write it. */
export function withScope(affectedEntityType: string, scope: Scope): HealthRule["affects"] {
  const all = scope.kind === "all";
  const known = SELECTIONS[affectedEntityType];
  if (known) {
    const [holder, key, words, list] = known;
    const chosen = all ? { [key]: `ALL_${words}` } : { [key]: `SPECIFIC_${words}`, [list]: [...scope.names] };
    return { affectedEntityType, [holder]: chosen };
  }
  if (!affectedEntityType.startsWith("TIER_NODE_")) return { affectedEntityType };
  const [words, list, holder, key] = scope.nodes
    ? ["NODES", "nodes", "affectedNodes", "affectedNodeScope"]
    : ["TIERS", "tiers", "affectedTiers", "affectedTierScope"];
  const chosen = all
    ? { [key as string]: `ALL_${words}` }
    : { [key as string]: `SPECIFIC_${words}`, [list as string]: [...scope.names] };
  return {
    affectedEntityType,
    affectedEntities: {
      tierOrNode: scope.nodes ? "NODE_AFFECTED_ENTITIES" : "TIER_AFFECTED_ENTITIES",
      ...(scope.nodes ? { typeofNode: "ALL_NODES" } : {}),
      [holder as string]: chosen,
    },
  };
}

/** What `affects` chooses; `null` when it is written in a way the page cannot show as names (patterns). */
export function scopeOf(affects: HealthRule["affects"]): Scope | null {
  const found = texts(affects);
  if (JSON.stringify(affects).includes('"matchValue"')) return null;
  const some = found.some(({ text }) => text.startsWith("SPECIFIC_") || text.includes("_SPECIFIC_"));
  return {
    kind: some ? "some" : "all",
    nodes: found.some(({ text }) => text === "NODE_AFFECTED_ENTITIES"),
    names: some ? found.filter(({ listed }) => listed).map(({ text }) => text) : [],
  };
}

function texts(value: unknown, listed = false): { text: string; listed: boolean }[] {
  if (typeof value === "string") return [{ text: value, listed }];
  if (Array.isArray(value)) return value.flatMap((one) => texts(one, true));
  if (value && typeof value === "object") return Object.values(value).flatMap((one) => texts(one, listed));
  return [];
}

/** A condition in words, for lists. */
export function conditionWords(condition: Condition): string {
  const { metricPath, metricExpression, metricEvalDetail: against } = condition.evalDetail;
  const what = metricPath || metricExpression || "?";
  const value = against.compareValue ?? "?";
  if (against.metricEvalDetailType === "BASELINE_TYPE") {
    const unit = against.baselineUnit === "PERCENTAGE" ? "%" : "σ";
    return `${what} ${SIGNS[against.baselineCondition ?? ""] ?? "?"} baseline by ${value} ${unit}`;
  }
  return `${what} ${SIGNS[against.compareCondition ?? ""] ?? "?"} ${value}`;
}

const SIGNS: Record<string, string> = {
  GREATER_THAN_SPECIFIC_VALUE: ">",
  LESS_THAN_SPECIFIC_VALUE: "<",
  GREATER_THAN_BASELINE: "above",
  LESS_THAN_BASELINE: "below",
  NOT_WITHIN_BASELINE: "off",
  WITHIN_BASELINE: "within",
};

export const metricsOf = (affectedEntityType: string): readonly string[] =>
  AFFECTS.find(({ value }) => value === affectedEntityType)?.metrics ?? [];

/** Whether nodes of a kind of thing can be counted one by one. */
export const countsNodes = ({ affectedEntityType: type, ...affects }: HealthRule["affects"]): boolean =>
  (type.startsWith("TIER_NODE_") && !(scopeOf({ affectedEntityType: type, ...affects })?.nodes ?? false)) ||
  type === "BUSINESS_TRANSACTION_PERFORMANCE";

export const needsNumber = (matchType: string): boolean => /PERCENTAGE|NUMBER/.test(matchType);

/** What a person must still fill in; by field. */
export function problems(rule: HealthRule): Record<string, string> {
  const found: Record<string, string> = {};
  if (rule.name.trim() === "") found.name = "Give it a name.";
  const minutes = rule.useDataFromLastNMinutes;
  if (!(Number.isInteger(minutes) && minutes >= 1 && minutes <= 360)) found.minutes = "From 1 to 360.";
  if (!Number.isInteger(rule.waitTimeAfterViolation) || rule.waitTimeAfterViolation < 0)
    found.wait = "A whole number of minutes.";
  if (LEVELS.every((level) => rule.evalCriterias[level] === null))
    found.criteria = "Say when it is critical, or when it is a warning.";
  for (const level of LEVELS) {
    const criteria = rule.evalCriterias[level];
    criteria?.conditions.forEach((condition, index) => {
      const { evalDetailType, metricPath, metricEvalDetail } = condition.evalDetail;
      if (evalDetailType !== "METRIC_EXPRESSION" && !metricPath?.trim())
        found[`${level}.${index}.metric`] = "Choose a metric.";
      if (typeof metricEvalDetail.compareValue !== "number")
        found[`${level}.${index}.value`] = "A number is missing.";
    });
    const matching = criteria?.evalMatchingCriteria;
    if (matching && needsNumber(matching.matchType) && !(matching.value && matching.value > 0))
      found[`${level}.matching`] = "A number above 0 is missing.";
    if (criteria?.conditionAggregationType === "CUSTOM" && !criteria.conditionExpression?.trim())
      found[`${level}.expression`] = "For example (A AND B) OR C.";
  }
  return found;
}
