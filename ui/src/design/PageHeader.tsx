import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useEffect } from "react";
import { Icon } from "./Icon";
import styles from "./PageHeader.module.css";

interface Props {
  title: string;
  /** The list this thing comes from. */
  parent?: { label: string; to: LinkProps };
  /** Beside the title: a badge. */
  mark?: ReactNode;
  /** Below the title: the facts that place it. */
  facts?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, parent, mark, facts, actions }: Props) {
  useEffect(() => {
    document.title = `${title} · Tierline`;
  }, [title]);
  return (
    <header className={styles.header}>
      <div className={styles.words}>
        {parent ? (
          <Link {...parent.to} className={styles.parent}>
            <Icon name="chevronLeft" size={12} />
            {parent.label}
          </Link>
        ) : null}
        <div className={styles.line}>
          <h1>{title}</h1>
          {mark}
        </div>
        {facts ? <div className={styles.facts}>{facts}</div> : null}
      </div>
      {actions ? <div className={styles.actions}>{actions}</div> : null}
    </header>
  );
}
