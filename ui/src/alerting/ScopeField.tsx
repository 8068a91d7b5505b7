import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { applicationQuery, backendsQuery, businessTransactionsQuery, nodesQuery } from "../api/queries";
import { CheckField, ChoiceField } from "../design/Field";
import { SearchBox } from "../design/SearchBox";
import { useTimeRange } from "../time-range/useTimeRange";
import { AFFECTS } from "../words/alerting";
import styles from "./Alerting.module.css";
import type { Scope } from "./rule";

interface Props {
  app: string;
  type: string;
  /** `null` when it is written in a way this form has no words for. */
  scope: Scope | null;
  onChange: (scope: Scope) => void;
}

/** All things of a kind, or some by name. */
export function ScopeField({ app, type, scope, onChange }: Props) {
  const kind = AFFECTS.find(({ value }) => value === type)?.names ?? null;
  const names = useNames(app, kind === "tiers" && scope?.nodes ? "nodes" : kind);
  if (scope === null) {
    return (
      <p className={styles.faint}>
        Chosen by a pattern, through the REST API: it stays as it is while the kind of thing stays.
      </p>
    );
  }
  if (kind === null) return null;
  return (
    <>
      {kind === "tiers" ? (
        <CheckField
          label="Every node by itself, not the tier as a whole"
          checked={scope.nodes}
          onChange={(nodes) => onChange({ kind: "all", nodes, names: [] })}
        />
      ) : null}
      <ChoiceField
        label="Which of them"
        value={scope.kind}
        onChange={(next) => onChange({ ...scope, kind: next, names: next === "all" ? [] : scope.names })}
        options={[
          ["all", "All, also those that come later"],
          ["some", `Only some${scope.kind === "some" ? `: ${scope.names.length} chosen` : ""}`],
        ]}
      />
      {scope.kind === "some" ? (
        <NameList
          names={[...new Set([...scope.names, ...names])]}
          chosen={scope.names}
          onChange={(chosen) => onChange({ ...scope, names: chosen })}
        />
      ) : null}
    </>
  );
}

/** Names of what the application has; a rule finds things by name. */
function useNames(app: string, kind: "bts" | "tiers" | "nodes" | "backends" | null): string[] {
  const range = useTimeRange();
  const application = useQuery({ ...applicationQuery(app), enabled: kind === "tiers" });
  const bts = useQuery({ ...businessTransactionsQuery(app, range, false), enabled: kind === "bts" });
  const nodes = useQuery({ ...nodesQuery(app, range, false), enabled: kind === "nodes" });
  const backends = useQuery({ ...backendsQuery(app, range, false), enabled: kind === "backends" });
  switch (kind) {
    case "bts":
      return (bts.data ?? []).map(({ name }) => name);
    case "tiers":
      return (application.data?.tiers ?? []).map(({ name }) => name);
    case "nodes":
      return (nodes.data ?? []).map(({ name }) => name);
    case "backends":
      return (backends.data ?? []).map(({ name }) => name);
    default:
      return [];
  }
}

/** Names shown at one time; more are found by typing. */
const SHOWN_MAX = 200;

interface NameListProps {
  names: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

export function NameList({ names, chosen, onChange }: NameListProps) {
  const [filter, setFilter] = useState("");
  const words = filter.toLowerCase();
  const matching = names.filter((name) => name.toLowerCase().includes(words));
  return (
    <div className={styles.stack}>
      <SearchBox label="Filter by name" value={filter} onChange={setFilter} />
      <div className={styles.names}>
        {matching.slice(0, SHOWN_MAX).map((name) => (
          <CheckField
            key={name}
            label={name}
            checked={chosen.includes(name)}
            onChange={(wanted) =>
              onChange(wanted ? [...chosen, name] : chosen.filter((other) => other !== name))
            }
          />
        ))}
        {matching.length === 0 ? <span className={styles.faint}>Nothing has such a name.</span> : null}
        {matching.length > SHOWN_MAX ? (
          <span className={styles.faint}>{matching.length - SHOWN_MAX} more: type a part of the name.</span>
        ) : null}
      </div>
    </div>
  );
}
