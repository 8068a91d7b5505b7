// What `profile()` is given, as names and texts. What they mean is decided by the core, for all languages alike.
import { misuse } from './errors';
import { property } from './text';
import { SETTINGS_DEPTH_MAX, SETTINGS_KEYS_MAX } from './limits';

/** Settings as the core takes them: nested keys are joined by dots. */
export interface FlatSettings {
  readonly names: string[];
  readonly values: string[];
}

/** Reads the object given to `profile()`. Never throws; what cannot be read is as if it were not there. */
export function flatSettings(given: unknown): FlatSettings {
  const flat: FlatSettings = { names: [], values: [] };
  if (given !== undefined && given !== null) {
    if (typeof given === 'object') read(given, '', 0, flat);
    else misuse('profile: the settings are not an object');
  }
  return flat;
}

function read(of: object, prefix: string, depth: number, flat: FlatSettings): void {
  let keys: string[];
  try {
    keys = Object.keys(of);
  } catch {
    misuse('profile: settings that cannot be read');
    return;
  }
  for (const key of keys.slice(0, SETTINGS_KEYS_MAX)) {
    if (flat.names.length >= SETTINGS_KEYS_MAX) return;
    take(`${prefix}${key}`, property(of, key), depth, flat);
  }
}

function take(name: string, value: unknown, depth: number, flat: FlatSettings): void {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
      flat.names.push(name);
      flat.values.push(String(value));
      return;
    case 'object':
      // Settings read from XML have every value in a list of one.
      if (Array.isArray(value) && value.length === 1 && typeof value[0] !== 'object') take(name, value[0], depth, flat);
      else if (name === 'logging') takeLogging(value, flat);
      else if (value !== null && depth < SETTINGS_DEPTH_MAX) read(value, `${name}.`, depth + 1, flat);
      return;
    default:
  }
}

/** Of several log files the first one counts: there is one log. */
function takeLogging(logging: unknown, flat: FlatSettings): void {
  const files = property(logging, 'logfiles');
  const first = Array.isArray(files) ? property(files, 0) : undefined;
  for (const [name, key] of [['logging.dir', 'root_directory'], ['logging.level', 'level']] as const) {
    const value = property(first, key) ?? property(logging, key === 'level' ? 'level' : 'dir');
    if (value !== undefined && value !== null) take(name, value, SETTINGS_DEPTH_MAX, flat);
  }
}
