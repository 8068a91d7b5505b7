// docs/reference/nodejs-api.md lists every sentence with a test.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { REFERENCE, withTable } from '../reference_table.mjs';

test('the table of sentences is fresh: node tests/reference_table.mjs --write', () => {
  const reference = fs.readFileSync(REFERENCE, 'utf8');
  assert.equal(withTable(reference), reference);
});
