// MySQL and MariaDB by `mysql` and `mysql2`.
import type { Called } from '../../context';
import { endAutomaticExit, type ExitCall } from '../../exit-call';
import { property } from '../../text';
import type { TimePromise } from '../../transaction';
import { beginCall, caller, databaseExit, ending, inOwnContext, making, replaceMethod } from '../library-call';

const DEFAULT_PORT = 3306;

/** Hooks the connection, or the pool; other modules of that name are not meant. */
export function hook(exported: object): void {
  const prototype = property(exported, 'prototype');
  if (typeof property(exported, 'createQuery') === 'function') {
    replaceMethod(prototype, 'query', inFrontOfQuery);
    replaceMethod(prototype, 'execute', inFrontOfQuery);
  } else if (typeof property(prototype, 'releaseConnection') === 'function') {
    replaceMethod(prototype, 'getConnection', inFrontOfConnection);
  }
}

function inFrontOfConnection(original: Called): Called {
  return function getConnection(this: unknown, callback: unknown): unknown {
    if (typeof callback !== 'function') return Reflect.apply(original, this, arguments);
    return Reflect.apply(original, this, [inOwnContext(callback as Called)]);
  };
}

function inFrontOfQuery(original: Called): Called {
  return function query(this: unknown, sql: unknown, values: unknown): unknown {
    const txn = caller();
    if (txn === undefined) return Reflect.apply(original, this, arguments);
    const exit = begin(txn, this, sql, values, query);
    const command = making(exit, original, this, arguments);
    if (command !== null && typeof command === 'object') watch(txn, exit, command as Command);
    return command;
  };
}

function begin(txn: TimePromise, connection: unknown, sql: unknown, values: unknown, from: Called): ExitCall | undefined {
  const config = property(connection, 'config');
  const host = property(config, 'socketPath') ?? property(config, 'host');
  const name = typeof host === 'string' && host !== '' ? host : 'localhost';
  const info = databaseExit('MYSQL', 'MySQL', name, property(config, 'port') ?? DEFAULT_PORT, property(config, 'database'));
  info.user = property(config, 'user') as string | undefined;
  const command = typeof sql === 'string' ? sql : property(sql, 'sql');
  info.command = typeof command === 'string' ? command : undefined;
  info.commandArgs = typeof values === 'function' || values === undefined ? property(sql, 'values') : values;
  return beginCall(txn, info, from);
}

/** What both libraries make of a query. */
interface Command {
  /** The program's callback: `mysql`, `mysql2`. */
  _callback?: unknown;
  onResult?: unknown;
  /** The end of a command of `mysql`. */
  end?: unknown;
  emit: unknown;
}

function watch(txn: TimePromise, exit: ExitCall | undefined, command: Command): void {
  const { _callback, onResult, end, emit } = command;
  if (typeof onResult === 'function') {
    command.onResult = ending(txn, exit, onResult as Called);
  } else if (typeof end === 'function') {
    command.end = ending(txn, exit, end as Called);
    if (typeof _callback === 'function') command._callback = ending(txn, undefined, _callback as Called);
  } else if (typeof emit === 'function') {
    // Rows one by one. A listener of ours would be one more than the program's.
    command.emit = function (this: unknown, event: unknown, error: unknown): unknown {
      if (event === 'error') endAutomaticExit(exit, error);
      else if (event === 'end') endAutomaticExit(exit);
      return Reflect.apply(emit as Called, this, arguments);
    };
  }
}
