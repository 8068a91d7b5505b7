import { useState } from "react";
import { Button } from "../design/Button";
import { CheckField, TextArea } from "../design/Field";
import { Icon } from "../design/Icon";
import { namingWords, requestWords } from "../words/configuration";
import styles from "./Configuration.module.css";
import type { Editing } from "./Editing";
import { type DetectionRule, newRule } from "./model";
import { NamingFields } from "./NamingFields";
import { RuleDialog } from "./RuleDialog";

/** Which requests become business transactions, and what they are called. */
export function DetectionTab({ config, mayChange, set }: Editing) {
  const { detection } = config;
  return (
    <fieldset className={`${styles.fields} ${styles.narrow}`} disabled={!mayChange}>
      <CheckField
        label="Requests become business transactions without code"
        checked={detection.enabled}
        onChange={(enabled) => set(["detection", "enabled"], enabled)}
      />
      <section className={styles.fields}>
        <h3>Requests that no rule names</h3>
        <NamingFields value={detection.naming} onChange={(naming) => set(["detection", "naming"], naming)} />
      </section>
      <Rules
        kind="match"
        rules={detection.match_rules}
        mayChange={mayChange}
        onChange={(rules) => set(["detection", "match_rules"], rules)}
      />
      <Rules
        kind="exclude"
        rules={detection.exclude_rules}
        mayChange={mayChange}
        onChange={(rules) => set(["detection", "exclude_rules"], rules)}
      />
      {detection.excluded_bts.length > 0 ? (
        <TextArea
          label="Excluded names"
          rows={Math.min(8, detection.excluded_bts.length + 1)}
          value={detection.excluded_bts.join("\n")}
          onChange={() => {}}
          readOnly
          hint="Business transactions that were excluded on their page; there they are brought back."
        />
      ) : null}
    </fieldset>
  );
}

const WORDS = {
  match: {
    title: "Match rules",
    add: "New match rule",
    none: "No match rule: every request is named as above.",
  },
  exclude: {
    title: "Exclude rules",
    add: "New exclude rule",
    none: "No exclude rule: every request becomes a business transaction.",
  },
} as const;

interface RulesProps {
  kind: "match" | "exclude";
  rules: DetectionRule[];
  mayChange: boolean;
  onChange: (rules: DetectionRule[]) => void;
}

function Rules({ kind, rules, mayChange, onChange }: RulesProps) {
  // The place of the rule in the window; behind the last one it is a new one.
  const [open, setOpen] = useState<number>();
  const words = WORDS[kind];
  const shown = rules
    .map((rule, index) => ({ rule, index }))
    .sort((a, b) => b.rule.priority - a.rule.priority || a.index - b.index);
  return (
    <section className={styles.fields}>
      <div className={styles.title}>
        <h3>{words.title}</h3>
        {mayChange ? (
          <Button onClick={() => setOpen(rules.length)}>
            <Icon name="plus" /> {words.add}
          </Button>
        ) : null}
      </div>
      {rules.length === 0 ? (
        <p className={styles.faint}>{words.none}</p>
      ) : (
        <div className={styles.rules}>
          {shown.map(({ rule, index }) => (
            <div key={index} className={styles.rule} data-off={rule.disabled}>
              <div>
                <span className={styles.ruleName}>{rule.name}</span>
                <span className={styles.faint}>
                  {" "}
                  priority {rule.priority}
                  {rule.disabled ? ", off" : ""}
                  {rule.entry_type ? `, ${rule.entry_type}` : ""}
                </span>
                <p>
                  {requestWords(rule.request)}
                  {rule.split ? `, split by ${namingWords(rule.split)}` : ""}
                </p>
              </div>
              {mayChange ? (
                <>
                  <Button
                    variant="quiet"
                    square
                    aria-label={`Change ${rule.name}`}
                    title="Change"
                    onClick={() => setOpen(index)}
                  >
                    <Icon name="pencil" />
                  </Button>
                  <Button
                    variant="quiet"
                    square
                    aria-label={`Remove ${rule.name}`}
                    title="Remove"
                    onClick={() => onChange(rules.filter((_, at) => at !== index))}
                  >
                    <Icon name="trash" />
                  </Button>
                </>
              ) : null}
            </div>
          ))}
        </div>
      )}
      {open === undefined ? null : (
        <RuleDialog
          kind={kind}
          start={rules[open] ?? newRule()}
          onDone={(rule) => {
            onChange(
              open < rules.length ? rules.map((one, at) => (at === open ? rule : one)) : [...rules, rule],
            );
            setOpen(undefined);
          }}
          onClose={() => setOpen(undefined)}
        />
      )}
    </section>
  );
}
