import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import styles from "../alerting/Alerting.module.css";
import { type Account, accountsQuery } from "../api/administration";
import { useChange } from "../api/change";
import { ActionMenu } from "../design/ActionMenu";
import { Button } from "../design/Button";
import { type Column, DataTable } from "../design/DataTable";
import { Confirm, FormDialog } from "../design/Dialog";
import { TextField } from "../design/Field";
import { Icon } from "../design/Icon";
import { Loaded } from "../design/States";
import { formatInstant } from "../format/time";
import { PASSWORD_RULE, passwordProblem, passwordReady } from "./password";

interface Props {
  subject: string | undefined;
  onSubject: (subject?: string) => void;
}

/** The account every controller has, whose administrators manage the others. */
const SYSTEM = "system";

/** Separate worlds on one controller; only administrators of the account `system` see this. */
export function AccountsTab({ subject, onSubject }: Props) {
  const accounts = useQuery(accountsQuery);
  const [asked, setAsked] = useState<Account>();
  const change = useChange<Account>({
    request: ({ name, enabled }) => ({
      method: "PUT",
      path: `/accounts/${name}`,
      body: { enabled: !enabled },
    }),
    affects: ["/accounts"],
    done: ({ name, enabled }) => `Account ${name} is ${enabled ? "kept out" : "let in"}.`,
    onDone: () => setAsked(undefined),
  });
  const columns: Column<Account>[] = [
    { id: "name", header: "Name", width: "minmax(160px, 1fr)", cell: (row) => row.name },
    {
      id: "created",
      header: "Made",
      width: "190px",
      cell: (row) => (row.created === 0 ? "with the controller" : formatInstant(row.created).slice(0, -7)),
    },
    { id: "state", header: "State", width: "112px", cell: (row) => (row.enabled ? "Open" : "Kept out") },
    {
      id: "actions",
      header: "",
      width: "48px",
      cell: (row) =>
        row.name === SYSTEM ? null : (
          <ActionMenu
            label={`Actions for account ${row.name}`}
            actions={[
              {
                label: row.enabled ? "Keep out…" : "Let in again",
                onClick: () => (row.enabled ? setAsked(row) : change.mutate(row)),
              },
            ]}
          />
        ),
    },
  ];
  return (
    <>
      <div>
        <Button variant="primary" onClick={() => onSubject("new")}>
          <Icon name="plus" /> New account
        </Button>
      </div>
      <Loaded query={accounts} height={240}>
        {(rows) => (
          <DataTable label="Accounts" columns={columns} rows={rows} rowKey={(row) => row.id} empty="" />
        )}
      </Loaded>
      {subject === "new" ? <NewAccount onClose={() => onSubject(undefined)} /> : null}
      {asked ? (
        <Confirm
          title={`Keep account ${asked.name} out?`}
          action="Keep out"
          danger
          pending={change.isPending}
          error={change.error}
          onConfirm={() => change.mutate(asked)}
          onClose={() => setAsked(undefined)}
        >
          Its users are signed out and its agents refused until it is let in again. Its data stay.
        </Confirm>
      ) : null}
    </>
  );
}

function NewAccount({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [adminPassword, setPassword] = useState("");
  const add = useChange({
    request: () => ({ method: "POST", path: "/accounts", body: { name, adminPassword } }),
    affects: ["/accounts"],
    done: () => `Account ${name} is made.`,
    onDone: onClose,
  });
  return (
    <FormDialog
      title="New account"
      submit="Make the account"
      pending={add.isPending}
      error={add.error}
      disabled={name.trim() === "" || !passwordReady(adminPassword)}
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
      <TextField label="Name" value={name} onChange={setName} hint="Letters, digits, - _ and ." />
      <TextField
        label="Password of its first user, admin"
        type="password"
        autoComplete="new-password"
        value={adminPassword}
        onChange={setPassword}
        hint={PASSWORD_RULE}
        error={passwordProblem(adminPassword)}
      />
      <p className={styles.faint}>Agents need an access key of it, made by its own administrators.</p>
    </FormDialog>
  );
}
