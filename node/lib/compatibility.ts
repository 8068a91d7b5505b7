// The small layer of internals that published programs read (contract.md). They keep a thread id on the handle and in
// the agent's context to find their transaction again; here both lead to the handle.
import { current, enter } from './context';
import { guidOf, HEADER_NAME } from './correlation';
import { textOf } from './text';
import { VALUE_UNITS_MAX } from './limits';
import type { TimePromise } from './transaction';

/** `txn.transaction`. */
export interface CompatibleTransaction {
  /** The request's GUID. */
  id: string;
}

/** `txn.time`. */
export class CompatibleTime {
  readonly #txn: TimePromise;

  /** @internal */
  constructor(txn: TimePromise) {
    this.#txn = txn;
  }

  /** Names the transaction for `agent.context.set('threadId', …)`. */
  get threadId(): unknown {
    return (this.#txn.threadId ??= threadIdOf(this.#txn));
  }

  set threadId(id: unknown) {
    this.#txn.threadId = id;
  }
}

/** `txn.agent`. */
export class CompatibleAgent {
  /** The context of the running code. */
  readonly context: CompatibleContext;

  /** @internal */
  constructor(txn: TimePromise | undefined) {
    this.context = new CompatibleContext(txn);
  }
}

/** `txn.agent.context`. */
export class CompatibleContext {
  readonly #txn: TimePromise | undefined;

  /** @internal */
  constructor(txn: TimePromise | undefined) {
    this.#txn = txn;
  }

  /** `threadId` of the current transaction. */
  get(key: unknown): unknown {
    if (key !== 'threadId') return undefined;
    const txn = current();
    return txn === undefined ? undefined : threadIdOf(txn);
  }

  /** With a transaction's `threadId`: its context is entered. */
  set(key: unknown, value: unknown): unknown {
    if (key === 'threadId') enter(byThreadId.get(value as number)?.deref() ?? (value === undefined ? undefined : this.#txn));
    return value;
  }

  /** Runs a function. */
  run(body: unknown): unknown {
    return typeof body === 'function' ? body() : undefined;
  }
}

/** Transactions whose thread id somebody asked for. */
const byThreadId = new Map<number, WeakRef<TimePromise>>();
let lastThreadId = 0;

/** Thread ids that are remembered. */
const THREAD_IDS_MAX = 1_000;

/** The number that stands for a transaction in this layer. */
export function threadIdOf(txn: TimePromise): number {
  if (typeof txn.threadId === 'number') return txn.threadId;
  lastThreadId += 1;
  txn.threadId = lastThreadId;
  if (byThreadId.size >= THREAD_IDS_MAX) byThreadId.delete(byThreadId.keys().next().value as number);
  byThreadId.set(lastThreadId, new WeakRef(txn));
  return lastThreadId;
}

/** The transaction of such a number, or of a GUID's. */
export function byId(id: unknown): TimePromise | undefined {
  if (typeof id === 'number') return byThreadId.get(id)?.deref();
  const txn = current();
  return txn !== undefined && (id === undefined || guidOf(txn) === id) ? txn : undefined;
}

/** `appd.__agent`. */
export const compatibleAgent = {
  correlation: { HEADER_NAME },
  thread: {
    /** The thread id of the current transaction. */
    current(): number | undefined {
      const txn = current();
      return txn === undefined ? undefined : threadIdOf(txn);
    },
  },
  profiler: {
    /** The transaction of a thread id; without one, the current transaction. */
    getTransaction(id?: unknown): TimePromise | undefined {
      return byId(id);
    },
    /** A text without what a statement's parameters would give away. */
    sanitize(value: unknown): string {
      return textOf(value, VALUE_UNITS_MAX).replace(/'(?:[^'\\]|\\.|'')*'/g, '?').replace(/\b\d+(?:\.\d+)?\b/g, '?');
    },
  },
  customTransaction: {
    /** Joins the current code to a transaction. */
    join(_request: unknown, txn: unknown): unknown {
      try {
        if (txn !== null && typeof txn === 'object' && 'state' in txn) (txn as TimePromise).resume();
      } catch {
        // Not a transaction.
      }
      return txn;
    },
  },
  context: new CompatibleContext(undefined),
};
