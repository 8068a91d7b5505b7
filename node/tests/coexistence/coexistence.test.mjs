// Beside another tracer in one process, loaded before or behind us: both see everything, and requests are what they
// would be.
import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Programs } from '../hooks/programs.mjs';

let programs;
before(async () => (programs = await Programs.start(path.dirname(fileURLToPath(import.meta.url)))));
after(() => programs.stop());

/** Requests of the program below to its front, each of which makes one call of http and one of fetch. */
const REQUESTS = 5;

/** A front that calls a back in the same process. The back shows the headers it was sent. */
const FRONT_AND_BACK = `
  const seen = [];
  const server = http.createServer((request, response) => {
    if (request.url.startsWith('/back')) { seen.push(request.rawHeaders); response.end('back'); return; }
    http.get({ port, path: '/back/http', host: '127.0.0.1' }, (inner) => {
      inner.resume();
      inner.on('end', async () => { const answer = await fetch('http://127.0.0.1:' + port + '/back/fetch'); await answer.text(); response.end('front'); });
    });
  });
  const port = await listen(server);
  const child = \`
    const http = require('node:http');
    let left = ${REQUESTS};
    const next = () => { if (left-- > 0) http.get({ port: process.argv[1], path: '/front/it', host: '127.0.0.1', agent: false }, (r) => { r.resume(); r.on('end', next); }); };
    next();\`;
  // From another process, which has no tracer at all.
  const { NODE_OPTIONS, ...env } = process.env;
  const { status } = await new Promise((go) => require('node:child_process').spawn(process.execPath, ['-e', child, String(port)], { env, stdio: 'inherit' }).on('exit', (status) => go({ status })));
  await pause(50);
  server.closeAllConnections();
  server.close();
  const headers = seen.map((raw) => { const of = {}; raw.forEach((name, i) => { if (i % 2 === 0) (of[name.toLowerCase()] ??= []).push(raw[i + 1]); }); return of; });
  show({ status, headers: headers.map((of) => ({ parents: of.traceparent, ours: of.singularityheader?.length, states: of.tracestate })) });`;

/** Ours is complete: every request, every call, all of them in one trace per request. */
function assertOurs(received) {
  const exits = Object.values(received.exits());
  assert.deepEqual(exits.map(({ count, errors }) => [count, errors]), [[2 * REQUESTS, 0]]);
  const bts = received.bts();
  assert.equal(bts['/front/it'], REQUESTS);
  assert.equal(Object.values(bts).reduce((sum, count) => sum + count, 0), 3 * REQUESTS);
  // The first is kept as a sample, and on a busy machine a slow one too.
  for (const snapshot of received.snapshots.filter(({ bt }) => bt === '/front/it')) assert.equal(snapshot.exitCalls.length, 2);
}

const OPEN_TELEMETRY = `
  const { NodeSDK, tracing } = require('@opentelemetry/sdk-node');
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
  const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');
  const exporter = new tracing.InMemorySpanExporter();
  const sdk = new NodeSDK({ spanProcessors: [new tracing.SimpleSpanProcessor(exporter)], instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()], metricReaders: [], logRecordProcessors: [], autoDetectResources: false });
  sdk.start();
  // Instrumentations hook modules when they are required.
  require('http'); require('https');`;

const SPANS = `
  show(exporter.getFinishedSpans().map((span) => ({ kind: span.kind, trace: span.spanContext().traceId, id: span.spanContext().spanId, parent: span.parentSpanContext?.spanId ?? span.parentSpanId })));
  await sdk.shutdown();`;

const OURS = `const appd = require('appdynamics').profile();`;

for (const [order, start] of [['before', OPEN_TELEMETRY + OURS], ['behind', OURS + OPEN_TELEMETRY]]) {
  test(`OpenTelemetry SDK ${order} us`, async () => {
    const env = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
    // Without the prelude's own: which of the two takes http first is the question.
    const { lines, received } = await programs.run(`${start}${FRONT_AND_BACK}${SPANS}`, { plain: true, env });
    const [{ status, headers }, spans] = lines;
    assert.equal(status, 0);
    const ofKind = (kind) => spans.filter((span) => span.kind === kind);
    const [SERVER, CLIENT] = [1, 2];
    assert.equal(ofKind(SERVER).length, 3 * REQUESTS);
    assert.equal(ofKind(CLIENT).length, 2 * REQUESTS);
    // Theirs hangs together: each server span behind the front has a client span as its parent.
    const clients = new Map(ofKind(CLIENT).map((span) => [span.id, span]));
    const behind = ofKind(SERVER).filter(({ parent }) => clients.has(parent));
    assert.equal(behind.length, 2 * REQUESTS);
    assert.ok(behind.every(({ parent, trace }) => clients.get(parent).trace === trace));
    for (const { parents, ours, states } of headers) {
      assert.equal(parents.length, 1, 'one traceparent');
      assert.ok(clients.has(parents[0].split('-')[2]), 'it is theirs');
      assert.ok(ours > 0);
      assert.match(states.join(), /appd=1:/);
    }
    assertOurs(received);
  });
}

/** An agent of Datadog's, as far as their tracer needs one. */
async function datadogAgent() {
  const bodies = [];
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url.endsWith('/traces')) bodies.push(Buffer.concat(chunks).toString('latin1'));
      response.setHeader('content-type', 'application/json');
      response.end(request.url === '/info' ? '{"endpoints":["/v0.4/traces"]}' : '{"rate_by_service":{}}');
    });
  });
  await new Promise((go) => server.listen(0, '127.0.0.1', go));
  const count = (name) => bodies.reduce((sum, body) => sum + body.split(name).length - 1, 0);
  return { server, port: server.address().port, count };
}

const DATADOG = `
  const tracer = require('dd-trace').init({ flushInterval: 100, startupLogs: false, plugins: true });
  require('http'); require('https');`;

for (const [order, start] of [['before', DATADOG + OURS], ['behind', OURS + DATADOG]]) {
  test(`dd-trace ${order} us`, async () => {
    const agent = await datadogAgent();
    try {
      const env = {
        DD_TRACE_AGENT_URL: `http://127.0.0.1:${agent.port}`, DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
        DD_REMOTE_CONFIGURATION_ENABLED: 'false', DD_TRACE_STARTUP_LOGS: 'false', DD_TRACE_LOG_LEVEL: 'error',
      };
      const { lines, received } = await programs.run(`${start}${FRONT_AND_BACK}await pause(500); process.exit(0);`, { plain: true, env });
      const [{ status, headers }] = lines;
      assert.equal(status, 0);
      assert.equal(agent.count('\xa4name\xabweb.request'), 3 * REQUESTS, 'server spans');
      assert.equal(agent.count('\xa4name\xachttp.request'), 2 * REQUESTS, 'client spans');
      for (const { parents, ours } of headers) {
        assert.equal(parents.length, 1, 'one traceparent');
        assert.ok(ours > 0);
      }
      assertOurs(received);
    } finally {
      agent.server.closeAllConnections();
      agent.server.close();
    }
  });
}

test('signal-exit, before and behind us', async () => {
  const { lines } = await programs.run(`
    const run = (source) => new Promise((go) => { const child = require('node:child_process').spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] }); let out = ''; child.stdout.on('data', (chunk) => (out += chunk)); child.on('close', (code, signal) => go([code, signal, out])); });
    const ours = "require('appdynamics').profile();";
    const theirs = "require('signal-exit').onExit((code, signal) => require('fs').writeSync(1, code + ' ' + signal));";
    const end = "process.kill(process.pid, 'SIGTERM'); setTimeout(() => process.exit(9), 3000);";
    for (const source of [theirs + end, ours + theirs + end, theirs + ours + end]) show(await run(source));
    for (const source of [theirs, ours + theirs, theirs + ours]) show(await run(source + 'process.exit(3);'));`);
  assert.deepEqual(lines.slice(0, 3), Array(3).fill([null, 'SIGTERM', 'null SIGTERM']));
  assert.deepEqual(lines.slice(3), Array(3).fill([3, null, '3 null']));
});

test('async_hooks of the program see what they would', async () => {
  const source = `
    const hooks = require('node:async_hooks');
    const storage = new hooks.AsyncLocalStorage();
    const server = http.createServer((request, response) => storage.run(request.url, () => setTimeout(async () => { await null; response.end(String(storage.getStore())); }, 2)));
    const port = await listen(server);
    show((await Promise.all(['/a', '/b', '/c'].map((path) => ask(port, path)))).map(({ body }) => body));
    let created = 0;
    const hook = hooks.createHook({ init: (id, type) => { if (type === 'HTTPINCOMINGMESSAGE') created += 1; } }).enable();
    await ask(port, '/d');
    hook.disable();
    show(created);
    server.close();`;
  const without = await programs.run(source, { plain: true });
  const { lines } = await programs.run(source);
  assert.deepEqual(lines, without.lines);
});
