// Backends as numbers: exit type and identifying properties are put before the core once.
import { batch } from './batch';
import { native } from './native';
import { property, textOf } from './text';
import {
  CACHED_BACKEND_CHARS_MAX, CACHED_BACKENDS_MAX, NAME_UNITS_MAX, PROPERTIES_MAX, PROPERTY_UNITS_MAX, RECENT_BACKENDS,
} from './limits';

/** A backend the core gave a number. */
export class Backend {
  readonly number: number;
  readonly exitType: string;
  /** Names and values as they were given, by turns. Values of programs are compared, never changed. */
  readonly pairs: readonly unknown[];
  /** Parts of correlation headers, asked for when the first one is made. */
  resolvePart = '';
  noResolvePart = '';
  /** Parts of our member of `tracestate`, in front of and behind the exit's sequence; known when the first was made. */
  memberId = '';
  memberType = '';
  memberEnd = '';

  constructor(number: number, exitType: string, pairs: readonly unknown[]) {
    this.number = number;
    this.exitType = exitType;
    this.pairs = pairs;
  }

  /** What follows the exit's sequence in correlation headers. */
  part(doNotResolve: boolean): string {
    if (doNotResolve) return (this.noResolvePart ||= native?.backendPart(this.number, false) ?? '');
    return (this.resolvePart ||= native?.backendPart(this.number, true) ?? '');
  }
}

/** Those used last, the last one first: most programs call few backends, and comparing is cheaper than a key. */
const recent: Backend[] = [];
const byKey = new Map<string, Backend>();

batch.whenAnew(() => {
  recent.length = 0;
  byKey.clear();
});

/** The backend of these properties; `label` stands in where there are none. Never throws for an odd object. */
export function backendOf(exitType: string, label: string, properties: unknown): Backend {
  try {
    for (let place = 0; place < recent.length; place += 1) {
      const backend = recent[place] as Backend;
      if (backend.exitType === exitType && isSame(backend.pairs, properties as Record<string, unknown>)) {
        return backend;
      }
    }
  } catch {
    // Not an object, or one that throws when it is read.
  }
  return find(exitType, label, properties);
}

/** Whether an object has exactly these pairs, in this order. Object values never are the same: they may change. */
function isSame(pairs: readonly unknown[], properties: Record<string, unknown>): boolean {
  if (pairs.length === 0) return false;
  let place = 0;
  for (const name in properties) {
    if (pairs[place] !== name || pairs[place + 1] !== properties[name]) return false;
    place += 2;
  }
  return place === pairs.length;
}

function find(exitType: string, label: string, properties: unknown): Backend {
  const names: string[] = [];
  const values: string[] = [];
  const pairs: unknown[] = [];
  let comparable = true;
  for (const name of keysOf(properties)) {
    const value = property(properties, name);
    pairs.push(name, value);
    comparable &&= value === null || (typeof value !== 'object' && typeof value !== 'function');
    // What is null or undefined is not there.
    if (value === undefined || value === null) continue;
    names.push(textOf(name, NAME_UNITS_MAX));
    values.push(textOf(value, PROPERTY_UNITS_MAX));
  }
  const given = names.length === 0 ? [exitType, label] : [exitType, ...names.flatMap((name, at) => [name, values[at] ?? ''])];
  const key = given.map((text) => `${text.length}:${text}`).join('');
  let backend = byKey.get(key);
  if (backend === undefined) {
    const number = native === undefined ? 0 : native.backend(exitType, label, names, values);
    backend = new Backend(number, exitType, comparable && pairs.length < 2 * PROPERTIES_MAX ? pairs : []);
    // What programs put into properties can be long; then it is not held on to.
    if (key.length > CACHED_BACKEND_CHARS_MAX) return new Backend(number, exitType, []);
    if (byKey.size >= CACHED_BACKENDS_MAX) byKey.clear();
    byKey.set(key, backend);
  }
  if (backend.pairs.length > 0) remember(backend);
  return backend;
}

function remember(backend: Backend): void {
  const place = recent.indexOf(backend);
  if (place >= 0) recent.splice(place, 1);
  else if (recent.length >= RECENT_BACKENDS) recent.pop();
  recent.unshift(backend);
}

/** The names of an object's own properties; none when it refuses. */
export function keysOf(of: unknown): string[] {
  if (of === null || typeof of !== 'object') return [];
  try {
    return Object.keys(of).slice(0, PROPERTIES_MAX);
  } catch {
    return [];
  }
}
