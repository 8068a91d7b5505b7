// The windows in which something is done with business transactions.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useChange } from "../api/change";
import { administrationPath, administrationQuery } from "../api/transactions";
import { Confirm, FormDialog } from "../design/Dialog";
import { TextField } from "../design/Field";
import { transactions as words } from "../words/overview";
import type { ActProps, TransactionAct } from "./act";
import { SessionDialog } from "./SessionDialog";
import { ThresholdDialog } from "./ThresholdDialog";

interface Props extends ActProps {
  act: TransactionAct;
  /** After they are no longer in lists. */
  onGone?: () => void;
}

export function TransactionDialog({ act, onGone, ...props }: Props) {
  switch (act) {
    case "rename":
      return <Rename {...props} />;
    case "group":
      return <Group {...props} />;
    case "thresholds":
      return <ThresholdDialog {...props} />;
    case "session":
      return <SessionDialog {...props} />;
    default:
      return <Remove act={act} onGone={onGone} {...props} />;
  }
}

interface Decision {
  action:
    | "rename"
    | "exclude"
    | "include"
    | "delete"
    | "group"
    | "ungroup"
    | "rename-group"
    | "promote"
    | "demote";
  ids?: readonly number[];
  name?: string;
  group?: string;
}

/** Decides something about business transactions; `done` is what is said then. */
export function useDecide(app: string, done: (decision: Decision) => string, onDone?: () => void) {
  return useChange<Decision>({
    request: (body) => ({ method: "POST", path: administrationPath(app), body }),
    done,
    affects: [`/applications/${app}/`],
    onDone: () => onDone?.(),
  });
}

function Rename({ app, targets, onClose }: ActProps) {
  const target = targets[0];
  const [name, setName] = useState(target?.name ?? "");
  const decide = useDecide(app, (decision) => words.renamed(decision.name ?? ""), onClose);
  if (!target) return null;
  return (
    <FormDialog
      title={words.renameTitle}
      subtitle={target.name}
      submit="Rename"
      disabled={name === target.name}
      pending={decide.isPending}
      error={decide.error}
      onSubmit={() => decide.mutate({ action: "rename", ids: [target.id], name: name.trim() })}
      onClose={onClose}
    >
      <TextField
        label={words.renameLabel}
        value={name}
        onChange={setName}
        maxLength={100}
        hint={words.renameHint(target.name)}
      />
    </FormDialog>
  );
}

function Group({ app, targets, onClose }: ActProps) {
  const administration = useQuery(administrationQuery(app));
  const groups = administration.data?.groups ?? [];
  const ids = targets.map(({ id }) => id);
  const grouped = groups.some((group) => group.ids.some((id) => ids.includes(id)));
  const current = groups.find((group) => ids.every((id) => group.ids.includes(id)));
  const [name, setName] = useState<string>();
  const shown = name ?? current?.name ?? "";
  const decide = useDecide(
    app,
    ({ action, name: group = "" }) =>
      action === "ungroup" ? words.ungrouped(ids.length) : words.grouped(ids.length, group),
    onClose,
  );
  return (
    <FormDialog
      title={words.groupTitle(ids.length)}
      subtitle={targets.map((target) => target.name).join(", ")}
      submit={shown.trim() === "" && grouped ? words.ungroup : words.groupSubmit}
      disabled={(shown.trim() === "" && !grouped) || shown.trim() === current?.name}
      pending={decide.isPending}
      error={decide.error}
      onSubmit={() =>
        decide.mutate(
          shown.trim() === "" ? { action: "ungroup", ids } : { action: "group", ids, name: shown.trim() },
        )
      }
      onClose={onClose}
    >
      <TextField
        label={words.groupLabel}
        value={shown}
        onChange={setName}
        maxLength={100}
        list="transaction-groups"
        hint={words.groupHint}
      />
      <datalist id="transaction-groups">
        {groups.map((group) => (
          <option key={group.name} value={group.name} />
        ))}
      </datalist>
    </FormDialog>
  );
}

interface RemoveProps extends ActProps {
  act: "exclude" | "delete";
  onGone?: (() => void) | undefined;
}

function Remove({ app, act, targets, onClose, onGone }: RemoveProps) {
  const count = targets.length;
  const name = targets[0]?.name ?? "";
  const exclude = act === "exclude";
  const decide = useDecide(
    app,
    () => (exclude ? words.excluded(count) : words.deleted(count)),
    () => {
      onClose();
      onGone?.();
    },
  );
  return (
    <Confirm
      title={exclude ? words.excludeTitle(count, name) : words.deleteTitle(count, name)}
      action={exclude ? words.excludeSubmit : words.deleteSubmit}
      danger
      pending={decide.isPending}
      error={decide.error}
      onConfirm={() => decide.mutate({ action: act, ids: targets.map(({ id }) => id) })}
      onClose={onClose}
    >
      {exclude ? words.excludeMeaning : words.deleteMeaning}
    </Confirm>
  );
}
