// The numbers of finished transactions on their way to the core: one buffer per thread that crosses when it is
// three quarters full, every second, and at the end.
import { AsyncResource } from 'node:async_hooks';
import { setInterval } from 'node:timers';
import { isMainThread, threadId } from 'node:worker_threads';
import { clock } from './clock';
import { native } from './native';
import { names } from './names';
import { BATCH_INTERVAL_MS, BATCH_NUMBERS, BATCH_NUMBERS_FULL } from './limits';

/** Bits of a record's first number: the transaction's number times 16, and these. */
const EXIT = 1;
const FAILED = 2;

/** Work that belongs into the second's tick: watching, writing kept transactions. */
export type Tick = (nowMs: number) => void;

/** What no other than the timer's own context may be kept alive by. */
const ownContext = new AsyncResource('Tierline', { requireManualDestroy: true });

class Batch {
  /** Whether this thread records. */
  active = false;
  /** The beginning of correlation headers. */
  headerPrefix = '';
  /** Transactions begun since the last crossing. */
  begun = 0;
  /** Milliseconds since 1970 minus our clock, as of the last crossing. */
  wallOffsetMs = 0;
  private readonly numbers = new Float64Array(BATCH_NUMBERS);
  private length = 0;
  private epoch = 0;
  private triedMs = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private readonly ticks: Tick[] = [];
  private readonly resets: (() => void)[] = [];

  /** Makes this thread record, when there is an agent. Cheap to call when there is none. */
  start(): boolean {
    if (this.active) return true;
    const nowMs = clock();
    if (native === undefined || nowMs - this.triedMs < BATCH_INTERVAL_MS) return false;
    this.triedMs = nowMs;
    const prefix = native.attach(isMainThread ? 'main' : `worker ${threadId}`);
    if (prefix === null) return false;
    for (const reset of this.resets) reset();
    names.reset();
    this.headerPrefix = prefix;
    this.length = 0;
    this.begun = 0;
    this.active = true;
    this.timer ??= ownContext.runInAsyncScope(() => setInterval(() => this.tick(), BATCH_INTERVAL_MS).unref());
    this.cross();
    return this.active;
  }

  /** The next `start` looks again at once. */
  lookAgain(): void {
    this.triedMs = -Infinity;
  }

  /** Calls `tick` every second, while this thread records. */
  everySecond(tick: Tick): void {
    this.ticks.push(tick);
  }

  /** Calls `reset` when another agent begins: numbers of the last one mean nothing to it. */
  whenAnew(reset: () => void): void {
    this.resets.push(reset);
  }

  /** Records the end of a transaction that is not put before the core. */
  ended(entry: number, durationMs: number): void {
    const { numbers, length } = this;
    numbers[length] = entry * 16;
    numbers[length + 1] = durationMs;
    this.length = length + 2;
    if (length >= BATCH_NUMBERS_FULL) this.cross();
  }

  /** Records the end of an exit call. */
  exited(entry: number, backend: number, durationMs: number, failed: boolean): void {
    const { numbers, length } = this;
    numbers[length] = entry * 16 + (failed ? EXIT + FAILED : EXIT);
    numbers[length + 1] = backend;
    numbers[length + 2] = durationMs;
    this.length = length + 3;
    if (length >= BATCH_NUMBERS_FULL) this.cross();
  }

  /** Gives the core what there is. */
  cross(): void {
    if (!this.active || native === undefined) return;
    const { length, begun } = this;
    this.length = 0;
    this.begun = 0;
    const nowMs = clock();
    this.wallOffsetMs = Date.now() - nowMs;
    const epoch = native.submit(this.numbers, length, begun, names.published, nowMs);
    if (epoch < 0) {
      // Shut down, possibly by another thread.
      this.active = false;
      return;
    }
    if (epoch !== this.epoch) {
      this.epoch = epoch;
      names.forget();
    } else {
      names.release();
    }
  }

  /** How many transactions began since the last crossing, for a crossing of another kind. */
  takeBegun(): number {
    const begun = this.begun;
    this.begun = 0;
    return begun;
  }

  private tick(): void {
    try {
      if (!this.active) return;
      this.cross();
      const nowMs = clock();
      for (const tick of this.ticks) tick(nowMs);
    } catch {
      native?.misuse('tick: a failure of the agent');
    }
  }
}

/** The batch of this thread. */
export const batch = new Batch();
