// Requests of http servers as business transactions.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Programs } from './programs.mjs';

let programs;
before(async () => (programs = await Programs.start()));
after(() => programs.stop());

test('a request is a transaction named by the first two segments, without query', async () => {
  const { received } = await programs.run(`
    const server = http.createServer((request, response) => response.end('done'));
    const port = await listen(server);
    for (const path of ['/store/checkout/17?a=/b/c', '/store//checkout', '/single', '/', '/?q', 'http://else.where/abs/form/x']) await ask(port, path);
    server.close();`);
  assert.deepEqual(received.bts(), { '/store/checkout': 2, '/single': 1, '/': 2, '/abs/form': 1 });
  assert.equal(received.snapshot('/single').attributes['appd.bt.entry_type'], 'NODEJS_WEB');
  assert.notEqual(received.snapshot('/single').verdict, 'ERROR');
});

test('getTransaction finds it, the same one every time, for everything that wraps a request', async () => {
  const { lines, received } = await programs.run(`
    const server = http.createServer((request, response) => {
      const txn = appd.getTransaction(request);
      txn.addSnapshotData('seen', 'yes');
      show([txn === appd.getTransaction(request), appd.getTransaction({ req: request }) === txn, appd.getTransaction({})]);
      setTimeout(() => { appd.addSnapshotData('later', 1); response.end(); }, 5);
    });
    await ask(await listen(server), '/found/here');
    server.close();`);
  assert.deepEqual(lines, [[true, true, null]]);
  assert.deepEqual(received.snapshot('/found/here').userData, { seen: 'yes', later: '1' });
});

test('status 400 to 505 is an error, and the error that the program put on the response', async () => {
  const { received } = await programs.run(`
    const server = http.createServer((request, response) => {
      const [, what, code] = request.url.split('/');
      if (what === 'status') response.statusCode = Number(code);
      if (what === 'error') response.error = new TypeError('on the response');
      if (what === 'coded') response.error = Object.assign(new Error('coded'), { StatusCode: 418 });
      response.end();
    });
    const port = await listen(server);
    for (const path of ['/status/399', '/status/400', '/status/404', '/status/505', '/status/506', '/error/x', '/coded/x']) await ask(port, path);
    server.close();`);
  const errors = (bt) => received.verdicts(bt).ERROR ?? 0;
  assert.deepEqual(['399', '400', '404', '505', '506'].map((code) => errors(`/status/${code}`)), [0, 1, 1, 1, 0]);
  const [status] = received.snapshot('/status/404').errors;
  assert.equal(status['exception.type'], 'HTTP 404');
  assert.equal(status['exception.message'], '404 Not Found');
  const [given] = received.snapshot('/error/x').errors;
  assert.equal(given['exception.type'], 'TypeError');
  assert.equal(given['exception.message'], 'on the response');
  assert.match(given['exception.stacktrace'], /program-/);
  assert.equal(received.snapshot('/error/x').userData['Status Code'], '500');
  assert.equal(received.snapshot('/coded/x').userData['Status Code'], '418');
});

test('what comes in later is in the context of its request: body, timers, promises, streams', async () => {
  const { lines } = await programs.run(`
    const server = http.createServer((request, response) => {
      const mine = appd.getTransaction(request);
      const is = (where) => seen.push([where, appd.__agent.profiler.getTransaction() === mine]);
      const seen = [];
      request.on('data', () => is('data'));
      request.on('end', async () => {
        is('end');
        await null;
        is('promise');
        setImmediate(() => { is('immediate'); response.end(JSON.stringify(seen)); });
      });
    });
    const port = await listen(server);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = 0; turn < 3; turn += 1) show(JSON.parse((await ask(port, '/body/read', { method: 'POST', body: 'x'.repeat(200000), agent })).body).every(([, right]) => right));
    agent.destroy();
    server.close();`);
  assert.deepEqual(lines, [true, true, true]);
});

test('listeners of the program are all there are, and data added in them counts', async () => {
  const source = `
    const server = http.createServer((request, response) => {
      response.on('finish', () => globalThis.appd?.getTransaction(request).addSnapshotData('finish', 'kept'));
      show(['finish', 'close', 'error'].map((event) => [request.listenerCount(event), response.listenerCount(event)]));
      response.end();
    });
    const request = http.get({ port: await listen(server), path: '/listeners/one' }, (response) => { response.resume(); show([response.eventNames(), request.eventNames().length]); server.close(); });
    show([server.eventNames().length, server.listenerCount('request'), ...['exit', 'beforeExit', 'SIGTERM', 'uncaughtException'].map((event) => process.listenerCount(event)), process.listeners('SIGINT').length]);`;
  const without = await programs.run(source, { plain: true });
  const { lines, received } = await programs.run(`globalThis.appd = appd;${source}`);
  assert.deepEqual(lines, without.lines);
  assert.deepEqual(received.snapshot('/listeners/one').userData, { finish: 'kept' });
});

test('a client that goes away ends the transaction, without an error', async () => {
  const { received } = await programs.run(`
    const server = http.createServer((request, response) => { response.writeHead(200); response.write('begun'); setTimeout(() => response.destroyed || response.end(), 3000).unref(); });
    const port = await listen(server);
    await new Promise((go) => { const request = http.get({ port, path: '/gone/away', host: '127.0.0.1' }, () => { request.destroy(); }); request.on('close', go); request.on('error', () => {}); });
    await pause(50);
    server.close();`);
  assert.deepEqual(received.bts(), { '/gone/away': 1 });
  const snapshot = received.snapshot('/gone/away');
  assert.notEqual(snapshot.verdict, 'ERROR');
  assert.ok(snapshot.durationMs < 2000, `${snapshot.durationMs} ms`);
});

test('long polls last as long as their answer; keep-alive and pipelined requests are told apart', async () => {
  const { received } = await programs.run(`
    const net = require('node:net');
    const server = http.createServer((request, response) => {
      if (request.url.startsWith('/poll')) setTimeout(() => response.end('news'), 300);
      else response.end(request.url);
    });
    const port = await listen(server);
    await ask(port, '/poll/news');
    const socket = net.connect(port, '127.0.0.1');
    socket.write('GET /pipe/one HTTP/1.1\\r\\nHost: x\\r\\n\\r\\nGET /poll/two HTTP/1.1\\r\\nHost: x\\r\\n\\r\\nGET /pipe/three HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n');
    socket.resume();
    await new Promise((go) => socket.on('close', go));
    server.close();`);
  assert.deepEqual(received.bts(), { '/poll/news': 1, '/pipe/one': 1, '/poll/two': 1, '/pipe/three': 1 });
  assert.ok(received.snapshot('/poll/news').durationMs >= 290);
  assert.ok(received.snapshot('/pipe/one').durationMs < 290);
});

test('streamed answers end when they are through', async () => {
  const { lines, received } = await programs.run(`
    const { pipeline, Readable } = require('node:stream');
    const server = http.createServer((request, response) => {
      async function* chunks() { for (let i = 0; i < 20; i += 1) { await pause(10); yield 'x'.repeat(50000); } }
      pipeline(Readable.from(chunks()), response, () => {});
    });
    show((await ask(await listen(server), '/streamed/answer')).body.length);
    server.close();`);
  assert.deepEqual(lines, [1_000_000]);
  assert.ok(received.snapshot('/streamed/answer').durationMs >= 190);
});

test('websockets and other upgrades are left alone', async () => {
  const { lines, received } = await programs.run(`
    const { WebSocketServer, WebSocket } = require('ws');
    const server = http.createServer((request, response) => response.end());
    new WebSocketServer({ server }).on('connection', (socket) => socket.on('message', (data) => socket.send(String(data).toUpperCase())));
    const port = await listen(server);
    await ask(port, '/plain/one');
    const socket = new WebSocket('ws://127.0.0.1:' + port + '/socket/path');
    await new Promise((go) => socket.on('open', go));
    socket.send('hello');
    show(String((await new Promise((go) => socket.on('message', go)))));
    socket.terminate();
    server.close();`);
  assert.deepEqual(lines, ['HELLO']);
  assert.deepEqual(received.bts(), { '/plain/one': 1 });
});

test('Expect: 100-continue, HEAD, 204, http2', async () => {
  const { received } = await programs.run(`
    const http2 = require('node:http2');
    const server = http.createServer((request, response) => { if (request.method === 'HEAD') response.end(); else { response.statusCode = 204; response.end(); } });
    server.on('checkContinue', (request, response) => { response.writeContinue(); request.resume(); request.on('end', () => response.end('read')); });
    const port = await listen(server);
    await ask(port, '/continue/it', { method: 'PUT', body: 'x', headers: { expect: '100-continue' } });
    await ask(port, '/head/it', { method: 'HEAD' });
    await ask(port, '/empty/it');
    server.close();
    const second = http2.createServer((request, response) => { appd.getTransaction(request).addSnapshotData('stream', typeof request.stream); response.statusCode = 503; response.end('no'); });
    const client = http2.connect('http://127.0.0.1:' + await listen(second));
    const stream = client.request({ ':path': '/http2/it/x' });
    stream.resume();
    await new Promise((go) => stream.on('close', go));
    await pause(20);
    client.close(); second.close();`);
  assert.deepEqual(received.bts(), { '/continue/it': 1, '/head/it': 1, '/empty/it': 1, '/http2/it': 1 });
  assert.deepEqual(received.snapshot('/http2/it').userData, { stream: 'object', 'Status Code': '503' });
  assert.equal(received.snapshot('/http2/it').verdict, 'ERROR');
});

test('a correlation header continues the transaction of the tier in front', async () => {
  const { lines, received } = await programs.run(`
    const server = http.createServer((request, response) => {
      if (request.url.startsWith('/behind')) { response.end(request.headers.singularityheader); return; }
      const headers = {};
      http.get({ port, path: '/behind/it', host: '127.0.0.1' }, (inner) => { inner.resume(); inner.on('end', () => response.end()); });
    });
    const port = await listen(server);
    await ask(port, '/front/it');
    server.close();`);
  const front = received.snapshot('/front/it');
  const behind = received.snapshots.find(({ spanId }) => spanId !== front.spanId);
  assert.equal(behind.traceId, front.traceId);
  assert.equal(behind.parentSpanId, front.exitCalls[0].spanId);
  assert.equal(behind.attributes['appd.bt.id'], front.attributes['appd.bt.id']);
  assert.deepEqual(lines, []);
});

test('a foreign traceparent is continued as a trace, with a transaction of our own', async () => {
  const { received } = await programs.run(`
    const server = http.createServer((request, response) => response.end());
    await ask(await listen(server), '/traced/it', { headers: { TraceParent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } });
    server.close();`);
  const snapshot = received.snapshot('/traced/it');
  assert.equal(snapshot.traceId, '0af7651916cd43dd8448eb211c80319c');
  assert.equal(snapshot.parentSpanId, 'b7ad6b7169203331');
});

test('an error thrown in a handler reaches the program as it would', async () => {
  const { lines, received } = await programs.run(`
    process.on('uncaughtException', (error) => { show(error.message); held.statusCode = 500; held.end(); });
    let held;
    const server = http.createServer((request, response) => { held = response; throw new RangeError('out of range'); });
    show((await ask(await listen(server), '/throws/it')).status);
    server.close();`);
  assert.deepEqual(lines, ['out of range', 500]);
  assert.equal(received.snapshot('/throws/it').errors[0]['exception.type'], 'RangeError');
});
