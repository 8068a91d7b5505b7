import { Link } from "@tanstack/react-router";
import type { Scorecard, Verdicts } from "../api/contract";
import { formatCount, formatMs, formatPercent, percentOf } from "../format/number";
import { VERDICTS } from "../words";
import { Panel } from "./Panel";
import styles from "./Scorecard.module.css";
import { Loaded } from "./States";

interface Props {
  app: string;
  bt: number | undefined;
  verdicts: Verdicts;
}

/** How the executions went: five verdicts whose sum is all calls. Each leads to its snapshots. */
function ScorecardTable({ app, bt, verdicts }: Props) {
  const calls = VERDICTS.reduce((sum, { key }) => sum + verdicts[key], 0);
  return (
    <ul className={styles.card}>
      {VERDICTS.map(({ verdict, key, label, token, meaning }) => {
        const share = percentOf(verdicts[key], calls);
        return (
          <li key={key}>
            <Link
              to="/applications/$app/snapshots"
              params={{ app }}
              search={{ verdicts: [verdict], bt }}
              className={styles.row}
              title={`${label}: ${meaning}. See its snapshots.`}
            >
              <span className={styles.dot} style={{ background: `var(--${token})` }} />
              <span className={styles.label}>{label}</span>
              <span className={`number ${styles.percent}`}>{formatPercent(share)}</span>
              <span className={`number ${styles.count}`}>{formatCount(verdicts[key])}</span>
              <span className={styles.track} aria-hidden="true">
                <span style={{ width: `${share}%`, background: `var(--${token})` }} />
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

/** The spread of the response time, from the quickest to the slowest. */
function ResponseTimes({ card }: { card: Scorecard }) {
  const times: [string, number | null | undefined][] = [
    ["Shortest", card.minMs],
    ["Median", card.p50],
    ["95th percentile", card.p95],
    ["99th percentile", card.p99],
    ["Longest", card.maxMs],
  ];
  return (
    <dl className={styles.times} aria-label="Response times">
      {times.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="number">{formatMs(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

interface PanelProps {
  app: string;
  bt?: number;
  query: { data: Scorecard | undefined; error: Error | null; refetch: () => unknown };
}

/** Verdicts and response times of an application or one business transaction. */
export function ScorecardPanel({ app, bt, query }: PanelProps) {
  return (
    <Panel title="Transaction scorecard">
      <Loaded query={query} height={220}>
        {(card) => (
          <>
            <ScorecardTable app={app} bt={bt} verdicts={card.verdicts} />
            <ResponseTimes card={card} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}
