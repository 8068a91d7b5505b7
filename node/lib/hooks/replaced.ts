// Functions of others that we stand in front of, and the way back.
import type { Called } from '../context';

interface Replaced {
  readonly target: Record<PropertyKey, unknown>;
  readonly name: PropertyKey;
  readonly ours: unknown;
  /** `undefined` when the function was inherited. */
  readonly before: PropertyDescriptor | undefined;
}

const replaced: Replaced[] = [];
const undoing: (() => void)[] = [];

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
  replaced.push({ target: holder, name, ours, before });
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

/** Puts everything back that nobody else has replaced since. What others stand in front of stays, and does nothing. */
export function putBack(): void {
  for (const { target, name, ours, before } of replaced.splice(0).reverse()) {
    if (target[name] !== ours) continue;
    if (before === undefined) delete target[name];
    else Object.defineProperty(target, name, before);
  }
  for (const undo of undoing.splice(0).reverse()) undo();
}
