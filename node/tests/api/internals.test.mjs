// The internals that published programs read (contract.md, api-usage 2), as those programs read them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agentForTests, appd, built } from './agent_of_tests.mjs';

const agent = agentForTests();
const { current } = built('context.js');

describe('internals that published programs read', () => {
  test('appd.__agent.correlation.HEADER_NAME, appd.correlation.HEADER_NAME', () => {
    assert.equal(appd.__agent.correlation.HEADER_NAME, 'singularityheader');
    assert.equal(appd.correlation.HEADER_NAME, 'singularityheader');
  });

  test('txn.time.threadId with txn.agent.context.get and set: a resolver finds its transaction again', async () => {
    const txn = appd.startTransaction('a resolver');
    const other = appd.startTransaction('another resolver');
    // What a GraphQL helper does around each resolver.
    const before = txn.agent.context.get('threadId');
    txn.agent.context.set('threadId', txn.time.threadId);
    assert.equal(current(), txn);
    assert.equal(txn.agent.context.get('threadId'), txn.time.threadId);
    txn.agent.context.set('threadId', before);
    assert.equal(current(), other);
    txn.url = '/graphql';
    txn.method = 'POST';
    txn.requestHeaders = {};
    other.end();
    txn.end();
    await agent.received((now) => now.bts()['a resolver'] === 1);
  });

  test('txn.transaction.id is the GUID of the request', async () => {
    const txn = appd.startTransaction('an id');
    const { id } = txn.transaction;
    assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(txn.transaction.id, id);
    txn.end();
    assert.equal((await agent.snapshot('an id')).traceId, id.replaceAll('-', ''));
  });

  test('__agent.thread.current(), profiler.getTransaction(id), customTransaction.join(null, txn), txn.ignore', () => {
    const txn = appd.startTransaction('a hook of a database');
    const id = appd.__agent.thread.current();
    assert.equal(appd.__agent.profiler.getTransaction(id), txn);
    const other = appd.startTransaction('in between');
    appd.__agent.customTransaction.join(null, txn);
    assert.equal(current(), txn);
    assert.equal(txn.ignore, undefined);
    for (const nothing of [undefined, null, {}, 5]) appd.__agent.customTransaction.join(null, nothing);
    other.end();
    txn.end();
    assert.equal(appd.__agent.profiler.getTransaction(123_456), undefined);
  });

  test('__agent.profiler.sanitize(sql)', () => {
    assert.equal(appd.__agent.profiler.sanitize("SELECT * FROM t WHERE a = 'it''s' AND b = 17"), 'SELECT * FROM t WHERE a = ? AND b = ?');
    assert.equal(appd.__agent.profiler.sanitize(undefined), 'undefined');
  });
});
