import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type AlertingObject, alertingPath, alertingQuery } from "../api/alerting";
import { useChange, useMay } from "../api/change";
import { CheckField, ChoiceField, FieldGroup, TextField } from "../design/Field";
import { sayFailed } from "../design/toast";
import { counted } from "../format/number";
import type { AlertsTabProps } from "../pages/AlertsPage";
import { actionTypeLabel, OTHER_EVENTS, RULE_EVENTS } from "../words/alerting";
import styles from "./Alerting.module.css";
import type { Action } from "./action";
import { ObjectList } from "./ObjectList";
import { newPolicy, type Policy, sameRuleEvent } from "./policy";
import type { HealthRule } from "./rule";
import { NameList } from "./ScopeField";

export function PoliciesTab(props: AlertsTabProps) {
  const { app } = props;
  const path = alertingPath(app, "policies");
  const mayChange = useMay("configure-alerting");
  const actions = useQuery({ ...alertingQuery<Action>(app, "actions"), enabled: mayChange });
  const rules = useQuery(alertingQuery<HealthRule>(app, "health-rules"));
  const setEnabled = useChange<AlertingObject<Policy>>({
    request: ({ id, version, definition }) => ({
      method: "PUT",
      path: `${path}/${id}`,
      body: { version, definition: { ...definition, enabled: !definition.enabled } },
    }),
    affects: [path],
    done: ({ name, definition }) => `${name} is switched ${definition.enabled ? "off" : "on"}.`,
  });
  return (
    <ObjectList<Policy>
      {...props}
      kind="policies"
      title="Policies"
      one="policy"
      icon="bell"
      meaning="A policy waits for events and then carries out its actions."
      fresh={newPolicy}
      ready={({ actions: chosen }) => chosen.length > 0}
      lost="Nothing is told any more of the events it waited for."
      actions={(row) => [
        {
          label: row.definition.enabled ? "Switch off" : "Switch on",
          onClick: () => setEnabled.mutate(row, { onError: sayFailed }),
        },
      ]}
      columns={[
        {
          id: "enabled",
          header: "State",
          width: "72px",
          cell: (row) => (row.definition.enabled ? "On" : <span className={styles.faint}>Off</span>),
        },
        {
          id: "events",
          header: "Waits for",
          width: "minmax(160px, 1fr)",
          cell: (row) => <Waits policy={row.definition} />,
        },
        {
          id: "what",
          header: "Does",
          width: "minmax(140px, 1fr)",
          cell: (row) => row.definition.actions.map(({ actionName }) => actionName).join(", "),
        },
      ]}
      form={(policy, onChange) => (
        <PolicyFields
          app={app}
          policy={policy}
          onChange={onChange}
          actions={(actions.data ?? []).map(({ definition }) => definition)}
          rules={(rules.data ?? []).map(({ name }) => name)}
        />
      )}
    />
  );
}

function Waits({ policy }: { policy: Policy }) {
  const { healthRuleEvents, otherEvents, customEvents } = policy.events;
  const count =
    (healthRuleEvents?.healthRuleEventTypes.length ?? 0) + otherEvents.length + customEvents.length;
  const scope = healthRuleEvents?.healthRuleScope;
  const of =
    scope?.healthRuleScopeType === "SPECIFIC_HEALTH_RULES"
      ? ` of ${counted(scope.healthRules.length, "rule")}`
      : "";
  return (
    <>
      {counted(count, "kind")} of events{of}
    </>
  );
}

interface FieldsProps {
  app: string;
  policy: Policy;
  onChange: (policy: Policy) => void;
  actions: readonly Action[];
  rules: readonly string[];
}

function PolicyFields({ app, policy, onChange, actions, rules }: FieldsProps) {
  const { events } = policy;
  const ruleTypes = events.healthRuleEvents?.healthRuleEventTypes ?? [];
  const scope = events.healthRuleEvents?.healthRuleScope ?? {
    healthRuleScopeType: "ALL_HEALTH_RULES",
    healthRules: [],
  };
  const setRuleEvents = (types: string[], nextScope = scope) =>
    onChange({
      ...policy,
      events: {
        ...events,
        healthRuleEvents:
          types.length === 0
            ? null
            : { ...events.healthRuleEvents, healthRuleEventTypes: types, healthRuleScope: nextScope },
      },
    });
  const setOther = (type: string, wanted: boolean) =>
    onChange({
      ...policy,
      events: {
        ...events,
        otherEvents: wanted
          ? [...events.otherEvents, type]
          : events.otherEvents.filter((other) => other !== type),
      },
    });
  return (
    <>
      <TextField label="Name" value={policy.name} onChange={(name) => onChange({ ...policy, name })} />
      <FieldGroup title="When a health rule says">
        {RULE_EVENTS.map(([type, label]) => (
          <CheckField
            key={type}
            label={label}
            checked={ruleTypes.some((one) => sameRuleEvent(one, type))}
            onChange={(wanted) =>
              setRuleEvents(
                wanted ? [...ruleTypes, type] : ruleTypes.filter((one) => !sameRuleEvent(one, type)),
              )
            }
          />
        ))}
      </FieldGroup>
      {ruleTypes.length > 0 ? (
        <>
          <ChoiceField
            label="Which health rules"
            value={scope.healthRuleScopeType === "SPECIFIC_HEALTH_RULES" ? "some" : "all"}
            onChange={(value) =>
              setRuleEvents(ruleTypes, {
                healthRuleScopeType: value === "some" ? "SPECIFIC_HEALTH_RULES" : "ALL_HEALTH_RULES",
                healthRules: value === "some" ? scope.healthRules : [],
              })
            }
            options={[
              ["all", "All of them"],
              ["some", "Only some"],
            ]}
          />
          {scope.healthRuleScopeType === "SPECIFIC_HEALTH_RULES" ? (
            <NameList
              names={[...new Set([...scope.healthRules, ...rules])]}
              chosen={scope.healthRules}
              onChange={(healthRules) => setRuleEvents(ruleTypes, { ...scope, healthRules })}
            />
          ) : null}
        </>
      ) : null}
      <FieldGroup title="When something else happens">
        {OTHER_EVENTS.map(([type, label]) => (
          <CheckField
            key={type}
            label={label}
            checked={events.otherEvents.includes(type)}
            onChange={(wanted) => setOther(type, wanted)}
          />
        ))}
        <CustomEvents policy={policy} onChange={onChange} />
      </FieldGroup>
      <FieldGroup title="Then do">
        {actions.map(({ name, actionType }) => (
          <CheckField
            key={name}
            label={name}
            hint={actionTypeLabel(actionType)}
            checked={policy.actions.some(({ actionName }) => actionName === name)}
            onChange={(wanted) =>
              onChange({
                ...policy,
                actions: wanted
                  ? [...policy.actions, { actionName: name, actionType, notes: "" }]
                  : policy.actions.filter(({ actionName }) => actionName !== name),
              })
            }
          />
        ))}
        {actions.length === 0 ? (
          <p className={styles.faint}>
            There is no action yet:{" "}
            <Link to="/applications/$app/alerts" params={{ app }} search={{ tab: "actions", subject: "new" }}>
              make one first
            </Link>
            .
          </p>
        ) : null}
      </FieldGroup>
      <CheckField
        label="One action for all events of a minute"
        hint="Otherwise every event is told by itself."
        checked={policy.executeActionsInBatch}
        onChange={(executeActionsInBatch) => onChange({ ...policy, executeActionsInBatch })}
      />
      <CheckField
        label="Switched on"
        checked={policy.enabled}
        onChange={(enabled) => onChange({ ...policy, enabled })}
      />
    </>
  );
}

/** Events of one's own: all of them, or those of one type. */
function CustomEvents({ policy, onChange }: { policy: Policy; onChange: (policy: Policy) => void }) {
  const { customEvents } = policy.events;
  const set = (next: Policy["events"]["customEvents"]) =>
    onChange({ ...policy, events: { ...policy.events, customEvents: next } });
  return (
    <>
      <CheckField
        label="A custom event is written down"
        checked={customEvents.length > 0}
        onChange={(wanted) => set(wanted ? [{ customEventType: "" }] : [])}
      />
      {customEvents.length > 0 ? (
        <TextField
          label="of the type"
          hint="Empty for all; several are separated by commas."
          value={customEvents.map(({ customEventType = "" }) => customEventType).join(", ")}
          onChange={(text) => set(text.split(",").map((type) => ({ customEventType: type.trim() })))}
        />
      ) : null}
    </>
  );
}
