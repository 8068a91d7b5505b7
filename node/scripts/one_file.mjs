// Puts the compiled modules of a folder into its `index.js`: `one_file.mjs FOLDER`. Loading forty small files costs a
// program three times as much as loading one, in time and in memory (`cargo xtask bench agent-node`, P8). Modules that
// are asked for within functions only, the hooks of libraries, are read by few programs: they go into `later.js`.
//
// The modules are what tsc writes: CommonJS, with `require("./…")` for each other and nothing else that names a file.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const folder = resolve(process.argv[2]);
const entry = join(folder, 'index.js');
const OWN_MODULE = /\brequire\((["'])(\.[^"']*)\1\)/g;

/** Every module that is needed, in the order in which it is first asked for, and its text with numbers for names. */
const numbers = new Map();
const texts = [];
/** The numbers of modules that are needed at once. */
const needed = new Set();

/** What `import { … }` may name. Node.js looks for it in the text of a CommonJS module, and does not see it in ours. */
const IMPORTABLE = [
  'profile', 'startTransaction', 'getTransaction', 'parseCorrelationInfo', 'addSnapshotData', 'addAnalyticsData',
  'markError', 'TimePromise', 'ExitCall', 'CorrelationHeader', '__agent',
];

/** `exports` of a module under a name that Node.js does not take for the package's: see IMPORTABLE. */
function renamed(context) {
  const visit = (node) => {
    if (ts.isPropertyAccessExpression(node)) {
      return context.factory.updatePropertyAccessExpression(node, ts.visitNode(node.expression, visit), node.name);
    }
    if (ts.isIdentifier(node) && node.text === 'exports') return context.factory.createIdentifier('own');
    return ts.visitEachChild(node, visit, context);
  };
  return (file) => ts.visitEachChild(file, visit, context);
}

/** Without comments: a quarter of the text, which every program that loads it would read. The declarations keep them. */
function bare(text) {
  const compilerOptions = { target: ts.ScriptTarget.ES2021, module: ts.ModuleKind.CommonJS, removeComments: true };
  const { outputText } = ts.transpileModule(text, { compilerOptions, transformers: { after: [renamed] } });
  return outputText.replace(/^"use strict";\n/, '');
}

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
  const text = bare(readFileSync(file, 'utf8'));
  if (/^(?:const|let|function|class) ours\b/m.test(text)) throw new Error(`${file}: \`ours\` is a word of the file it goes into`);
  texts[number] = text.replace(OWN_MODULE, (_, __, name) => `ours(${take(fileOf(file, name))})`);
  return number;
}

/** tsc begins a line with each module that is needed at once. */
function need(number) {
  if (needed.has(number)) return;
  needed.add(number);
  for (const [, other] of texts[number].matchAll(/^(?:const \w+ = |__exportStar\()?ours\((\d+)\)/gm)) need(Number(other));
}

const first = take(entry);
need(first);
const names = [...numbers.keys()].map((file) => relative(folder, file));
// In parentheses: the engine compiles a function in them at once, instead of reading it twice.
const functions = texts.map((text, number) => `// ${names[number]}\n${number}: ((own, module) => {\n${text}\n}),`);
const whole = `'use strict';
// Made of the modules of this package, one function each.
const loaded = [];
function ours(number) {
  if (loaded[number] === undefined) {
    loaded[number] = { exports: {} };
    (modules[number] ?? require('./later.js')(ours)[number])(loaded[number].exports, loaded[number]);
  }
  return loaded[number].exports;
}
const modules = {
${functions.filter((_, number) => needed.has(number)).join('\n')}
};
module.exports = ours(${first});
0 && (module.exports = { ${IMPORTABLE.join(', ')} });
`;
const later = `'use strict';
// Made of the modules of this package that few programs need. They ask for others by \`ours\`.
let modules;
module.exports = (ours) => modules ??= {
${functions.filter((_, number) => !needed.has(number)).join('\n')}
};
`;
for (const name of readdirSync(folder, { recursive: true })) {
  if (String(name).endsWith('.js')) rmSync(join(folder, String(name)));
}
writeFileSync(entry, whole);
writeFileSync(join(folder, 'later.js'), later);
