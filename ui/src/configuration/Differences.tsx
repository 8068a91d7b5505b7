// What a change changes, in words.

import type { Threshold } from "../transactions/thresholds";
import { namingWords, pathWords, ruleWords, textWords, thresholdWords } from "../words/configuration";
import styles from "./Configuration.module.css";
import type { DataCollector, DetectionRule, IgnoredError, NamingRule, StatusRange } from "./model";
import { type Difference, type Json, same } from "./patch";

/** One line for a value, or for each of a list. */
function words(path: readonly string[], value: Json | undefined): string[] {
  if (value === undefined || value === null) return [];
  const key = path.at(-1) ?? "";
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  switch (key) {
    case "match_rules":
    case "exclude_rules":
      return (list as DetectionRule[]).map((rule) =>
        rule.request
          ? `${ruleWords(rule)}${rule.split ? `, split by ${namingWords(rule.split)}` : ""}`
          : rule.name,
      );
    case "status_ranges":
      return (list as StatusRange[]).map(({ first, last }) =>
        first === last ? `${first}` : `${first}-${last}`,
      );
    case "ignored":
      return (list as IgnoredError[]).map(({ type_name, message }) =>
        [type_name && `type ${textWords(type_name)}`, message && `message ${textWords(message)}`]
          .filter(Boolean)
          .join(" and "),
      );
    case "data_collectors":
      return (list as DataCollector[]).map(
        ({ name, value: { kind, name: of = "" }, bts, disabled }) =>
          `${name}: ${kind} ${of}${bts.length ? ` of ${bts.join(", ")}` : ""}${disabled ? ", off" : ""}`,
      );
    case "uri":
      return [namingWords({ uri: value, parts: [] } as unknown as NamingRule)];
    case "parts":
      return [namingWords({ uri: { kind: "none" }, parts: value } as unknown as NamingRule)];
    case "slow":
    case "very_slow":
    case "stall":
      return [thresholdWords(value as unknown as Threshold)];
    default:
      if (Array.isArray(value)) return value.map(String);
      if (typeof value === "boolean") return [value ? "yes" : "no"];
      return [typeof value === "object" ? JSON.stringify(value) : String(value)];
  }
}

interface Props {
  differences: readonly Difference[];
  /** Names of what stands there by id. */
  names: ReadonlyMap<string, string>;
}

export function Differences({ differences, names }: Props) {
  return (
    <ul className={styles.differences}>
      {differences.map(({ path, now, then }) => {
        const before = words(path, now);
        const after = words(path, then);
        // Of lists only what came and what went.
        const many = Array.isArray(now) || Array.isArray(then);
        const gone = many ? before.filter((line) => !after.includes(line)) : before;
        const come = many ? after.filter((line) => !before.includes(line)) : after;
        const moved = many && gone.length === 0 && come.length === 0 && !same(now, then);
        return (
          <li key={path.join(".")}>
            <h4>{pathWords(path, names)}</h4>
            {gone.map((line) => (
              <p key={`-${line}`}>
                <span className="visually-hidden">no longer: </span>
                <del>{line}</del>
              </p>
            ))}
            {come.map((line) => (
              <p key={`+${line}`}>
                <span className="visually-hidden">now: </span>
                <ins>{line}</ins>
              </p>
            ))}
            {gone.length === 0 && come.length === 0 ? (
              <p className={styles.faint}>{moved ? "in another order or in details" : "nothing"}</p>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
