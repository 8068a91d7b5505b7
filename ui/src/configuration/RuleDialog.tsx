import { useState } from "react";
import { Button } from "../design/Button";
import { FormDialog } from "../design/Dialog";
import { CheckField, FieldGroup, FieldRow, SelectField, TextField } from "../design/Field";
import { Icon } from "../design/Icon";
import { NumberField } from "../design/NumberField";
import { ENTRY_TYPES } from "../words/configuration";
import styles from "./Configuration.module.css";
import type { DetectionRule, NamedMatch, RequestMatch, TextMatch } from "./model";
import { NamingFields } from "./NamingFields";
import { TextMatchFields } from "./TextMatchFields";

interface Props {
  /** Match rules name requests, exclude rules leave them out. */
  kind: "match" | "exclude";
  start: DetectionRule;
  onDone: (rule: DetectionRule) => void;
  onClose: () => void;
}

const equals = (): TextMatch => ({ comparison: "equals", value: "", not: false });

/** One rule. It is tried and saved with everything else that was changed. */
export function RuleDialog({ kind, start, onDone, onClose }: Props) {
  const [rule, setRule] = useState(start);
  const { request } = rule;
  const setRequest = (values: Partial<RequestMatch>) =>
    setRule({ ...rule, request: { ...request, ...values } });
  return (
    <FormDialog
      title={kind === "match" ? "Match rule" : "Exclude rule"}
      subtitle={
        kind === "match"
          ? "Requests that fit become a business transaction of this name."
          : "Requests that fit become no business transaction."
      }
      shape="wide"
      submit="Take it over"
      disabled={rule.name.trim() === ""}
      onSubmit={() => onDone(rule)}
      onClose={onClose}
    >
      <FieldRow>
        <TextField label="Name" value={rule.name} onChange={(name) => setRule({ ...rule, name })} />
        <NumberField
          label="Priority"
          hint="The highest wins; at the same one an exclusion does."
          value={rule.priority}
          onChange={(priority) => setRule({ ...rule, priority: Math.trunc(priority ?? 0) })}
        />
        <SelectField
          label="Agents"
          value={rule.entry_type ?? ""}
          onChange={(type) => setRule({ ...rule, entry_type: type || null })}
          options={ENTRY_TYPES}
        />
      </FieldRow>
      <FieldGroup title="Requests whose">
        <FieldRow>
          <SelectField
            label="Method is"
            value={request.method.toUpperCase()}
            onChange={(method) => setRequest({ method })}
            options={[
              ["", "any"],
              ...["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map(
                (method): [string, string] => [method, method],
              ),
            ]}
          />
          <span />
        </FieldRow>
        <Optional
          label="Path"
          value={request.path}
          onChange={(path) => setRequest({ path })}
          fresh={() => ({ comparison: "starts_with", value: "/", not: false })}
        />
        <Optional
          label="Host"
          value={request.host}
          onChange={(host) => setRequest({ host })}
          fresh={equals}
        />
        <NamedMatches
          label="Query parameter"
          list={request.parameters}
          onChange={(parameters) => setRequest({ parameters })}
        />
        <NamedMatches label="Header" list={request.headers} onChange={(headers) => setRequest({ headers })} />
        <NamedMatches label="Cookie" list={request.cookies} onChange={(cookies) => setRequest({ cookies })} />
      </FieldGroup>
      {kind === "match" ? (
        <FieldGroup title="One business transaction, or several">
          <CheckField
            label="Split it: put something of the request behind the name"
            checked={rule.split != null}
            onChange={(wanted) =>
              setRule({
                ...rule,
                split: wanted ? { uri: { kind: "none" }, parts: [{ kind: "method" }] } : null,
              })
            }
          />
          {rule.split ? (
            <NamingFields value={rule.split} onChange={(split) => setRule({ ...rule, split })} />
          ) : null}
        </FieldGroup>
      ) : null}
      <CheckField
        label="Switched off"
        checked={rule.disabled}
        onChange={(disabled) => setRule({ ...rule, disabled })}
      />
    </FormDialog>
  );
}

interface OptionalProps {
  label: string;
  value: TextMatch | null;
  onChange: (value: TextMatch | null) => void;
  fresh: () => TextMatch;
}

function Optional({ label, value, onChange, fresh }: OptionalProps) {
  return (
    <>
      <CheckField
        label={label}
        checked={value !== null}
        onChange={(wanted) => onChange(wanted ? fresh() : null)}
      />
      {value ? <TextMatchFields label={label} value={value} onChange={onChange} /> : null}
    </>
  );
}

interface NamedProps {
  label: string;
  list: NamedMatch[];
  onChange: (list: NamedMatch[]) => void;
}

function NamedMatches({ label, list, onChange }: NamedProps) {
  const set = (index: number, values: Partial<NamedMatch>) =>
    onChange(list.map((one, at) => (at === index ? { ...one, ...values } : one)));
  return (
    <>
      {list.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: conditions are what stands at their place
        <div key={index} className={styles.line}>
          <TextField
            label={`${label} ${index + 1}: name`}
            bare
            placeholder={`${label}: name`}
            value={one.name}
            onChange={(name) => set(index, { name })}
          />
          <div className={styles.wide}>
            <TextMatchFields
              label={`${label} ${index + 1}`}
              value={one.value}
              onChange={(value) => set(index, { value })}
            />
          </div>
          <Button
            variant="quiet"
            square
            aria-label={`Remove ${label.toLowerCase()} ${index + 1}`}
            onClick={() => onChange(list.filter((_, at) => at !== index))}
          >
            <Icon name="trash" />
          </Button>
        </div>
      ))}
      <div>
        <Button variant="quiet" onClick={() => onChange([...list, { name: "", value: equals() }])}>
          <Icon name="plus" /> {label}
        </Button>
      </div>
    </>
  );
}
