import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { businessTransactionsQuery } from "../api/queries";
import { Button } from "../design/Button";
import { FieldRow, SelectField } from "../design/Field";
import { Icon } from "../design/Icon";
import { NumberField } from "../design/NumberField";
import { useTimeRange } from "../time-range/useTimeRange";
import { numberOf, type Threshold, threshold } from "../transactions/thresholds";
import { THRESHOLD_KINDS, thresholdWords } from "../words/configuration";
import styles from "./Configuration.module.css";
import type { Editing } from "./Editing";

const LEVELS = [
  ["slow", "Slow", "slow_minimum_ms"],
  ["very_slow", "Very slow", "very_slow_minimum_ms"],
  ["stall", "Stall", "stall_minimum_ms"],
] as const;

/** When an execution is slow, very slow or a stall. */
export function ThresholdsTab({ app, config, mayChange, set }: Editing) {
  const { thresholds } = config;
  return (
    <fieldset className={`${styles.fields} ${styles.narrow}`} disabled={!mayChange}>
      <p className={styles.faint}>
        What is usual is learned from the last two hours of each business transaction. An execution above a
        threshold is kept as a snapshot.
      </p>
      {LEVELS.map(([key, label, minimum]) => (
        <div key={key} className={styles.threshold}>
          <ThresholdField
            label={`${label} above`}
            value={thresholds[key]}
            onChange={(value) => set(["thresholds", key], value)}
          />
          {thresholds[key].kind === "static" || thresholds[key].kind === "off" ? (
            <span />
          ) : (
            <NumberField
              label="but at least"
              unit="ms"
              fractions
              value={thresholds[minimum]}
              onChange={(value) => set(["thresholds", minimum], value ?? 0)}
            />
          )}
        </div>
      ))}
      <FieldRow>
        <NumberField
          label="Executions before averages and deviations count"
          hint="Until then the minimums hold."
          value={thresholds.executions_min}
          onChange={(value) => set(["thresholds", "executions_min"], value ?? 0)}
        />
        <span />
      </FieldRow>
      <OwnThresholds app={app} config={config} mayChange={mayChange} set={set} />
    </fieldset>
  );
}

interface FieldProps {
  label: string;
  value: Threshold;
  onChange: (value: Threshold) => void;
}

/** A number of its own kind for each: 3 deviations are not 3 milliseconds. */
const FIRST: Record<Threshold["kind"], number> = {
  standard_deviations: 3,
  percent_over_average: 50,
  static: 500,
  off: 0,
};

function ThresholdField({ label, value, onChange }: FieldProps) {
  return (
    <div className={styles.line}>
      {value.kind === "off" ? null : (
        <NumberField
          label={label}
          fractions
          value={numberOf(value) ?? null}
          onChange={(number) => onChange(threshold(value.kind, number ?? 0))}
        />
      )}
      <div className={styles.wide}>
        <SelectField
          label={value.kind === "off" ? label : `${label}: unit`}
          bare={value.kind !== "off"}
          value={value.kind}
          onChange={(kind) => onChange(threshold(kind, FIRST[kind]))}
          options={THRESHOLD_KINDS}
        />
      </div>
    </div>
  );
}

/** Thresholds of single business transactions are set on their own pages; here they are seen and taken back. */
function OwnThresholds({ app, config, mayChange, set }: Omit<Editing, "tier">) {
  const bts = useQuery(businessTransactionsQuery(app, useTimeRange(), false));
  const own = Object.entries(config.bt_thresholds);
  if (own.length === 0) return null;
  return (
    <section>
      <h3>Business transactions with thresholds of their own</h3>
      <div className={styles.rules}>
        {own.map(([id, policy]) => {
          const name = bts.data?.find((bt) => String(bt.id) === id)?.name ?? `id ${id}`;
          return (
            <div key={id} className={styles.rule}>
              <div>
                <Link to="/applications/$app/business-transactions/$bt" params={{ app, bt: id }}>
                  {name}
                </Link>
                <p className={styles.faint}>
                  {LEVELS.filter(([key]) => policy[key] !== undefined)
                    .map(([key, label]) => `${label}: ${thresholdWords(policy[key] as Threshold)}`)
                    .join("; ")}
                </p>
              </div>
              {mayChange ? (
                <Button
                  variant="quiet"
                  square
                  aria-label={`Take back the thresholds of ${name}`}
                  title="Take back"
                  onClick={() => set(["bt_thresholds", id], null)}
                >
                  <Icon name="trash" />
                </Button>
              ) : null}
            </div>
          );
        })}
      </div>
    </section>
  );
}
