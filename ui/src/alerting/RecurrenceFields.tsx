import { useId } from "react";
import { CheckField, FieldGroup, FieldRow, SelectField, TextField } from "../design/Field";
import { DAYS, FREQUENCIES, OCCURRENCES } from "../words/alerting";
import styles from "./Alerting.module.css";
import { isoDate, type Recurrence, recurrenceProblems, withFrequency } from "./recurrence";

interface Props {
  recurrence: Recurrence;
  onChange: (recurrence: Recurrence) => void;
  /** Rhythms that are not offered. */
  without?: readonly string[];
}

/** When it is: the rhythm, the days, and from when to when on them. */
export function RecurrenceFields({ recurrence, onChange, without = [] }: Props) {
  const { scheduleFrequency: frequency } = recurrence;
  const wrong = recurrenceProblems(recurrence);
  const known = FREQUENCIES.filter(([value]) => value === frequency || !without.includes(value));
  const set = (values: Partial<Recurrence>) => onChange({ ...recurrence, ...values });
  return (
    <>
      <SelectField
        label="How often"
        value={frequency}
        onChange={(next) => onChange(withFrequency(recurrence, next))}
        options={
          known.some(([value]) => value === frequency) ? known : [...known, [frequency, frequency] as const]
        }
      />
      {frequency === "WEEKLY" ? (
        <FieldGroup title="Days">
          <div className={styles.days}>
            {DAYS.map(([day, name]) => (
              <CheckField
                key={day}
                label={name}
                checked={recurrence.days?.includes(day) ?? false}
                onChange={(wanted) =>
                  set({
                    days: wanted
                      ? [...(recurrence.days ?? []), day]
                      : recurrence.days?.filter((other) => other !== day),
                  })
                }
              />
            ))}
          </div>
          {wrong.days ? <p className={styles.wrong}>{wrong.days}</p> : null}
        </FieldGroup>
      ) : null}
      {frequency === "MONTHLY_SPECIFIC_DAY" ? (
        <FieldRow>
          <SelectField
            label="Which of the month"
            value={recurrence.occurrence ?? "FIRST"}
            onChange={(occurrence) => set({ occurrence })}
            options={OCCURRENCES}
          />
          <SelectField
            label="Day"
            value={recurrence.day ?? "SUNDAY"}
            onChange={(day) => set({ day })}
            options={DAYS}
          />
        </FieldRow>
      ) : null}
      {frequency === "ONE_TIME" ? (
        <FieldRow>
          <TextField
            label="First day"
            type="date"
            value={isoDate(recurrence.startDate)}
            onChange={(startDate) => set({ startDate })}
            error={wrong.startDate}
          />
          <TextField
            label="Last day"
            type="date"
            value={isoDate(recurrence.endDate)}
            onChange={(endDate) => set({ endDate: endDate || undefined })}
            error={wrong.endDate}
          />
        </FieldRow>
      ) : null}
      <FieldRow>
        <TextField
          label="From (time of day)"
          type="time"
          value={recurrence.startTime ?? ""}
          onChange={(startTime) => set({ startTime: startTime || undefined })}
          hint="Empty: from the begin of the day."
        />
        <TextField
          label="To (time of day)"
          type="time"
          value={recurrence.endTime ?? ""}
          onChange={(endTime) => set({ endTime: endTime || undefined })}
          hint="Empty: to the end of the day. Not later than the start: on the next day."
        />
      </FieldRow>
    </>
  );
}

interface ZoneProps {
  value: string;
  onChange: (zone: string) => void;
}

/** Whose clocks count. */
export function ZoneField({ value, onChange }: ZoneProps) {
  const list = useId();
  return (
    <>
      <TextField
        label="Time zone"
        value={value}
        onChange={onChange}
        list={list}
        placeholder="UTC"
        hint="As in Europe/Paris: its summer time is followed."
      />
      <datalist id={list}>
        {Intl.supportedValuesOf("timeZone").map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
