// What a health rule says: what it looks at, and when that is not well.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { alertingQuery } from "../api/alerting";
import { CheckField, FieldRow, SelectField, TextField } from "../design/Field";
import { NumberField } from "../design/NumberField";
import { Panel } from "../design/Panel";
import { AFFECTS, affectsLabel } from "../words/alerting";
import styles from "./Alerting.module.css";
import { CriteriaForm } from "./CriteriaForm";
import { countsNodes, type HealthRule, LEVELS, type Level, newCriteria, scopeOf, withScope } from "./rule";
import { ScopeField } from "./ScopeField";

interface Props {
  app: string;
  rule: HealthRule;
  onChange: (rule: HealthRule) => void;
  /** What is wrong, by field. */
  problems: Record<string, string>;
}

const LEVEL_WORDS: Record<Level, { title: string; add: string }> = {
  criticalCriteria: { title: "Critical when", add: "Say when it is critical" },
  warningCriteria: { title: "Warning when", add: "Say when it is a warning" },
};

export function RuleForm({ app, rule, onChange, problems }: Props) {
  const { affectedEntityType: type } = rule.affects;
  const types = AFFECTS.some(({ value }) => value === type)
    ? AFFECTS
    : [...AFFECTS, { value: type, label: affectsLabel(type), names: null, metrics: [] }];
  const schedules = (useQuery(alertingQuery(app, "schedules")).data ?? []).map(({ name }) => name);
  const schedule = rule.scheduleName || "Always";
  const firstMetric = AFFECTS.find(({ value }) => value === type)?.metrics[0] ?? "";
  const setCriteria = (level: Level, criteria: HealthRule["evalCriterias"][Level]) =>
    onChange({ ...rule, evalCriterias: { ...rule.evalCriterias, [level]: criteria } });
  return (
    <>
      <Panel title="The rule">
        <div className={styles.stack}>
          <FieldRow>
            <TextField
              label="Name"
              value={rule.name}
              onChange={(name) => onChange({ ...rule, name })}
              error={problems.name}
              required
            />
            <NumberField
              label="Looks at the last"
              unit="minutes"
              value={known(rule.useDataFromLastNMinutes)}
              onChange={(value) => onChange({ ...rule, useDataFromLastNMinutes: value ?? Number.NaN })}
              error={problems.minutes}
            />
            <NumberField
              label="Tells again after"
              unit="minutes"
              value={known(rule.waitTimeAfterViolation)}
              onChange={(value) => onChange({ ...rule, waitTimeAfterViolation: value ?? Number.NaN })}
              error={problems.wait}
            />
          </FieldRow>
          <FieldRow>
            <SelectField
              label="Asked"
              value={schedule}
              onChange={(scheduleName) => onChange({ ...rule, scheduleName })}
              options={[...new Set(["Always", schedule, ...schedules])].map((name) => [name, name] as const)}
              hint={
                <Link to="/applications/$app/alerts" params={{ app }} search={{ tab: "schedules" }}>
                  Schedules
                </Link>
              }
            />
            <span />
          </FieldRow>
          <CheckField
            label="Switched on"
            checked={rule.enabled}
            onChange={(enabled) => onChange({ ...rule, enabled })}
          />
        </div>
      </Panel>
      <Panel title="What it looks at">
        <div className={styles.stack}>
          <FieldRow>
            <SelectField
              label="Kind of thing"
              value={type}
              onChange={(next) =>
                onChange({ ...rule, affects: withScope(next, { kind: "all", nodes: false, names: [] }) })
              }
              options={types.map(({ value, label }) => [value, label] as const)}
            />
            <span />
          </FieldRow>
          <ScopeField
            app={app}
            type={type}
            scope={scopeOf(rule.affects)}
            onChange={(scope) => onChange({ ...rule, affects: withScope(type, scope) })}
          />
        </div>
      </Panel>
      {LEVELS.map((level) => (
        <CriteriaForm
          key={level}
          app={app}
          words={LEVEL_WORDS[level]}
          type={type}
          byNode={countsNodes(rule.affects)}
          criteria={rule.evalCriterias[level]}
          problems={problems}
          level={level}
          onAdd={() => setCriteria(level, copied(rule, level) ?? newCriteria(firstMetric))}
          onChange={(criteria) => setCriteria(level, criteria)}
        />
      ))}
      {problems.criteria ? <p className={styles.wrong}>{problems.criteria}</p> : null}
    </>
  );
}

/** The other level's conditions are a good beginning: usually only the numbers differ. */
function copied(rule: HealthRule, level: Level) {
  const other = level === "criticalCriteria" ? "warningCriteria" : "criticalCriteria";
  return rule.evalCriterias[other] && structuredClone(rule.evalCriterias[other]);
}

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
