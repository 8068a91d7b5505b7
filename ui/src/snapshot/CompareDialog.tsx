import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { SnapshotRow } from "../api/contract";
import { newestSnapshotsQuery } from "../api/queries";
import { type Column, DataTable } from "../design/DataTable";
import { Dialog } from "../design/Dialog";
import link from "../design/RowLink.module.css";
import { EmptyState, Loaded } from "../design/States";
import { VerdictBadge } from "../design/VerdictBadge";
import { formatMs } from "../format/number";
import { formatInstant, formatMoment } from "../format/time";
import { useTimeRange } from "../time-range/useTimeRange";
import { COMPARE } from "../words/executions";
import styles from "./CompareDialog.module.css";
import { onePerExecution } from "./executions";
import type { Snapshot } from "./read";

const OFFERED_MAX = 100;

interface Props {
  app: string;
  snapshot: Snapshot;
  onClose: () => void;
}

/** Others of the same business transaction, to compare one with. */
export function CompareDialog({ app, snapshot, onClose }: Props) {
  const range = useTimeRange();
  const others = useQuery(newestSnapshotsQuery(app, { bt: snapshot.btId }, range, false, OFFERED_MAX));
  const columns: Column<SnapshotRow>[] = [
    {
      id: "start",
      header: "Time",
      width: "minmax(110px, 1fr)",
      cell: (row) => (
        <Link
          to="/applications/$app/snapshots/compare"
          params={{ app }}
          search={{ a: snapshot.guid, b: row.guid }}
          className={link.link}
          title={formatInstant(row.start)}
        >
          {formatMoment(row.start, Date.now())}
        </Link>
      ),
    },
    {
      id: "verdict",
      header: "Verdict",
      width: "110px",
      cell: (row) => <VerdictBadge verdict={row.verdict} />,
    },
    {
      id: "duration",
      header: "Duration",
      width: "90px",
      align: "right",
      cell: (row) => formatMs(row.durationMs),
    },
    { id: "node", header: "Node", width: "minmax(100px, 1fr)", cell: (row) => row.nodeName },
  ];
  return (
    <Dialog title={COMPARE.pick} subtitle={COMPARE.pickHint} onClose={onClose}>
      <div className={styles.list}>
        <Loaded query={others} height={240}>
          {(page) => (
            <DataTable
              label="Snapshots to compare with"
              columns={columns}
              rows={onePerExecution(page.items).filter(({ guid }) => guid !== snapshot.guid)}
              rowKey={(row) => row.guid}
              scroll
              empty={
                <EmptyState title="There is no other" icon="snapshot" compact>
                  Choose a longer time range above.
                </EmptyState>
              }
            />
          )}
        </Loaded>
      </div>
    </Dialog>
  );
}
