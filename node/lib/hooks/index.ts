// What is detected without code.
import { caught } from '../errors';
import { whenLoaded } from './builtins';
import { hookFetch } from './fetch';
import { hookFrameworks } from './frameworks';
import type * as Clients from './http-client';
import type * as ClientsOfHttp2 from './http2-client';
import type * as Servers from './http-server';
import { putBack } from './replaced';

/** One set of hooks per thread, however many copies of the package there are. */
const INSTALLED = Symbol.for('tierline.hooks');

const flags = globalThis as { [INSTALLED]?: boolean };

/** Clients and servers of Node.js itself. What they are hooked with is read when they are there. */
function hookHttp(): void {
  whenLoaded(
    (http) => {
      servers().hookServers(http);
      clients().hookClients(http);
    },
    (https) => {
      servers().hookServersOfHttps(https);
      clients().hookClientsOfHttps(https);
    },
    (http2) => {
      (require('./http2-client') as typeof ClientsOfHttp2).hookClientsOfHttp2(http2);
    },
  );
}

function servers(): typeof Servers {
  return require('./http-server') as typeof Servers;
}

function clients(): typeof Clients {
  return require('./http-client') as typeof Clients;
}

/** Installs the hooks, once. They do nothing until the agent runs. */
export function installHooks(): void {
  if (flags[INSTALLED] === true) return;
  Object.defineProperty(flags, INSTALLED, { value: true, configurable: true });
  for (const hook of [hookHttp, hookFetch, hookFrameworks]) {
    try {
      hook();
    } catch {
      caught('hooks: a failure of the agent');
    }
  }
}

/** Takes the hooks away again. */
export function removeHooks(): void {
  putBack();
  delete flags[INSTALLED];
}
