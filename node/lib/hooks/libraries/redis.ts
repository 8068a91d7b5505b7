// Redis by `redis`: version 3 by callbacks, since 4 by promises.
import type { Called } from '../../context';
import { property } from '../../text';
import { beginCall, cacheExit, caller, ending, making, replaceMethod, settling } from '../library-call';
import { replace } from '../replaced';

const DEFAULT_PORT = 6379;

/** What a connection of version 3 says by itself before it is ready. */
const GREETING: ReadonlySet<unknown> = new Set(['info', 'auth', 'select', 'client']);

/** Hooks the client. */
export function hook(exported: object): void {
  const client = property(exported, 'RedisClient') ?? property(exported, 'default');
  const prototype = property(client, 'prototype');
  if (replaceMethod(prototype, 'internal_send_command', inFrontOfInternal)) return;
  // Version 4 gives its executor away while it is loaded; later ones call their own `sendCommand`.
  if (typeof property(exported, 'attachCommands') === 'function') replace(exported, 'attachCommands', inFrontOfAttach);
  else if (typeof property(prototype, '_executeCommand') === 'function') {
    replaceMethod(prototype, 'sendCommand', inFrontOfSend);
    replaceMethod(prototype, '_executePipeline', inFrontOfMany('PIPELINE'));
    replaceMethod(prototype, '_executeMulti', inFrontOfMany('MULTI'));
  }
}

/** Several commands that are sent together are one call. */
function inFrontOfMany(name: string): (original: Called) => Called {
  return (original) =>
    function ours(this: unknown): unknown {
      const txn = caller();
      if (txn === undefined) return Reflect.apply(original, this, arguments);
      const exit = beginCall(txn, cacheExit('Redis', poolOf(property(this, '_self') ?? this), name), ours);
      return settling(exit, making(exit, original, this, arguments));
    };
}

function poolOf(client: unknown): string {
  const options = property(client, 'options');
  const socket = property(options, 'socket');
  const path = property(socket, 'path');
  if (typeof path === 'string') return path;
  const url = property(options, 'url');
  if (socket === undefined && typeof url === 'string') return addressIn(url);
  return `${property(socket, 'host') ?? 'localhost'}:${property(socket, 'port') ?? DEFAULT_PORT}`;
}

function addressIn(url: string): string {
  try {
    const { hostname, port } = new URL(url);
    return `${hostname}:${port || DEFAULT_PORT}`;
  } catch {
    return url;
  }
}

function inFrontOfSend(original: Called): Called {
  return function sendCommand(this: unknown, args: unknown): unknown {
    const txn = caller();
    if (txn === undefined) return Reflect.apply(original, this, arguments);
    const name = Array.isArray(args) ? String(args[0]) : undefined;
    const exit = beginCall(txn, cacheExit('Redis', poolOf(property(this, '_self') ?? this), name), sendCommand);
    return settling(exit, making(exit, original, this, arguments));
  };
}

/** What version 4 attaches to its classes. */
function inFrontOfAttach(original: Called): Called {
  return function attachCommands(this: unknown, config: unknown): unknown {
    const executor = property(config, 'executor');
    const isClient = property(property(property(config, 'BaseClass'), 'prototype'), 'commandsExecutor') !== undefined;
    if (typeof executor !== 'function' || !isClient) return Reflect.apply(original, this, arguments);
    return Reflect.apply(original, this, [{ ...(config as object), executor: inFrontOfExecutor(executor as Called) }]);
  };
}

function inFrontOfExecutor(original: Called): Called {
  return function ours(this: unknown, _command: unknown, args: unknown, name: unknown): unknown {
    const txn = caller();
    if (txn === undefined) return Reflect.apply(original, this, arguments);
    const exit = beginCall(txn, cacheExit('Redis', poolOf(this), typeof name === 'string' ? name : undefined), ours);
    return settling(exit, making(exit, original, this, arguments));
  };
}

function inFrontOfInternal(original: Called): Called {
  return function internal_send_command(this: unknown, command: unknown): unknown {
    const txn = caller();
    const name = property(command, 'command');
    if (txn === undefined || typeof name !== 'string' || (property(this, 'ready') !== true && GREETING.has(name))) {
      return Reflect.apply(original, this, arguments);
    }
    const address = property(this, 'address');
    const pool = typeof address === 'string' ? address : poolOf(this);
    const exit = beginCall(txn, cacheExit('Redis', pool, name), internal_send_command);
    const holder = command as { callback?: unknown };
    const callback = typeof holder.callback === 'function' ? (holder.callback as Called) : () => undefined;
    holder.callback = ending(txn, exit, callback);
    return making(exit, original, this, arguments);
  };
}
