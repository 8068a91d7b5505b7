// Calls of http, https, fetch and undici as exit calls.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Programs } from './programs.mjs';

let programs;
before(async () => (programs = await Programs.start()));
after(() => programs.stop());

/** A server that echoes the headers it was sent, and `inside`, which runs code in a transaction. */
const ECHO = `
  const server = http.createServer((request, response) => {
    const status = Number(new URLSearchParams(request.url.split('?')[1]).get('status') ?? 200);
    response.writeHead(status, { 'x-answer': 'a' });
    response.end(JSON.stringify({ method: request.method, headers: request.headers, raw: request.rawHeaders.filter((_, i) => i % 2 === 0) }));
  });
  // The server is the backend here, not a tier.
  const port = await listen(server);
  const inside = async (name, body) => { const txn = appd.startTransaction(name); try { return await body(txn); } finally { txn.end(); } };
  const address = 'http://127.0.0.1:' + port;`;

const run = (source, options) => programs.run(`${ECHO}\n${source}\nserver.close();`, options);

test('an exit call of http.request has all properties of the table, and both callbacks see them', async () => {
  const { lines, received } = await run(`
    await inside('table', async (txn) => {
      txn.beforeExitCall = (exit) => {
        const { label, backendName, method, requestHeaders, responseHeaders, statusCode, category, command, exitType, identifyingProperties, isSql, user } = exit;
        show({ label, backendName, method, requestHeaders, responseHeaders, statusCode, category, command, exitType, identifyingProperties, isSql, user, stack: exit.stackTrace.split('\\n')[0].includes('program-'), info: txn.createCorrelationInfo(exit).includes('*guid=') });
        exit.label += ' (seen)';
        return exit;
      };
      txn.exitCallCompleted = (exit) => { show([exit.statusCode, exit.responseHeaders['x-answer'], 'singularityheader' in exit.requestHeaders]); exit.label += ' (done)'; return exit; };
      await ask(port, '/path/of/it?query=secret', { headers: { 'X-Mine': '1' }, method: 'POST' });
    });
    show(port);`);
  const port = lines.pop();
  const host = `127.0.0.1:${port}`;
  assert.deepEqual(lines[0], {
    label: host, backendName: 'HTTP', method: 'POST', requestHeaders: { 'x-mine': '1', host }, category: 'write',
    command: `http://${host}/path/of/it`, exitType: 'EXIT_HTTP', identifyingProperties: { HOST: '127.0.0.1', PORT: String(port) },
    stack: true, info: true,
  });
  assert.deepEqual(lines[1], [200, 'a', true]);
  const [exit] = received.snapshot('table').exitCalls;
  assert.equal(exit.name, `${host} (seen) (done)`);
  assert.equal(exit.operation, `http://${host}/path/of/it`);
  assert.deepEqual(exit.identifying, { HOST: '127.0.0.1', PORT: String(port) });
  assert.equal(exit.optional['Status Code'], '200');
  assert.equal(exit.optional.Method, 'POST');
});

test('every way to call is one exit call, with both headers', async () => {
  const { lines, received } = await run(`
    const undici = require('undici');
    const { request: taken } = require('node:http');
    const read = (make) => new Promise((go, fail) => { const r = make((response) => { let body = ''; response.on('data', (c) => (body += c)); response.on('end', () => go(JSON.parse(body))); }); r.on('error', fail); r.end(); });
    const ways = {
      get: () => read((then) => http.get(address + '/get?x', then)),
      getUrl: () => read((then) => http.get(new URL(address + '/url'), { headers: { a: 'b' } }, then)),
      request: () => read((then) => http.request({ port, path: '/r' }, then)),
      both: () => read((then) => http.request(address + '/other', { path: '/both' }, then)),
      taken: () => read((then) => taken({ hostname: '127.0.0.1', port, path: '/taken' }, then)),
      expect: () => read((then) => http.request(address + '/expect', { method: 'PUT', headers: { Expect: '100-continue' } }, then)),
      list: () => read((then) => http.request({ port, host: '127.0.0.1', path: '/list', headers: ['X-List', '1', 'host', 'h'] }, then)),
      pairs: () => read((then) => http.request({ port, host: '127.0.0.1', path: '/pairs', headers: [['X-List', '1'], ['Host', 'h']] }, then)),
      frozen: () => read((then) => http.request(Object.freeze({ port, path: '/frozen', headers: Object.freeze({ q: '1' }) }), then)),
      fetch: async () => (await fetch(address + '/fetch?x', { headers: { q: '1' } })).json(),
      undici: async () => (await undici.request(address + '/undici', { headers: { q: '1' } })).body.json(),
    };
    for (const [name, way] of Object.entries(ways)) {
      const { headers, raw } = await inside(name, () => way());
      const guid = /[*]guid=([-0-9a-f]+)/.exec(headers.singularityheader)?.[1].replaceAll('-', '');
      show([name, guid !== undefined && headers.traceparent.split('-')[1] === guid, /^appd=1:/.test(headers.tracestate), raw.filter((name) => /^(trace|singu)/i.test(name)).length]);
    }`);
  for (const line of lines) assert.deepEqual(line.slice(1), [true, true, 3], line[0]);
  assert.equal(lines.length, 11);
  for (const [name, , ] of lines) assert.equal(received.snapshot(name).exitCalls.length, 1, name);
  assert.deepEqual(received.snapshot('fetch').exitCalls[0].optional, { 'Backend Name': 'HTTP', Method: 'GET', 'Status Code': '200', Category: 'read' });
  assert.ok(received.snapshot('fetch').exitCalls[0].operation.endsWith('/fetch'));
});

test('import { get } from http, in a module that is imported behind ours', async () => {
  const { lines, received } = await programs.run(
    `import 'appdynamics';
     import appd from 'appdynamics';
     import { createServer, get } from 'node:http';
     appd.profile();
     const server = createServer((request, response) => response.end(request.headers.singularityheader === undefined ? 'without' : 'with'));
     server.listen(0, '127.0.0.1', () => {
       appd.startTransaction('module', (txn) => get({ port: server.address().port }, (response) => {
         response.setEncoding('utf8').on('data', (text) => console.log(JSON.stringify(text))).on('end', () => { txn.end(); server.close(); });
       }));
     });`,
    { kind: 'mjs' },
  );
  assert.deepEqual(lines, ['with']);
  assert.equal(received.snapshot('module').exitCalls.length, 1);
});

test('returning nothing from beforeExitCall suppresses report and headers, never the call', async () => {
  const { lines, received } = await run(`
    for (const way of ['http', 'fetch']) await inside('hidden ' + way, async (txn) => {
      txn.beforeExitCall = () => {};
      const { headers } = way === 'http' ? JSON.parse((await ask(port, '/x')).body) : await (await fetch(address)).json();
      show([headers.singularityheader, headers.traceparent].filter(Boolean).length);
    });
    await inside('throws', async (txn) => { txn.beforeExitCall = () => { throw new Error('mine'); }; show((await ask(port, '/x')).status); });`);
  assert.deepEqual(lines, [0, 0, 200]);
  assert.deepEqual(['hidden http', 'hidden fetch', 'throws'].map((bt) => received.snapshot(bt).exitCalls.length), [0, 0, 1]);
});

test('headers that are there stay: traceparent, tracestate members, the correlation header', async () => {
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const { lines } = await run(`
    const own = { traceparent: '${parent}', tracestate: 'other=1,appd=1:old,more=2' };
    for (const ask2 of [(headers) => ask(port, '/x', { headers }).then(({ body }) => JSON.parse(body)), (headers) => fetch(address, { headers }).then((r) => r.json())]) {
      const { headers } = await inside('own', () => ask2(own));
      show([headers.traceparent, headers.tracestate.replace(/appd=1:[^,]*/, 'appd'), headers.singularityheader.includes('*guid=')]);
      show((await inside('mine', () => ask2({ singularityheader: 'mine' }))).headers.singularityheader);
    }`);
  const expected = [[parent, 'appd,other=1,more=2', true], 'mine'];
  assert.deepEqual(lines, [...expected, ...expected]);
});

test('errors: refused, reset, error statuses; the program sees what it would', async () => {
  const { lines, received } = await run(`
    const dead = await new Promise((go) => { const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => go(port)); }); });
    await inside('refused', () => ask(dead, '/').catch((error) => show(error.code)));
    await inside('refused fetch', () => fetch('http://127.0.0.1:' + dead).catch((error) => show(error.cause.code)));
    const cutting = require('node:net').createServer((socket) => socket.once('data', () => { socket.write('HTTP/1.1 200 OK\\r\\nContent-Length: 100\\r\\n\\r\\nhalf'); setTimeout(() => socket.destroy(), 20); }));
    const cut = await listen(cutting);
    await inside('cut', () => new Promise((go) => http.get({ port: cut, host: '127.0.0.1' }, (response) => { response.resume(); response.on('error', (error) => { show(error.message); go(); }); }).on('error', () => {})));
    cutting.close();
    await inside('status', () => ask(port, '/?status=503'));
    await inside('good', () => ask(port, '/'));`);
  assert.deepEqual(lines, ['ECONNREFUSED', 'ECONNREFUSED', 'aborted']);
  const errorOf = (bt) => received.snapshot(bt).exitCalls[0].errors[0]?.['exception.message'];
  assert.match(errorOf('refused'), /ECONNREFUSED/);
  assert.match(errorOf('refused fetch'), /ECONNREFUSED/);
  assert.equal(errorOf('cut'), 'aborted');
  assert.equal(errorOf('status'), '503 Service Unavailable');
  assert.equal(errorOf('good'), undefined);
});

test('without a listener for it an error is uncaught, and an unread answer is thrown away, as without us', async () => {
  const { lines, received } = await run(`
    const dead = await new Promise((go) => { const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => go(port)); }); });
    process.once('uncaughtException', (error) => show(error.code));
    await inside('uncaught', () => { http.get({ port: dead, host: '127.0.0.1' }); return pause(50); });
    await inside('unread', () => new Promise((go) => http.get(address + '/unread').on('close', go)));`);
  assert.deepEqual(lines, ['ECONNREFUSED']);
  assert.equal(received.snapshot('unread').exitCalls[0].optional['Status Code'], '200');
  assert.match(received.snapshot('uncaught').exitCalls[0].errors[0]['exception.message'], /ECONNREFUSED/);
});

test('calls outside of transactions, and behind their end, are nobody\'s', async () => {
  const { lines, received } = await run(`
    const { headers } = JSON.parse((await ask(port, '/x')).body);
    show(headers.singularityheader === undefined);
    let later;
    await inside('over', () => { later = pause(50).then(() => ask(port, '/late')); });
    show(JSON.parse((await later).body).headers.singularityheader === undefined);`);
  assert.deepEqual(lines, [true, true]);
  assert.deepEqual(received.exits(), {});
});

test('requests of http2 sessions: headers, status, errors; the program sees what it would', async () => {
  const { lines, received } = await programs.run(`
    const http2 = require('node:http2');
    const seen = [];
    const back = http2.createServer();
    back.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      seen.push([headers.singularityheader !== undefined, headers.traceparent?.length, headers.own]);
      if (headers[':path'] === '/reset') return stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
      stream.respond({ ':status': headers[':path'] === '/failing?x=1' ? 500 : 200 });
      stream.end('ok');
    });
    const backPort = await listen(back);
    const session = http2.connect('http://127.0.0.1:' + backPort);
    const call = (headers) => new Promise((go) => {
      const stream = session.request(headers);
      let body = '';
      stream.on('data', (data) => (body += data)).on('error', (error) => go(error.code)).on('end', () => go(body)).end();
    });
    const statuses = [];
    const server = http.createServer(async (request, response) => {
      const txn = appd.getTransaction(request);
      txn.exitCallCompleted = (exit) => (statuses.push([exit.method, exit.statusCode, exit.command.split('/').pop()]), exit);
      const headers = { ':path': '/fine', ':method': 'POST', own: 'mine' };
      show([await call(headers), await call({ ':path': '/failing?x=1' }), await call({ ':path': '/reset' }), Object.keys(headers).length]);
      show(appd.__agent.profiler.getTransaction() === txn);
      response.end();
    });
    const port = await listen(server);
    await ask(port, '/with/http2');
    show(seen); show(statuses); show(session.listenerCount('error'));
    session.close(); back.close(); server.close();`);
  assert.deepEqual(lines[0], ['ok', 'ok', 'ERR_HTTP2_STREAM_ERROR', 3]);
  assert.equal(lines[1], true);
  assert.deepEqual(lines[2], [[true, 55, 'mine'], [true, 55, null], [true, 55, null]]);
  assert.deepEqual(lines[3], [['POST', 200, 'fine'], ['GET', 500, 'failing'], ['GET', null, 'reset']]);
  assert.equal(lines[4], 0);
  const [[name, exit]] = Object.entries(received.exits());
  assert.match(name, /^127\.0\.0\.1:\d+$/);
  assert.deepEqual([exit.exitType, exit.count, exit.errors], ['HTTP', 3, 2]);
});
