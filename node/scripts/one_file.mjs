// Puts the compiled modules of a folder into its `index.js`: `one_file.mjs FOLDER`. Loading forty small files costs a
// program three times as much as loading one, in time and in memory (`cargo xtask bench agent-node`, P8).
//
// The modules are what tsc writes: CommonJS, with `require("./…")` for each other and nothing else that names a file.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const folder = resolve(process.argv[2]);
const entry = join(folder, 'index.js');
const OWN_MODULE = /\brequire\((["'])(\.[^"']*)\1\)/g;

/** Every module that is needed, in the order in which it is first asked for, and its text with numbers for names. */
const numbers = new Map();
const texts = [];

function fileOf(from, name) {
  const path = resolve(dirname(from), name);
  const found = [`${path}.js`, join(path, 'index.js'), path].find((file) => existsSync(file) && file.endsWith('.js'));
  if (found === undefined) throw new Error(`${from}: nothing at ${name}`);
  return found;
}

function take(file) {
  const known = numbers.get(file);
  if (known !== undefined) return known;
  const number = numbers.size;
  numbers.set(file, number);
  texts[number] = '';
  const text = readFileSync(file, 'utf8').replace(/^"use strict";\n/, '');
  texts[number] = text.replace(OWN_MODULE, (_, __, name) => `ours(${take(fileOf(file, name))})`);
  return number;
}

take(entry);
const names = [...numbers.keys()].map((file) => relative(folder, file));
const modules = texts.map((text, number) => `// ${names[number]}\n(exports, module) => {\n${text}\n},`);
const whole = `'use strict';
// Made of the modules of this package, one function each.
const loaded = [];
function ours(number) {
  if (loaded[number] === undefined) {
    loaded[number] = { exports: {} };
    modules[number](loaded[number].exports, loaded[number]);
  }
  return loaded[number].exports;
}
const modules = [
${modules.join('\n')}
];
module.exports = ours(0);
`;
for (const name of readdirSync(folder, { recursive: true })) {
  if (String(name).endsWith('.js')) rmSync(join(folder, String(name)));
}
writeFileSync(entry, whole);
