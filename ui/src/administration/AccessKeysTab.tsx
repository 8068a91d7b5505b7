import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import styles from "../alerting/Alerting.module.css";
import { type AccessKey, accessKeysQuery } from "../api/administration";
import { useChange, useMay } from "../api/change";
import { get } from "../api/client";
import { ActionMenu } from "../design/ActionMenu";
import { Button } from "../design/Button";
import { type Column, DataTable } from "../design/DataTable";
import { Confirm, FormDialog } from "../design/Dialog";
import { TextField } from "../design/Field";
import { Icon } from "../design/Icon";
import { EmptyState, Loaded } from "../design/States";
import { sayFailed } from "../design/toast";
import { formatInstant } from "../format/time";
import type { AccessTabProps } from "../pages/AccessPage";
import { SecretDialog } from "./SecretDialog";

/** What agents report with. */
export function AccessKeysTab({ subject, onSubject }: AccessTabProps) {
  const keys = useQuery(accessKeysQuery);
  const mayManage = useMay("manage-access-keys");
  const [shown, setShown] = useState<AccessKey>();
  const [leaving, setLeaving] = useState<AccessKey>();
  const revoke = useChange<AccessKey>({
    request: ({ id }) => ({ method: "DELETE", path: `/access-keys/${id}` }),
    affects: ["/access-keys"],
    done: () => "The key is revoked.",
    onDone: () => setLeaving(undefined),
  });
  const show = (id: string) =>
    void get<AccessKey>(`/access-keys/${id}`, {}).then(setShown, (error: Error) => sayFailed(error));
  if (!mayManage) return null;
  const columns: Column<AccessKey>[] = [
    { id: "key", header: "Key", width: "minmax(160px, 0.8fr)", cell: (row) => <code>{row.key}</code> },
    { id: "about", header: "What it is for", width: "minmax(160px, 1.4fr)", cell: (row) => row.description },
    {
      id: "created",
      header: "Made",
      width: "170px",
      cell: (row) => formatInstant(row.created).slice(0, -7),
    },
    {
      id: "actions",
      header: "",
      width: "48px",
      cell: (row) => (
        <ActionMenu
          label={`Actions for key ${row.key}`}
          actions={[
            { label: "Show the whole key", icon: "key", onClick: () => show(row.id) },
            { label: "Revoke…", danger: true, onClick: () => setLeaving(row) },
          ]}
        />
      ),
    },
  ];
  return (
    <>
      <div className={styles.bar}>
        <span className={styles.faint}>
          Agents report with an access key of the account. That somebody looked at one is in the audit.
        </span>
        <Button variant="primary" onClick={() => onSubject("new")}>
          <Icon name="plus" /> New access key
        </Button>
      </div>
      <Loaded query={keys} height="100%">
        {(rows) => (
          <DataTable
            label="Access keys"
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            scroll
            empty={
              <EmptyState title="There is no access key" icon="key">
                Nothing can report to this account.
              </EmptyState>
            }
          />
        )}
      </Loaded>
      {subject === "new" ? <NewKey onMade={setShown} onClose={() => onSubject(undefined)} /> : null}
      {shown ? (
        <SecretDialog
          title="Access key"
          note={shown.description || "What agents of this account report with."}
          values={[["Access key", shown.key]]}
          onClose={() => setShown(undefined)}
        />
      ) : null}
      {leaving ? (
        <Confirm
          title={`Revoke ${leaving.key}?`}
          action="Revoke"
          danger
          pending={revoke.isPending}
          error={revoke.error}
          onConfirm={() => revoke.mutate(leaving)}
          onClose={() => setLeaving(undefined)}
        >
          What agents with this key report from now on is refused. What they reported stays.
        </Confirm>
      ) : null}
    </>
  );
}

function NewKey({ onMade, onClose }: { onMade: (key: AccessKey) => void; onClose: () => void }) {
  const [key, setKey] = useState("");
  const [description, setDescription] = useState("");
  const add = useChange<void, AccessKey>({
    request: () => ({
      method: "POST",
      path: "/access-keys",
      body: { description, ...(key.trim() === "" ? {} : { key: key.trim() }) },
    }),
    affects: ["/access-keys", "setup"],
    onDone: (made) => {
      onClose();
      onMade(made);
    },
  });
  return (
    <FormDialog
      title="New access key"
      submit="Make the key"
      pending={add.isPending}
      error={add.error}
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
      <TextField label="What it is for" value={description} onChange={setDescription} />
      <TextField
        label="The key"
        value={key}
        onChange={setKey}
        hint="Empty: a random one. Your own: 1 to 256 visible ASCII characters."
      />
    </FormDialog>
  );
}
