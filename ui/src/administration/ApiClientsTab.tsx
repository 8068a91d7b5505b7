import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type ApiClient, type ApiClientSecret, apiClientsQuery, rolesQuery } from "../api/administration";
import { useChange } from "../api/change";
import { Confirm } from "../design/Dialog";
import { CheckField, TextField } from "../design/Field";
import { NumberField } from "../design/NumberField";
import { formatMs } from "../format/number";
import { formatInstant } from "../format/time";
import type { AccessTabProps } from "../pages/AccessPage";
import { RecordList } from "../records/RecordList";
import { Chooser, namesOf } from "./Chooser";
import { SecretDialog } from "./SecretDialog";

interface Draft {
  name: string;
  description: string;
  roleIds: number[];
  tokenLifeS: number | null;
  enabled: boolean;
}

export function ApiClientsTab({ subject, onSubject }: AccessTabProps) {
  const roles = useQuery(rolesQuery).data ?? [];
  const [secret, setSecret] = useState<ApiClientSecret>();
  const [asked, setAsked] = useState<{ client: ApiClient; what: "secret" | "tokens" }>();
  const renew = useChange<ApiClient, ApiClientSecret>({
    request: ({ id }) => ({ method: "POST", path: `/api-clients/${id}/secret` }),
    affects: ["/api-clients"],
    onDone: (answer) => {
      setAsked(undefined);
      setSecret(answer);
    },
  });
  const revoke = useChange<ApiClient>({
    request: ({ id }) => ({ method: "DELETE", path: `/api-clients/${id}/tokens` }),
    affects: ["/api-clients"],
    done: ({ name }) => `The tokens of ${name} are no good any more.`,
    onDone: () => setAsked(undefined),
  });
  return (
    <>
      <RecordList<ApiClient, Draft, ApiClientSecret>
        query={apiClientsQuery as never}
        path="/api-clients"
        title="API clients"
        one="API client"
        icon="plug"
        meaning="A program that exchanges a secret for short-lived tokens of the REST API."
        subject={subject}
        onSubject={onSubject}
        onMade={setSecret}
        draft={(client) => ({
          name: client?.name ?? "",
          description: client?.description ?? "",
          roleIds: client?.roleIds ?? [],
          tokenLifeS: client?.tokenLifeS ?? 300,
          enabled: client?.enabled ?? true,
        })}
        ready={({ name, tokenLifeS }) => name.trim() !== "" && tokenLifeS !== null}
        body={(draft) => draft}
        lost={() => "Its tokens are no good any more; the program cannot get others."}
        actions={(client) => [
          { label: "New secret…", onClick: () => setAsked({ client, what: "secret" }) },
          { label: "End its tokens…", onClick: () => setAsked({ client, what: "tokens" }) },
        ]}
        columns={[
          {
            id: "about",
            header: "What it is for",
            width: "minmax(140px, 1fr)",
            cell: (row) => row.description,
          },
          {
            id: "roles",
            header: "Roles",
            width: "minmax(140px, 1fr)",
            cell: (row) => namesOf(roles, row.roleIds),
          },
          {
            id: "life",
            header: "A token lives",
            width: "112px",
            wideOnly: true,
            cell: (row) => formatMs(row.tokenLifeS * 1000),
          },
          {
            id: "created",
            header: "Made",
            width: "170px",
            wideOnly: true,
            cell: (row) => formatInstant(row.created).slice(0, -7),
          },
          {
            id: "enabled",
            header: "State",
            width: "96px",
            cell: (row) => (row.enabled ? "On" : "Kept out"),
          },
        ]}
        form={(draft, onChange, client) => (
          <>
            <TextField
              label="Name"
              value={draft.name}
              onChange={(name) => onChange({ ...draft, name })}
              disabled={client !== undefined}
              hint="With the account behind @ it is the client_id."
            />
            <TextField
              label="What it is for"
              value={draft.description}
              onChange={(description) => onChange({ ...draft, description })}
            />
            <NumberField
              label="A token lives"
              unit="s"
              value={draft.tokenLifeS}
              onChange={(tokenLifeS) => onChange({ ...draft, tokenLifeS })}
            />
            <Chooser
              title="Roles"
              options={roles}
              chosen={draft.roleIds}
              onChange={(roleIds) => onChange({ ...draft, roleIds })}
            />
            <CheckField
              label="Gets tokens, and those it has are good"
              checked={draft.enabled}
              onChange={(enabled) => onChange({ ...draft, enabled })}
            />
          </>
        )}
      />
      {secret ? (
        <SecretDialog
          title="The secret of the API client"
          note="It is shown only now. Keep it where the program finds it."
          values={[
            ["client_id", secret.clientId],
            ["client_secret", secret.clientSecret],
          ]}
          onClose={() => setSecret(undefined)}
        />
      ) : null}
      {asked ? (
        <Confirm
          title={
            asked.what === "secret"
              ? `A new secret for ${asked.client.name}?`
              : `End the tokens of ${asked.client.name}?`
          }
          action={asked.what === "secret" ? "Make a new secret" : "End them"}
          danger
          pending={renew.isPending || revoke.isPending}
          error={renew.error ?? revoke.error}
          onConfirm={() => (asked.what === "secret" ? renew : revoke).mutate(asked.client)}
          onClose={() => setAsked(undefined)}
        >
          {asked.what === "secret"
            ? "The old secret is no good from then on."
            : "Programs that use one must get another; they can, with the secret they have."}
        </Confirm>
      ) : null}
    </>
  );
}
