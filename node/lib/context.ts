// Which transaction the running code belongs to.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { TimePromise } from './transaction';

const storage = new AsyncLocalStorage<TimePromise | undefined>();

/** The transaction of the running execution context. */
export function current(): TimePromise | undefined {
  return storage.getStore();
}

/** Runs `body` in the context of a transaction. */
export function run<R>(txn: TimePromise, body: () => R): R {
  return storage.run(txn, body);
}

/** Makes a transaction the current one from here on. */
export function enter(txn: TimePromise | undefined): void {
  storage.enterWith(txn);
}
