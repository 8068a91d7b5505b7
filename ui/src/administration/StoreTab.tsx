import { useQuery } from "@tanstack/react-query";
import styles from "../alerting/Alerting.module.css";
import type { Status } from "../api/contract";
import { statusQuery } from "../api/queries";
import { Figures } from "../design/Figures";
import { PropertyList } from "../design/PropertyList";
import { Loaded } from "../design/States";
import { counted, formatBytes, formatCount, formatPercent, percentOf } from "../format/number";
import { formatInstant } from "../format/time";
import { RETENTION } from "../words/administration";
import own from "./StoreTab.module.css";

/** How the controller keeps what is reported, and for how long. */
export function StoreTab() {
  const status = useQuery(statusQuery());
  return (
    <Loaded query={status} height={360}>
      {({ store, ingest, version, started }) => (
        <>
          <Trouble store={store} />
          <Figures
            figures={[
              {
                label: "Kept",
                value: formatBytes(store.bytes),
                note: store.limitBytes
                  ? `${formatPercent(percentOf(store.bytes, store.limitBytes))} of ${formatBytes(store.limitBytes)}`
                  : "no limit",
              },
              { label: "Free on its disk", value: formatBytes(store.diskFreeBytes) },
              { label: "Reports taken", value: formatCount(ingest.accepted), note: "since the start" },
              {
                label: "Told to come back",
                value: formatCount(ingest.deferred),
                note: "they do, nothing is lost",
              },
              {
                label: "Refused",
                value: formatCount(ingest.refused),
                tone: ingest.refused > 0 ? "error" : undefined,
              },
            ]}
          />
          <div className={own.columns}>
            <section>
              <h3>Kept how long</h3>
              <PropertyList
                properties={RETENTION.map(([key, name]) => ({
                  name,
                  value: counted(store.retention[key], "day"),
                }))}
                empty=""
              />
              <p className={styles.faint}>
                Set where the controller is started: <code>--keep-minutes-days</code>,{" "}
                <code>--keep-ten-minutes-days</code>, <code>--keep-hours-days</code>,{" "}
                <code>--keep-snapshots-days</code>; <code>--data-limit</code> bounds all of it together: the
                oldest snapshots go first, then the finest numbers. Archived snapshots stay.
              </p>
            </section>
            <section>
              <h3>The controller</h3>
              <PropertyList
                properties={[
                  { name: "Version", value: version },
                  { name: "Started", value: formatInstant(started) },
                  {
                    name: "Reports at work",
                    value: `${formatCount(ingest.running)} running, ${formatCount(ingest.waiting)} waiting, ${formatBytes(ingest.memoryBytes)} of ${formatBytes(ingest.memoryLimitBytes)}`,
                  },
                  {
                    name: "Dropped for room",
                    value: `${counted(store.snapshotsDroppedForRoom, "snapshot")}, ${counted(store.metricDaysDroppedForRoom, "day")} of fine numbers`,
                  },
                  {
                    name: "Damaged files put aside",
                    value: store.damagedFiles.join("\n") || "none",
                  },
                ]}
                empty=""
              />
            </section>
          </div>
        </>
      )}
    </Loaded>
  );
}

function Trouble({ store }: { store: Status["store"] }) {
  const troubles = [
    store.writable
      ? null
      : `Nothing can be written: ${store.reason}. Agents keep what they have and come back.`,
    store.upkeepProblem
      ? `Packing or dropping old data failed: ${store.upkeepProblem}. It is tried again.`
      : null,
    store.damagedFiles.length > 0
      ? "Damaged files were put aside; what was in them is missing. Restore a backup to get it back."
      : null,
  ].filter((text) => text !== null);
  if (troubles.length === 0) {
    return (
      <p className={styles.outcome} data-done={true}>
        All is well: what is reported is kept.
      </p>
    );
  }
  return troubles.map((text) => (
    <p key={text} className={styles.outcome} data-done={false} role="alert">
      {text}
    </p>
  ));
}
