import type { ReactNode } from "react";
import styles from "./FilterBar.module.css";

/** What narrows the list below. */
export function FilterBar({ children }: { children: ReactNode }) {
  return <search className={styles.bar}>{children}</search>;
}

interface SelectProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Value and text. */
  options: readonly (readonly [string, string])[];
}

export function Select({ label, value, onChange, options }: SelectProps) {
  return (
    <select
      className={styles.select}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {options.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}
