import { Link } from "@tanstack/react-router";
import { useChange, useMay } from "../api/change";
import { snapshotPath } from "../api/executions";
import { type Action, ActionMenu } from "../design/ActionMenu";
import { Button } from "../design/Button";
import { CopyButton } from "../design/CopyButton";
import { Icon } from "../design/Icon";
import { PageHeader } from "../design/PageHeader";
import { sayFailed } from "../design/toast";
import { VerdictBadge } from "../design/VerdictBadge";
import { formatMs } from "../format/number";
import { formatInstant } from "../format/time";
import { policyReason } from "../words";
import { VIEWER } from "../words/executions";
import type { Segment, Snapshot } from "./read";
import styles from "./SnapshotHeader.module.css";

interface Props {
  app: string;
  snapshot: Snapshot;
  onCompare: () => void;
}

/** What it was, how long it took, why it was kept; and what can be done with it. */
export function SnapshotHeader({ app, snapshot, onCompare }: Props) {
  const first = snapshot.segments[0];
  return (
    <PageHeader
      title={snapshot.btName}
      parent={{ label: "Snapshots", to: { to: "/applications/$app/snapshots", params: { app } } }}
      mark={
        <>
          <VerdictBadge verdict={snapshot.verdict} />
          {snapshot.archived ? (
            <span className={styles.archived} title={VIEWER.archivedMark}>
              <Icon name="flag" size={14} />
              {VIEWER.archivedMark}
            </span>
          ) : null}
        </>
      }
      facts={
        <>
          <span>
            <strong className="number">{formatMs(snapshot.durationMs)}</strong>
            {first ? ` ${thresholdWords(first)}` : ""}
          </span>
          <span className="number">{formatInstant(snapshot.start)}</span>
          {first ? <span>Kept because {policyReason(first.policy, first.verdict)}</span> : null}
          <Link to="/applications/$app/business-transactions/$bt" params={{ app, bt: String(snapshot.btId) }}>
            Business transaction
          </Link>
        </>
      }
      actions={
        <>
          <span className={styles.share}>
            Link
            <CopyButton text={window.location.href} label={VIEWER.copyLink} />
          </span>
          <Button onClick={onCompare} aria-haspopup="dialog">
            {VIEWER.compare}
          </Button>
          <Actions app={app} snapshot={snapshot} />
        </>
      }
    />
  );
}

function Actions({ app, snapshot: { guid, archived } }: { app: string; snapshot: Snapshot }) {
  const path = snapshotPath(app, guid);
  const archive = useChange<boolean>({
    request: (keep) => ({ method: "POST", path: `${path}/archive`, body: { archived: keep } }),
    done: (keep) => (keep ? VIEWER.archived : VIEWER.unarchived),
    affects: [`/applications/${app}/snapshots`],
  });
  const may = useMay("configure-applications");
  const actions: Action[] = [
    { label: VIEWER.download, icon: "download", onClick: () => download(path, `snapshot-${guid}.json`) },
  ];
  if (may) {
    actions.push({
      label: archived ? VIEWER.unarchive : VIEWER.archive,
      icon: "flag",
      onClick: () => archive.mutate(!archived, { onError: sayFailed }),
    });
  }
  return <ActionMenu label="Actions for this snapshot" actions={actions} />;
}

/** The controller's own answer as a file: nothing is made of it in between. */
function download(path: string, name: string): void {
  const link = document.createElement("a");
  link.href = `/api${path}`;
  link.download = name;
  link.click();
}

/** What the duration was measured against, when that is known. */
function thresholdWords({ thresholds }: Segment): string {
  const parts = [
    ["slow", thresholds.slowMs],
    ["very slow", thresholds.verySlowMs],
  ].flatMap(([name, value]) => (typeof value === "number" ? [`${name} from ${formatMs(value)}`] : []));
  return parts.length ? `(${parts.join(", ")})` : "";
}
