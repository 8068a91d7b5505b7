import { useQuery } from "@tanstack/react-query";
import { alertingQuery } from "../api/alerting";
import { CheckField, ChoiceField, FieldRow, TextField } from "../design/Field";
import { Select } from "../design/FilterBar";
import { toLocalInput } from "../format/time";
import type { AlertsTabProps } from "../pages/AlertsPage";
import { QUIET_KINDS } from "../words/alerting";
import styles from "./Alerting.module.css";
import { ObjectList } from "./ObjectList";
import {
  byClock,
  inOrder,
  newQuietTime,
  type QuietTime,
  quietReady,
  quietState,
  quietWords,
  recurring,
} from "./quiet";
import { RecurrenceFields, ZoneField } from "./RecurrenceFields";
import type { HealthRule } from "./rule";
import { NameList } from "./ScopeField";

/** Times in which nothing is told, or not even asked: suppressions of actions and of health rules. */
export function QuietTimesTab(props: AlertsTabProps) {
  const { app, search, onChange: show } = props;
  const rules = useQuery(alertingQuery<HealthRule>(app, "health-rules")).data ?? [];
  const words = QUIET_KINDS.find(({ value }) => value === search.kind) ?? QUIET_KINDS[0];
  return (
    <ObjectList<QuietTime>
      key={words.kind}
      {...props}
      kind={words.kind}
      title="Quiet times"
      one="quiet time"
      icon="pause"
      meaning={
        <>
          <Select
            label="What is quiet"
            value={words.value}
            onChange={(kind) => show({ kind: kind || undefined })}
            options={QUIET_KINDS.map(({ value, label }) => [value, label] as const)}
          />
          &ensp;{words.meaning}
        </>
      }
      fresh={newQuietTime}
      ready={quietReady}
      lost={words.lost}
      columns={[
        {
          id: "state",
          header: "State",
          width: "104px",
          cell: (row) => quietState(row.definition, Date.now()),
        },
        {
          id: "when",
          header: "When",
          width: "minmax(220px, 1.2fr)",
          cell: (row) => <span title={quietWords(row.definition)}>{quietWords(row.definition)}</span>,
        },
        {
          id: "about",
          header: "About",
          width: "minmax(120px, 0.6fr)",
          cell: (row) => about(row.definition),
        },
      ]}
      form={(one, onChange) => (
        <>
          <TextField label="Name" value={one.name} onChange={(name) => onChange({ ...one, name })} />
          <When one={one} onChange={onChange} />
          <About one={one} onChange={onChange} rules={rules.map(({ name }) => name)} />
          <CheckField
            label="Switched off"
            checked={one.disabled}
            onChange={(disabled) => onChange({ ...one, disabled })}
          />
        </>
      )}
    />
  );
}

function about({ healthRuleScope: scope, affects }: QuietTime): string {
  const some = scope?.healthRuleScopeType === "SPECIFIC_HEALTH_RULES";
  const rules = some ? (scope.healthRules ?? []).join(", ") : "All rules";
  return affects ? `${rules}; only some things` : rules;
}

interface Props {
  one: QuietTime;
  onChange: (one: QuietTime) => void;
}

function When({ one, onChange }: Props) {
  const again = one.recurringSchedule;
  return (
    <>
      <ChoiceField
        label="When"
        value={again ? "again" : "once"}
        onChange={(next) => onChange(recurring(one, next === "again"))}
        options={[
          ["once", "Once"],
          ["again", "Again and again"],
        ]}
      />
      {again ? (
        <RecurrenceFields
          recurrence={again}
          onChange={(recurringSchedule) => onChange({ ...one, recurringSchedule })}
          without={["ONE_TIME"]}
        />
      ) : (
        <Once one={one} onChange={onChange} />
      )}
      {again || byClock(one) ? (
        <ZoneField value={one.timezone ?? ""} onChange={(timezone) => onChange({ ...one, timezone })} />
      ) : null}
    </>
  );
}

function Once({ one, onChange }: Props) {
  const error = inOrder(one) ? undefined : "The end must be after the start.";
  const clock = byClock(one);
  const read = (text: string, set: (timeMs: number) => void) => {
    const time = Date.parse(text);
    if (!Number.isNaN(time)) set(time);
  };
  return (
    <FieldRow>
      <TextField
        label="From"
        type="datetime-local"
        value={clock ? (one.startTime ?? "").slice(0, 16) : toLocalInput(one.startTimeMs)}
        onChange={(text) =>
          clock
            ? onChange({ ...one, startTime: text })
            : read(text, (startTimeMs) => onChange({ ...one, startTimeMs }))
        }
      />
      <TextField
        label="To"
        type="datetime-local"
        value={clock ? (one.endTime ?? "").slice(0, 16) : toLocalInput(one.endTimeMs)}
        onChange={(text) =>
          clock
            ? onChange({ ...one, endTime: text })
            : read(text, (endTimeMs) => onChange({ ...one, endTimeMs }))
        }
        error={error}
      />
    </FieldRow>
  );
}

function About({ one, onChange, rules }: Props & { rules: readonly string[] }) {
  const { healthRuleScope: scope } = one;
  const some = scope?.healthRuleScopeType === "SPECIFIC_HEALTH_RULES";
  const chosen = some ? (scope.healthRules ?? []) : [];
  const choose = (healthRules: string[]) =>
    onChange({ ...one, healthRuleScope: { healthRuleScopeType: "SPECIFIC_HEALTH_RULES", healthRules } });
  return (
    <>
      <ChoiceField
        label="About which health rules"
        value={some ? "some" : "all"}
        onChange={(next) => (next === "some" ? choose([]) : onChange({ ...one, healthRuleScope: undefined }))}
        options={[
          ["all", "All of them"],
          ["some", `Only some${some ? `: ${chosen.length} chosen` : ""}`],
        ]}
      />
      {some ? (
        <NameList names={[...new Set([...chosen, ...rules])]} chosen={chosen} onChange={choose} />
      ) : null}
      {one.affects ? (
        <p className={styles.faint}>
          It is only about some things, chosen through the REST API: that stays as it is.
        </p>
      ) : null}
    </>
  );
}
