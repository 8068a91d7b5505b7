// Cassandra by `cassandra-driver`.
import { callIn, type Called } from '../../context';
import { property, textOf } from '../../text';
import { NAME_UNITS_MAX } from '../../limits';
import { beginCall, caller, making, replaceMethod, settling } from '../library-call';
import type { ExitCall } from '../../exit-call';
import type { TimePromise } from '../../transaction';

/** Hooks the client; the callbacks of all its calls are called by what these two promise. */
export function hook(exported: object): void {
  const prototype = property(property(exported, 'Client'), 'prototype');
  replaceMethod(prototype, '_execute', inFrontOf((query) => query));
  replaceMethod(prototype, '_batch', inFrontOf(statements));
  // Who calls back does so in the context of a connection.
  for (const name of ['execute', 'batch', 'eachRow']) replaceMethod(prototype, name, inFrontOfCallback);
}

function statements(queries: unknown): string {
  if (!Array.isArray(queries)) return '';
  return queries.map((one) => textOf(typeof one === 'string' ? one : (property(one, 'query') ?? ''), NAME_UNITS_MAX)).join('; ');
}

function inFrontOf(commandIn: (first: unknown) => unknown): (original: Called) => Called {
  return (original) =>
    function ours(this: unknown, first: unknown, params: unknown): unknown {
      const txn = caller();
      if (txn === undefined) return Reflect.apply(original, this, arguments);
      const exit = begin(txn, this, commandIn(first), params, ours);
      return settling(exit, making(exit, original, this, arguments));
    };
}

function begin(txn: TimePromise, client: unknown, command: unknown, params: unknown, from: Called): ExitCall | undefined {
  const options = property(client, 'options');
  const given = property(options, 'contactPoints');
  const pool = Array.isArray(given) ? textOf(given.join('\n'), NAME_UNITS_MAX) : '';
  const keyspace = textOf(property(client, 'keyspace') ?? property(options, 'keyspace') ?? '', NAME_UNITS_MAX);
  return beginCall(txn, {
    exitType: 'EXIT_DB',
    backendName: 'Cassandra',
    label: `${keyspace === '' ? '' : `${keyspace} - `}CASSANDRA - ${pool}`,
    identifyingProperties: { 'Server Pool': pool, Database: keyspace, Vendor: 'CASSANDRA' },
    command: typeof command === 'string' ? command : undefined,
    commandArgs: params,
    isSql: true,
  }, from);
}

function inFrontOfCallback(original: Called): Called {
  return function ours(this: unknown): unknown {
    const txn = caller();
    const last = arguments.length - 1;
    const callback: unknown = arguments[last];
    if (txn === undefined || typeof callback !== 'function') return Reflect.apply(original, this, arguments);
    const args: unknown[] = Array.from(arguments);
    args[last] = function (this: unknown): unknown {
      return callIn(txn, callback as Called, this, arguments);
    };
    return Reflect.apply(original, this, args);
  };
}
