// The table "sentence → test" in docs/reference/nodejs-api.md, made from the tests' titles.
//
// `node tests/reference_table.mjs --write` renews it; tests/api/reference_table.test.mjs proves it fresh.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const tests = new URL('./', import.meta.url);
export const REFERENCE = new URL('../../docs/reference/nodejs-api.md', import.meta.url);
const BEGIN = '<!-- sentences: made by node/tests/reference_table.mjs -->\n';
const END = '<!-- end of sentences -->\n';

/** In the order of the document. */
const FILES = [
  ['Access to the APIs', 'api/mission/access.test.mjs'],
  ['Basic business transaction management', 'api/mission/business_transactions.test.mjs'],
  ['Exit call management', 'api/mission/exit_calls.test.mjs'],
  ['Transaction correlation management', 'api/mission/correlation.test.mjs'],
  ['Exit call properties and backend identifying properties', 'api/mission/properties.test.mjs'],
];

/** Titles of groups and tests in a file: those of loops come from the lists they go over. */
function* sentences(file) {
  const text = fs.readFileSync(new URL(file, tests), 'utf8');
  let group = '';
  for (const line of text.split('\n')) {
    const found = /^\s*(describe|test)\((['"])(.*?[^\\])\2, /.exec(line);
    const row = /^ {2,4}'?([A-Za-z].*?)'?: (\[.*\]|'[A-Z][A-Za-z]+'),$/.exec(line);
    if (found !== null && found[1] === 'describe') group = found[3];
    else if (found !== null && !group.startsWith('beyond')) yield [group, found[3].replaceAll('\\', '')];
    else if (row !== null && file.includes('properties')) yield ['', row[1]];
  }
}

/** The tables of all sections. */
function table() {
  const lines = [];
  for (const [title, file] of FILES) {
    lines.push(`### ${title}`, '', `In [\`node/tests/${file}\`](../../node/tests/${file}).`, '', '| Sentence or row | Of |', '|---|---|');
    for (const [group, sentence] of sentences(file)) {
      lines.push(`| ${sentence.replaceAll('|', '\\|')} | ${group === '' ? '' : `\`${group}\``} |`);
    }
    lines.push('');
  }
  return lines.join('\n');
}

/** The reference with a fresh table. */
export function withTable(reference) {
  const [before, rest] = reference.split(BEGIN);
  const [, behind] = rest.split(END);
  return `${before}${BEGIN}\n${table()}${END}${behind}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fresh = withTable(fs.readFileSync(REFERENCE, 'utf8'));
  if (process.argv.includes('--write')) fs.writeFileSync(REFERENCE, fresh);
  else process.stdout.write(fresh);
}
