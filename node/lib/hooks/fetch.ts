// `fetch` and undici: they tell about their requests on diagnostics channels, before anything is sent.
import { subscribe, unsubscribe, type ChannelListener } from 'node:diagnostics_channel';
import { current } from '../context';
import { caught } from '../errors';
import { beginAutomaticExit, endAutomaticExit, type ExitCall } from '../exit-call';
import { RUNNING } from '../flags';
import { property } from '../text';
import { addHeaders } from './exit-headers';
import { httpExit, isWatched, stackTrace, statusError } from './http-exit';
import { isLeftOut } from './modules';
import { undoneBy } from './replaced';
import { isSuppressed } from './suppressed';

/** Where a request carries its exit call. */
const exitKey = Symbol('tierline.exit');

/** A request of undici. Versions up to 5 keep the headers as one text, later ones as a list. */
interface Request {
  readonly origin?: string | URL;
  readonly method?: string;
  readonly path?: string;
  headers?: string | (string | string[])[];
  addHeader(name: string, value: string): unknown;
  [exitKey]?: ExitCall | undefined;
}

function requestIn(message: unknown): Request | undefined {
  const request = property(message, 'request');
  return request !== null && typeof request === 'object' ? (request as Request) : undefined;
}

function created(message: unknown): void {
  try {
    const request = requestIn(message);
    const txn = current();
    if (txn === undefined || request === undefined || isSuppressed() || isLeftOut('undici')) return;
    const { method = 'GET', path = '/' } = request;
    // The tunnel through a proxy is part of the call that needs it.
    if (method === 'CONNECT') return;
    const { protocol, hostname, port } = new URL(String(request.origin));
    const info = httpExit(protocol, hostname, port || (protocol === 'https:' ? 443 : 80), method, path);
    if (isWatched(txn)) {
      info.requestHeaders = headersOf(request);
      info.stackTrace = stackTrace(created);
    }
    const exit = beginAutomaticExit(txn, info);
    if (exit === undefined) return;
    request[exitKey] = exit;
    const parent: { ours?: string } = {};
    addHeaders(exit, {
      get: (name) => headersOf(request)[name],
      set: (name, value) => {
        if (name === 'tracestate') removeHeader(request, name);
        if (name === 'traceparent') parent.ours = value;
        request.addHeader(name, value);
      },
    });
    if (parent.ours !== undefined) giveWay(request);
  } catch {
    caught('fetch: a failure of the agent');
  }
}

/** Another tracer that listens to the same channel behind us adds a `traceparent` of its own: there must be one, and
 * it is that one. */
function giveWay(request: Request): void {
  const { addHeader } = request;
  request.addHeader = function (this: Request, name: string, value: string): unknown {
    if (typeof name === 'string' && name.toLowerCase() === 'traceparent') {
      removeHeader(this, 'traceparent');
      this.addHeader = addHeader;
    }
    return addHeader.call(this, name, value);
  };
}

/** Headers by name in lower case. */
function headersOf({ headers }: Request): Record<string, string> {
  const found: Record<string, string> = {};
  if (typeof headers === 'string') {
    for (const line of headers.split('\r\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) found[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    }
  } else if (Array.isArray(headers)) {
    for (let place = 0; place + 1 < headers.length; place += 2) {
      found[String(headers[place]).toLowerCase()] = String(headers[place + 1]);
    }
  }
  return found;
}

function removeHeader(request: Request, name: string): void {
  const { headers } = request;
  if (typeof headers === 'string') {
    request.headers = headers.split('\r\n').filter((line) => !line.toLowerCase().startsWith(`${name}:`)).join('\r\n');
  } else if (Array.isArray(headers)) {
    for (let place = headers.length - 2; place >= 0; place -= 2) {
      if (String(headers[place]).toLowerCase() === name) headers.splice(place, 2);
    }
  }
}

function answered(message: unknown): void {
  try {
    const exit = requestIn(message)?.[exitKey];
    if (exit === undefined || exit.state !== RUNNING) return;
    const response = property(message, 'response');
    const statusCode = property(response, 'statusCode');
    if (typeof statusCode === 'number') exit.statusCode = statusCode;
    if (exit.txn === undefined || !isWatched(exit.txn)) return;
    exit.responseHeaders = responseHeaders(property(response, 'headers'));
  } catch {
    caught('fetch: a failure of the agent');
  }
}

/** Names and values by turns, as bytes. */
function responseHeaders(raw: unknown): Record<string, string> {
  const found: Record<string, string> = {};
  if (!Array.isArray(raw)) return found;
  for (let place = 0; place + 1 < raw.length; place += 2) {
    const name = String(raw[place]).toLowerCase();
    const value = String(raw[place + 1]);
    found[name] = found[name] === undefined ? value : `${found[name]}, ${value}`;
  }
  return found;
}

function over(message: unknown): void {
  try {
    const request = requestIn(message);
    const exit = request?.[exitKey];
    if (request === undefined || exit === undefined) return;
    request[exitKey] = undefined;
    endAutomaticExit(exit, property(message, 'error') ?? statusError(exit));
  } catch {
    caught('fetch: a failure of the agent');
  }
}

/** Installs the hooks on fetch and undici. */
export function hookFetch(): void {
  const listeners: [string, ChannelListener][] = [
    ['undici:request:create', created],
    ['undici:request:headers', answered],
    ['undici:request:trailers', over],
    ['undici:request:error', over],
  ];
  for (const [channel, listener] of listeners) {
    subscribe(channel, listener);
    undoneBy(() => unsubscribe(channel, listener));
  }
}
