// The arguments of `http.request`: an address, options, or both, and a callback.
import type http from 'node:http';
import { property } from '../text';
import type { Outgoing } from './exit-headers';

type Options = Record<string, unknown>;

/** The options among the arguments; an address that is a `URL` is none. */
function optionsOf(args: IArguments): { options: Options; place: number } | undefined {
  for (let place = 0; place < 2; place += 1) {
    const given: unknown = args[place];
    if (given === null || typeof given !== 'object' || given instanceof URL) continue;
    return { options: given as Options, place };
  }
  return undefined;
}

/** The port a request goes to. Node.js does not keep it on the request. */
export function portOf(args: IArguments, request: http.ClientRequest, defaultPort: number): number | string {
  const options = optionsOf(args)?.options;
  const given = property(options, 'port') ?? portOfAddress(args[0]);
  if (typeof given === 'number' || (typeof given === 'string' && given !== '')) return given;
  const usual = property(options, 'defaultPort') ?? property(property(request, 'agent'), 'defaultPort');
  return typeof usual === 'number' ? usual : defaultPort;
}

function portOfAddress(address: unknown): string | undefined {
  if (address instanceof URL) return address.port;
  if (typeof address !== 'string') return undefined;
  // The authority: behind `//`, up to the path, without who logs in.
  const found = /^[^:/?#]*:\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^/?#:]*):(\d+)/.exec(address);
  return found?.[1];
}

/** A request whose headers are sent while it is made. */
export interface EarlyRequest extends Outgoing {
  readonly protocol: string | undefined;
  readonly host: string;
  readonly port: number | string | undefined;
  readonly method: string;
  readonly path: string;
  /** The headers, by name or as a list. */
  readonly headers: object;
  /** The arguments, with the headers that were set. */
  args(): unknown[];
}

/** Headers given as a list, or with `Expect`, leave with the constructor; `undefined` for all other requests. */
export function earlyRequest(args: IArguments): EarlyRequest | undefined {
  const found = optionsOf(args);
  const headers = found === undefined ? undefined : property(found.options, 'headers');
  if (found === undefined || headers === null || typeof headers !== 'object') return undefined;
  if (!Array.isArray(headers) && !hasExpect(headers)) return undefined;
  const { options, place } = found;
  const url = place === 1 ? addressOf(args[0]) : undefined;
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const port = options['port'] ?? (url?.port || undefined);
  const message = Array.isArray(headers) ? listed(headers as unknown[]) : keyed(headers as Options);
  return {
    protocol: text('protocol') ?? url?.protocol,
    host: text('hostname') ?? text('host') ?? url?.hostname ?? 'localhost',
    port: typeof port === 'number' || typeof port === 'string' ? port : undefined,
    method: (text('method') ?? 'GET').toUpperCase(),
    path: text('path') ?? url?.pathname ?? '/',
    get: message.get,
    set: message.set,
    headers: message.headers,
    args() {
      const changed = Array.from(args) as unknown[];
      const copy = Object.create(Object.getPrototypeOf(options) as object | null) as Options;
      changed[place] = Object.assign(copy, options, { headers: message.headers });
      return changed;
    },
  };
}

function addressOf(address: unknown): URL | undefined {
  if (address instanceof URL) return address;
  try {
    return typeof address === 'string' ? new URL(address) : undefined;
  } catch {
    // Node.js will say so.
    return undefined;
  }
}

function hasExpect(headers: object): boolean {
  for (const key in headers) {
    if (key.length === 6 && key.toLowerCase() === 'expect') return true;
  }
  return false;
}

interface Message extends Outgoing {
  readonly headers: object;
}

function keyed(given: Options): Message {
  const headers: Options = { ...given };
  const keyOf = (name: string): string => Object.keys(headers).find((key) => key.toLowerCase() === name) ?? name;
  return {
    headers,
    get: (name) => {
      const value = headers[keyOf(name)];
      return value === undefined ? undefined : String(value);
    },
    set: (name, value) => {
      headers[keyOf(name)] = value;
    },
  };
}

/** `[name, value, …]` or `[[name, value], …]`; Node.js takes both. */
function listed(given: unknown[]): Message {
  const isPairs = Array.isArray(given[0]);
  const headers = isPairs ? given.map((pair) => [...(pair as unknown[])]) : [...given];
  /** The list that has the value of a header, and where. */
  const find = (name: string): { list: unknown[]; at: number } | undefined => {
    for (let place = 0; place < headers.length; place += isPairs ? 1 : 2) {
      const list = isPairs ? (headers[place] as unknown[]) : headers;
      const at = isPairs ? 1 : place + 1;
      if (String(list[at - 1]).toLowerCase() === name) return { list, at };
    }
    return undefined;
  };
  return {
    headers,
    get: (name) => {
      const found = find(name);
      return found === undefined ? undefined : String(found.list[found.at]);
    },
    set: (name, value) => {
      const found = find(name);
      if (found !== undefined) found.list[found.at] = value;
      else if (isPairs) headers.push([name, value]);
      else headers.push(name, value);
    },
  };
}
