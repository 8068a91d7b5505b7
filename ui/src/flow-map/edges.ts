/** Pixels between parallel edges. */
const SPREAD_PX = 26;

/** How far the n-th of several parallel edges lies from the middle. */
export function spread(index: number, count: number): number {
  return (index - (count - 1) / 2) * SPREAD_PX;
}

/** Busier edges are thicker, by magnitude: 1 px for a trickle, at most 4 px. */
export function edgeWidth(callsPerMinute: number): number {
  return Math.min(4, 1.2 + 0.6 * Math.log10(1 + Math.max(0, callsPerMinute)));
}

/** A tier that calls itself: a loop above it, and where its label stands. */
export function loopPath(x: number, y: number): [path: string, labelX: number, labelY: number] {
  const right = x - 44;
  const left = right - 40;
  return [`M${right} ${y - 22}C${right + 26} ${y - 84},${left - 26} ${y - 84},${left} ${y - 22}`, (left + right) / 2, y - 70];
}
