// PostgreSQL by `pg`.
import type { Called } from '../../context';
import { endAutomaticExit, type ExitCall } from '../../exit-call';
import { property } from '../../text';
import type { TimePromise } from '../../transaction';
import { beginCall, caller, databaseExit, ending, inOwnContext, making, replaceMethod, settling } from '../library-call';

const DEFAULT_PORT = 5432;

/** Hooks the client, or the pool. */
export function hook(exported: object): void {
  replaceMethod(property(property(exported, 'Client'), 'prototype'), 'query', inFrontOfQuery);
  const pool = property(exported, 'prototype');
  if (property(pool, 'query') !== undefined) replaceMethod(pool, 'connect', inFrontOfConnect);
}

function inFrontOfQuery(original: Called): Called {
  return function query(this: unknown, config: unknown): unknown {
    const txn = caller();
    if (txn === undefined) return Reflect.apply(original, this, arguments);
    const exit = begin(txn, this, config, arguments[1], query);
    const args: unknown[] = Array.from(arguments);
    const place = args.findIndex((arg, at) => at > 0 && typeof arg === 'function');
    if (place > 0) {
      args[place] = ending(txn, exit, args[place] as Called);
      return making(exit, original, this, args);
    }
    const callback = property(config, 'callback');
    if (typeof callback === 'function') {
      (config as { callback: unknown }).callback = ending(txn, exit, callback as Called);
      return making(exit, original, this, args);
    }
    if (typeof property(config, 'submit') === 'function') watch(config as object, exit);
    return settling(exit, making(exit, original, this, args));
  };
}

function begin(txn: TimePromise, client: unknown, config: unknown, values: unknown, from: Called): ExitCall | undefined {
  const parameters = property(client, 'connectionParameters') ?? client;
  const host = property(client, 'host') ?? property(parameters, 'host');
  const port = property(client, 'port') ?? property(parameters, 'port') ?? DEFAULT_PORT;
  const name = typeof host === 'string' && host !== '' ? host : 'localhost';
  const info = databaseExit('POSTGRESQL', 'PostgresSQL', name, port, property(client, 'database') ?? property(parameters, 'database'));
  info.user = property(parameters, 'user') as string | undefined;
  const command = typeof config === 'string' ? config : (property(config, 'text') ?? property(property(config, 'cursor'), 'text'));
  info.command = typeof command === 'string' ? command : undefined;
  info.commandArgs = Array.isArray(values) ? values : property(config, 'values');
  return beginCall(txn, info, from);
}

/** Queries that bring their own handlers: cursors and streams. */
function watch(query: object, exit: ExitCall | undefined): void {
  for (const name of ['handleReadyForQuery', 'handleError']) {
    const original = property(query, name);
    if (typeof original !== 'function') continue;
    (query as Record<string, unknown>)[name] = function (this: unknown, error: unknown): unknown {
      endAutomaticExit(exit, name === 'handleError' ? error : undefined);
      return Reflect.apply(original as Called, this, arguments);
    };
  }
}

function inFrontOfConnect(original: Called): Called {
  return function connect(this: unknown, callback: unknown): unknown {
    if (typeof callback !== 'function') return Reflect.apply(original, this, arguments);
    return Reflect.apply(original, this, [inOwnContext(callback as Called)]);
  };
}
