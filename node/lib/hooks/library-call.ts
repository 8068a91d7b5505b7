// A call that a library makes: begun before it is made, ended by its callback or promise.
import { callIn, current, type Called } from '../context';
import { beginAutomaticExit, endAutomaticExit, type ExitCall, type ExitCallInfo } from '../exit-call';
import { property } from '../text';
import type { TimePromise } from '../transaction';
import { isWatched, stackTrace } from './http-exit';
import { likeness, replace } from './replaced';
import { isSuppressed } from './suppressed';

/** The transaction that a call is part of; of none, it is nobody's business. */
export function caller(): TimePromise | undefined {
  const txn = current();
  return txn === undefined || isSuppressed() ? undefined : txn;
}

/** Begins the exit call; `from` is what the program called. `undefined` when the program wants it hidden. */
export function beginCall(txn: TimePromise, info: ExitCallInfo, from: Called): ExitCall | undefined {
  if (isWatched(txn)) info.stackTrace = stackTrace(from);
  return beginAutomaticExit(txn, info);
}

/** A callback whose first argument is an error or nothing. It ends the call, and runs in the context of who made it:
 * libraries call it in that of a connection. */
export function ending(txn: TimePromise, exit: ExitCall | undefined, callback: Called): Called {
  const ours = function (this: unknown, error: unknown): unknown {
    endAutomaticExit(exit, error);
    return callIn(txn, callback, this, arguments);
  };
  return likeness(ours, callback);
}

/** What is promised, with the end of the call in front of it. The promise is another one: to listen to the library's
 * own would make a rejection that nobody catches one that somebody did. */
export function settling(exit: ExitCall | undefined, promised: unknown): unknown {
  const then = property(promised, 'then');
  if (exit === undefined || typeof then !== 'function') return promised;
  return (promised as Promise<unknown>).then(
    (value) => {
      endAutomaticExit(exit);
      return value;
    },
    (error: unknown) => {
      endAutomaticExit(exit, error ?? 'rejected');
      throw error;
    },
  );
}

/** Makes the call; what it throws ends it. */
export function making(exit: ExitCall | undefined, original: Called, self: unknown, args: ArrayLike<unknown>): unknown {
  try {
    return Reflect.apply(original, self, args);
  } catch (error) {
    endAutomaticExit(exit, error ?? 'thrown');
    throw error;
  }
}

/** A callback that waits for its turn in a pool: it is called in the context in which somebody else is done. */
export function inOwnContext(callback: Called): Called {
  const txn = current();
  const ours = function (this: unknown): unknown {
    return callIn(txn, callback, this, arguments);
  };
  return likeness(ours, callback);
}

/** Stands in front of a method where it is defined, once. Whether there is such a method. */
export function replaceMethod(prototype: unknown, name: string, make: (original: Called) => Called): boolean {
  let owner = prototype;
  while (owner !== null && typeof owner === 'object' && !Object.prototype.hasOwnProperty.call(owner, name)) {
    owner = Object.getPrototypeOf(owner);
  }
  if (owner === null || typeof owner !== 'object') return false;
  const found = property(owner, name);
  if (typeof found !== 'function' || placed.has(found)) return false;
  const isReplaced = replace(owner, name, make);
  const put: unknown = property(owner, name);
  if (isReplaced && typeof put === 'function') placed.add(put);
  return isReplaced;
}

/** Functions that are ours already. */
const placed = new WeakSet<object>();

/** Describes a call to a SQL database. */
export function databaseExit(
  vendor: string,
  backendName: string,
  host: string,
  port: unknown,
  database: unknown,
): ExitCallInfo {
  const identifyingProperties = { Host: host, Port: textOr(port), Database: textOr(database), Vendor: vendor };
  const label = `${textOr(database)} - ${vendor} - ${host}:${textOr(port)}`;
  return { exitType: 'EXIT_DB', backendName, label, identifyingProperties, isSql: true };
}

/** Describes a call to a cache. */
export function cacheExit(backendName: string, pool: string, command: unknown): ExitCallInfo {
  const name = typeof command === 'string' ? command.toUpperCase() : undefined;
  return { exitType: 'EXIT_CACHE', backendName, label: pool, identifyingProperties: { 'Server Pool': pool }, command: name };
}

function textOr(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
}
