// What requests are called, and which answers are errors. The rules are the controller's and the core applies them,
// for all languages alike; here is remembered what it said.
import { batch } from './batch';
import { NAME_UNITS_MAX } from './limits';
import { native } from './native';
import { property, textOf } from './text';
import {
  HEADERS_MAX, NAMED_REQUEST_CHARS_MAX, NAMED_REQUESTS_MAX, PATH_CHARS_MAX, STATUS_CODES,
} from './hooks/limits';

/** What is read of a request. */
export interface NamedRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly rawHeaders?: readonly string[] | undefined;
}

/** Answers of the core by method and path (or its deciding segments); `null` for requests that are no transaction. */
const known = new Map<string, string | null>();

/** What decides about a name: the first so many segments of the path, 0 method and path, -1 the whole request. */
let deciding = -1;

/** Per status code whether it is an error. */
let errorStatuses = new Uint8Array(STATUS_CODES);

/** The configuration the two were read under. */
let epoch = -1;

function refresh(): void {
  epoch = batch.epoch;
  known.clear();
  deciding = native?.detection() ?? -1;
  errorStatuses = new Uint8Array(STATUS_CODES);
  for (const range of (native?.errorStatuses() ?? '').split(',')) {
    const [first = NaN, last = NaN] = range.split('-').map(Number);
    if (first <= last) errorStatuses.fill(1, first, last + 1);
  }
}

/** Whether an HTTP status makes an automatically detected transaction, or an exit call, one in error. */
export function isErrorStatus(status: number | undefined): boolean {
  if (epoch !== batch.epoch) refresh();
  return status !== undefined && errorStatuses[status] === 1;
}

/** The name of a request's transaction; `undefined` when it is to be none. */
export function nameOf(request: NamedRequest): string | undefined {
  if (epoch !== batch.epoch) refresh();
  const target = originForm(request.url ?? '');
  const method = request.method ?? '';
  const queryAt = target.indexOf('?');
  const path = queryAt < 0 ? target : target.slice(0, queryAt);
  if (deciding < 0) return ask(method, path, queryAt < 0 ? '' : target.slice(queryAt + 1), request) ?? undefined;
  const key = deciding > 0 ? firstSegments(path, deciding) : `${method} ${path}`;
  const answer = known.get(key);
  return (answer === undefined ? learn(key, method, path, request) : answer) ?? undefined;
}

/** The name of a request given to `startTransaction`: also when such requests are excluded from automatic detection,
 * for the program asks for it. */
export function nameOfRequest(request: object): string {
  const url = textOf(property(request, 'originalUrl') ?? property(request, 'url') ?? '', PATH_CHARS_MAX);
  const method = textOf(property(request, 'method') ?? 'GET', NAME_UNITS_MAX);
  const raw = property(request, 'rawHeaders');
  const rawHeaders = Array.isArray(raw) ? (raw as string[]) : undefined;
  return nameOf({ method, url, rawHeaders }) ?? firstSegments(originForm(url).split('?', 1)[0] ?? '', 2);
}

/** Proxies are sent the whole address; the path is what names. */
function originForm(url: string): string {
  if (url.charCodeAt(0) === 47 || url === '' || url === '*') return url;
  const scheme = url.indexOf('://');
  if (scheme < 0) return url;
  const path = url.indexOf('/', scheme + 3);
  return path < 0 ? '/' : url.slice(path);
}

/** The beginning of a path with its first segments: paths that agree in it are called alike. */
function firstSegments(path: string, count: number): string {
  let at = 0;
  for (let segments = 0; at < path.length; segments += 1) {
    while (path.charCodeAt(at) === 47) at += 1;
    if (segments === count) {
      while (at > 0 && path.charCodeAt(at - 1) === 47) at -= 1;
      return path.slice(0, at);
    }
    const next = path.indexOf('/', at);
    if (next < 0) return path;
    at = next;
  }
  return path;
}

function learn(key: string, method: string, path: string, request: NamedRequest): string | null {
  const answer = ask(method, path, '', request);
  if (key.length <= NAMED_REQUEST_CHARS_MAX) {
    if (known.size >= NAMED_REQUESTS_MAX) known.clear();
    known.set(key, answer);
  }
  return answer;
}

function ask(method: string, path: string, query: string, request: NamedRequest): string | null {
  if (native === undefined) return null;
  const headers: string[] = [];
  if (deciding < 0 && request.rawHeaders !== undefined) {
    // Names and values by turns; names in lower case.
    for (const text of request.rawHeaders.slice(0, 2 * HEADERS_MAX)) {
      headers.push(headers.length % 2 === 0 ? text.toLowerCase() : text);
    }
  }
  return native.detect(method, path.slice(0, PATH_CHARS_MAX), query.slice(0, PATH_CHARS_MAX), headers);
}
