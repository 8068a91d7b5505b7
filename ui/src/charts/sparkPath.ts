// Paths of sparklines. Missing values break the line; a lone value becomes a short dash.

const PADDING_PX = 2;

/** Counts of steps that are over: the one that still runs would look like a fall. */
export function finished(
  counts: readonly number[],
  { from, stepMs }: { from: number; stepMs: number },
  nowMs: number,
): readonly number[] {
  return counts.length > 1 && from + counts.length * stepMs > nowMs ? counts.slice(0, -1) : counts;
}

interface Point {
  x: number;
  y: number;
}

function runs(values: readonly (number | null)[], width: number, height: number): Point[][] {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  const top = Math.max(...known, 0) || 1;
  const stepX = values.length > 1 ? width / (values.length - 1) : 0;
  const result: Point[][] = [];
  let open: Point[] | undefined;
  values.forEach((value, index) => {
    if (value === null || !Number.isFinite(value)) {
      open = undefined;
      return;
    }
    const y = height - PADDING_PX - (value / top) * (height - 2 * PADDING_PX);
    const point = { x: round(index * stepX), y: round(y) };
    if (open) open.push(point);
    else {
      open = [point];
      result.push(open);
    }
  });
  return result.map((run) => (run.length > 1 ? run : dash(run, width)));
}

function dash(run: Point[], width: number): Point[] {
  const only = run[0] as Point;
  return [
    { x: Math.max(0, only.x - 2), y: only.y },
    { x: Math.min(width, Math.max(2, only.x + 2)), y: only.y },
  ];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function polyline(run: Point[]): string {
  return run.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join("");
}

export function linePath(values: readonly (number | null)[], width: number, height: number): string {
  return runs(values, width, height).map(polyline).join("");
}

export function areaPath(values: readonly (number | null)[], width: number, height: number): string {
  return runs(values, width, height)
    .map((run) => `${polyline(run)}L${run.at(-1)?.x} ${height}L${run[0]?.x} ${height}Z`)
    .join("");
}
