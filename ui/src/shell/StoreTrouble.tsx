import { useQuery } from "@tanstack/react-query";
import { statusQuery } from "../api/queries";
import { Icon } from "../design/Icon";
import { formatClock } from "../format/time";
import styles from "./Unreachable.module.css";

/** The controller shows but cannot keep anything (disk full, read-only): says so, and goes by itself. */
export function StoreTrouble() {
  const { data } = useQuery(statusQuery());
  if (!data || data.store.writable) return null;
  const since = data.store.since === null ? "" : ` since ${formatClock(data.store.since)}`;
  return (
    <div className={styles.bar} role="alert">
      <Icon name="warning" />
      <span>
        Nothing new is kept{since}: {data.store.reason}. What is there is shown; agents keep what they have
        and send it again later. Look at the disk of the controller's data directory.
      </span>
    </div>
  );
}
