import type { Segment } from "../api/contract";
import { PropertyList } from "../design/PropertyList";
import { EmptyState } from "../design/States";
import styles from "./UserData.module.css";

/** What the program itself said about this execution, tier by tier. */
export function UserData({ segments }: { segments: readonly Segment[] }) {
  const withData = segments.filter((segment) => segment.userData.length > 0);
  if (withData.length === 0) {
    return (
      <EmptyState title="No user data" icon="user" compact>
        A program adds it with <code>appd.add_snapshot_data(bt, key, value)</code> while the business
        transaction runs.
      </EmptyState>
    );
  }
  return (
    <div className={styles.all}>
      {withData.map((segment) => (
        <section key={segment.spanId}>
          <h3 className={styles.tier}>
            {segment.tierName} <span>{segment.nodeName}</span>
          </h3>
          <PropertyList
            properties={segment.userData.map(({ key, value }) => ({ name: key, value }))}
            empty=""
          />
        </section>
      ))}
    </div>
  );
}
