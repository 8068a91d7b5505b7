// What is detected without code.
import { caught } from '../errors';
import { hookFetch } from './fetch';
import { hookFrameworks } from './frameworks';
import { hookClients } from './http-client';
import { hookServers } from './http-server';
import { hookHttps } from './https';
import { putBack } from './replaced';

/** One set of hooks per thread, however many copies of the package there are. */
const INSTALLED = Symbol.for('tierline.hooks');

const flags = globalThis as { [INSTALLED]?: boolean };

/** Installs the hooks, once. They do nothing until the agent runs. */
export function installHooks(): void {
  if (flags[INSTALLED] === true) return;
  Object.defineProperty(flags, INSTALLED, { value: true, configurable: true });
  for (const hook of [hookServers, hookClients, hookFetch, hookFrameworks, hookHttps]) {
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
