import { useQuery } from "@tanstack/react-query";
import { setupQuery } from "../api/queries";
import { CopyButton } from "../design/CopyButton";
import { Skeleton } from "../design/States";
import styles from "./FirstSteps.module.css";
import { pythonLines } from "./firstLines";

/** The first look at an empty controller: what to type, with the real address and key. */
export function FirstSteps() {
  const setup = useQuery(setupQuery);
  if (setup.isPending) return <Skeleton height={280} />;
  const lines = pythonLines(setup.data, window.location.host);
  return (
    <section className={styles.steps} aria-labelledby="first-steps">
      <h2 id="first-steps">Nothing has reported yet. Three lines for a Python program:</h2>
      <ol className={styles.lines}>
        {lines.map(({ does, line }) => (
          <li key={does}>
            <p>{does}</p>
            <div className={styles.line}>
              <code>{line}</code>
              <CopyButton text={line} label={`Copy: ${does}`} />
            </div>
          </li>
        ))}
      </ol>
      {setup.data?.accessKeyShown ? null : (
        <p className={styles.note}>
          Put your access key in place of <code>ACCESS_KEY</code>: the first start of <code>tierline up</code>{" "}
          printed it, and administrators see it here.
        </p>
      )}
      <p className={styles.waiting} role="status">
        <span className={styles.pulse} aria-hidden="true" />
        Waiting for the first report. It appears here by itself, about a minute after the first business
        transaction.
      </p>
    </section>
  );
}
