// http, https and http2, which are hooked when the program loads them: together with what they bring along (net, TLS,
// cryptography) they are megabytes that not every program needs.
import diagnostics from 'node:diagnostics_channel';
import type Http from 'node:http';
import type Http2 from 'node:http2';
import type Https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { batch } from '../batch';
import type { Called } from '../context';
import { caught } from '../errors';
import { isLeftOut, watchModules } from './modules';
import { ownedBy, replace, undoneBy } from './replaced';

/** A module of Node.js. */
class Builtin<M> {
  private use: ((module: M) => void) | undefined;
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** Calls `use` with the module, as soon as the program has it. */
  when(use: (module: M) => void): void {
    this.use = use;
    undoneBy(() => (this.use = undefined));
    if (this.isLoaded()) this.hook(require(`node:${this.name}`) as M);
    else watchModules([
      {
        library: this.name,
        means: new RegExp(`^(?:node:)?${this.name}$`),
        endings: [this.name, `node:${this.name}`],
        loaded: (exported) => {
          this.hook(exported as M);
          return undefined;
        },
      },
    ]);
  }

  /** Whether nobody has used it yet. */
  get isAwaited(): boolean {
    return this.use !== undefined;
  }

  /** Who imports it, or has it from Node.js in another way, does not pass by `require`. But while it loads it does
   * something that we see; it is there a moment later. */
  isLoading(): void {
    queueMicrotask(() => {
      if (this.isAwaited) this.hook(require(`node:${this.name}`) as M);
    });
  }

  /** Who imported it has it by now. */
  lookAgain(): void {
    if (this.isAwaited && this.isLoaded()) this.hook(require(`node:${this.name}`) as M);
  }

  /** Whether it is loaded already. Where Node.js does not tell, it is as if it were. */
  private isLoaded(): boolean {
    const { moduleLoadList } = process as { moduleLoadList?: unknown };
    return !Array.isArray(moduleLoadList) || moduleLoadList.includes(`NativeModule ${this.name}`);
  }

  private hook(module: M): void {
    const { use } = this;
    this.use = undefined;
    if (use === undefined || isLeftOut(this.name)) return;
    try {
      ownedBy(this.name, () => use(module));
    } catch {
      caught(`${this.name}: a failure of the agent`);
    }
    // `import { request } from 'node:http'` is a binding of its own.
    syncBuiltinESMExports();
  }
}

const builtinHttp = new Builtin<typeof Http>('http');
const builtinHttps = new Builtin<typeof Https>('https');
const builtinHttp2 = new Builtin<typeof Http2>('http2');

/** http makes its channels while it is loaded. */
function inFrontOfChannel(original: Called): Called {
  return function channel(this: unknown, name: unknown): unknown {
    if (builtinHttp.isAwaited && typeof name === 'string' && name.startsWith('http.')) builtinHttp.isLoading();
    return Reflect.apply(original, this, arguments);
  };
}

/** https makes an agent of its own, which begins as every agent of http does: with a listener. */
function inFrontOfOn(http: typeof Http): (original: Called) => Called {
  return (original) =>
    function on(this: unknown): unknown {
      if (builtinHttps.isAwaited && Object.getPrototypeOf(this) !== http.Agent.prototype) builtinHttps.isLoading();
      return Reflect.apply(original, this, arguments);
    };
}

/** Calls the three with their modules, as soon as the program has them. */
export function whenLoaded(
  useHttp: (http: typeof Http) => void,
  useHttps: (https: typeof Https) => void,
  useHttp2: (http2: typeof Http2) => void,
): void {
  builtinHttp2.when(useHttp2);
  builtinHttp.when((http) => {
    useHttp(http);
    builtinHttps.when(useHttps);
    if (builtinHttps.isAwaited) replace(http.Agent.prototype, 'on', inFrontOfOn(http));
  });
  if (builtinHttp.isAwaited) replace(diagnostics, 'channel', inFrontOfChannel);
  undoneBy(syncBuiltinESMExports);
}

// http2 does nothing that could be seen when it is imported.
batch.everySecond(() => builtinHttp2.lookAgain());
