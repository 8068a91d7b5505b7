import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { tierSettingsQuery } from "../api/executions";
import { PropertyList } from "../design/PropertyList";
import { EmptyState } from "../design/States";
import { VIEWER } from "../words/executions";
import { collectedSources, splitUserData } from "./collected";
import type { Segment } from "./read";
import styles from "./UserData.module.css";

/** What the program itself said about this execution, and what was collected from its requests, tier by tier. */
export function UserData({ app, segments }: { app: string; segments: readonly Segment[] }) {
  const settings = useQuery(tierSettingsQuery(app, undefined)).data?.effective;
  const sources = useMemo(() => collectedSources(settings), [settings]);
  const withData = segments.filter((segment) => segment.userData.length > 0);
  if (withData.length === 0) {
    return (
      <EmptyState title="No user data" icon="user" compact>
        A program adds it with <code>appd.add_snapshot_data(bt, key, value)</code> while the business
        transaction runs; data collectors add headers and parameters of requests.
      </EmptyState>
    );
  }
  return (
    <div className={styles.all}>
      {withData.map((segment) => {
        const { said, collected } = splitUserData(segment.userData, sources);
        return (
          <section key={segment.spanId}>
            <h3 className={styles.tier}>
              {segment.tierName} <span>{segment.nodeName}</span>
            </h3>
            <Entries entries={said} />
            {collected.length > 0 ? (
              <>
                <h4 className={styles.collected}>{VIEWER.collected}</h4>
                <Entries entries={collected} />
              </>
            ) : null}
          </section>
        );
      })}
    </div>
  );
}

function Entries({ entries }: { entries: readonly { key: string; value: string }[] }) {
  return <PropertyList properties={entries.map(({ key, value }) => ({ name: key, value }))} empty="" />;
}
