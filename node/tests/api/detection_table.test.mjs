// docs/reference/nodejs-detection.md is what the hooks are.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { REFERENCE, reference } from '../detection_table.mjs';

const require = createRequire(import.meta.url);

test('the table of what is detected is fresh: node tests/detection_table.mjs --write', () => {
  assert.equal(fs.readFileSync(REFERENCE, 'utf8'), reference());
});

test('every library that is hooked is in the table', () => {
  const { TABLE } = require('../../dist/hooks/libraries/table.js');
  const { libraries } = require('../../dist/hooks/libraries/index.js');
  const known = new Set(TABLE.map(({ library }) => library));
  assert.deepEqual(libraries.map(({ library }) => library).filter((library) => !known.has(library)), []);
});
