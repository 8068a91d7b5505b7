// The list below the charts: which metric is which colour, its numbers, and its question for scripts.
import type { MetricNumbers } from "../api/metrics";
import { Button } from "../design/Button";
import { CopyButton } from "../design/CopyButton";
import { type Column, DataTable } from "../design/DataTable";
import { Icon } from "../design/Icon";
import { formatCount, formatMs, formatRate } from "../format/number";
import styles from "./ChosenMetrics.module.css";
import { parts, unitOf } from "./paths";

export interface ChosenRow {
  /** What was chosen: a path, or a pattern that stands for several. */
  path: string;
  numbers: MetricNumbers;
  token: string | undefined;
}

interface Props {
  rows: ChosenRow[];
  restUrl: (path: string) => string;
  onRemove: (path: string) => void;
}

export function ChosenMetrics({ rows, restUrl, onRemove }: Props) {
  return (
    <DataTable
      label="Chosen metrics"
      columns={columns(restUrl, onRemove)}
      rows={rows}
      rowKey={(row) => row.numbers.path}
      empty=""
    />
  );
}

const FORMATS = { ms: formatMs, rate: formatRate, count: formatCount };

function columns(restUrl: Props["restUrl"], onRemove: Props["onRemove"]): Column<ChosenRow>[] {
  const figure = (row: ChosenRow, of: (values: number[]) => number) => {
    const values = row.numbers.points.map(({ value }) => value);
    return values.length === 0 ? "–" : FORMATS[unitOf(row.numbers.path)](of(values));
  };
  const column = (header: string, of: (values: number[]) => number): Column<ChosenRow> => ({
    id: header.toLowerCase(),
    header,
    width: "84px",
    align: "right",
    cell: (row) => figure(row, of),
  });
  return [
    {
      id: "path",
      header: "Metric",
      width: "minmax(200px, 1fr)",
      cell: (row) => (
        <span className={styles.metric} title={row.numbers.path}>
          <i style={row.token ? { background: `var(${row.token})` } : undefined} />
          <bdi>{parts(row.numbers.path).join(" › ")}</bdi>
        </span>
      ),
    },
    column("Lowest", (values) => Math.min(...values)),
    column("Average", (values) => values.reduce((sum, value) => sum + value, 0) / values.length),
    column("Highest", (values) => Math.max(...values)),
    column("Last", (values) => values.at(-1) as number),
    {
      id: "actions",
      header: "",
      width: "128px",
      cell: (row) => (
        <span className={styles.actions}>
          <CopyButton text={row.numbers.path} label="Copy the metric path" />
          <CopyButton text={restUrl(row.numbers.path)} label="Copy REST URL" icon="link" />
          <Button
            variant="quiet"
            square
            aria-label={`Remove ${row.path}`}
            title="Remove"
            onClick={() => onRemove(row.path)}
          >
            <Icon name="close" />
          </Button>
        </span>
      ),
    },
  ];
}
