// Which transaction the running code belongs to.
import { AsyncLocalStorage } from 'node:async_hooks';
import { RUNNING } from './flags';
import type { TimePromise } from './transaction';

const storage = new AsyncLocalStorage<TimePromise | undefined>();

/** The nearest transaction around that still runs. */
function nearestRunning(txn: TimePromise | undefined): TimePromise | undefined {
  let around = txn;
  while (around !== undefined && around.state !== RUNNING) around = around.outer;
  return around;
}

/** The transaction of the running execution context: the one entered last that still runs. */
export function current(): TimePromise | undefined {
  const txn = storage.getStore();
  return txn === undefined || txn.state === RUNNING ? txn : nearestRunning(txn.outer);
}

/** Runs `body` in the context of a transaction. */
export function run<R>(txn: TimePromise, body: () => R): R {
  return storage.run(txn, body);
}

/** Calls a function in the context of a transaction, as it was called: no closure on the path of a request. */
export function callIn(txn: TimePromise | undefined, called: Called, self: unknown, args: IArguments): unknown {
  return storage.run(txn, apply, called, self, args);
}

/** A function whose arguments are the program's business. */
export type Called = (this: never, ...args: never[]) => unknown;

function apply(called: Called, self: unknown, args: IArguments): unknown {
  return Reflect.apply(called, self, args);
}

/** Makes a transaction the current one from here on. */
export function enter(txn: TimePromise | undefined): void {
  storage.enterWith(txn);
}

/**
 * Lets go of a transaction that has ended. Contexts that were made while it ran may live for ever (sockets kept
 * alive, timers): from now on they belong to the transaction around it, if that still runs, and hold no other.
 */
export function leave(txn: TimePromise): void {
  txn.outer = nearestRunning(txn.outer);
}
