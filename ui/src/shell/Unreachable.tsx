import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { Button } from "../design/Button";
import { Icon } from "../design/Icon";
import { formatClock } from "../format/time";
import styles from "./Unreachable.module.css";

/** What is on screen may be old: says so when refreshing fails, and goes by itself when it works again. */
export function Unreachable() {
  const client = useQueryClient();
  const cache = client.getQueryCache();
  const failing = () =>
    cache
      .getAll()
      .find((query) => query.isActive() && query.state.status === "error" && query.state.data !== undefined);
  const stale = useSyncExternalStore(
    (listener) => cache.subscribe(listener),
    () => failing()?.queryHash,
  );
  const query = stale === undefined ? undefined : cache.get(stale);
  if (!query) return null;
  return (
    <div className={styles.bar} role="status">
      <Icon name="warning" />
      <span>
        {query.state.error?.message} What you see is from {formatClock(query.state.dataUpdatedAt)}.
      </span>
      <Button onClick={() => void client.refetchQueries({ type: "active" })}>Try again</Button>
    </div>
  );
}
