import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";
import styles from "./States.module.css";

interface EmptyProps {
  title: string;
  icon?: IconName;
  compact?: boolean;
  children?: ReactNode;
}

/** Nothing to show, and what to do next. */
export function EmptyState({ title, icon = "search", compact = false, children }: EmptyProps) {
  return (
    <div className={compact ? styles.compact : styles.state}>
      <span className={styles.icon}>
        <Icon name={icon} size={20} />
      </span>
      <p className={styles.title}>{title}</p>
      {children ? <div className={styles.text}>{children}</div> : null}
    </div>
  );
}

interface ErrorProps {
  error: Error;
  onRetry?: () => void;
  compact?: boolean;
}

/** What happened, and what to do. */
export function ErrorState({ error, onRetry, compact = false }: ErrorProps) {
  const hint =
    error instanceof ApiError ? error.hint : "Reload the page. If it stays, this is a defect of the page.";
  return (
    <div className={compact ? styles.compact : styles.state} role="alert">
      <span className={styles.iconError}>
        <Icon name="warning" size={20} />
      </span>
      <p className={styles.title}>{error.message}</p>
      {hint ? <p className={styles.text}>{hint}</p> : null}
      {onRetry ? <Button onClick={onRetry}>Try again</Button> : null}
    </div>
  );
}

/** Holds the place of what is being loaded, so that nothing jumps. */
export function Skeleton({ height, label = "Loading" }: { height: number | string; label?: string }) {
  return (
    <div className={styles.skeleton} style={{ height }} role="status">
      <span className="visually-hidden">{label}</span>
    </div>
  );
}

interface LoadedProps<T> {
  query: { data: T | undefined; error: Error | null; refetch: () => unknown };
  height: number | string;
  children: (data: T) => ReactNode;
}

/** The three lives of a question: waiting, failed, answered. Old data stay when a refresh fails. */
export function Loaded<T>({ query, height, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} compact />;
  return <Skeleton height={height} />;
}
