// Transaction names as numbers, and what the core publishes about each: thresholds and when a sample is due.
import { native } from './native';
import { textOf } from './text';
import { CACHED_NAME_CHARS_MAX, CACHED_NAMES_MAX } from './limits';

/** Numbers at the beginning of what is published that are about the whole agent. */
export const ABOUT_AGENT = 4;
/** Published: milliseconds after which a transaction that nobody resumed ends as abandoned. */
export const TIMEOUT_MS = 0;
/** Published: whether every begin must be asked about (a diagnostic session runs). */
export const ASK_ALWAYS = 1;
/** Published: whether correlation headers are made. */
export const CORRELATION = 2;
/** Published: whether tiers behind are asked to keep what is kept here by sample or session. */
export const PROPAGATE = 3;

/** Published numbers per transaction name. */
export const ABOUT_NAME = 3;
/** Published per name: executions at least this long, in milliseconds, are put before the core. */
export const SLOW_MS = 0;
/** Published per name: a stall beyond this, even while it runs. */
export const STALL_MS = 1;
/** Published per name: from when on, on our clock, the core is asked whether an execution is sampled. */
export const DUE_MS = 2;

/** Where All Other Traffic counts. */
export const OTHER_TRAFFIC = 0;

/** A transaction name the core gave a number. */
export class Bt {
  /** Transactions that refer to it: running ones, and kept ones that wait to cross. */
  users = 0;
  /** Part of correlation headers, asked for when the first one is made. */
  headerPart = '';
  /** The beginning of our member of `tracestate`, known when the first one was made. */
  memberPart = '';
  /** Whether names still lead here. */
  isKnown = true;
  readonly number: number;
  /** Where its numbers are in {@link Names.published}. */
  readonly base: number;

  constructor(number: number) {
    this.number = number;
    this.base = ABOUT_AGENT + number * ABOUT_NAME;
  }
}

/** What one thread knows of names. */
class Names {
  /** Written by the core at every crossing. */
  published = new Float64Array(ABOUT_AGENT + 64 * ABOUT_NAME);
  private readonly byName = new Map<string, Bt>();
  private readonly byNumber: (Bt | undefined)[] = [];
  /** Numbers that no name leads to any more and that running transactions still use. */
  private old: Bt[] = [];

  /** The entry of a name. */
  of(name: string): Bt {
    return this.byName.get(name) ?? this.learn(name);
  }

  private learn(given: string): Bt {
    let name = given;
    if (given.length > CACHED_NAME_CHARS_MAX) {
      // What is reported has a fifth of that: the rest need not cross.
      name = textOf(given.trim(), CACHED_NAME_CHARS_MAX);
      const known = this.byName.get(name);
      if (known !== undefined) return known;
    }
    const number = native === undefined ? OTHER_TRAFFIC : native.name(name);
    const bt = this.numbered(number);
    // Names of All Other Traffic are asked for each time: the core counts which of them become hot.
    if (number !== OTHER_TRAFFIC) {
      if (this.byName.size >= CACHED_NAMES_MAX) this.byName.clear();
      this.byName.set(name, bt);
    }
    return bt;
  }

  /** The entry of a number that the core gave. */
  numbered(number: number): Bt {
    const known = this.byNumber[number];
    if (known !== undefined) {
      known.isKnown = true;
      return known;
    }
    const bt = new Bt(number);
    this.makeRoom(bt.base + ABOUT_NAME);
    // Until the next crossing everything is put before the core.
    this.published[bt.base + SLOW_MS] = -1;
    this.published[bt.base + STALL_MS] = Infinity;
    this.published[bt.base + DUE_MS] = -Infinity;
    this.byNumber[number] = bt;
    return bt;
  }

  private makeRoom(length: number): void {
    if (length <= this.published.length) return;
    const larger = new Float64Array(Math.max(length, this.published.length * 2));
    larger.set(this.published);
    this.published = larger;
  }

  /** Forgets which name has which number: the core moved on. Right behind a crossing only, when no number waits in
   * the batch. */
  forget(): void {
    this.byName.clear();
    for (const bt of this.byNumber) {
      if (bt === undefined || bt.number === OTHER_TRAFFIC) continue;
      bt.isKnown = false;
    }
    this.old = this.byNumber.filter((bt): bt is Bt => bt !== undefined && bt.number !== OTHER_TRAFFIC);
    this.release();
  }

  /** Gives numbers back that nobody uses any more. Right behind a crossing only. */
  release(): void {
    if (this.old.length === 0) return;
    const unused = this.old.filter((bt) => !bt.isKnown && bt.users === 0);
    this.old = this.old.filter((bt) => !bt.isKnown && bt.users !== 0);
    if (unused.length === 0) return;
    for (const bt of unused) this.byNumber[bt.number] = undefined;
    native?.release(unused.map((bt) => bt.number));
  }

  /** Begins anew, for another agent. */
  reset(): void {
    this.byName.clear();
    this.byNumber.length = 0;
    this.old = [];
    this.published = new Float64Array(ABOUT_AGENT + 64 * ABOUT_NAME);
  }
}

/** The names of this thread. */
export const names = new Names();

/** The number of a name: what a transaction of it counts under. */
export function nameId(name: string): number {
  return names.of(name).number;
}
