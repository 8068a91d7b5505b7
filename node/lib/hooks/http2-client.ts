// Requests of sessions of `http2` become exit calls. gRPC, which speaks it too, is seen where it is gRPC.
import type http2 from 'node:http2';
import type { Called } from '../context';
import { caught } from '../errors';
import { beginAutomaticExit, endAutomaticExit, type ExitCall } from '../exit-call';
import { property } from '../text';
import type { TimePromise } from '../transaction';
import { addHeaders } from './exit-headers';
import { httpExit, isWatched, stackTrace, statusError } from './http-exit';
import { caller, making, replaceMethod } from './library-call';
import { replace } from './replaced';

type Headers = Record<string, unknown>;

/** The address that a session was made for. */
const addressOf = new WeakMap<object, URL>();

/** Hooks the sessions, whose class is met with the first of them. */
export function hookClientsOfHttp2(module: typeof http2): void {
  replace(module, 'connect', (original) =>
    function connect(this: unknown, authority: unknown): unknown {
      const session: unknown = Reflect.apply(original, this, arguments);
      try {
        if (session !== null && typeof session === 'object') {
          addressOf.set(session, new URL(String(authority)));
          replaceMethod(Object.getPrototypeOf(session), 'request', inFrontOfRequest);
        }
      } catch {
        caught('http2 client: a failure of the agent');
      }
      return session;
    });
}

function inFrontOfRequest(original: Called): Called {
  return function request(this: object, given: unknown): unknown {
    const txn = caller();
    // Lists of names and values are the program's, as it wrote them.
    if (txn === undefined || Array.isArray(given) || (given !== undefined && given !== null && typeof given !== 'object')) {
      return Reflect.apply(original, this, arguments);
    }
    const headers: Headers = { ...(given as Headers | null | undefined) };
    const exit = begin(txn, addressOf.get(this), headers, request);
    if (exit === undefined) return Reflect.apply(original, this, arguments);
    const args: unknown[] = Array.from(arguments);
    args[0] = headers;
    const stream = making(exit, original, this, args);
    if (stream !== null && typeof stream === 'object') watch(exit, stream as { emit: unknown; rstCode?: number });
    return stream;
  };
}

function begin(txn: TimePromise, address: URL | undefined, headers: Headers, from: Called): ExitCall | undefined {
  try {
    const keyOf = (name: string): string => Object.keys(headers).find((key) => key.toLowerCase() === name) ?? name;
    if (String(headers[keyOf('content-type')] ?? '').startsWith('application/grpc')) return undefined;
    const { protocol = 'https:', hostname = 'localhost', port = '' } = address ?? {};
    const method = String(headers[':method'] ?? 'GET');
    const info = httpExit(protocol, hostname, port || (protocol === 'http:' ? 80 : 443), method, String(headers[':path'] ?? '/'));
    if (isWatched(txn)) {
      info.requestHeaders = headers;
      info.stackTrace = stackTrace(from);
    }
    const exit = beginAutomaticExit(txn, info);
    if (exit === undefined) return undefined;
    addHeaders(exit, {
      get: (name) => {
        const value = headers[keyOf(name)];
        return value === undefined ? undefined : String(value);
      },
      set: (name, value) => {
        headers[keyOf(name)] = value;
      },
    });
    return exit;
  } catch {
    caught('http2 client: a failure of the agent');
    return undefined;
  }
}

/** A listener of ours would be one more than the program's: whether it listens decides what Node.js does. */
function watch(exit: ExitCall, stream: { emit: unknown; rstCode?: number }): void {
  const { emit } = stream;
  if (typeof emit !== 'function') return;
  stream.emit = function (this: unknown, event: unknown, first: unknown): unknown {
    if (event === 'response') {
      const status = property(first, ':status');
      if (typeof status === 'number') exit.statusCode = status;
      if (exit.txn !== undefined && isWatched(exit.txn)) exit.responseHeaders = first as object;
    } else if (event === 'error') {
      endAutomaticExit(exit, first ?? 'error');
    } else if (event === 'end' || event === 'close') {
      endAutomaticExit(exit, exit.statusCode === undefined ? UNANSWERED : statusError(exit));
    }
    return Reflect.apply(emit as Called, this, arguments);
  };
}

/** The error of a request whose stream was closed, by either side, before there was an answer. */
const UNANSWERED = { name: 'Error', message: 'closed without an answer' };
