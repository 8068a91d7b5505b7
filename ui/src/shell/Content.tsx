import type { ReactNode } from "react";
import styles from "./Shell.module.css";

/** The scrolling middle of a page. */
export function Content({ children }: { children: ReactNode }) {
  return (
    <main id="content" className={styles.content} tabIndex={-1}>
      {children}
    </main>
  );
}
