import { useQuery } from "@tanstack/react-query";
import { setupQuery } from "../api/queries";
import { CopyButton } from "../design/CopyButton";
import { Skeleton } from "../design/States";
import { Tabs } from "../design/Tabs";
import { firstSteps as words } from "../words/overview";
import styles from "./FirstSteps.module.css";
import { destination, firstLines, KEY_PLACE, LANGUAGES, type Language } from "./firstLines";

interface Props {
  language: Language;
  onLanguage: (language: Language) => void;
  /** Nothing has reported yet: the page waits for the first report. */
  first: boolean;
}

/** What to type so that a program reports here, with the real address and key. */
export function FirstSteps({ language, onLanguage, first }: Props) {
  const setup = useQuery(setupQuery);
  if (setup.isPending) return <Skeleton height={360} />;
  const to = destination(setup.data, window.location);
  return (
    <section className={styles.steps} aria-labelledby="first-steps">
      <h2 id="first-steps">{first ? words.first : words.another}</h2>
      <Tabs
        label={words.language}
        tabs={LANGUAGES.map((value) => ({ value, label: words.languages[value] }))}
        value={language}
        onChange={onLanguage}
      >
        <ol className={styles.lines}>
          {firstLines(language, to).map(({ does, line }) => (
            <li key={does}>
              <p>{does}</p>
              <div className={styles.line}>
                <code>{line}</code>
                <CopyButton text={line} label={words.copy(does)} />
              </div>
            </li>
          ))}
        </ol>
        {to.key === KEY_PLACE ? <p className={styles.note}>{words.key(KEY_PLACE)}</p> : null}
      </Tabs>
      {first ? (
        <p className={styles.waiting} role="status">
          <span className={styles.pulse} aria-hidden="true" />
          {words.waiting}
        </p>
      ) : null}
    </section>
  );
}
