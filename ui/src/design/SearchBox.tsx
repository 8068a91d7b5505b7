import { Icon } from "./Icon";
import styles from "./SearchBox.module.css";

interface Props {
  value: string;
  onChange: (value: string) => void;
  label: string;
  /** The id of a <datalist> with what may be meant. */
  list?: string | undefined;
}

export function SearchBox({ value, onChange, label, list }: Props) {
  return (
    <div className={styles.box}>
      <Icon name="search" size={14} />
      <input
        type="search"
        value={value}
        list={list}
        placeholder={label}
        aria-label={label}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
