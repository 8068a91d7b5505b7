// What people write for agents is a JSON merge patch of the defaults (RFC 7396); here it is made, read and compared.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Patch = { [key: string]: Json };

const isObject = (value: Json | undefined): value is Patch =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Objects that are one of several kinds are replaced as a whole: half of each would mean nothing. */
const isVariant = (value: Patch) => "kind" in value;

export function merge(base: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: Patch = isObject(base) && !isVariant(patch) ? { ...base } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}

export function same(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, index) => same(value, other[index]));
  if (!isObject(one) || !isObject(other)) return false;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => same(one[key], other[key]));
}

export function valueAt(config: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, key) => (isObject(value) ? value[key] : undefined), config);
}

/** The patch after which `path` has `value`: nothing of it stays where the base says the same. */
export function withValue(patch: Patch, base: Json, path: readonly string[], value: Json): Patch {
  const [key, ...rest] = path;
  if (key === undefined) return patch;
  const below = isObject(base) ? base[key] : undefined;
  const next: Patch = { ...patch };
  if (rest.length === 0) {
    if (same(below, value) || (value === null && below === undefined)) delete next[key];
    else next[key] = value;
    return next;
  }
  const inner = isObject(next[key]) ? next[key] : {};
  const changed = withValue(inner, below ?? {}, rest, value);
  if (Object.keys(changed).length === 0) delete next[key];
  else next[key] = changed;
  return next;
}

export interface Difference {
  /** Keys from the root. */
  path: string[];
  now: Json | undefined;
  then: Json | undefined;
}

/** Where two configurations differ. Lists and things of one kind or another are compared as a whole. */
export function differences(
  now: Json | undefined,
  then: Json | undefined,
  path: string[] = [],
): Difference[] {
  if (same(now, then)) return [];
  if (!isObject(now) || !isObject(then) || isVariant(now) || isVariant(then)) return [{ path, now, then }];
  const keys = new Set([...Object.keys(now), ...Object.keys(then)]);
  return [...keys].flatMap((key) => differences(now[key], then[key], [...path, key]));
}

/** What follows from other things is not written by people. */
export const NOT_WRITTEN = ["version", "diagnostic_sessions"];
