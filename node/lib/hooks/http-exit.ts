// What an exit call over HTTP is: the properties of the document's table (Exit Call Properties, HTTP).
import type http from 'node:http';
import type { Called } from '../context';
import type { ExitCall, ExitCallInfo } from '../exit-call';
import { isErrorStatus } from '../naming';
import type { TimePromise } from '../transaction';
import { STACK_FRAMES_MAX } from './limits';

/** Methods that change nothing (RFC 9110, 9.2.1). */
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']);

const SLASH = 47;

/** Describes a call: `command` has host, port and path and never the query. */
export function httpExit(
  protocol: string,
  host: string,
  port: number | string,
  method: string,
  path: string,
): ExitCallInfo {
  const address = `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
  return {
    exitType: 'EXIT_HTTP',
    backendName: 'HTTP',
    label: address,
    identifyingProperties: { HOST: host, PORT: `${port}` },
    method,
    category: READING.has(method) ? 'read' : 'write',
    command: `${protocol}//${address}${pathOf(path)}`,
  };
}

/** Describes a call through a socket of the machine. */
export function socketExit(socketPath: string, method: string, path: string): ExitCallInfo {
  const info = httpExit('http:', 'localhost', '', method, path);
  const command = `${socketPath}${pathOf(path)}`;
  return { ...info, label: socketPath, identifyingProperties: { HOST: socketPath }, command };
}

function pathOf(path: string): string {
  let bare = path;
  for (const sign of ['?', '#']) {
    const end = bare.indexOf(sign);
    if (end >= 0) bare = bare.slice(0, end);
  }
  if (bare.charCodeAt(0) === SLASH || bare === '') return bare;
  // A proxy is sent the whole address: its path is behind the authority.
  const scheme = bare.indexOf('://');
  if (scheme < 0) return `/${bare}`;
  const slash = bare.indexOf('/', scheme + 3);
  return slash < 0 ? '/' : bare.slice(slash);
}

/** Whether a callback of the program will look at an exit call: only then is all of it put together. */
export function isWatched({ beforeExitCall, exitCallCompleted }: TimePromise): boolean {
  return typeof beforeExitCall === 'function' || typeof exitCallCompleted === 'function';
}

/** Where the program made the call, without our own frames: `from` is the outermost of them. */
export function stackTrace(from: Called): string {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = STACK_FRAMES_MAX;
  Error.captureStackTrace(holder, from);
  const { stack } = holder;
  Error.stackTraceLimit = stackTraceLimit;
  return typeof stack === 'string' ? stack.slice(stack.indexOf('\n') + 1) : '';
}

/** An answer that is an error, as one. */
export function statusError({ statusCode }: ExitCall): object | undefined {
  if (!isErrorStatus(statusCode)) return undefined;
  return errorOfStatus(statusCode as number, undefined);
}

/** An error status as an error; plain, because the stack of an `Error` would be ours. */
export function errorOfStatus(statusCode: number, statusMessage: string | undefined): object {
  const { STATUS_CODES } = require('node:http') as typeof http;
  const meaning = statusMessage || STATUS_CODES[statusCode] || '';
  return { name: `HTTP ${statusCode}`, message: `${statusCode} ${meaning}`.trim() };
}
