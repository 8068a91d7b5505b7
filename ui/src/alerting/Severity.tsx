import { SEVERITIES, VIOLATION_STATUS } from "../words/alerting";
import styles from "./Severity.module.css";

/** How bad something is: always in words, the colour only helps. */
export function Severity({ severity }: { severity: string }) {
  return (
    <span className={styles.badge} data-severity={severity}>
      {SEVERITIES[severity] ?? severity}
    </span>
  );
}

/** Whether something still is so. */
export function ViolationStatus({ status }: { status: string }) {
  return (
    <span className={styles.status} data-status={status}>
      <i />
      {VIOLATION_STATUS[status] ?? status}
    </span>
  );
}
