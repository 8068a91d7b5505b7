import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type ActionOutcome, type AlertingObject, alertingPath, emailServerQuery } from "../api/alerting";
import { useChange } from "../api/change";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { FieldGroup, FieldRow, FormError, SelectField, TextArea, TextField } from "../design/Field";
import { Icon } from "../design/Icon";
import { NumberField } from "../design/NumberField";
import { Skeleton } from "../design/States";
import type { AlertsTabProps } from "../pages/AlertsPage";
import { ACTION_TYPES, actionTypeLabel, BODY_VARIABLES } from "../words/alerting";
import styles from "./Alerting.module.css";
import { type Action, missing, newAction, tidy } from "./action";
import { ObjectList } from "./ObjectList";

export function ActionsTab(props: AlertsTabProps) {
  const { app } = props;
  const [tried, setTried] = useState<AlertingObject<Action>>();
  const trial = useChange<AlertingObject<Action>, ActionOutcome>({
    request: ({ id }) => ({ method: "POST", path: `${alertingPath(app, "actions")}/${id}/test` }),
    affects: [`/applications/${app}/deliveries`],
  });
  const start = (one: AlertingObject<Action>) => {
    setTried(one);
    trial.mutate(one);
  };
  return (
    <>
      <ObjectList<Action>
        {...props}
        kind="actions"
        title="Actions"
        one="action"
        icon="external"
        meaning="An action is what policies carry out. It may hold tokens: only who may configure alerting sees it."
        fresh={newAction}
        ready={(action) => missing(action) === undefined}
        lost="Policies that name it go on without it."
        tidy={tidy}
        actions={(row) => [{ label: "Try it now", icon: "play", onClick: () => start(row) }]}
        columns={[
          {
            id: "type",
            header: "What it does",
            width: "minmax(150px, 0.8fr)",
            cell: (row) => actionTypeLabel(row.definition.actionType),
          },
          {
            id: "to",
            header: "Where",
            width: "minmax(160px, 1.2fr)",
            cell: (row) => row.definition.url || row.definition.emails?.join(", ") || "",
          },
        ]}
        form={(action, onChange) => <ActionFields action={action} onChange={onChange} />}
      />
      {tried ? (
        <Dialog
          title={`Trying ${tried.name}`}
          onClose={() => setTried(undefined)}
          footer={<Button onClick={() => setTried(undefined)}>Close</Button>}
        >
          {trial.isPending ? <Skeleton height={48} label="It is being carried out" /> : null}
          {trial.data ? (
            <p className={styles.outcome} data-done={trial.data.done} role="status">
              {trial.data.done ? "Done: " : "It failed: "}
              {trial.data.text}
            </p>
          ) : null}
          <FormError error={trial.error} />
        </Dialog>
      ) : null}
    </>
  );
}

function ActionFields({ action, onChange }: { action: Action; onChange: (action: Action) => void }) {
  const types = ACTION_TYPES.some(([value]) => value === action.actionType)
    ? ACTION_TYPES
    : [...ACTION_TYPES, [action.actionType, actionTypeLabel(action.actionType)] as const];
  return (
    <>
      <FieldRow>
        <TextField label="Name" value={action.name} onChange={(name) => onChange({ ...action, name })} />
        <SelectField
          label="What it does"
          value={action.actionType}
          onChange={(actionType) => onChange({ ...action, actionType })}
          options={types}
        />
      </FieldRow>
      {action.actionType === "HTTP_REQUEST" ? <WebhookFields action={action} onChange={onChange} /> : null}
      {action.actionType === "EMAIL" ? <EmailFields action={action} onChange={onChange} /> : null}
      {action.actionType === "DIAGNOSE_BUSINESS_TRANSACTIONS" ? (
        <NumberField
          label="How long"
          unit="minutes"
          value={action.durationInMinutes ?? 5}
          onChange={(durationInMinutes) => onChange({ ...action, durationInMinutes })}
          hint="For the business transactions the events are about."
        />
      ) : null}
    </>
  );
}

interface FieldsProps {
  action: Action;
  onChange: (action: Action) => void;
}

function BodyField({ action, onChange }: FieldsProps) {
  return (
    <TextArea
      label="Body"
      code
      rows={6}
      value={action.body ?? ""}
      onChange={(body) => onChange({ ...action, body })}
      hint={
        <>
          Empty: everything that is known{action.actionType === "EMAIL" ? "" : ", as JSON"}. Filled in:{" "}
          {BODY_VARIABLES.map((name) => `\${${name}}`).join(" ")}
        </>
      }
    />
  );
}

function WebhookFields({ action, onChange }: FieldsProps) {
  const headers = action.headers ?? [];
  const setHeaders = (next: typeof headers) => onChange({ ...action, headers: next });
  return (
    <>
      <FieldRow>
        <TextField
          label="URL"
          value={action.url ?? ""}
          onChange={(url) => onChange({ ...action, url })}
          error={action.url && action.url !== "https://" ? missing(action) : undefined}
        />
        <SelectField
          label="Method"
          value={action.method || "POST"}
          onChange={(method) => onChange({ ...action, method })}
          options={[
            ["POST", "POST"],
            ["PUT", "PUT"],
            ["GET", "GET"],
          ]}
        />
      </FieldRow>
      <FieldGroup title="Headers">
        {headers.map((header, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: headers are what stands at their place
          <div key={index} className={styles.line}>
            <TextField
              label={`Name of header ${index + 1}`}
              bare
              placeholder="Name"
              value={header.name}
              onChange={(name) =>
                setHeaders(headers.map((one, at) => (at === index ? { ...one, name } : one)))
              }
            />
            <div className={styles.wide}>
              <TextField
                label={`Value of header ${index + 1}`}
                bare
                placeholder="Value"
                value={header.value}
                onChange={(value) =>
                  setHeaders(headers.map((one, at) => (at === index ? { ...one, value } : one)))
                }
              />
            </div>
            <Button
              variant="quiet"
              square
              aria-label={`Remove header ${index + 1}`}
              onClick={() => setHeaders(headers.filter((_, at) => at !== index))}
            >
              <Icon name="trash" />
            </Button>
          </div>
        ))}
        <div>
          <Button onClick={() => setHeaders([...headers, { name: "", value: "" }])}>
            <Icon name="plus" /> Add a header
          </Button>
        </div>
      </FieldGroup>
      <TextField
        label="Type of the body"
        placeholder="application/json"
        value={action.contentType ?? ""}
        onChange={(contentType) => onChange({ ...action, contentType })}
      />
      <BodyField action={action} onChange={onChange} />
    </>
  );
}

function EmailFields({ action, onChange }: FieldsProps) {
  const server = useQuery(emailServerQuery);
  return (
    <>
      {server.data && server.data.host === "" ? (
        <p className={styles.outcome} data-done={false}>
          No email can be sent yet:{" "}
          <Link to="/administration/settings" search={{ tab: "email" }}>
            name the server it goes through
          </Link>
          .
        </p>
      ) : null}
      <TextField
        label="To"
        hint="Several are separated by commas."
        value={(action.emails ?? []).join(", ")}
        onChange={(text) =>
          onChange({
            ...action,
            emails: text
              .split(",")
              .map((address, index) => (index === 0 ? address.trimStart() : address.trim())),
          })
        }
        inputMode="email"
      />
      <BodyField action={action} onChange={onChange} />
    </>
  );
}
