// The ways to start, and who reports as whom.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Programs } from './programs.mjs';

let programs;
before(async () => (programs = await Programs.start()));
after(() => programs.stop());

/** Knows nothing of an agent. */
const UNAWARE = `
  const server = http.createServer((request, response) => http.get({ port, path: '/inner/it', host: '127.0.0.1', agent: false }, (inner) => { inner.resume(); inner.on('end', () => response.end()); }));
  const inner = require('node:net').createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n')));
  const port = await listen(inner);
  await ask(await listen(server), '/unaware/program');
  server.close();
  inner.close();`;

const WAYS = {
  '-r': { flags: ['-r', 'appdynamics'] },
  '--require=': { flags: ['--require=appdynamics'] },
  '--import': { flags: ['--import', 'appdynamics'] },
  'NODE_OPTIONS -r': { env: { NODE_OPTIONS: '-r appdynamics' } },
  'NODE_OPTIONS --import': { env: { NODE_OPTIONS: '--import=appdynamics' } },
};

for (const [way, options] of Object.entries(WAYS)) {
  test(`${way}, with the settings of the environment`, async () => {
    const { received } = await programs.run(UNAWARE, { plain: true, ...options });
    assert.deepEqual(received.bts(), { '/unaware/program': 1 });
    assert.equal(received.snapshot('/unaware/program').exitCalls.length, 1);
  });
}

test('-r by path; an ESM program', async () => {
  const file = path.join(programs.folder, 'node_modules/appdynamics/dist/index.js');
  const source = `
    import { createServer, get } from 'node:http';
    const server = createServer((request, response) => response.end());
    server.listen(0, '127.0.0.1', () => get({ port: server.address().port, path: '/es/module', agent: false }, (r) => { r.resume(); server.close(); }));`;
  for (const flags of [['-r', file], ['--import', 'appdynamics']]) {
    const { received } = await programs.run(source, { kind: 'mjs', flags });
    assert.deepEqual(received.bts(), { '/es/module': 1 });
  }
});

test('loaded but never started, or with nowhere to report to: the program runs as it would', async () => {
  const { received } = await programs.run(`require('appdynamics');${UNAWARE}`, { plain: true });
  assert.deepEqual(received.bts(), {});
  const nowhere = Object.fromEntries(Object.keys(programs.controller.environ()).map((name) => [name, '']));
  const other = await programs.run(UNAWARE, { plain: true, flags: ['-r', 'appdynamics'], env: nowhere });
  assert.deepEqual(other.received.bts(), {});
});

test('settings of profile() behind a preload that had too few', async () => {
  const environ = { APPDYNAMICS_CONTROLLER_HOST_NAME: '', APPDYNAMICS_AGENT_TIER_NAME: '' };
  const { received } = await programs.run(
    `require('appdynamics').profile({ controllerHostName: '127.0.0.1', tierName: 'by-code' });${UNAWARE}`,
    { plain: true, flags: ['-r', 'appdynamics'], environ },
  );
  assert.deepEqual(received.bts(), { '/unaware/program': 1 });
  assert.equal(received.snapshot('/unaware/program').resource['service.name'], 'by-code');
});

test('import and require give the same object', async () => {
  const { lines } = await programs.run(
    `import appd from 'appdynamics';
     import { createRequire } from 'node:module';
     console.log(JSON.stringify([createRequire(import.meta.url)('appdynamics') === appd, typeof appd.startTransaction]));`,
    { kind: 'mjs' },
  );
  assert.deepEqual(lines, [[true, 'function']]);
});

test('worker threads count for their process, and what ended in them is not lost', async () => {
  const { received } = await programs.run(`
    const { Worker } = require('node:worker_threads');
    const source = \`
      const appd = require('appdynamics').profile();
      for (let i = 0; i < 1000; i += 1) appd.startTransaction('worker').end();
      if (process.argv[2] === 'exit') process.exit(0);\`;
    const workers = ['end', 'exit', 'end'].map((how) => new Worker(source, { eval: true, argv: [how] }));
    await Promise.all(workers.map((worker) => new Promise((go) => worker.on('exit', go))));
    for (let i = 0; i < 500; i += 1) appd.startTransaction('main').end();`);
  assert.deepEqual(received.bts(), { worker: 3000, main: 500 });
  assert.equal(received.nodes().length, 1);
});

test('a worker that is terminated loses nothing that ended', async () => {
  const { received } = await programs.run(`
    const { Worker } = require('node:worker_threads');
    const source = \`
      const appd = require('appdynamics').profile();
      for (let i = 0; i < 1000; i += 1) appd.startTransaction('terminated').end();
      require('node:worker_threads').parentPort.postMessage('done');
      setInterval(() => {}, 1000);\`;
    const worker = new Worker(source, { eval: true });
    await new Promise((go) => worker.on('message', go));
    await worker.terminate();`);
  assert.deepEqual(received.bts(), { terminated: 1000 });
});

test('a server in a worker thread, preloaded there too', async () => {
  const { received } = await programs.run(
    `const { Worker, isMainThread } = require('node:worker_threads');
     const worker = new Worker(\`
       const http = require('node:http');
       const server = http.createServer((request, response) => response.end());
       server.listen(0, '127.0.0.1', () => http.get({ port: server.address().port, path: '/in/worker', agent: false }, (r) => { r.resume(); server.close(); }));\`, { eval: true });
     await new Promise((go) => worker.on('exit', go));`,
    { plain: true, flags: ['-r', 'appdynamics'] },
  );
  assert.deepEqual(received.bts(), { '/in/worker': 1 });
});

test('forked and clustered processes are nodes of their own', async () => {
  const { received } = await programs.run(`
    const cluster = require('node:cluster');
    if (cluster.isPrimary) {
      const child = require('node:child_process').fork(__filename, ['child']);
      await new Promise((go) => child.on('exit', go));
      if (process.argv[2] === 'child') return;
      appd.startTransaction('primary').end();
      const workers = [cluster.fork(), cluster.fork()];
      let ports = 0;
      await new Promise((go) => cluster.on('listening', (_, { port }) => { ports += 1; if (ports === 2) go(globalThis.port = port); }));
      for (let i = 0; i < 10; i += 1) await ask(globalThis.port, '/clustered/server');
      for (const worker of workers) { worker.disconnect(); await new Promise((go) => worker.on('exit', go)); }
    } else {
      http.createServer((request, response) => response.end()).listen(0, '127.0.0.1');
    }`.replace("const child = ", "if (process.argv[2] === 'child') { appd.startTransaction('child').end(); return; }\n      const child = "));
  assert.deepEqual(received.bts(), { child: 1, primary: 1, '/clustered/server': 10 });
  assert.equal(received.resources.size, 4, 'as many incarnations as processes');
  const perProcess = new Map();
  for (const { name, resource, value } of received.points) {
    if (name === 'appd.bt.duration') perProcess.set(resource['process.pid'], (perProcess.get(resource['process.pid']) ?? 0) + value);
  }
  assert.deepEqual([...perProcess.values()].sort((a, b) => a - b), [1, 1, 5, 5]);
});
