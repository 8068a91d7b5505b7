import { Icon } from "./Icon";
import styles from "./SearchBox.module.css";

interface Props {
  value: string;
  onChange: (value: string) => void;
  label: string;
}

export function SearchBox({ value, onChange, label }: Props) {
  return (
    <div className={styles.box}>
      <Icon name="search" size={14} />
      <input
        type="search"
        value={value}
        placeholder={label}
        aria-label={label}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
