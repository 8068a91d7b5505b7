import type { ErrorRecord } from "../api/contract";
import { CopyButton } from "../design/CopyButton";
import styles from "./ErrorDetails.module.css";

interface Props {
  error: ErrorRecord;
  /** Where it happened. */
  place?: string;
}

/** An error as it was reported: type, message, stack. */
export function ErrorDetails({ error, place }: Props) {
  return (
    <article className={styles.error}>
      <header>
        <div className={styles.words}>
          <p className={styles.type}>{error.type || "Error"}</p>
          {error.message ? <p className={styles.message}>{error.message}</p> : null}
          {place ? <p className={styles.place}>{place}</p> : null}
        </div>
        <CopyButton
          text={[`${error.type}: ${error.message}`, error.stack].filter(Boolean).join("\n\n")}
          label="Copy the error"
        />
      </header>
      {error.stack ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long stack scrolls, also with the keyboard
        <pre className={styles.stack} tabIndex={0} role="region" aria-label="Stack">
          {error.stack}
        </pre>
      ) : (
        <p className={styles.place}>It was reported without a stack.</p>
      )}
    </article>
  );
}
