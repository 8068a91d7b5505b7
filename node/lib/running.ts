// The transactions that run in this thread, the oldest first, and who looks after them: stalls in flight, the
// transaction timeout.
import { batch } from './batch';
import { clock } from './clock';
import { reportStall, writeAll } from './details';
import { misuse } from './errors';
import { INERT, STALLED } from './flags';
import { RUNNING_MAX, WATCHED_AFTER_MS, WATCHED_PER_TICK } from './limits';
import { names, STALL_MS, TIMEOUT_MS } from './names';
import { abandon, type TimePromise } from './transaction';

let oldest: TimePromise | undefined;
let newest: TimePromise | undefined;
let count = 0;
/** Where the next tick goes on, when the last one did not get to the end. */
let next: TimePromise | undefined;

/** How many run. */
export function running(): number {
  return count;
}

/** Takes a transaction in that just began. */
export function link(txn: TimePromise): void {
  if (count >= RUNNING_MAX && oldest !== undefined) {
    misuse('startTransaction: too many transactions run; the oldest was abandoned');
    abandon(oldest, clock());
  }
  txn.older = newest;
  if (newest === undefined) oldest = txn;
  else newest.newer = txn;
  newest = txn;
  count += 1;
}

/** Takes a transaction out that has ended. */
export function unlink(txn: TimePromise): void {
  const { older, newer } = txn;
  if (older === undefined) oldest = newer;
  else older.newer = newer;
  if (newer === undefined) newest = older;
  else newer.older = older;
  if (next === txn) next = newer;
  txn.older = undefined;
  txn.newer = undefined;
  count -= 1;
}

/** Looks for stalls and timeouts, at so many transactions per call. */
function watch(nowMs: number): void {
  const { published } = names;
  const timeoutMs = published[TIMEOUT_MS] as number;
  let txn = next ?? oldest;
  next = undefined;
  for (let looked = 0; txn !== undefined; looked += 1) {
    const { newer }: TimePromise = txn;
    const ageMs = nowMs - txn.startMs;
    if (ageMs < WATCHED_AFTER_MS) return;
    if (looked >= WATCHED_PER_TICK) {
      next = txn;
      return;
    }
    if (nowMs - txn.touchedMs > timeoutMs) {
      abandon(txn, nowMs);
    } else if ((txn.flags & STALLED) === 0 && ageMs > (published[txn.bt.base + STALL_MS] as number)) {
      txn.flags |= STALLED;
      reportStall(txn, nowMs);
    }
    txn = newer;
  }
}

/** Ends everything that runs: the thread ends. */
function abandonAll(): void {
  const nowMs = clock();
  while (oldest !== undefined) abandon(oldest, nowMs);
  writeAll();
}

/** Lets go of everything that runs: the agent it was begun under is over. */
function forgetAll(): void {
  for (let txn = oldest; txn !== undefined; txn = oldest) {
    txn.state = INERT;
    unlink(txn);
  }
}

batch.everySecond(watch);
batch.whenAnew(forgetAll);
batch.whenLeaving(abandonAll);
