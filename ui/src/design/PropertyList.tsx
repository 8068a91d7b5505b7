import type { Property } from "../api/contract";
import styles from "./PropertyList.module.css";

interface Props {
  properties: readonly Property[];
  empty: string;
}

/** Names and values as they were reported: always shown as text, whatever they contain. */
export function PropertyList({ properties, empty }: Props) {
  if (properties.length === 0) return <p className={styles.empty}>{empty}</p>;
  return (
    <dl className={styles.list}>
      {properties.map(({ name, value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat, and the order never changes
        <div key={index} className={styles.row}>
          <dt>{name}</dt>
          <dd>{value === "" ? <span className={styles.empty}>(empty)</span> : value}</dd>
        </div>
      ))}
    </dl>
  );
}
