// The conditions of one level, and how they are joined.
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { metricFolderQuery } from "../api/metrics";
import { Button } from "../design/Button";
import { CheckField, FieldRow, SelectField, TextField } from "../design/Field";
import { Icon } from "../design/Icon";
import { NumberField } from "../design/NumberField";
import { Panel } from "../design/Panel";
import { BASELINE_UNITS, COMPARISONS, FUNCTIONS, MATCHINGS, TRENDS } from "../words/alerting";
import styles from "./Alerting.module.css";
import {
  type Condition,
  type Criteria,
  type Level,
  metricsOf,
  needsNumber,
  newCondition,
  shortName,
} from "./rule";

interface Props {
  app: string;
  words: { title: string; add: string };
  level: Level;
  /** The kind of thing the rule looks at. */
  type: string;
  /** Whether it may hold on single nodes. */
  byNode: boolean;
  criteria: Criteria | null;
  problems: Record<string, string>;
  onAdd: () => void;
  onChange: (criteria: Criteria | null) => void;
}

export function CriteriaForm(props: Props) {
  const { app, words, level, type, byNode, criteria, problems, onAdd, onChange } = props;
  const list = useId();
  if (!criteria) {
    return (
      <Panel title={words.title}>
        <Button onClick={onAdd}>
          <Icon name="plus" /> {words.add}
        </Button>
      </Panel>
    );
  }
  const { conditions } = criteria;
  const setConditions = (next: Condition[]) =>
    onChange(next.length === 0 ? null : { ...criteria, conditions: next });
  return (
    <Panel
      title={words.title}
      actions={
        <Button variant="quiet" onClick={() => onChange(null)}>
          Remove
        </Button>
      }
    >
      <MetricNames id={list} app={app} type={type} />
      <div>
        {conditions.map((condition, index) => (
          <ConditionFields
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions are what stands at their place
            key={index}
            list={list}
            condition={condition}
            problem={(field) => problems[`${level}.${index}.${field}`]}
            onChange={(next) => setConditions(conditions.map((one, at) => (at === index ? next : one)))}
            onRemove={() => setConditions(conditions.filter((_, at) => at !== index))}
          />
        ))}
      </div>
      <div className={styles.stack}>
        <div>
          <Button
            onClick={() =>
              setConditions([
                ...conditions,
                { ...newCondition(metricsOf(type)[0] ?? "", freeLetter(conditions)) },
              ])
            }
          >
            <Icon name="plus" /> Add a condition
          </Button>
        </div>
        {byNode ? (
          <Matching criteria={criteria} onChange={onChange} problem={problems[`${level}.matching`]} />
        ) : null}
        {conditions.length > 1 ? (
          <FieldRow>
            <SelectField
              label="Together"
              value={criteria.conditionAggregationType}
              onChange={(value) =>
                onChange({
                  ...criteria,
                  conditionAggregationType: value,
                  conditionExpression:
                    value === "CUSTOM"
                      ? (criteria.conditionExpression ??
                        conditions.map(({ shortName: letter }) => letter).join(" AND "))
                      : null,
                })
              }
              options={[
                ["ALL", "All must hold"],
                ["ANY", "One must hold"],
                ["CUSTOM", "An expression of them"],
              ]}
            />
            {criteria.conditionAggregationType === "CUSTOM" ? (
              <TextField
                label="Expression"
                value={criteria.conditionExpression ?? ""}
                onChange={(conditionExpression) => onChange({ ...criteria, conditionExpression })}
                placeholder="(A AND B) OR C"
                error={problems[`${level}.expression`]}
              />
            ) : (
              <span />
            )}
          </FieldRow>
        ) : null}
      </div>
    </Panel>
  );
}

interface MatchingProps {
  criteria: Criteria;
  onChange: (criteria: Criteria) => void;
  problem: string | undefined;
}

/** On how many nodes it must hold. */
function Matching({ criteria, onChange, problem }: MatchingProps) {
  const { matchType = "AVERAGE", value = null } = criteria.evalMatchingCriteria ?? {};
  const set = (next: { matchType: string; value: number | null }) =>
    onChange({ ...criteria, evalMatchingCriteria: next.matchType === "AVERAGE" ? null : next });
  const known = MATCHINGS.some(([key]) => key === matchType);
  return (
    <FieldRow>
      <SelectField
        label="It must hold for"
        value={matchType}
        onChange={(next) => set({ matchType: next, value: needsNumber(next) ? value : null })}
        options={known ? MATCHINGS : [...MATCHINGS, [matchType, matchType] as const]}
      />
      {needsNumber(matchType) ? (
        <NumberField
          label="How many"
          unit={matchType.startsWith("PERCENTAGE") ? "%" : "nodes"}
          value={value}
          onChange={(next) => set({ matchType, value: next })}
          error={problem}
        />
      ) : (
        <span />
      )}
    </FieldRow>
  );
}

/** The first place in the alphabet no condition has: expressions name them by letter. */
function freeLetter(conditions: readonly Condition[]): number {
  let index = 0;
  while (conditions.some((condition) => condition.shortName === shortName(index))) index += 1;
  return index;
}

/** Names the browser offers while a metric is typed. */
function MetricNames({ id, app, type }: { id: string; app: string; type: string }) {
  const known = metricsOf(type);
  const root = useQuery({ ...metricFolderQuery(app, ""), enabled: type === "CUSTOM" });
  const names = type === "CUSTOM" ? (root.data ?? []).map(({ path }) => `${path}|`) : known;
  return (
    <datalist id={id}>
      {names.map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
}

interface ConditionProps {
  list: string;
  condition: Condition;
  problem: (field: string) => string | undefined;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

function ConditionFields({ list, condition, problem, onChange, onRemove }: ConditionProps) {
  const { evalDetail } = condition;
  const against = evalDetail.metricEvalDetail;
  const baseline = against.metricEvalDetailType === "BASELINE_TYPE";
  const setDetail = (values: Partial<Condition["evalDetail"]>) =>
    onChange({ ...condition, evalDetail: { ...evalDetail, ...values } });
  const setAgainst = (values: Partial<typeof against>) =>
    setDetail({ metricEvalDetail: { ...against, ...values } });
  return (
    <div className={styles.condition}>
      <span className={styles.letter} title="Its name in an expression">
        {condition.shortName}
      </span>
      <div className={styles.fields} data-baseline={baseline}>
        {evalDetail.evalDetailType === "METRIC_EXPRESSION" ? (
          <TextField
            label="Formula"
            value={evalDetail.metricExpression ?? ""}
            onChange={(metricExpression) => setDetail({ metricExpression })}
            hint="Its metrics are set through the REST API."
          />
        ) : (
          <TextField
            label="Metric"
            list={list}
            value={evalDetail.metricPath ?? ""}
            onChange={(metricPath) => {
              const own = condition.name === `${evalDetail.metricPath} condition`;
              onChange({
                ...condition,
                name: own ? `${metricPath} condition` : condition.name,
                evalDetail: { ...evalDetail, metricPath },
              });
            }}
            error={problem("metric")}
          />
        )}
        <SelectField
          label="Its"
          value={evalDetail.metricAggregateFunction ?? "VALUE"}
          onChange={(metricAggregateFunction) => setDetail({ metricAggregateFunction })}
          options={FUNCTIONS}
        />
        <SelectField
          label="Comparison"
          value={(baseline ? against.baselineCondition : against.compareCondition) ?? ""}
          onChange={(value) => setAgainst(comparison(value, against))}
          options={COMPARISONS}
        />
        <NumberField
          label="Number"
          fractions
          value={against.compareValue ?? null}
          onChange={(compareValue) => setAgainst({ compareValue })}
          error={problem("value")}
        />
        {baseline ? (
          <>
            <SelectField
              label="Unit"
              value={against.baselineUnit ?? "STANDARD_DEVIATIONS"}
              onChange={(baselineUnit) => setAgainst({ baselineUnit })}
              options={BASELINE_UNITS}
            />
            <SelectField
              label="Baseline"
              value={trendOf(against.baselineName)}
              onChange={(baselineName) => setAgainst({ baselineName })}
              options={TRENDS}
            />
          </>
        ) : null}
      </div>
      <Button
        variant="quiet"
        square
        className={styles.remove ?? ""}
        aria-label={`Remove condition ${condition.shortName}`}
        onClick={onRemove}
      >
        <Icon name="trash" />
      </Button>
      <div className={styles.options}>
        <CheckField
          label="Must hold in single minutes"
          checked={condition.triggerEnabled}
          onChange={(triggerEnabled) => onChange({ ...condition, triggerEnabled })}
        />
        {condition.triggerEnabled ? (
          <NumberField
            label="in at least so many minutes"
            bare
            unit="minutes"
            value={condition.minimumTriggers}
            onChange={(minutes) => onChange({ ...condition, minimumTriggers: Math.trunc(minutes ?? 0) })}
          />
        ) : null}
        <CheckField
          label="Holds also without data"
          checked={condition.evaluateToTrueOnNoData}
          onChange={(evaluateToTrueOnNoData) => onChange({ ...condition, evaluateToTrueOnNoData })}
        />
      </div>
    </div>
  );
}

/** A comparison with a number and one with the baseline are written in different keys. */
function comparison(value: string, { compareValue = null }: Condition["evalDetail"]["metricEvalDetail"]) {
  if (!value.endsWith("_BASELINE")) {
    return {
      metricEvalDetailType: "SPECIFIC_TYPE" as const,
      compareCondition: value,
      baselineCondition: undefined,
      baselineName: undefined,
      baselineUnit: undefined,
      compareValue,
    };
  }
  return {
    metricEvalDetailType: "BASELINE_TYPE" as const,
    compareCondition: undefined,
    baselineCondition: value,
    baselineName: TRENDS[0]?.[0],
    baselineUnit: "STANDARD_DEVIATIONS",
    compareValue,
  };
}

/** Which of the trends a name means, by its first word, as the controller reads it. */
function trendOf(name: string | undefined): string {
  return (
    TRENDS.find(([value]) => value.split(" ")[0] === name?.split(" ")[0])?.[0] ?? (TRENDS[0]?.[0] as string)
  );
}
