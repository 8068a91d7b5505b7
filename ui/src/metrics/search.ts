// What the metric browser shows, as it stands in the address.
import { flag, type Raw, text } from "../address";

export interface MetricsSearch {
  /** Paths of the metrics drawn, one per line: names may contain every other character. */
  metrics?: string | undefined;
  /** Paths of the open folders, one per line. */
  open?: string | undefined;
  /** What was usual, beside each. */
  baseline?: boolean | undefined;
}

export const readMetricsSearch = (raw: Raw): MetricsSearch => ({
  metrics: text(raw.metrics),
  open: text(raw.open),
  baseline: flag(raw.baseline),
});

export const lines = (value: string | undefined): string[] =>
  value ? [...new Set(value.split("\n").filter((line) => line !== ""))] : [];

export const unlines = (values: readonly string[]): string | undefined => values.join("\n") || undefined;
