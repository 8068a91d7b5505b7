import type { ReactNode } from "react";
import styles from "./Figures.module.css";

export interface Figure {
  label: string;
  value: string;
  /** Below the value, smaller. */
  note?: ReactNode;
  tone?: "error" | undefined;
}

/** The few numbers that matter, in a row. */
export function Figures({ figures }: { figures: Figure[] }) {
  return (
    <dl className={styles.figures}>
      {figures.map(({ label, value, note, tone }) => (
        <div key={label} className={styles.figure}>
          <dt>{label}</dt>
          <dd className="number" data-tone={tone}>
            {value}
            {note ? <span className={styles.note}>{note}</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}
