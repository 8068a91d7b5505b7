// The numbers of finished transactions on their way to the core: one buffer per thread that crosses when it is
// three quarters full, every second, and at the end.
import { AsyncResource } from 'node:async_hooks';
import { clock } from './clock';
import { native } from './native';
import { names } from './names';
import { BATCH_INTERVAL_MS, BATCH_NUMBERS, BATCH_NUMBERS_FULL, CATCH_UP_MS } from './limits';
import { threadName } from './thread';

/** Taken once: programs and their tests replace it. */
const { setInterval } = globalThis;

// The buffer begins with how many numbers are used and how many transactions began; then records: the transaction's
// number times 16, and milliseconds; or that plus these, backend, and milliseconds. node/src/batch.rs reads it.
const USED = 0;
const BEGUN = 1;
const HEAD = 2;
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
  /** Milliseconds since 1970 minus our clock, as of the last crossing. */
  wallOffsetMs = 0;
  /** Changes when the core's answers about names and detection do. */
  epoch = -1;
  /** Shared with the core, which reads it once more when a worker is terminated. */
  private readonly numbers = new Float64Array(BATCH_NUMBERS);
  private length = HEAD;
  /** Numbers at which the buffer crosses. */
  private fullAt = BATCH_NUMBERS_FULL;
  private triedMs = -Infinity;
  private crossedMs = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private readonly ticks: Tick[] = [];
  private readonly resets: (() => void)[] = [];
  private readonly lasts: (() => void)[] = [];

  /** Makes this thread record, when there is an agent. Cheap to call when there is none. */
  start(): boolean {
    if (this.active) return true;
    const nowMs = clock();
    if (native === undefined || nowMs - this.triedMs < BATCH_INTERVAL_MS) return false;
    this.triedMs = nowMs;
    const prefix = native.attach(threadName(), this.numbers);
    if (prefix === null) return false;
    for (const reset of this.resets) reset();
    names.reset();
    this.headerPrefix = prefix;
    this.empty();
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
    numbers[USED] = this.length = length + 2;
    if (length >= this.fullAt) this.cross();
  }

  /** Records the end of an exit call. */
  exited(entry: number, backend: number, durationMs: number, failed: boolean): void {
    const { numbers, length } = this;
    numbers[length] = entry * 16 + (failed ? EXIT + FAILED : EXIT);
    numbers[length + 1] = backend;
    numbers[length + 2] = durationMs;
    numbers[USED] = this.length = length + 3;
    if (length >= this.fullAt) this.cross();
  }

  /** Has the core publish what it knows of new names, unless it did a moment ago. */
  catchUp(nowMs: number): void {
    if (nowMs - this.crossedMs >= CATCH_UP_MS) this.cross();
  }

  /** Gives the core what there is. */
  cross(): void {
    if (!this.active || native === undefined) return;
    const nowMs = clock();
    this.crossedMs = nowMs;
    this.wallOffsetMs = Date.now() - nowMs;
    const epoch = native.submit(names.published, nowMs);
    this.length = HEAD;
    if (epoch < 0) {
      this.empty();
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

  /** Records that a transaction began. */
  began(): void {
    this.numbers[BEGUN] = (this.numbers[BEGUN] as number) + 1;
  }

  /** The thread is about to end: what there is crosses, and from now on everything does at once. */
  leave(): void {
    if (!this.active) return;
    for (const last of this.lasts) last();
    this.cross();
    this.fullAt = HEAD;
  }

  /** Calls `last` when the thread is about to end. */
  whenLeaving(last: () => void): void {
    this.lasts.push(last);
  }

  private empty(): void {
    this.numbers[USED] = HEAD;
    this.numbers[BEGUN] = 0;
    this.length = HEAD;
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
