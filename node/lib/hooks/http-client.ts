// Calls made with `http.request`, `http.get` and their siblings in https become exit calls.
//
// The request is made by Node.js as the program asked for it; what is needed is read from it afterwards, before
// anything is sent. Like on the server's side, there are no listeners of ours: whether a program listens for `error` or
// `response` decides what Node.js does.
import type http from 'node:http';
import type https from 'node:https';
import { current, type Called } from '../context';
import { caught } from '../errors';
import { beginAutomaticExit, endAutomaticExit, type ExitCall } from '../exit-call';
import { property } from '../text';
import type { TimePromise } from '../transaction';
import { earlyRequest, portOf, type EarlyRequest } from './client-arguments';
import { addHeaders } from './exit-headers';
import { httpExit, isWatched, socketExit, stackTrace, statusError } from './http-exit';
import { replace } from './replaced';
import { isSuppressed } from './suppressed';

/** Where a request and its response carry their exit call. */
const exitKey = Symbol('tierline.exit');

interface Carrier {
  [exitKey]?: ExitCall | undefined;
}

type Request = http.ClientRequest & Carrier;
type Response = http.IncomingMessage & Carrier;

/** Ends what was sent. */
function over(carrier: Carrier, error?: unknown): void {
  const exit = carrier[exitKey];
  if (exit === undefined) return;
  carrier[exitKey] = undefined;
  endAutomaticExit(exit, error ?? statusError(exit));
}

/** Begins the exit call of a request that was made and is not sent yet. */
function begin(txn: TimePromise, request: Request, args: IArguments, defaultPort: number, from: Called): void {
  try {
    const { protocol, method, path } = request;
    const socketPath = property(request, 'socketPath');
    const info =
      typeof socketPath === 'string'
        ? socketExit(socketPath, method, path)
        : httpExit(protocol, request.host, portOf(args, request, defaultPort), method, path);
    if (isWatched(txn)) {
      info.requestHeaders = request.getHeaders();
      info.stackTrace = stackTrace(from);
    }
    const exit = beginAutomaticExit(txn, info);
    if (exit === undefined) return;
    request[exitKey] = exit;
    if (request.headersSent) return;
    addHeaders(exit, {
      get: (name) => textOfHeader(request.getHeader(name)),
      set: (name, value) => request.setHeader(name, value),
    });
  } catch {
    caught('http client: a failure of the agent');
  }
}

function textOfHeader(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** Begins the exit call of a request whose headers leave while it is made. */
function beginEarly(txn: TimePromise, early: EarlyRequest, defaultPort: number, from: Called): ExitCall | undefined {
  try {
    const { protocol = defaultPort === 443 ? 'https:' : 'http:', host, port = defaultPort, method, path } = early;
    const info = httpExit(protocol, host, port, method, path);
    if (isWatched(txn)) {
      info.requestHeaders = early.headers;
      info.stackTrace = stackTrace(from);
    }
    const exit = beginAutomaticExit(txn, info);
    if (exit !== undefined) addHeaders(exit, early);
    return exit;
  } catch {
    caught('http client: a failure of the agent');
    return undefined;
  }
}

/** Makes a request as the original would. `from` is what the program called. */
function make(original: Called, self: unknown, args: IArguments, defaultPort: number, from: Called): Request {
  const txn = current();
  if (txn === undefined || isSuppressed()) return Reflect.apply(original, self, args) as Request;
  const early = earlyRequest(args);
  if (early === undefined) {
    const request = Reflect.apply(original, self, args) as Request;
    if (request[exitKey] === undefined) begin(txn, request, args, defaultPort, from);
    return request;
  }
  const exit = beginEarly(txn, early, defaultPort, from);
  if (exit === undefined) return Reflect.apply(original, self, args) as Request;
  try {
    const request = Reflect.apply(original, self, early.args()) as Request;
    request[exitKey] = exit;
    return request;
  } catch (error) {
    endAutomaticExit(exit, error ?? 'thrown');
    throw error;
  }
}

function inFrontOfRequest(defaultPort: number): (original: Called) => Called {
  return (original) =>
    function ours(this: unknown): unknown {
      return make(original, this, arguments, defaultPort, ours);
    };
}

/** `get` calls the `request` of its own module, past ours. */
function inFrontOfGet(originalRequest: Called, defaultPort: number): (original: Called) => Called {
  return () =>
    function ours(this: unknown): unknown {
      const request = make(originalRequest, this, arguments, defaultPort, ours);
      request.end();
      return request;
    };
}

function inFrontOfEmit(original: Called): Called {
  return function emit(this: Request, event: unknown, first: unknown): unknown {
    const exit = this[exitKey];
    if (exit !== undefined) met(this, exit, event, first);
    return Reflect.apply(original, this, arguments);
  };
}

/** The error of a request whose connection was closed, by either side, before there was an answer. */
const UNANSWERED = { name: 'Error', message: 'closed without an answer' };

function met(request: Request, exit: ExitCall, event: unknown, first: unknown): void {
  switch (event) {
    case 'response':
      answered(request, exit, first as Response);
      // From now on it is the response that ends it.
      if (exit.statusCode !== undefined) {
        (first as Response)[exitKey] = exit;
        request[exitKey] = undefined;
      }
      return;
    case 'upgrade':
    case 'connect':
      answered(request, exit, first as Response);
      over(request);
      return;
    case 'error':
      over(request, first ?? 'error');
      return;
    case 'close':
      over(request, exit.statusCode === undefined ? UNANSWERED : undefined);
      return;
    default:
  }
}

/** Keeps what the answer says. The headers only when somebody will look: Node.js parses them when they are read. */
function answered(request: Request, exit: ExitCall, response: Response): void {
  try {
    exit.statusCode = response.statusCode;
    if (exit.txn === undefined || !isWatched(exit.txn)) return;
    exit.requestHeaders = request.getHeaders();
    exit.responseHeaders = response.headers;
  } catch {
    caught('http client: a failure of the agent');
  }
}

/** An event of a message received: the answer to a request of ours ends its exit call. */
export function responseEvent(response: Response, event: unknown, first: unknown): void {
  if (response[exitKey] === undefined) return;
  if (event === 'end' || event === 'close') over(response);
  else if (event === 'error') over(response, first ?? 'error');
}

function hookModule(module: { request: unknown }, port: number): void {
  const originalRequest = module.request as Called;
  replace(module, 'request', inFrontOfRequest(port));
  replace(module, 'get', inFrontOfGet(originalRequest, port));
}

/** Installs the hooks on clients. */
export function hookClients(module: typeof http): void {
  replace(module.ClientRequest.prototype, 'emit', inFrontOfEmit);
  hookModule(module, 80);
}

/** The same for https, whose requests are those of http. */
export function hookClientsOfHttps(module: typeof https): void {
  hookModule(module, 443);
}
