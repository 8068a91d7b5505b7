// Which transaction code belongs to.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Programs } from './programs.mjs';

let programs;
before(async () => (programs = await Programs.start()));
after(() => programs.stop());

/** `here()` is the current transaction; `called` servers answer at once. */
const SETUP = `
  const here = () => appd.__agent.profiler.getTransaction();
  const backend = require('node:net').createServer((socket) => { socket.on('error', () => {}); socket.once('data', () => socket.end('HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok')); });
  const port = await listen(backend);`;

const run = (source) => programs.run(`${SETUP}\n${source}\nbackend.close();`);
const exitsOf = (received, bt) => received.snapshot(bt).exitCalls.length;

test('a transaction is current from its start to its end, across asynchronous boundaries', async () => {
  const { lines, received } = await run(`
    const txn = appd.startTransaction('follow');
    await ask(port, '/one');
    await new Promise((go) => process.nextTick(() => setImmediate(() => setTimeout(() => Promise.resolve().then(async () => { await ask(port, '/two'); go(); }), 1))));
    show(here() === txn);
    txn.end();
    show(here() === undefined);
    await ask(port, '/three');`);
  assert.deepEqual(lines, [true, true]);
  assert.equal(exitsOf(received, 'follow'), 2);
});

test('resume() brings a transaction to code that lost it', async () => {
  const { received } = await run(`
    const queue = [];
    // A worker that was there before: its callbacks run in its own context.
    const worker = setInterval(() => { const job = queue.shift(); if (job) job(); }, 1);
    await pause(5);
    await new Promise((go) => setImmediate(() => {
      const txn = appd.startTransaction('lost');
      queue.push(async () => { await ask(port, '/uncounted'); });
      queue.push(async () => { txn.resume(); await ask(port, '/counted'); txn.end(); go(); });
    }));
    clearInterval(worker);`);
  assert.equal(exitsOf(received, 'lost'), 1);
});

test('overlapping transactions keep to themselves', async () => {
  const { received } = await run(`
    const one = async (name, calls) => {
      const txn = appd.startTransaction(name);
      for (let i = 0; i < calls; i += 1) { await pause(Math.random() * 5); await ask(port, '/x'); if (here() !== txn) show('strayed'); }
      txn.end();
    };
    const begin = (name, calls) => new Promise((go) => setImmediate(() => one(name, calls).then(go)));
    await Promise.all(Array.from({ length: 30 }, (_, i) => begin('overlap ' + i, 1 + (i % 4))));`);
  for (let i = 0; i < 30; i += 1) assert.equal(exitsOf(received, `overlap ${i}`), 1 + (i % 4));
});

test('started one inside the other: the inner one is current until it ends, then the outer one again', async () => {
  const { lines, received } = await run(`
    const outer = appd.startTransaction('outer');
    const inner = appd.startTransaction('inner');
    let open;
    // Belongs to the inner one, and goes on when that has ended.
    const waiting = new Promise((go) => (open = go)).then(() => ask(port, '/after-inner'));
    await ask(port, '/inner');
    inner.end();
    show(here() === outer);
    await ask(port, '/outer');
    open();
    await waiting;
    outer.end();
    show(here() === undefined);`);
  assert.deepEqual(lines, [true, true]);
  assert.deepEqual([exitsOf(received, 'outer'), exitsOf(received, 'inner')], [2, 1]);
});

test('an API-made transaction inside an automatic one lives beside it', async () => {
  const { lines, received } = await run(`
    const server = http.createServer(async (request, response) => {
      const automatic = appd.getTransaction(request);
      const own = appd.startTransaction('beside');
      show([own !== automatic, here() === own]);
      await ask(port, '/own');
      own.end();
      show(here() === automatic);
      await ask(port, '/automatic');
      response.end();
    });
    await ask(await listen(server), '/automatic/one');
    server.close();`);
  assert.deepEqual(lines, [[true, true], true]);
  assert.deepEqual([exitsOf(received, '/automatic/one'), exitsOf(received, 'beside')], [1, 1]);
  assert.deepEqual(received.bts(), { '/automatic/one': 1, beside: 1 });
});

test('a function given to startTransaction runs in its context, and what it throws is thrown', async () => {
  const { lines, received } = await run(`
    await new Promise((go) => appd.startTransaction('with function', async (txn) => { show(here() === txn); await ask(port, '/x'); txn.end(); go(); }));
    appd.startTransaction('left open', () => {});
    show(here() === undefined);
    try { appd.startTransaction('throws', (txn) => { txn.end(); throw new Error('mine'); }); } catch (error) { show(error.message); }`);
  assert.deepEqual(lines, [true, true, 'mine']);
  assert.equal(exitsOf(received, 'with function'), 1);
});

test('connections that live longer than their transaction hold nothing of it', async () => {
  const { lines } = await programs.run(
    `
    const server = http.createServer((request, response) => response.end('ok'));
    const port = await listen(server);
    const agent = new http.Agent({ keepAlive: true });
    const finalized = new Set();
    const registry = new FinalizationRegistry((name) => finalized.add(name));
    for (let i = 0; i < 5; i += 1) await new Promise((go) => setImmediate(async () => {
      const big = { i };
      registry.register(big, i);
      const txn = appd.startTransaction('kept alive');
      const exit = txn.startExitCall({ exitType: 'EXIT_CUSTOM', label: 'x', identifyingProperties: { big } });
      txn.endExitCall(exit);
      await ask(port, '/x', { agent });
      txn.end();
      go();
    }));
    await pause(1200);
    for (let turn = 0; turn < 20 && finalized.size < 5; turn += 1) { gc(); await pause(20); }
    show([finalized.size, Object.values(agent.freeSockets).flat().length]);
    agent.destroy(); server.close();`,
    { flags: ['--expose-gc'] },
  );
  assert.deepEqual(lines, [[5, 1]]);
});
