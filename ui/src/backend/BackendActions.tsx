import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { BackendWindow } from "../address";
import { useChange, useMay } from "../api/change";
import type { BackendDetails } from "../api/contract";
import { applicationQuery } from "../api/queries";
import { type Action, ActionMenu } from "../design/ActionMenu";
import { Confirm, FormDialog } from "../design/Dialog";
import { SelectField, TextField } from "../design/Field";
import { say, sayFailed } from "../design/toast";
import { BACKENDS } from "../words/executions";

const FROM = "/shell/applications/$app/backends/$backend" as const;

interface Props {
  app: string;
  backend: BackendDetails;
}

interface Decision {
  action: "rename" | "resolve" | "unresolve" | "automatic" | "delete";
  name?: string;
  tierId?: number;
}

/** Sends what was decided about a backend. */
export function useBackendDecision(app: string, backend: number, onDone?: (decision: Decision) => void) {
  return useChange<Decision>({
    request: (body) => ({
      method: "POST",
      path: `/applications/${app}/backends/${backend}/administration`,
      body,
    }),
    affects: [`/applications/${app}/`],
    onDone: (_, decision) => onDone?.(decision),
  });
}

/** What can be decided about a remote service; nothing for who may not. */
export function BackendActions({ app, backend }: Props) {
  const may = useMay("configure-applications");
  const { open } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/applications/$app/backends/$backend" });
  const show = (window: BackendWindow | undefined) =>
    void navigate({ search: (previous) => ({ ...previous, open: window }), replace: true });
  const decide = useBackendDecision(app, backend.id, ({ action }) => {
    if (action === "unresolve") say(`${backend.name} is a remote service of its own now.`);
    if (action === "automatic") say("What agents say counts again.");
  });
  if (!may) return null;
  const now = (action: Decision["action"]) => decide.mutate({ action }, { onError: sayFailed });
  const resolved = backend.resolvedTierId != null;
  const actions: (Action | null)[] = [
    { label: BACKENDS.resolve, icon: "server", onClick: () => show("resolve") },
    ...(resolved
      ? [{ label: BACKENDS.unresolve, icon: "undo" as const, onClick: () => now("unresolve") }]
      : []),
    { label: BACKENDS.automatic, icon: "undo", onClick: () => now("automatic") },
    null,
    { label: BACKENDS.rename, icon: "pencil", onClick: () => show("rename") },
    { label: BACKENDS.remove, icon: "trash", danger: true, onClick: () => show("delete") },
  ];
  return (
    <>
      <ActionMenu label={`Actions for ${backend.name}`} actions={actions}>
        Actions
      </ActionMenu>
      {open === "rename" ? <Rename app={app} backend={backend} onClose={() => show(undefined)} /> : null}
      {open === "resolve" ? <Resolve app={app} backend={backend} onClose={() => show(undefined)} /> : null}
      {open === "delete" ? <Delete app={app} backend={backend} onClose={() => show(undefined)} /> : null}
    </>
  );
}

type WindowProps = Props & { onClose: () => void };

function Rename({ app, backend, onClose }: WindowProps) {
  const [name, setName] = useState(backend.name);
  const decide = useBackendDecision(app, backend.id, () => {
    say(name.trim() ? `Renamed to “${name.trim()}”.` : "It has its own name again.");
    onClose();
  });
  return (
    <FormDialog
      title={`Rename ${backend.name}`}
      submit="Rename"
      pending={decide.isPending}
      error={decide.error}
      onSubmit={() => decide.mutate({ action: "rename", name: name.trim() })}
      onClose={onClose}
    >
      <TextField label="Name" value={name} onChange={setName} hint={BACKENDS.renameHint} />
    </FormDialog>
  );
}

function Resolve({ app, backend, onClose }: WindowProps) {
  const tiers = useQuery(applicationQuery(app)).data?.tiers ?? [];
  const [chosen, setChosen] = useState("");
  const tierId = Number(chosen || backend.resolvedTierId || tiers[0]?.id || 0);
  const undo = useBackendDecision(app, backend.id, () => say("What agents say counts again."));
  const decide = useBackendDecision(app, backend.id, () => {
    const name = tiers.find(({ id }) => id === tierId)?.name ?? "";
    say(`${backend.name} is tier ${name} now.`, {
      label: "Undo",
      onClick: () => undo.mutate({ action: "automatic" }, { onError: sayFailed }),
    });
    onClose();
  });
  return (
    <FormDialog
      title={`Resolve ${backend.name} to a tier`}
      submit="Resolve"
      disabled={tierId === 0}
      pending={decide.isPending}
      error={decide.error}
      onSubmit={() => decide.mutate({ action: "resolve", tierId })}
      onClose={onClose}
    >
      <SelectField
        label="Tier"
        value={String(tierId)}
        onChange={setChosen}
        options={tiers.map(({ id, name }): [string, string] => [String(id), name])}
        hint={BACKENDS.resolveHint}
      />
    </FormDialog>
  );
}

function Delete({ app, backend, onClose }: WindowProps) {
  const navigate = useNavigate();
  const decide = useBackendDecision(app, backend.id, () => {
    say(`${backend.name} is deleted.`);
    void navigate({ to: "/applications/$app/backends", params: { app } });
  });
  return (
    <Confirm
      title={`Delete ${backend.name}?`}
      action="Delete"
      danger
      pending={decide.isPending}
      error={decide.error}
      onConfirm={() => decide.mutate({ action: "delete" })}
      onClose={onClose}
    >
      {BACKENDS.removeText}
    </Confirm>
  );
}
