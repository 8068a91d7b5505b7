// When an execution is slow, very slow or a stall: the policy agents are given, and as people fill it in.

export type Threshold =
  | { kind: "static"; ms: number }
  | { kind: "percent_over_average"; percent: number }
  | { kind: "standard_deviations"; count: number }
  | { kind: "off" };

export interface ThresholdPolicy {
  slow: Threshold;
  very_slow: Threshold;
  stall: Threshold;
  slow_minimum_ms: number;
  very_slow_minimum_ms: number;
  stall_minimum_ms: number;
  executions_min: number;
}

export const THRESHOLD_LEVELS = ["slow", "very_slow", "stall"] as const;
export type ThresholdLevel = (typeof THRESHOLD_LEVELS)[number];

/** As it is being filled in: numbers are texts until they are right. */
export interface ThresholdDraft {
  kind: Threshold["kind"];
  value: string;
  /** Milliseconds a dynamic threshold is never below. */
  minimum: string;
}

export type ThresholdDrafts = Record<ThresholdLevel, ThresholdDraft>;

/** What it is set to, in its own unit; nothing when it is off. */
export function numberOf(threshold: Threshold): number | undefined {
  switch (threshold.kind) {
    case "static":
      return threshold.ms;
    case "percent_over_average":
      return threshold.percent;
    case "standard_deviations":
      return threshold.count;
    case "off":
      return undefined;
  }
}

export function toDrafts(policy: ThresholdPolicy): ThresholdDrafts {
  const draft = (level: ThresholdLevel): ThresholdDraft => ({
    kind: policy[level].kind,
    value: String(numberOf(policy[level]) ?? ""),
    minimum: String(policy[`${level}_minimum_ms`]),
  });
  return { slow: draft("slow"), very_slow: draft("very_slow"), stall: draft("stall") };
}

/** A number above zero; `undefined` when it is none. */
export function positive(text: string): number | undefined {
  const number = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && Number.isFinite(number) && number > 0 ? number : undefined;
}

/** A threshold of a kind, with its number in the unit of the kind. */
export function threshold(kind: Threshold["kind"], number: number): Threshold {
  switch (kind) {
    case "static":
      return { kind, ms: number };
    case "percent_over_average":
      return { kind, percent: number };
    case "standard_deviations":
      return { kind, count: number };
    case "off":
      return { kind };
  }
}

function toThreshold({ kind, value }: ThresholdDraft): Threshold | undefined {
  if (kind === "off") return { kind };
  const number = positive(value);
  return number === undefined ? undefined : threshold(kind, number);
}

/** The policy, or nothing while something in it is not a number. */
export function fromDrafts(drafts: ThresholdDrafts, base: ThresholdPolicy): ThresholdPolicy | undefined {
  const policy = { ...base };
  for (const level of THRESHOLD_LEVELS) {
    const threshold = toThreshold(drafts[level]);
    const dynamic = threshold && threshold.kind !== "static" && threshold.kind !== "off";
    const minimum = positive(drafts[level].minimum);
    if (!threshold || (dynamic && minimum === undefined)) return undefined;
    policy[level] = threshold;
    if (minimum !== undefined) policy[`${level}_minimum_ms`] = minimum;
  }
  return policy;
}
