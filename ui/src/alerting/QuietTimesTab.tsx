import { CheckField, FieldRow, TextField } from "../design/Field";
import { formatInstant, toLocalInput } from "../format/time";
import type { AlertsTabProps } from "../pages/AlertsPage";
import styles from "./Alerting.module.css";
import { ObjectList } from "./ObjectList";

interface Suppression extends Record<string, unknown> {
  name: string;
  disabled: boolean;
  startTimeMs: number;
  endTimeMs: number;
}

const HOUR_MS = 3_600_000;

function state({ disabled, startTimeMs, endTimeMs }: Suppression): string {
  const now = Date.now();
  if (disabled) return "Off";
  if (now < startTimeMs) return "To come";
  return now < endTimeMs ? "Quiet now" : "Over";
}

/** Times in which nothing is told: action suppressions. */
export function QuietTimesTab(props: AlertsTabProps) {
  return (
    <ObjectList<Suppression>
      {...props}
      kind="action-suppressions"
      title="Quiet times"
      one="quiet time"
      icon="pause"
      meaning="In a quiet time violations and events are noticed as always, but no action is carried out."
      fresh={() => {
        const now = Date.now();
        return { name: "", disabled: false, startTimeMs: now, endTimeMs: now + HOUR_MS };
      }}
      ready={({ startTimeMs, endTimeMs }) => endTimeMs > startTimeMs}
      lost="Policies carry out their actions again at once."
      columns={[
        {
          id: "state",
          header: "State",
          width: "96px",
          cell: (row) => state(row.definition),
        },
        {
          id: "from",
          header: "From",
          width: "minmax(160px, 0.6fr)",
          cell: (row) => formatInstant(row.definition.startTimeMs).slice(0, -7),
        },
        {
          id: "to",
          header: "To",
          width: "minmax(160px, 0.6fr)",
          cell: (row) => formatInstant(row.definition.endTimeMs).slice(0, -7),
        },
      ]}
      form={(one, onChange) => (
        <>
          <TextField label="Name" value={one.name} onChange={(name) => onChange({ ...one, name })} />
          <FieldRow>
            <TimeField
              label="From"
              value={one.startTimeMs}
              onChange={(startTimeMs) => onChange({ ...one, startTimeMs })}
            />
            <TimeField
              label="To"
              value={one.endTimeMs}
              onChange={(endTimeMs) => onChange({ ...one, endTimeMs })}
              error={one.endTimeMs > one.startTimeMs ? undefined : "The end must be after the start."}
            />
          </FieldRow>
          <CheckField
            label="Switched off"
            checked={one.disabled}
            onChange={(disabled) => onChange({ ...one, disabled })}
          />
          <p className={styles.faint}>It holds for all policies of the application.</p>
        </>
      )}
    />
  );
}

interface TimeProps {
  label: string;
  value: number;
  onChange: (value: number) => void;
  error?: string | undefined;
}

function TimeField({ label, value, onChange, error }: TimeProps) {
  return (
    <TextField
      label={label}
      type="datetime-local"
      value={toLocalInput(value)}
      onChange={(text) => {
        const time = Date.parse(text);
        if (!Number.isNaN(time)) onChange(time);
      }}
      error={error}
    />
  );
}
