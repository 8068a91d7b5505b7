// Numbers as people read them. A missing value is an en dash, never 0.

const NONE = "–";
const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Making one costs more than a hundred uses: they are kept by their number of places. */
const fixed = [0, 1, 2].map(
  (places) => new Intl.NumberFormat("en", { maximumFractionDigits: places, minimumFractionDigits: places }),
);

function digits(value: number, places: 0 | 1 | 2): string {
  return (fixed[places] as Intl.NumberFormat).format(value);
}

/** A count: exact to 99,999, then 123 k, 4.5 M. */
export function formatCount(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size < 99_999.5) return grouped.format(value);
  if (size < 999_500) return `${digits(value / 1e3, 0)} k`;
  if (size < 999.5e6) return `${digits(value / 1e6, size < 9.95e6 ? 1 : 0)} M`;
  return `${digits(value / 1e9, 1)} G`;
}

/** A duration in milliseconds, in the unit that keeps two to four digits. */
export function formatMs(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size === 0) return "0 ms";
  if (size < 0.9995) return `${grouped.format(Math.max(1, Math.round(value * 1000)))} µs`;
  if (size < 9.95) return `${digits(value, 1)} ms`;
  if (size < 999.5) return `${digits(value, 0)} ms`;
  if (size < 9_995) return `${digits(value / 1000, 2)} s`;
  if (size < 59_950) return `${digits(value / 1000, 1)} s`;
  const seconds = Math.round(value / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${grouped.format(Math.floor(minutes / 60))} h ${minutes % 60} m`;
}

/** Calls per minute, without the unit. */
export function formatRate(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  if (value === 0) return "0";
  if (value < 0.0095) return "< 0.01";
  if (value < 0.995) return digits(value, 2);
  if (value < 99.95) return digits(value, Number.isInteger(value) ? 0 : 1);
  return formatCount(Math.round(value));
}

/** A share of 100. Small but not zero stays visible. */
export function formatPercent(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  if (value === 0) return "0%";
  if (value < 0.05) return "< 0.1%";
  if (value > 99.95 && value < 100) return "> 99.9%";
  return `${digits(value, value < 9.95 ? 1 : 0)}%`;
}

/** Part of whole as a percentage, 0 of 0 is 0. */
export function percentOf(part: number, whole: number): number {
  return whole > 0 ? (100 * part) / whole : 0;
}

/** Bytes in powers of 1024. */
export function formatBytes(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  if (value < 1024) return `${grouped.format(value)} B`;
  if (value < 1024 ** 2) return `${digits(value / 1024, 0)} KiB`;
  if (value < 1024 ** 3) return `${digits(value / 1024 ** 2, 1)} MiB`;
  return `${digits(value / 1024 ** 3, 1)} GiB`;
}

/** "1 tier", "2 tiers". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}
