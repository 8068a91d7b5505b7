import styles from "./Sparkline.module.css";
import { areaPath, linePath } from "./sparkPath";

interface Props {
  values: readonly (number | null)[];
  label: string;
  color?: string;
  width?: number;
  height?: number;
}

/** The shape of a series in the size of a word. */
export function Sparkline({ values, label, color = "var(--series-1)", width = 96, height = 24 }: Props) {
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      style={{ color }}
    >
      <path d={areaPath(values, width, height)} className={styles.area} />
      <path d={linePath(values, width, height)} className={styles.line} />
    </svg>
  );
}
