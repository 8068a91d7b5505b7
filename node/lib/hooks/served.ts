// A request that is being served, and its transaction.
import { property } from '../text';
import type { TimePromise } from '../transaction';

/** Where a request and its response carry what we know of them. No table: that would cost more than all the rest. */
export const servedKey = Symbol('tierline.served');

/** What is known of a request while it is served. */
export class Served {
  readonly txn: TimePromise;
  /** The route that a framework matched, as far as it told. */
  route: unknown = undefined;
  /** What a framework keeps its route in, asked at the end. */
  routeOf: (() => unknown) | undefined = undefined;
  /** An error that the framework was given. It counts when the answer is an error. */
  error: unknown = undefined;

  constructor(txn: TimePromise) {
    this.txn = txn;
  }
}

/** Something that may carry a served request. */
export interface Carrier {
  [servedKey]?: Served | undefined;
}

/** What is known of a request of `http`. */
export function servedBy(request: unknown): Served | undefined {
  const found = property(request, servedKey);
  return found instanceof Served ? found : undefined;
}

/** The automatically detected transaction of a request: of `http`, or of a framework that wraps one. */
export function transactionOf(request: unknown): TimePromise | undefined {
  const served =
    servedBy(request) ??
    servedBy(property(request, 'req')) ??
    servedBy(property(request, 'raw')) ??
    servedBy(property(property(request, 'raw'), 'req'));
  return served?.txn;
}

/** Keeps an error that a framework was given for a request. The last one is the one that was answered. */
export function failed(request: unknown, error: unknown): void {
  const served = servedBy(request);
  if (served !== undefined && error !== undefined && error !== null) served.error = error;
}

/** The request whose handler an exception is leaving. Its context is gone when the process learns of it. */
let left: Served | undefined;

/** An exception leaves the handler of a request. It is seen, not caught: caught and thrown again, it would be shown to
 * have been thrown here. */
export function leaving(served: Served): void {
  left = served;
  // If the caller catches it, that is all; the process would have learnt of it before this.
  queueMicrotask(() => (left = undefined));
}

/** The request whose handler was left by the exception that nobody caught. */
export function takeLeft(): Served | undefined {
  const served = left;
  left = undefined;
  return served;
}

/** A response whose last listeners run, when there is one. */
export const finishing: { last: { end(): void } | undefined } = { last: undefined };

/** One of these listeners ends the process: the transaction has ended by then. */
export function endFinishing(): void {
  finishing.last?.end();
}
