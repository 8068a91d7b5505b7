// The monotonic clock of durations, milliseconds with a fraction. The function is taken once: programs and their
// tests replace `performance.now`, and durations must not jump with them.
import { performance } from 'node:perf_hooks';

/** Milliseconds on the monotonic clock; only differences mean something. */
export const clock: () => number = performance.now.bind(performance);
