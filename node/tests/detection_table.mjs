// Makes docs/reference/nodejs-detection.md out of the hooks' own data and the packages that the tests install.
//
// `node tests/detection_table.mjs --write` renews it; tests/api/detection_table.test.mjs proves it fresh.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
export const REFERENCE = new URL('../../docs/reference/nodejs-detection.md', import.meta.url);

/** What the tests of a folder install, by name. */
const installed = (folder) => JSON.parse(fs.readFileSync(new URL(`${folder}/package.json`, import.meta.url), 'utf8')).dependencies;

/** `^5.1.0` or `npm:express@4.2.0` as `5.1.0` and `4.2.0`. */
const bare = (version) => version?.replace(/^npm:.*@/, '').replace(/^[^0-9]*/, '');

function versionsOf(packages) {
  const folders = ['libraries_oldest', 'libraries', 'hooks'].map(installed);
  return packages.map((name) => {
    const versions = [...new Set(folders.map((folder) => bare(folder[name])).filter(Boolean))];
    return versions.length > 0 ? `${name.replace(/(?<=express|fastify)4$/, '')} ${versions.join(', ')}` : undefined;
  }).filter(Boolean).join('; ');
}

export function reference() {
  const { TABLE } = require('../dist/hooks/libraries/table.js');
  const rows = TABLE.map(({ library, packages, patches, detects, against }) =>
    `| ${library} | ${patches} | ${detects} | ${versionsOf(packages)} | ${against} |`);
  return `# What is detected in Node.js

Generated from \`node/lib/hooks/libraries/table.ts\` and the packages of the tests; do not edit.

A library is touched only when the program loads it, by \`require\` or by \`import\`. \`tested\` names the oldest and the
newest version whose own code runs in the tests; those between and beyond work as long as they have what is named under
\`in front of\`, and the node's page and \`tierline doctor\` tell when they have not, and when a bundler put a library into
the program's own file.

\`TIERLINE_DETECTION=off\` (or \`profile({ detection: false })\`) leaves everything untouched,
\`TIERLINE_DETECTION_WITHOUT=pg,kafkajs\` (\`detectionWithout\`) what it names. The API goes on in both cases.

| Library | In front of | Detects | Tested | Against |
|---|---|---|---|---|
${rows.join('\n')}

Stand-ins are servers of the tests that speak the wire protocol as far as the tests need; the servers themselves cannot
be had where the tests run.
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--write')) fs.writeFileSync(REFERENCE, reference());
  else process.stdout.write(reference());
}
