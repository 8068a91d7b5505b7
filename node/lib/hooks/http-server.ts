// Requests of http, https and http2 servers become business transactions.
//
// One function stands in front of `emit` of the servers, and one in front of `emit` of requests and responses: no
// listeners of ours are among the program's, so none can be counted, removed, or be one too many.
import type http from 'node:http';
import type https from 'node:https';
import type net from 'node:net';
import { batch } from '../batch';
import { callIn, current, type Called } from '../context';
import { readHeaders, type Incoming } from '../correlation';
import { caught, isError, statusCodeOf } from '../errors';
import { FAILED, RUNNING } from '../flags';
import { isErrorStatus, nameOf } from '../naming';
import { property, textOf } from '../text';
import { beginAutomatic, finish } from '../transaction';
import { ROUTE_CHARS_MAX } from './limits';
import { responseEvent } from './http-client';
import { errorOfStatus } from './http-exit';
import { replace, undoneBy } from './replaced';
import { finishing, leaving, Served, servedKey, type Carrier } from './served';

type Request = http.IncomingMessage & Carrier;
type Response = http.ServerResponse & Carrier;

/** Events of a server that bring a request. Upgrades and tunnels are none: they last as long as their connection. */
function bringsRequest(event: unknown): boolean {
  return event === 'request' || event === 'checkContinue' || event === 'checkExpectation';
}

/** Begins the transaction of a request; `undefined` when there is to be none. */
function begin(request: Request, response: Response): Served | undefined {
  try {
    if (!batch.active && !batch.start()) return undefined;
    // A server that hands its request to another one: the first has begun it.
    if (request[servedKey] !== undefined || response[servedKey] !== undefined) return undefined;
    const name = nameOf(request);
    if (name === undefined) return undefined;
    const txn = beginAutomatic(name, incomingOf(request.rawHeaders));
    if (txn.state !== RUNNING) return undefined;
    const served = new Served(txn);
    request[servedKey] = served;
    response[servedKey] = served;
    if (!(response instanceof ServerResponse)) watchHttp2(request, response);
    return served;
  } catch {
    caught('http server: a failure of the agent');
    return undefined;
  }
}

/** The headers about correlation among those received, found without having all of them parsed. */
function incomingOf(raw: readonly string[] | undefined): Incoming | undefined {
  if (raw === undefined) return undefined;
  let found: Record<string, string> | undefined;
  for (let place = 0; place + 1 < raw.length; place += 2) {
    const name = raw[place] as string;
    const { length } = name;
    if (length !== 17 && length !== 11 && length !== 10) continue;
    const lower = name.toLowerCase();
    if (lower !== 'singularityheader' && lower !== 'traceparent' && lower !== 'tracestate') continue;
    found ??= {};
    const before = found[lower];
    const value = raw[place + 1] as string;
    // Several `tracestate` are one list; of the others the first counts.
    if (before === undefined) found[lower] = value;
    else if (lower === 'tracestate') found[lower] = `${before},${value}`;
  }
  return found === undefined ? undefined : readHeaders(found);
}

/** Whether code of a request runs in no context: that of its connection, which is older. */
function isLost(served: Served): boolean {
  return served.txn.state === RUNNING && current() === undefined;
}

/** Calls a function in the context of a request. */
function within(served: Served, called: Called, self: unknown, args: IArguments): unknown {
  let isThrowing = true;
  try {
    const answer = callIn(served.txn, called, self, args);
    isThrowing = false;
    return answer;
  } finally {
    if (isThrowing) leaving(served);
  }
}

function isObject(value: unknown): boolean {
  return value !== null && typeof value === 'object';
}

function inFrontOfServer(original: Called): Called {
  return function emit(this: unknown, event: unknown, request: unknown, response: unknown): unknown {
    if (bringsRequest(event) && isObject(request) && isObject(response)) {
      const served = begin(request as Request, response as Response);
      if (served !== undefined) return within(served, original, this, arguments);
    }
    return Reflect.apply(original, this, arguments);
  };
}

/** What comes in later (the body) comes in the context of the connection: put it back into that of the request. Answers
 * that clients receive are of the same class. */
function inFrontOfRequest(original: Called): Called {
  return function emit(this: Request, event: unknown, first: unknown): unknown {
    const served = this[servedKey];
    if (served === undefined) responseEvent(this, event, first);
    else if (isLost(served)) return within(served, original, this, arguments);
    return Reflect.apply(original, this, arguments);
  };
}

/** A response is over when it was handed to the system (`finish`), or when its connection closed before. The
 * transaction ends behind the program's own listeners: they may still add to it. */
function inFrontOfResponse(original: Called): Called {
  return function emit(this: Response, event: unknown): unknown {
    const served = this[servedKey];
    if (served === undefined) return Reflect.apply(original, this, arguments);
    if (event !== 'finish' && event !== 'close') {
      if (isLost(served)) return within(served, original, this, arguments);
      return Reflect.apply(original, this, arguments);
    }
    this[servedKey] = undefined;
    const isAnswered = event === 'finish';
    const before = finishing.last;
    finishing.last = { end: () => end(served, this, isAnswered) };
    try {
      if (isLost(served)) return within(served, original, this, arguments);
      return Reflect.apply(original, this, arguments);
    } finally {
      finishing.last = before;
      end(served, this, isAnswered);
    }
  };
}

function end(served: Served, response: Response, isAnswered: boolean): void {
  try {
    const { txn } = served;
    if (txn.state !== RUNNING) return;
    showRoute(served, response.req);
    markOutcome(served, response, isAnswered);
    finish(txn);
  } catch {
    caught('http server: a failure of the agent');
  }
}

/** An error is what the program put on the response, an error status, or what broke the answer off. */
function markOutcome({ txn, error: given }: Served, response: Response, isAnswered: boolean): void {
  const { statusCode } = response;
  const error = property(response, 'error');
  if (isError(error) && typeof error !== 'function') txn.markError(error, statusCodeOf(error) ?? 500);
  else if (!isAnswered && given !== undefined) txn.markError(given, 500);
  else if (isAnswered && isErrorStatus(statusCode) && (txn.flags & FAILED) === 0) {
    // http2 has no messages, and warns who asks for one.
    const message = response instanceof ServerResponse ? response.statusMessage : undefined;
    txn.markError(given ?? errorOfStatus(statusCode, message), statusCode);
  }
}

function showRoute(served: Served, request: unknown): void {
  let { route } = served;
  try {
    route ??= served.routeOf === undefined ? routeOfExpress(request) : served.routeOf();
  } catch {
    // A route is what a framework says, and frameworks change.
  }
  if (route === undefined || route === null || route === '') return;
  served.txn.addSnapshotData('Route', textOf(route, ROUTE_CHARS_MAX));
}

/** Express leaves what it matched on the request. */
function routeOfExpress(request: unknown): string | undefined {
  const path = property(property(request, 'route'), 'path');
  if (path === undefined || path === null) return undefined;
  const base = property(request, 'baseUrl');
  return `${typeof base === 'string' ? base : ''}${textOf(path, ROUTE_CHARS_MAX)}`;
}

/** The classes of http2 that are already hooked. */
let hookedClasses = new WeakSet<object>();

/** http2 has requests and responses of its own; they are met when the program uses them. */
function watchHttp2(request: Request, response: Response): void {
  for (const [object, make] of [[request, inFrontOfRequest], [response, inFrontOfResponse]] as const) {
    const prototype = Object.getPrototypeOf(object) as object | null;
    if (prototype === null || prototype === Object.prototype || hookedClasses.has(prototype)) continue;
    if (object instanceof IncomingMessage || object instanceof ServerResponse) continue;
    hookedClasses.add(prototype);
    replace(prototype, 'emit', make);
  }
}

/** The classes of http; nobody asks for them before there is a server. */
let IncomingMessage: typeof http.IncomingMessage;
let ServerResponse: typeof http.ServerResponse;

/** Installs the hooks on servers. */
export function hookServers(module: typeof http): void {
  ({ IncomingMessage, ServerResponse } = module);
  replace(IncomingMessage.prototype, 'emit', inFrontOfRequest);
  replace(ServerResponse.prototype, 'emit', inFrontOfResponse);
  // Each class by itself: another tracer may have put its own function on one of them, and would pass by the others.
  replace(module.Server.prototype, 'emit', inFrontOfServer);
  // Servers of http2, which brings http along, are servers of net and tls; loading http2 only to ask for them would
  // cost every program.
  replace((require('node:net') as typeof net).Server.prototype, 'emit', inFrontOfServer);
  undoneBy(() => {
    hookedClasses = new WeakSet();
  });
}

/** The same for https. */
export function hookServersOfHttps(module: typeof https): void {
  replace(module.Server.prototype, 'emit', inFrontOfServer);
}
