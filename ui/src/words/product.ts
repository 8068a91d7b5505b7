// The words of the product as people read them. One place, so that every page says the same.
import type { Verdict, Verdicts } from "../api/contract";

export interface VerdictWords {
  verdict: Verdict;
  key: keyof Verdicts;
  label: string;
  /** The token, without the leading dashes. */
  token: "normal" | "slow" | "very-slow" | "stall" | "error";
  meaning: string;
}

/** In the order of the scorecard. */
export const VERDICTS: readonly VerdictWords[] = [
  { verdict: "NORMAL", key: "normal", label: "Normal", token: "normal", meaning: "within its thresholds" },
  { verdict: "SLOW", key: "slow", label: "Slow", token: "slow", meaning: "above the slow threshold" },
  {
    verdict: "VERY_SLOW",
    key: "verySlow",
    label: "Very slow",
    token: "very-slow",
    meaning: "above the very slow threshold",
  },
  {
    verdict: "STALL",
    key: "stall",
    label: "Stall",
    token: "stall",
    meaning: "above the stall threshold, or never ended",
  },
  { verdict: "ERROR", key: "error", label: "Error", token: "error", meaning: "an error was reported for it" },
];

export function verdictWords(verdict: string): VerdictWords {
  return VERDICTS.find((words) => words.verdict === verdict) ?? (VERDICTS[0] as VerdictWords);
}

const POLICIES: Record<string, string> = {
  SLA_FAILURE: "it was slow, very slow or a stall",
  ERROR_SAMPLING: "it was in error",
  TIME_SAMPLING: "the periodic sample was due",
  ON_DEMAND: "somebody asked for it",
  DIAGNOSTIC_SESSION: "a diagnostic session was running",
  CONTINUING: "the tier before asked for it",
};

/** Completes "Kept because …". */
export function policyReason(policy: string, verdict?: string): string {
  if (policy === "SLA_FAILURE" && verdict === "SLOW") return "it was slow";
  if (policy === "SLA_FAILURE" && verdict === "VERY_SLOW") return "it was very slow";
  if (policy === "SLA_FAILURE" && verdict === "STALL") return "it stalled";
  return POLICIES[policy] ?? policy;
}

const POLICIES_SHORT: Record<string, string> = {
  SLA_FAILURE: "Slow",
  ERROR_SAMPLING: "Error",
  TIME_SAMPLING: "Periodic",
  ON_DEMAND: "On demand",
  DIAGNOSTIC_SESSION: "Diagnostic session",
  CONTINUING: "Continuing",
};

export function policyShort(policy: string): string {
  return POLICIES_SHORT[policy] ?? policy;
}

const EXIT_TYPES: Record<string, string> = {
  HTTP: "HTTP",
  DB: "Database",
  CACHE: "Cache",
  QUEUE: "Queue",
  RABBITMQ: "RabbitMQ",
  WEB_SERVICE: "Web service",
  CUSTOM: "Custom",
};

export function exitTypeLabel(exitType: string): string {
  return EXIT_TYPES[exitType] ?? exitType;
}

const LANGUAGES: Record<string, string> = {
  python: "Python",
  nodejs: "Node.js",
  rust: "Rust",
  other: "OpenTelemetry",
};

export function languageLabel(language: string): string {
  return LANGUAGES[language] ?? language;
}

/** `Python 3.12.4`: agents report the number alone. */
export function runtimeLabel(language: string, version: string): string {
  if (version === "") return "not known";
  return /^\d/.test(version) ? `${languageLabel(language)} ${version}` : version;
}

/** The shortest sign of a language, for the flow map. */
export function languageSign(language: string): string {
  return { python: "Py", nodejs: "JS", rust: "Rs" }[language] ?? "OTel";
}

/** Causes of dropped records, from the agent's own words. */
export function dropCause(cause: string): string {
  return cause.replaceAll("_", " ");
}
