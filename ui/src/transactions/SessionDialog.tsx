import { useState } from "react";
import { useChange } from "../api/change";
import { sessionsPath } from "../api/transactions";
import { FormDialog } from "../design/Dialog";
import { FieldRow, TextField } from "../design/Field";
import { transactions as words } from "../words/overview";
import type { ActProps } from "./act";

/** What the controller takes: a day at most. */
const MINUTES_MAX = 1_440;

function whole(text: string, max: number): number | undefined {
  const number = Number(text);
  return Number.isInteger(number) && number >= 1 && number <= max ? number : undefined;
}

/** For some minutes every execution of one business transaction is kept. */
export function SessionDialog({ app, targets, onClose }: ActProps) {
  const target = targets[0];
  const [minutes, setMinutes] = useState("5");
  const [snapshots, setSnapshots] = useState("100");
  const values = { minutes: whole(minutes, MINUTES_MAX), snapshotsMax: whole(snapshots, 1_000) };
  const start = useChange<typeof values>({
    request: (body) => ({
      method: "POST",
      path: sessionsPath(app),
      body: { ...body, btId: target?.id, name: `Session for ${target?.name}` },
    }),
    done: () => words.sessionStarted(target?.name ?? ""),
    affects: [sessionsPath(app), `/applications/${app}/events`],
    onDone: onClose,
  });
  if (!target) return null;
  return (
    <FormDialog
      title={words.sessionTitle}
      subtitle={target.name}
      submit={words.sessionSubmit}
      disabled={values.minutes === undefined || values.snapshotsMax === undefined}
      pending={start.isPending}
      error={start.error}
      onSubmit={() => start.mutate(values)}
      onClose={onClose}
    >
      <p>{words.sessionMeaning}</p>
      <FieldRow>
        <TextField
          label={words.sessionMinutes}
          value={minutes}
          onChange={setMinutes}
          inputMode="numeric"
          error={values.minutes === undefined ? words.wholeNumber(MINUTES_MAX) : undefined}
        />
        <TextField
          label={words.sessionSnapshots}
          value={snapshots}
          onChange={setSnapshots}
          inputMode="numeric"
          error={values.snapshotsMax === undefined ? words.wholeNumber(1_000) : undefined}
        />
      </FieldRow>
    </FormDialog>
  );
}
