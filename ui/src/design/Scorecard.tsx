import { Link } from "@tanstack/react-router";
import type { Verdicts } from "../api/contract";
import { formatCount, formatPercent, percentOf } from "../format/number";
import { VERDICTS } from "../words";
import styles from "./Scorecard.module.css";

interface Props {
  app: string;
  bt?: number;
  verdicts: Verdicts;
}

/** How the executions went: five verdicts whose sum is all calls. Each leads to its snapshots. */
export function ScorecardTable({ app, bt, verdicts }: Props) {
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
