import { useMemo } from "react";
import type { ErrorRecord } from "../api/contract";
import { Button } from "../design/Button";
import { EmptyState } from "../design/States";
import { counted } from "../format/number";
import { VIEWER } from "../words/executions";
import { ErrorDetails } from "./ErrorDetails";
import styles from "./ErrorList.module.css";
import type { ExitCall, Segment } from "./read";

/** More errors than anybody reads one after the other; the rest is in the list of exit calls. */
const ERRORS_SHOWN_MAX = 50;

interface Props {
  segments: readonly Segment[];
  onExit: (exit: ExitCall) => void;
  onFailed: () => void;
}

interface Entry {
  error: ErrorRecord;
  place: string;
  exit?: ExitCall;
}

/** All errors of an execution with their stacks. */
export function ErrorList({ segments, onExit, onFailed }: Props) {
  const { entries, more } = useMemo(() => collect(segments), [segments]);
  if (entries.length === 0) {
    return (
      <EmptyState title="No errors" icon="check" compact>
        {VIEWER.noErrors}
      </EmptyState>
    );
  }
  return (
    <>
      {entries.map(({ error, place, exit }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: errors have no identity and never change order
        <div key={index} className={styles.entry}>
          <ErrorDetails error={error} place={place} />
          {exit ? (
            <Button variant="quiet" aria-haspopup="dialog" onClick={() => onExit(exit)}>
              Open exit call {exit.sequence}
            </Button>
          ) : null}
        </div>
      ))}
      {more > 0 ? (
        <Button onClick={onFailed}>{counted(more, "more error")} among the exit calls</Button>
      ) : null}
    </>
  );
}

function collect(segments: readonly Segment[]): { entries: Entry[]; more: number } {
  const entries: Entry[] = [];
  let all = 0;
  const add = (entry: Entry) => {
    all += 1;
    if (entries.length < ERRORS_SHOWN_MAX) entries.push(entry);
  };
  for (const segment of segments) {
    const where = `${segment.tierName} · ${segment.nodeName}`;
    for (const error of segment.errors) add({ error, place: where });
    for (const exit of segment.exitCalls) {
      for (const error of exit.errors)
        add({ error, place: `${where}, in exit call ${exit.sequence} to ${exit.name}`, exit });
    }
  }
  return { entries, more: all - entries.length };
}
