import styles from "./RowLink.module.css";

/** The cell by which a row is opened: all of the row can be clicked, the keyboard finds this. */
export function OpenButton({ text, onOpen }: { text: string; onOpen: () => void }) {
  return (
    <button type="button" className={styles.button} title={text} aria-haspopup="dialog" onClick={onOpen}>
      {text}
    </button>
  );
}
