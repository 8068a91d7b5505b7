// Modules that the program loads and that we look at: those on a short list, when they are loaded, and no others.
import Module from 'node:module';
import type { Called } from '../context';
import { caught } from '../errors';
import { isOwner, ownedBy, putBackOf, replace, undoneBy } from './replaced';

/** A module on the list. */
export interface Watched {
  /** The library it is of, as the setting that leaves libraries out names it. */
  readonly library: string;
  /** Whether a request for a module means it: its name, or the path of its file. */
  readonly means: RegExp;
  /** The last parts of such requests, without which `means` is not asked: most modules are not meant. */
  readonly endings: readonly string[];
  /** Whether the module is the library itself, and no part of it that others may have too. */
  readonly isWhole?: boolean;
  /** Looks at what the module exports, once per exported object. What it answers takes the place of the exports. */
  loaded(exported: object): object | undefined;
}

const byEnding = new Map<string, Watched[]>();
/** What became of exports that were looked at. */
let seen = new WeakMap<object, Map<Watched, object | undefined>>();
let isWatching = false;
/** Libraries that a setting leaves out. */
let leftOut: ReadonlySet<string> = new Set();

/** Leaves libraries untouched, those that are hooked already too. */
export function leaveOut(names: readonly string[]): void {
  leftOut = new Set(names.map((name) => name.trim().toLowerCase()));
  for (const name of leftOut) putBackOf(name);
}

/** Libraries that the program has asked for. */
const found = new Set<string>();

/** Whether the program has asked for a library. */
export function isFound(name: string): boolean {
  return found.has(name) || isOwner(name);
}

/** Libraries that the program has asked for and in front of which nothing stands: they have not what was looked for. */
export function missed(): string[] {
  return [...found].filter((name) => !isOwner(name) && !leftOut.has(name));
}

/** Whether a setting leaves a library out. */
export function isLeftOut(name: string): boolean {
  return leftOut.has(name);
}

/** Puts modules on the list. Those that are loaded already are looked at when they are asked for again. */
export function watchModules(watched: readonly Watched[]): void {
  for (const one of watched) {
    for (const ending of one.endings) {
      const list = byEnding.get(ending) ?? [];
      list.push(one);
      byEnding.set(ending, list);
    }
  }
  if (isWatching) return;
  isWatching = true;
  // `require` and `import` of CommonJS modules both come through here, in every version, behind and in front of
  // whatever other tracers have put on `Module.prototype.require`.
  replace(Module, '_load', inFrontOfLoad);
  replace(process, 'getBuiltinModule', inFrontOfLoad);
  undoneBy(() => {
    isWatching = false;
    byEnding.clear();
    seen = new WeakMap();
  });
}

function inFrontOfLoad(original: Called): Called {
  return function _load(this: unknown, request: unknown): unknown {
    const exported: unknown = Reflect.apply(original, this, arguments);
    return typeof request === 'string' ? look(request, exported) : exported;
  };
}

function look(request: string, exported: unknown): unknown {
  const slash = Math.max(request.lastIndexOf('/'), request.lastIndexOf('\\'));
  const watched = byEnding.get(request.slice(slash + 1));
  if (watched === undefined || exported === null) return exported;
  if (typeof exported !== 'object' && typeof exported !== 'function') return exported;
  let answer: object = exported;
  for (const one of watched) {
    try {
      if (one.means.test(request)) answer = looked(one, exported) ?? answer;
    } catch {
      caught('module: a failure of the agent');
    }
  }
  return answer;
}

function looked(one: Watched, exported: object): object | undefined {
  if (one.isWhole === true) found.add(one.library);
  if (isLeftOut(one.library)) return undefined;
  let known = seen.get(exported);
  if (known === undefined) seen.set(exported, (known = new Map()));
  if (!known.has(one)) {
    known.set(one, undefined);
    known.set(one, ownedBy(one.library, () => one.loaded(exported)));
  }
  return known.get(one);
}
