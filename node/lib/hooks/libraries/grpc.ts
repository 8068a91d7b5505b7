// gRPC by `@grpc/grpc-js`: calls out carry the headers, and calls in are transactions.
import { callIn, current, type Called } from '../../context';
import { endAutomaticExit, type ExitCall } from '../../exit-call';
import { RUNNING } from '../../flags';
import { NAME_UNITS_MAX } from '../../limits';
import { nameOf } from '../../naming';
import { property, textOf } from '../../text';
import { finish, type TimePromise } from '../../transaction';
import { addHeaders } from '../exit-headers';
import { beginCall, caller, ending, making, replaceMethod } from '../library-call';
import { received } from '../received';
import { likeness } from '../replaced';

/** Headers of a call. */
interface Metadata {
  clone(): Metadata;
  get(name: string): unknown[];
  set(name: string, value: string): void;
}

/** The ways to call, and where their headers are among the arguments. */
const WAYS: readonly [name: string, place: number][] = [
  ['makeUnaryRequest', 4], ['makeServerStreamRequest', 4], ['makeClientStreamRequest', 3], ['makeBidiStreamRequest', 3],
];

/** The class of headers, once the library is whole. */
let Made: (new () => Metadata) | undefined;

/** Hooks clients, whose module is looked at before the rest of the library keeps what is in it, and servers. */
export function hook(exported: object): void {
  const client = property(property(exported, 'Client'), 'prototype');
  if (property(client, 'makeUnaryRequest') === undefined) return;
  for (const [name, place] of WAYS) replaceMethod(client, name, inFrontOfCall(place));
  const made = property(exported, 'Metadata');
  if (typeof made === 'function') Made = made as new () => Metadata;
  replaceMethod(property(property(exported, 'Server'), 'prototype'), 'register', inFrontOfRegister);
}

function inFrontOfCall(place: number): (original: Called) => Called {
  return (original) =>
    function ours(this: unknown, method: unknown): unknown {
      const txn = Made === undefined ? undefined : caller();
      const exit = txn === undefined ? undefined : begin(txn, this, textOf(method, NAME_UNITS_MAX), ours);
      if (Made === undefined || txn === undefined || exit === undefined) return Reflect.apply(original, this, arguments);
      const args: unknown[] = Array.from(arguments);
      const given = args[place];
      const metadata = given instanceof Made ? given.clone() : new Made();
      addHeaders(exit, {
        get: (name) => metadata.get(name)[0] as string | undefined,
        set: (name, value) => metadata.set(name, value),
      });
      args.splice(place, given instanceof Made ? 1 : 0, metadata);
      const last = args.length - 1;
      if (typeof args[last] === 'function' && last > place) args[last] = ending(txn, undefined, args[last] as Called);
      const call = making(exit, original, this, args);
      if (call !== null && typeof call === 'object') watchCall(txn, exit, call as Emitter);
      return call;
    };
}

function begin(txn: TimePromise, client: unknown, method: string, from: Called): ExitCall | undefined {
  const address = targetOf(client);
  const [, service = '', operation = ''] = method.split('/');
  return beginCall(txn, {
    exitType: 'EXIT_WEBSERVICE',
    backendName: 'gRPC',
    label: `${service} - ${address}`,
    identifyingProperties: { Service: service, URL: address, Vendor: 'GRPC' },
    method: operation,
    command: method,
  }, from);
}

/** Who is called, as the program said, without the way in which names are resolved. */
function targetOf(client: unknown): string {
  try {
    const channel = (client as { getChannel(): { getTarget(): string } }).getChannel();
    return textOf(channel.getTarget(), NAME_UNITS_MAX).replace(/^(?:dns|ipv4|ipv6|unix):(?:\/\/[^/]*\/)?/, '');
  } catch {
    return '';
  }
}

interface Emitter {
  emit: unknown;
}

/** A call is over when its status is there. Listeners are the program's: events come in the context of the connection,
 * and go on in that of the transaction. */
function watchCall(txn: TimePromise, exit: ExitCall, call: Emitter): void {
  const { emit } = call;
  if (typeof emit !== 'function') return;
  call.emit = function (this: unknown, event: unknown, first: unknown): unknown {
    if (event === 'status') {
      const code = property(first, 'code');
      const message = `${textOf(code, NAME_UNITS_MAX)} ${textOf(property(first, 'details') ?? '', NAME_UNITS_MAX)}`.trim();
      endAutomaticExit(exit, code === 0 ? undefined : { name: `gRPC ${textOf(code, NAME_UNITS_MAX)}`, message });
    }
    if (txn.state === RUNNING && current() === undefined) return callIn(txn, emit as Called, this, arguments);
    return Reflect.apply(emit as Called, this, arguments);
  };
}

/** Methods of a server, as they are added. */
function inFrontOfRegister(original: Called): Called {
  return function register(this: unknown, name: unknown, handler: unknown): unknown {
    if (typeof handler !== 'function' || typeof name !== 'string') return Reflect.apply(original, this, arguments);
    const args: unknown[] = Array.from(arguments);
    args[1] = likeness(served(name, handler as Called), handler as Called);
    return Reflect.apply(original, this, args);
  };
}

function served(path: string, handler: Called): Called {
  return function (this: unknown, call: unknown, callback: unknown): unknown {
    const txn = begun(path, property(call, 'metadata'));
    if (txn === undefined) return Reflect.apply(handler, this, arguments);
    const args: unknown[] = Array.from(arguments);
    if (typeof callback === 'function') {
      args[1] = likeness(function (this: unknown, error: unknown): unknown {
        try {
          return Reflect.apply(callback, this, arguments);
        } finally {
          finish(txn, error ?? undefined);
        }
      }, callback as Called);
    }
    if (call !== null && typeof call === 'object') watchServed(txn, call as Emitter, typeof callback !== 'function');
    try {
      return callIn(txn, handler, this, args as unknown as IArguments);
    } catch (error) {
      finish(txn, error ?? 'thrown');
      throw error;
    }
  };
}

function begun(path: string, metadata: unknown): TimePromise | undefined {
  // Requests are named, and excluded, by the rules for all requests.
  const name = nameOf({ method: 'POST', url: path });
  if (name === undefined) return undefined;
  const first = (header: string): unknown => {
    const values: unknown = typeof property(metadata, 'get') === 'function' ? (metadata as Metadata).get(header) : undefined;
    return Array.isArray(values) ? values[0] : undefined;
  };
  const headers = { singularityheader: first('singularityheader'), traceparent: first('traceparent'), tracestate: first('tracestate') };
  return received('gRPC', name, headers);
}

/** What streams in comes in the context of the connection; what streams out is over when it was ended. */
function watchServed(txn: TimePromise, call: Emitter, isStreamingOut: boolean): void {
  const { emit } = call;
  if (typeof emit !== 'function') return;
  call.emit = function (this: unknown, event: unknown, first: unknown): unknown {
    const isLost = txn.state === RUNNING && current() === undefined;
    try {
      return isLost ? callIn(txn, emit as Called, this, arguments) : Reflect.apply(emit as Called, this, arguments);
    } finally {
      if (event === 'cancelled') finishOnce(txn, 'cancelled');
      else if (isStreamingOut && event === 'error') finishOnce(txn, first ?? 'error');
      else if (isStreamingOut && (event === 'finish' || event === 'close')) finishOnce(txn);
    }
  };
}

function finishOnce(txn: TimePromise, error?: unknown): void {
  if (txn.state === RUNNING) finish(txn, error);
}
