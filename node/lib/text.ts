// Anything as text: what a program passes where the document says String.

/** The text of a value that refuses to be read. */
const UNREADABLE = '(unreadable)';

/**
 * `value` coerced to String and cut to `unitsMax` UTF-16 units; never throws. The core makes the visible cut, by
 * characters and with its mark: a text cut here is still too long for it.
 */
export function textOf(value: unknown, unitsMax: number): string {
  const text = typeof value === 'string' ? value : coerced(value);
  return text.length > unitsMax ? shortened(text, unitsMax) : text;
}

function coerced(value: unknown): string {
  try {
    // Symbols, numbers, null, objects with toString.
    return String(value);
  } catch {
    try {
      return Object.prototype.toString.call(value);
    } catch {
      return UNREADABLE;
    }
  }
}

/** A copy, not a slice: a slice would keep the whole of a huge text alive. */
function shortened(text: string, unitsMax: number): string {
  return Buffer.from(text.slice(0, unitsMax), 'utf16le').toString('utf16le');
}

/** A property of anything, `undefined` when it cannot be had. */
export function property(of: unknown, name: PropertyKey): unknown {
  if (of === null || (typeof of !== 'object' && typeof of !== 'function')) return undefined;
  try {
    return (of as Record<PropertyKey, unknown>)[name];
  } catch {
    return undefined;
  }
}
