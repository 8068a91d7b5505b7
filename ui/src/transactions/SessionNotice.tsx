import { useQuery } from "@tanstack/react-query";
import { useChange, useMay } from "../api/change";
import { sessionsPath, sessionsQuery } from "../api/transactions";
import { Button } from "../design/Button";
import { FormError } from "../design/Field";
import { Icon } from "../design/Icon";
import { formatClock } from "../format/time";
import { transactions as words } from "../words/overview";
import styles from "./SessionNotice.module.css";

/** Says that every execution is being kept, and lets people end it. */
export function SessionNotice({ app, bt }: { app: string; bt: number }) {
  const sessions = useQuery(sessionsQuery(app));
  const may = useMay("configure-applications");
  const stop = useChange<string>({
    request: (guid) => ({ method: "DELETE", path: `${sessionsPath(app)}/${guid}` }),
    done: () => words.sessionStopped,
    affects: [sessionsPath(app), `/applications/${app}/events`],
  });
  const running = sessions.data?.find((one) => one.running && (one.btId === bt || one.btId == null));
  if (!running) return null;
  return (
    <div className={styles.notice} role="status">
      <Icon name="snapshot" />
      <span>{words.sessionRuns(formatClock(running.endsAtMs))}</span>
      <FormError error={stop.error} />
      {may ? (
        <Button disabled={stop.isPending} onClick={() => stop.mutate(running.guid)}>
          {words.sessionStop}
        </Button>
      ) : null}
    </div>
  );
}
