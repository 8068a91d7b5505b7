import { useState } from "react";
import { Icon } from "../design/Icon";
import { overview } from "../words/overview";
import styles from "./Warnings.module.css";

/** More than these push what the page is for out of sight. */
const SHOWN = 3;

/** What the controller or an agent noticed and somebody should know. */
export function Warnings({ warnings }: { warnings: readonly string[] }) {
  const [all, setAll] = useState(false);
  if (warnings.length === 0) return null;
  // One more is shown rather than announced.
  const most = all || warnings.length <= SHOWN + 1 ? warnings.length : SHOWN;
  return (
    <ul className={styles.warnings}>
      {warnings.slice(0, most).map((warning) => (
        <li key={warning}>
          <Icon name="warning" />
          <span>{warning}</span>
        </li>
      ))}
      {warnings.length > SHOWN + 1 ? (
        <li>
          <button type="button" className={styles.more} aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? overview.fewer : overview.moreWarnings(warnings.length - SHOWN)}
          </button>
        </li>
      ) : null}
    </ul>
  );
}
