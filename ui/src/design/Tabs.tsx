// Parts of one page, one at a time. The chosen one stands in the address.
import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";
import styles from "./Tabs.module.css";

export interface Tab<T extends string> {
  value: T;
  label: string;
  /** How many, after the label. */
  count?: number | undefined;
  /** Holds something worth a look, without a number. */
  mark?: "has" | "failed" | undefined;
}

interface Props<T extends string> {
  label: string;
  tabs: readonly Tab<T>[];
  value: T;
  onChange: (value: T) => void;
  /** The content of the chosen tab. */
  children: ReactNode;
  /** Content that scrolls inside the height that is left. */
  fill?: boolean;
  /** Without padding, for tables. */
  flush?: boolean;
}

export function Tabs<T extends string>(props: Props<T>) {
  const { label, tabs, value, onChange, children, fill = false, flush = false } = props;
  return (
    <Base.Root
      className={`${styles.root} ${fill ? styles.fill : ""}`}
      value={value}
      onValueChange={(next) => onChange(next as T)}
      {...(fill ? { "data-fill": true } : {})}
    >
      <Base.List className={styles.tabs} aria-label={label}>
        {tabs.map((tab) => (
          <Base.Tab key={tab.value} value={tab.value} className={styles.tab}>
            {tab.label}
            {tab.count === undefined ? null : <span className={styles.count}>{tab.count}</span>}
            {tab.mark ? <i className={styles.dot} data-mark={tab.mark} aria-hidden="true" /> : null}
          </Base.Tab>
        ))}
      </Base.List>
      <Base.Panel value={value} className={flush ? styles.flush : styles.padded}>
        {children}
      </Base.Panel>
    </Base.Root>
  );
}
