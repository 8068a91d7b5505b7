import type { Verdicts } from "../api/contract";
import { formatCount, formatPercent, percentOf } from "../format/number";
import { VERDICTS, verdictWords } from "../words";
import styles from "./VerdictBadge.module.css";

export function VerdictBadge({ verdict }: { verdict: string }) {
  const words = verdictWords(verdict);
  return (
    <span
      className={styles.badge}
      style={{ color: `var(--${words.token}-text)`, background: `var(--${words.token}-soft)` }}
      title={words.meaning}
    >
      <span className={styles.dot} style={{ background: `var(--${words.token})` }} />
      {words.label}
    </span>
  );
}

/** The shares of the five verdicts in one line. */
export function VerdictBar({ verdicts }: { verdicts: Verdicts }) {
  const calls = VERDICTS.reduce((sum, { key }) => sum + verdicts[key], 0);
  const text = VERDICTS.filter(({ key }) => verdicts[key] > 0)
    .map(
      ({ key, label }) =>
        `${label} ${formatCount(verdicts[key])} (${formatPercent(percentOf(verdicts[key], calls))})`,
    )
    .join(", ");
  return (
    <span className={styles.bar} role="img" aria-label={text || "no calls"} title={text || "no calls"}>
      {VERDICTS.map(({ key, token }) =>
        verdicts[key] > 0 ? (
          <span key={key} style={{ flexGrow: verdicts[key] / calls, background: `var(--${token})` }} />
        ) : null,
      )}
    </span>
  );
}
