// What an application's people should know first: what violates its health rules now, and what happened lately.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { AlertTab } from "../alerting/search";
import type { AppEvent } from "../api/alerting";
import { eventsQuery, type Violation, violationsQuery } from "../api/alerting";
import { Panel } from "../design/Panel";
import { EmptyState, Loaded } from "../design/States";
import { formatAgo, formatInstant } from "../format/time";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import { overview } from "../words/overview";
import styles from "./ApplicationNews.module.css";

const SHOWN = 7;

export function ApplicationNews({ app }: { app: string }) {
  return (
    <>
      <OpenViolations app={app} />
      <RecentEvents app={app} />
    </>
  );
}

function OpenViolations({ app }: { app: string }) {
  const violations = useQuery(violationsQuery(app, useTimeRange(), useLive()));
  const open = (violations.data ?? []).filter(({ status }) => status === "OPEN");
  return (
    <Panel title={overview.openViolations} actions={<All app={app} tab="violations" />}>
      <Loaded query={violations} height={180}>
        {() =>
          open.length === 0 ? (
            <EmptyState title={overview.noViolations} icon="check" compact />
          ) : (
            <News items={open.slice(0, SHOWN).map(fromViolation)} more={open.length - SHOWN} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function RecentEvents({ app }: { app: string }) {
  const events = useQuery(eventsQuery(app, { limit: SHOWN }, useTimeRange(), useLive()));
  return (
    <Panel title={overview.recentEvents} actions={<All app={app} tab="events" />}>
      <Loaded query={events} height={180}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title={overview.noEvents} icon="flag" compact />
          ) : (
            <News items={rows.map(fromEvent)} more={0} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function All({ app, tab }: { app: string; tab: AlertTab }) {
  return (
    <Link to="/applications/$app/alerts" params={{ app }} search={{ tab }}>
      All
    </Link>
  );
}

interface Item {
  key: string;
  tone: "critical" | "warning" | "plain";
  words: string;
  about: string;
  t: number;
}

function fromViolation({ id, severity, ruleName, affected, startMs }: Violation): Item {
  const tone = severity === "CRITICAL" ? "critical" : "warning";
  return { key: String(id), tone, words: ruleName, about: affected.name, t: startMs };
}

function fromEvent({ id, severity, summary, affectedEntities, timeMs }: AppEvent): Item {
  const tone = severity === "ERROR" ? "critical" : severity === "WARN" ? "warning" : "plain";
  const about = affectedEntities.map(({ name }) => name).join(", ");
  // Most sentences name what they are about.
  return { key: String(id), tone, words: summary, about: summary.includes(about) ? "" : about, t: timeMs };
}

function News({ items, more }: { items: Item[]; more: number }) {
  const now = Date.now();
  return (
    <ul className={styles.news}>
      {items.map(({ key, tone, words, about, t }) => (
        <li key={key}>
          <i data-tone={tone} aria-hidden="true" />
          <span className={styles.words}>
            {words}
            {about ? <span className={styles.about}> {about}</span> : null}
          </span>
          <time className={styles.when} dateTime={new Date(t).toISOString()} title={formatInstant(t)}>
            {formatAgo(t, now)}
          </time>
        </li>
      ))}
      {more > 0 ? <li className={styles.about}>{overview.andMore(more)}</li> : null}
    </ul>
  );
}
