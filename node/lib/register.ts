// What loading the package does: hooks at once, so that modules loaded behind it are seen; and when Node.js was told to
// load it before the program (`-r`, `--import`, `NODE_OPTIONS`), the agent begins with the settings of the environment.
import type fs from 'node:fs';
import type path from 'node:path';
import type url from 'node:url';
import { appd } from './api';
import { caught } from './errors';
import { watchExit } from './exit';
import { installHooks } from './hooks';

/** Names this package is installed under. */
const NAMES = ['appdynamics', 'tierline'];

/** Flags of Node.js that load a module before the program. */
const FLAGS: ReadonlySet<string> = new Set(['-r', '--require', '--import']);

/** The modules that Node.js was told to load first. */
function preloaded(): string[] {
  const words = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/)];
  const modules: string[] = [];
  words.forEach((word, place) => {
    const equals = word.indexOf('=');
    if (FLAGS.has(word)) modules.push(words[place + 1] ?? '');
    else if (equals > 0 && FLAGS.has(word.slice(0, equals))) modules.push(word.slice(equals + 1));
  });
  return modules.map((module) => module.replace(/^(["'])(.*)\1$/, '$2'));
}

/** Whether a module's name means this package. */
function isOurs(module: string): boolean {
  if (NAMES.some((name) => module === name || module.startsWith(`${name}/`))) return true;
  try {
    const { resolve, sep } = require('node:path') as typeof path;
    const { realpathSync } = require('node:fs') as typeof fs;
    const { fileURLToPath } = require('node:url') as typeof url;
    const file = realpathSync(module.startsWith('file:') ? fileURLToPath(module) : resolve(module));
    return file === __dirname || file.startsWith(__dirname + sep) || file === resolve(__dirname, '..');
  } catch {
    return false;
  }
}

/** Does it. */
export function register(): void {
  try {
    installHooks();
    watchExit();
    if (preloaded().some(isOurs)) appd.profile();
  } catch {
    caught('start: a failure of the agent');
  }
}
