// Redis by `ioredis`.
import type { Called } from '../../context';
import { endAutomaticExit, type ExitCall } from '../../exit-call';
import { property } from '../../text';
import { beginCall, cacheExit, caller, making, replaceMethod } from '../library-call';

/** What a connection says by itself before it is ready. */
const GREETING: ReadonlySet<unknown> = new Set(['info', 'hello', 'auth', 'select', 'client', 'readonly']);

/** Commands that are on their way: those that wait for the connection are sent again. */
const begun = new WeakSet<object>();

interface Command {
  name: unknown;
  resolve: unknown;
  reject: unknown;
}

/** Hooks the client. */
export function hook(exported: object): void {
  const client = property(exported, 'default') ?? exported;
  replaceMethod(property(client, 'prototype'), 'sendCommand', inFrontOfSend);
}

function inFrontOfSend(original: Called): Called {
  return function sendCommand(this: unknown, command: Command): unknown {
    const txn = caller();
    const isOwn = property(this, 'status') !== 'ready' && GREETING.has(property(command, 'name'));
    if (txn === undefined || isOwn || typeof property(command, 'resolve') !== 'function' || begun.has(command)) {
      return Reflect.apply(original, this, arguments);
    }
    begun.add(command);
    const options = property(this, 'options');
    const pool = property(options, 'path') ?? `${property(options, 'host')}:${property(options, 'port')}`;
    const exit = beginCall(txn, cacheExit('Redis', `${pool}`, command.name), sendCommand);
    if (exit !== undefined) watch(command, exit);
    return making(exit, original, this, arguments);
  };
}

function watch(command: Command, exit: ExitCall): void {
  const { resolve, reject } = command;
  command.resolve = function (this: unknown): unknown {
    endAutomaticExit(exit);
    return Reflect.apply(resolve as Called, this, arguments);
  };
  command.reject = function (this: unknown, error: unknown): unknown {
    endAutomaticExit(exit, error ?? 'rejected');
    return Reflect.apply(reject as Called, this, arguments);
  };
}
