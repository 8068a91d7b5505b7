/** Heights for stacked bars: each series becomes the sum of itself and all after it, so that the first, drawn first,
 * is the tallest and the later ones cover it from below. */
export function stack(values: readonly (readonly (number | null)[])[]): number[][] {
  const result: number[][] = [];
  let above: number[] = [];
  for (let index = values.length - 1; index >= 0; index -= 1) {
    const own = values[index] ?? [];
    above = own.map((value, step) => (value ?? 0) + (above[step] ?? 0));
    result.unshift(above);
  }
  return result;
}
