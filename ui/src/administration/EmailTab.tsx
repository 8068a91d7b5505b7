import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import styles from "../alerting/Alerting.module.css";
import { type EmailServer, emailServerQuery } from "../api/alerting";
import { useChange, useMay } from "../api/change";
import { Button } from "../design/Button";
import { FieldRow, FormError, SelectField, TextField } from "../design/Field";
import { NumberField } from "../design/NumberField";
import { Loaded } from "../design/States";
import { PROTECTIONS } from "../words/administration";
import own from "./StoreTab.module.css";

/** The server the account's email goes through. */
export function EmailTab() {
  const server = useQuery(emailServerQuery);
  return (
    <Loaded query={server} height={320}>
      {(kept) => <Form key={JSON.stringify(kept)} kept={kept} />}
    </Loaded>
  );
}

function Form({ kept }: { kept: EmailServer }) {
  const { hasPassword, ...rest } = kept;
  const [draft, setDraft] = useState({ ...rest, password: "" });
  const mayChange = useMay("manage-settings");
  const save = useChange({
    request: () => {
      const { password, ...body } = draft;
      return {
        method: "PUT",
        path: "/email-server",
        body: password === "" ? body : { ...body, password },
      };
    },
    affects: ["/email-server"],
    done: () => "Saved. An action that sends an email can be tried at once.",
  });
  // A password goes only to the server and the user it was given for.
  const sameServer = draft.host === kept.host && draft.user === kept.user;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={own.form} onSubmit={submit}>
      <p className={styles.faint}>
        Emails of actions go through this server. None is sent while its name is empty.
      </p>
      <FieldRow>
        <TextField
          label="Server"
          placeholder="mail.example.org"
          value={draft.host}
          onChange={(host) => setDraft({ ...draft, host })}
          disabled={!mayChange}
        />
        <NumberField
          label="Port"
          value={draft.port}
          placeholder="the usual one"
          onChange={(port) => setDraft({ ...draft, port })}
          disabled={!mayChange}
        />
      </FieldRow>
      <SelectField
        label="Protection"
        value={draft.protection as string}
        onChange={(protection) => setDraft({ ...draft, protection: protection as EmailServer["protection"] })}
        options={PROTECTIONS}
        disabled={!mayChange}
      />
      <FieldRow>
        <TextField
          label="User"
          value={draft.user}
          onChange={(user) => setDraft({ ...draft, user })}
          hint="Empty: nobody signs in there."
          disabled={!mayChange}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          value={draft.password}
          onChange={(password) => setDraft({ ...draft, password })}
          hint={hasPassword && sameServer ? "One is known; empty: it stays." : "It is never shown again."}
          disabled={!mayChange}
        />
      </FieldRow>
      <TextField
        label="Sender"
        type="email"
        placeholder="tierline@example.org"
        value={draft.from}
        onChange={(from) => setDraft({ ...draft, from })}
        disabled={!mayChange}
      />
      <FormError error={save.error} />
      {mayChange ? (
        <div>
          <Button type="submit" variant="primary" disabled={save.isPending}>
            Save
          </Button>
        </div>
      ) : (
        <p className={styles.faint}>Changing it needs the permission to change settings.</p>
      )}
    </form>
  );
}
