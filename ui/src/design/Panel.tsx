import { type ReactNode, useId } from "react";
import styles from "./Panel.module.css";

interface Props {
  title: string;
  /** Right of the title: links, switches. */
  actions?: ReactNode;
  /** Without padding, for tables and maps that reach the edge. */
  flush?: boolean;
  /** Takes the height that is left and scrolls inside. */
  fill?: boolean;
  /** The title is for screen readers only: the page's own says the same. */
  bare?: boolean;
  className?: string;
  children: ReactNode;
}

/** A titled surface: one thing to look at. */
export function Panel({
  title,
  actions,
  flush = false,
  fill = false,
  bare = false,
  className = "",
  children,
}: Props) {
  const id = useId();
  return (
    <section
      className={`${styles.panel} ${fill ? styles.fill : ""} ${bare ? styles.bare : ""} ${className}`}
      aria-labelledby={id}
    >
      <header className={bare ? "visually-hidden" : styles.header}>
        <h2 id={id}>{title}</h2>
        {actions ? <div className={styles.actions}>{actions}</div> : null}
      </header>
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}
