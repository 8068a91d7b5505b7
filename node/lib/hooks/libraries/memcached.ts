// Memcached by `memcached`.
import type { Called } from '../../context';
import { property } from '../../text';
import { beginCall, cacheExit, caller, ending, making, replaceMethod } from '../library-call';

/** Hooks the client. */
export function hook(exported: object): void {
  replaceMethod(property(exported, 'prototype'), 'command', inFrontOfCommand);
}

function inFrontOfCommand(original: Called): Called {
  return function command(this: unknown, compile: unknown): unknown {
    const txn = caller();
    if (txn === undefined || typeof compile !== 'function') return Reflect.apply(original, this, arguments);
    const query: unknown = Reflect.apply(compile as Called, this, []);
    const callback = property(query, 'callback');
    const args: unknown[] = Array.from(arguments);
    args[0] = () => query;
    // Requests to one server of several are part of one that has a callback.
    if (typeof callback !== 'function') return Reflect.apply(original, this, args);
    const servers = property(this, 'servers');
    const pool = Array.isArray(servers) ? servers.join('\n') : '';
    const exit = beginCall(txn, cacheExit('Memcached', pool, property(query, 'type')), command);
    (query as { callback: unknown }).callback = ending(txn, exit, callback as Called);
    return making(exit, original, this, args);
  };
}
