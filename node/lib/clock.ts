// The monotonic clock of durations, milliseconds with a fraction. The function is taken once: programs and their
// tests replace it, and durations must not jump with them. `performance.now` is as fast, but the first one who asks for
// it loads a module of half a megabyte.
const { hrtime } = process;

/** Milliseconds on the monotonic clock; only differences mean something. */
export function clock(): number {
  const now = hrtime();
  return now[0] * 1e3 + now[1] / 1e6;
}
