// https, which is hooked when the program loads it: it brings TLS and cryptography along, megabytes that not every
// program needs.
import http from 'node:http';
import type Https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import type { Called } from '../context';
import { caught } from '../errors';
import { watchModules, type Watched } from './modules';
import { replace, undoneBy } from './replaced';

type Use = (https: typeof Https) => void;

const uses: Use[] = [];
let isHooked = false;

/** Calls `use` with the module, as soon as there is one. */
export function whenHttps(use: Use): void {
  uses.push(use);
}

function hook(https: typeof Https): void {
  if (isHooked) return;
  isHooked = true;
  for (const use of uses) {
    try {
      use(https);
    } catch {
      caught('https: a failure of the agent');
    }
  }
  // `import { request } from 'node:https'` is a binding of its own.
  syncBuiltinESMExports();
}

function hookLoaded(): void {
  if (!isHooked) hook(require('node:https') as typeof Https);
}

/** Whether it is loaded already. Where Node.js does not tell, it is as if it were. */
function isLoaded(): boolean {
  const { moduleLoadList } = process as { moduleLoadList?: unknown };
  return !Array.isArray(moduleLoadList) || moduleLoadList.includes('NativeModule https');
}

const required: Watched = {
  means: /^(?:node:)?https$/,
  endings: ['https', 'node:https'],
  loaded(exported) {
    hook(exported as typeof Https);
    return undefined;
  },
};

/** Who imports it, or has it from Node.js in another way, does not pass by `require`. But while it loads it makes an
 * agent of its own, which begins as every agent of http does: with a listener. It is loaded a moment later. */
function inFrontOfOn(original: Called): Called {
  return function on(this: unknown): unknown {
    if (!isHooked && Object.getPrototypeOf(this) !== http.Agent.prototype) queueMicrotask(hookLoaded);
    return Reflect.apply(original, this, arguments);
  };
}

/** Begins to watch for it. */
export function hookHttps(): void {
  undoneBy(() => {
    isHooked = false;
    uses.length = 0;
  });
  if (isLoaded()) {
    hookLoaded();
    return;
  }
  watchModules([required]);
  replace(http.Agent.prototype, 'on', inFrontOfOn);
}
