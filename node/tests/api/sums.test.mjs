// Numbers add up, whatever happens: stalls in flight, names beyond the limit, worker threads, many at a time.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { agentForTests, appd, built, KEEP_ALL, KEEP_SOME } from './agent_of_tests.mjs';

const agent = agentForTests();
const { batch } = built('batch.js');
const { native } = built('native.js');
const { names } = built('names.js');
const main = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const pause = (ms) => new Promise((go) => setTimeout(go, ms));
const total = (counts, beginning) => Object.entries(counts).filter(([name]) => name.startsWith(beginning)).reduce((sum, [, count]) => sum + count, 0);

describe('sums', () => {
  test('a stall is reported while it runs, and its end replaces the report', async () => {
    await agent.configure({ ...KEEP_SOME, thresholds: { ...KEEP_SOME.thresholds, stall: { kind: 'static', ms: 100 } } });
    const txn = appd.startTransaction('stalls');
    txn.addSnapshotData('known', 'early');
    await pause(1_300);
    const running = (await agent.received((now) => now.snapshots.some((s) => s.bt === 'stalls'))).snapshot('stalls');
    assert.equal(running.verdict, 'STALL');
    assert.equal(running.attributes['appd.in_flight'], true);
    assert.equal(running.userData.known, 'early');
    txn.addSnapshotData('known later', 'yes');
    txn.end();
    const ended = (await agent.received((now) => now.snapshots.some((s) => s.bt === 'stalls' && s.userData['known later'] === 'yes'))).snapshot('stalls');
    assert.equal(ended.spanId, running.spanId);
    assert.ok(ended.durationMs > 1_290 && ended.attributes['appd.in_flight'] !== true);
    assert.deepEqual((await agent.received((now) => now.bts().stalls === 1)).verdicts('stalls'), { STALL: 1 });
    await agent.configure(KEEP_ALL);
  });

  test('names beyond the limit are All Other Traffic, and every one is counted', async () => {
    await agent.configure({ ...KEEP_SOME, limits: { bts_max: 40 } });
    agent.clear();
    for (let n = 0; n < 20_000; n += 1) appd.startTransaction(`distinct ${n}`).end();
    const received = await agent.received((now) => total(now.bts(), 'distinct') + (now.bts()['All Other Traffic - front'] ?? 0) >= 20_000);
    assert.equal(total(received.bts(), 'distinct') + received.bts()['All Other Traffic - front'], 20_000);
    await agent.configure(KEEP_ALL);
  });

  test('backends beyond any number are counted, and the cache stays small', async () => {
    agent.clear();
    const txn = appd.startTransaction('many backends');
    for (let n = 0; n < 6_000; n += 1) txn.endExitCall(txn.startExitCall({ exitType: 'EXIT_HTTP', label: 'many', identifyingProperties: { HOST: `host-${n}` } }));
    txn.end();
    const calls = (now) => Object.values(now.exits()).reduce((sum, exit) => sum + exit.count, 0);
    assert.equal(calls(await agent.received((now) => calls(now) >= 6_000)), 6_000);
  });

  test('two hundred at a time, across many batches', async () => {
    agent.clear();
    await agent.configure(KEEP_SOME);
    let done = 0;
    const worker = async (n) => {
      for (let lap = 0; lap < 50; lap += 1) {
        const txn = appd.startTransaction(`concurrent ${n % 7}`);
        await pause(0);
        txn.resume();
        const exit = txn.startExitCall({ exitType: 'EXIT_CACHE', label: 'concurrent', identifyingProperties: { 'Server Pool': `c:${n % 3}` } });
        await null;
        txn.endExitCall(exit, lap === 49 ? new Error('the last') : undefined);
        txn.end();
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: 200 }, (_, n) => worker(n)));
    assert.equal(done, 10_000);
    const received = await agent.received((now) => total(now.bts(), 'concurrent') >= 10_000);
    assert.equal(total(received.bts(), 'concurrent'), 10_000);
    const verdicts = [0, 1, 2, 3, 4, 5, 6].map((n) => received.verdicts(`concurrent ${n}`).ERROR ?? 0);
    assert.equal(verdicts.reduce((a, b) => a + b), 200);
    await agent.configure(KEEP_ALL);
  });

  test('worker threads count for themselves; one that is terminated loses nothing that had ended', async () => {
    agent.clear();
    await agent.configure(KEEP_SOME);
    const program = `
      const { parentPort } = require('node:worker_threads');
      const appd = require(${JSON.stringify(main)});
      for (let n = 0; n < 1_000; n += 1) appd.startTransaction('of a worker').end();
      parentPort.postMessage('ended');
      setInterval(() => {}, 1_000);
    `;
    const workers = Array.from({ length: 3 }, () => new Worker(program, { eval: true }));
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    await Promise.all(workers.map((worker) => worker.terminate()));
    const received = await agent.received((now) => now.bts()['of a worker'] >= 3_000);
    assert.equal(received.bts()['of a worker'], 3_000);
    await agent.configure(KEEP_ALL);
  });

  test('begun, ended and running add up in every report', async () => {
    agent.clear();
    const open = appd.startTransaction('left open');
    batch.cross();
    native.flush(5_000);
    await pause(20);
    const received = agent.controller.received();
    assert.equal(received.total('appd.segments.begun'), received.total('appd.segments.ended') + 1);
    open.end();
  });

  test('numbers of names are given back when the core forgets names', async () => {
    for (let round = 0; round < 5; round += 1) {
      for (let n = 0; n < 50; n += 1) appd.startTransaction(`forgotten ${n}`).end();
      await agent.configure(KEEP_ALL);
    }
    assert.ok(names.published.length < 4 + 3 * 1_024, `${names.published.length}`);
  });

  test('errors that the controller says do not count', async () => {
    await agent.configure({ ...KEEP_ALL, errors: { ignored: [{ type_name: { value: 'NotFound' } }] } });
    class NotFound extends Error { name = 'NotFound'; }
    for (const [name, error] of [['ignored error', new NotFound('x')], ['counted error', new Error('y')]]) {
      const txn = appd.startTransaction(name);
      txn.end(error);
    }
    const received = await agent.received((now) => now.snapshots.some((s) => s.bt === 'ignored error') && now.snapshots.some((s) => s.bt === 'counted error'));
    assert.equal(received.snapshot('ignored error').verdict, 'NORMAL');
    assert.equal(received.snapshot('ignored error').errors[0]['exception.type'], 'NotFound', 'it stays in the snapshot');
    assert.equal(received.snapshot('counted error').verdict, 'ERROR');
    await agent.configure(KEEP_ALL);
  });
});
