// MongoDB by `mongodb`: one command to a server is one call.
import type { Called } from '../../context';
import { property, textOf } from '../../text';
import { NAME_UNITS_MAX } from '../../limits';
import { beginCall, caller, ending, inOwnContext, making, replaceMethod, settling } from '../library-call';
import { replace } from '../replaced';

/** What a connection says for itself: when it begins, when it is looked after, and when it ends. */
const OWN: ReadonlySet<string> = new Set([
  'hello', 'ismaster', 'isMaster', 'saslStart', 'saslContinue', 'authenticate', 'getnonce', 'endSessions',
]);

/** Commands that change nothing. */
const READING: ReadonlySet<string> = new Set([
  'find', 'getMore', 'aggregate', 'count', 'distinct', 'explain', 'listCollections', 'listDatabases', 'listIndexes',
  'dbStats', 'collStats',
]);

/** Where a connection carries the addresses that its client was given. */
const poolKey = Symbol('tierline.pool');

/** Hooks connections, their making, and their pool: three modules. */
export function hook(exported: object): void {
  const connection = property(property(exported, 'Connection'), 'prototype');
  if (property(connection, 'command') !== undefined) replaceMethod(connection, 'command', inFrontOfCommand);
  const pool = property(property(exported, 'ConnectionPool'), 'prototype');
  if (property(pool, 'checkOut') !== undefined) replaceMethod(pool, 'checkOut', inFrontOfCheckOut);
  if (typeof property(exported, 'connect') === 'function' && connection === undefined) replace(exported, 'connect', inFrontOfConnect);
}

/** The addresses of a client, in the order in which it was given them: any of them may be the one that answers. */
function poolIn(options: unknown): string | undefined {
  const hosts = property(options, 'hosts');
  return Array.isArray(hosts) && hosts.length > 0 ? textOf(hosts.map(String).join('\n'), NAME_UNITS_MAX) : undefined;
}

function inFrontOfConnect(original: Called): Called {
  return function connect(this: unknown, options: unknown, callback: unknown): unknown {
    const pool = poolIn(options);
    if (pool === undefined) return Reflect.apply(original, this, arguments);
    const mark = (connection: unknown): void => {
      if (connection !== null && typeof connection === 'object') Object.defineProperty(connection, poolKey, { value: pool });
    };
    if (typeof callback === 'function') {
      const ours = function (this: unknown, error: unknown, connection: unknown): unknown {
        mark(connection);
        return Reflect.apply(callback, this, arguments);
      };
      return Reflect.apply(original, this, [options, ours]);
    }
    const promised: unknown = Reflect.apply(original, this, arguments);
    if (typeof property(promised, 'then') !== 'function') return promised;
    return (promised as Promise<unknown>).then((connection) => {
      mark(connection);
      return connection;
    });
  };
}

/** Up to version 4 who waits is called when another one is done. */
function inFrontOfCheckOut(original: Called): Called {
  return function checkOut(this: unknown, callback: unknown): unknown {
    if (typeof callback !== 'function') return Reflect.apply(original, this, arguments);
    return Reflect.apply(original, this, [inOwnContext(callback as Called)]);
  };
}

function nameOf(command: unknown): string {
  if (command !== null && typeof command === 'object') for (const name in command) return name;
  return '';
}

function inFrontOfCommand(original: Called): Called {
  return function command(this: unknown, namespace: unknown, document: unknown): unknown {
    const txn = caller();
    const name = txn === undefined ? '' : nameOf(document);
    if (txn === undefined || name === '' || OWN.has(name)) return Reflect.apply(original, this, arguments);
    const database = property(namespace, 'db') ?? property(document, '$db');
    const pool = property(this, poolKey) ?? property(this, 'address');
    const collection = property(document, name === 'getMore' ? 'collection' : name);
    const [poolText, databaseText] = [textOf(pool ?? '', NAME_UNITS_MAX), textOf(database ?? '', NAME_UNITS_MAX)];
    const exit = beginCall(txn, {
      exitType: 'EXIT_DB',
      backendName: 'MongoDB',
      label: `${databaseText} - MONGODB - ${poolText}`,
      identifyingProperties: { 'Server Pool': poolText, Database: databaseText, Vendor: 'MONGODB' },
      category: READING.has(name) ? 'read' : 'write',
      command: typeof collection === 'string' ? `${name} ${textOf(collection, NAME_UNITS_MAX)}` : name,
      isSql: false,
    }, command);
    const args: unknown[] = Array.from(arguments);
    const last = args.length - 1;
    if (typeof args[last] !== 'function' || last < 2 || !isCallback(args[last])) {
      return settling(exit, making(exit, original, this, args));
    }
    args[last] = ending(txn, exit, args[last] as Called);
    return making(exit, original, this, args);
  };
}

/** The last argument of later versions is a class that makes answers. */
function isCallback(last: unknown): boolean {
  return typeof property(last, 'make') !== 'function';
}
