import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { BusinessTransaction } from "../api/contract";
import { Button } from "../design/Button";
import { FormDialog } from "../design/Dialog";
import { TextField } from "../design/Field";
import { Figures } from "../design/Figures";
import { formatCount, formatMs, formatPercent, formatRate, percentOf } from "../format/number";
import { transactions as words } from "../words/overview";
import styles from "./GroupSummary.module.css";
import { useDecide } from "./TransactionDialog";

interface Props {
  app: string;
  name: string;
  rows: readonly BusinessTransaction[];
  may: boolean;
}

const sum = (rows: readonly BusinessTransaction[], of: (row: BusinessTransaction) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

/** A group's business transactions together. */
export function GroupSummary({ app, name, rows, may }: Props) {
  const [renaming, setRenaming] = useState(false);
  const calls = sum(rows, (row) => row.calls);
  const errors = sum(rows, (row) => row.errors);
  const average = calls > 0 ? sum(rows, (row) => row.calls * (row.averageMs ?? 0)) / calls : null;
  return (
    <>
      <div className={styles.head}>
        <h2>{words.groupHeading(name)}</h2>
        {may ? <Button onClick={() => setRenaming(true)}>{words.renameGroup}</Button> : null}
      </div>
      <Figures
        figures={[
          { label: "Business transactions", value: formatCount(rows.length) },
          { label: "Calls", value: formatCount(calls) },
          { label: "Calls per minute", value: formatRate(sum(rows, (row) => row.callsPerMinute)) },
          { label: "Average response time", value: formatMs(average) },
          {
            label: "Errors",
            value: formatCount(errors),
            note: calls > 0 ? formatPercent(percentOf(errors, calls)) : undefined,
            tone: errors > 0 ? "error" : undefined,
          },
        ]}
      />
      {renaming ? <RenameGroup app={app} name={name} onClose={() => setRenaming(false)} /> : null}
    </>
  );
}

function RenameGroup({ app, name, onClose }: { app: string; name: string; onClose: () => void }) {
  const [next, setNext] = useState(name);
  const navigate = useNavigate({ from: "/applications/$app/business-transactions" });
  const decide = useDecide(
    app,
    () => words.groupRenamed(next.trim()),
    () => {
      onClose();
      void navigate({ search: (previous) => ({ ...previous, group: next.trim() }), replace: true });
    },
  );
  return (
    <FormDialog
      title={words.renameGroupTitle}
      subtitle={name}
      submit="Rename"
      disabled={next.trim() === "" || next.trim() === name}
      pending={decide.isPending}
      error={decide.error}
      onSubmit={() => decide.mutate({ action: "rename-group", group: name, name: next.trim() })}
      onClose={onClose}
    >
      <TextField label={words.groupLabel} value={next} onChange={setNext} maxLength={100} />
    </FormDialog>
  );
}
