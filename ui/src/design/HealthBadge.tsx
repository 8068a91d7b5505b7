import { counted } from "../format/number";
import styles from "./HealthBadge.module.css";

interface Props {
  /** Open critical violations. */
  critical: number;
  /** Open warnings. */
  warning: number;
}

/** How something is now, by the health rules: a colour and words. */
export function HealthBadge({ critical, warning }: Props) {
  const tone = critical > 0 ? "critical" : warning > 0 ? "warning" : "well";
  const words = critical > 0 ? `${critical} critical` : warning > 0 ? counted(warning, "warning") : "Healthy";
  const meaning = `${critical} critical violations and ${warning} warnings of health rules are open`;
  return (
    <span className={styles.badge} data-tone={tone} title={meaning}>
      <i aria-hidden="true" />
      {words}
    </span>
  );
}
