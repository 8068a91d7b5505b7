// Functions of others that we stand in front of, and the way back.
import type { Called } from '../context';

interface Replaced {
  readonly target: Record<PropertyKey, unknown>;
  readonly name: PropertyKey;
  readonly ours: unknown;
  /** `undefined` when the function was inherited. */
  readonly before: PropertyDescriptor | undefined;
  /** The library it belongs to. */
  readonly owner: string;
}

const replaced: Replaced[] = [];
const undoing: (() => void)[] = [];
let owner = '';

/** Calls `work`; what it replaces belongs to a library. */
export function ownedBy<R>(library: string, work: () => R): R {
  const before = owner;
  owner = library;
  try {
    return work();
  } finally {
    owner = before;
  }
}

/**
 * Puts a function of ours in the place of `target[name]`; what `make` is given is the one that was there. Keeps name,
 * length and own properties, so that who looks at it sees what he knows. Does nothing where there is no function.
 */
export function replace(target: object, name: PropertyKey, make: (original: Called) => Called): boolean {
  const holder = target as Record<PropertyKey, unknown>;
  const original = holder[name];
  if (typeof original !== 'function') return false;
  const ours = likeness(make(original as Called), original as Called);
  const before = Object.getOwnPropertyDescriptor(target, name);
  const { enumerable = false } = before ?? {};
  try {
    Object.defineProperty(target, name, { value: ours, writable: true, configurable: true, enumerable });
  } catch {
    // Frozen: then it stays as it is.
    return false;
  }
  replaced.push({ target: holder, name, ours, before, owner });
  return true;
}

/** Marks by which other tracers know the functions that are theirs. Ours is not. */
const MARKS: ReadonlySet<PropertyKey> = new Set(['__wrapped', '__original', '__unwrap']);

/** Gives `ours` the looks of `original`. */
export function likeness(ours: Called, original: Called): Called {
  for (const key of Reflect.ownKeys(original)) {
    if (MARKS.has(key)) continue;
    const own = Object.getOwnPropertyDescriptor(ours, key);
    const wanted = Object.getOwnPropertyDescriptor(original, key);
    if (wanted === undefined || own?.configurable === false) continue;
    Object.defineProperty(ours, key, wanted);
  }
  return ours;
}

/** Remembers what else must be undone. */
export function undoneBy(undo: () => void): void {
  undoing.push(undo);
}

/** Whether something that was replaced belongs to a library. */
export function isOwner(library: string): boolean {
  return replaced.some((one) => one.owner === library);
}

/** Puts back what belongs to a library. */
export function putBackOf(library: string): void {
  for (let place = replaced.length - 1; place >= 0; place -= 1) {
    const one = replaced[place] as Replaced;
    if (one.owner !== library) continue;
    replaced.splice(place, 1);
    restore(one);
  }
}

/** Puts everything back that nobody else has replaced since. What others stand in front of stays, and does nothing. */
export function putBack(): void {
  for (const one of replaced.splice(0).reverse()) restore(one);
  for (const undo of undoing.splice(0).reverse()) undo();
}

function restore({ target, name, ours, before }: Replaced): void {
  if (target[name] !== ours) return;
  if (before === undefined) delete target[name];
  else Object.defineProperty(target, name, before);
}
