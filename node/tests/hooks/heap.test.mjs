// Nothing grows: many transactions with kept-alive connections, long polls, calls out, and 200 middlewares for every
// tenth. The whole of it: TIERLINE_HEAP_TRANSACTIONS=2000000 node --test heap.test.mjs
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Programs } from './programs.mjs';

const TRANSACTIONS = Number(process.env.TIERLINE_HEAP_TRANSACTIONS ?? 100_000);

/**
 * What is no leak: fewer bytes than this for each transaction. The smallest thing that could be held on to is a pointer
 * of eight; code that is compiled late is some hundred kilobytes, whatever the number of transactions.
 */
const BYTES_PER_TRANSACTION = 4;

/** How many times as many transactions are looked at when the heap seems to grow: a leak grows with them. */
const SECOND_LOOK = 3;

/** How often the heap is looked at, and how often it is before that counts: caches fill and code is compiled. */
const SAMPLES = 20;
const WARM_SAMPLES = 6;

let programs;
before(async () => (programs = await Programs.start()));
after(() => programs.stop());

/** Sends requests over kept-alive connections, each as soon as the last was answered. */
const LOAD = `
  const net = require('node:net');
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ port, count, connections, path }) => {
    let left = count, open = connections;
    const text = 'GET ' + path + ' HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n';
    for (let i = 0; i < connections; i += 1) {
      const socket = net.connect(port, '127.0.0.1');
      const next = () => { if (left-- > 0) socket.write(text); else socket.end(); };
      // Answers have 2 bytes of body.
      socket.on('connect', next).on('data', (data) => { if (data.toString('latin1').endsWith('ok')) next(); });
      socket.on('close', () => { open -= 1; if (open === 0) parentPort.postMessage('done'); });
    }
  });`;

const program = (transactions) => `
  const { Worker } = require('node:worker_threads');
  const express = require('express');
  const warnings = [];
  process.on('warning', (warning) => warnings.push(String(warning)));
  const app = express();
  app.disable('x-powered-by'); app.disable('etag');
  for (let i = 0; i < 200; i += 1) app.use((request, response, next) => { request['seen' + (i % 7)] = i; next(); });
  const back = http.createServer((request, response) => response.end('ok'));
  const backPort = await listen(back);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  let served = 0;
  const work = (request, response) => {
    served += 1;
    const txn = appd.getTransaction(request);
    txn.addSnapshotData('served', served);
    txn.beforeExitCall = (exit) => (exit.command.includes(request.url), exit);
    const exit = txn.startExitCall({ exitType: 'EXIT_DB', label: 'db', backendName: 'db', identifyingProperties: { Host: 'db', Port: 1 } });
    const done = () => { txn.endExitCall(exit); response.end('ok'); };
    if (served % 20 !== 0) return void setImmediate(done);
    http.get({ port: backPort, host: '127.0.0.1', path: '/back/it', agent }, (answer) => { answer.resume(); answer.on('end', done); });
  };
  app.get('/work/:item', work);
  app.get('/poll/:item', (request, response) => setTimeout(() => response.end('ok'), 100));
  const server = http.createServer((request, response) => (request.url.startsWith('/plain') ? work : app)(request, response));
  const port = await listen(server);
  const listeners = () => [process, server, back].map((emitter) => emitter.eventNames().map((name) => emitter.listenerCount(name)).join()).join('|');
  const before = listeners();
  const load = (path, connections) => {
    const worker = new Worker(${JSON.stringify(LOAD)}, { eval: true, execArgv: [] });
    return (count) => new Promise((go) => { worker.once('message', go); worker.postMessage({ port, count, connections, path }); }).finally(() => worker.unref());
  };
  const loads = [load('/plain/17', 24), load('/work/17', 8)], polls = load('/poll/17', 20);
  const samples = [];
  for (let i = 0; i < ${SAMPLES}; i += 1) {
    const perSample = ${Math.ceil(transactions / SAMPLES)};
    await Promise.all([loads[0](Math.ceil(perSample * 0.9)), loads[1](Math.ceil(perSample * 0.1)), polls(20)]);
    await pause(20);
    gc(); gc();
    const { heapUsed, external, rss } = process.memoryUsage();
    samples.push([heapUsed, external, rss]);
  }
  agent.destroy();
  server.close(); back.close();
  await pause(1200);
  show({ warnings, served, samples, sameListeners: before === listeners(), resources: process.getActiveResourcesInfo().filter((name) => name !== 'TTYWrap' && name !== 'PipeWrap' && name !== 'MessagePort') });
  process.exit(0);`;

/** Slope of a line through values, and how far they are from it, per sample. */
function fit(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = (values.length - 1) / 2;
  let covariance = 0;
  let variance = 0;
  values.forEach((value, place) => {
    covariance += (place - middle) * (value - mean);
    variance += (place - middle) ** 2;
  });
  const slope = covariance / variance;
  const residual = Math.sqrt(values.reduce((sum, value, place) => sum + (value - mean - slope * (place - middle)) ** 2, 0) / (values.length - 2));
  return { slope, error: residual / Math.sqrt(variance) };
}

/** How much heap and memory outside of it grew over the samples, as far as that is more than noise. */
function growth(samples, transactions) {
  return ['heap', 'external'].flatMap((name, kind) => {
    const values = samples.slice(WARM_SAMPLES).map((sample) => sample[kind]);
    const { slope, error } = fit(values);
    const [grown, noise] = [slope * values.length, 2 * error * values.length].map(Math.round);
    const seen = Math.round((transactions / SAMPLES) * values.length);
    console.log(`${name}: ${values.map((value) => Math.round(value / 1024)).join(' ')} KiB; ${grown} ± ${noise} bytes over ${seen} transactions`);
    return grown < noise || grown < BYTES_PER_TRANSACTION * seen ? [] : [`${name} grows by ${grown} bytes over ${seen} transactions`];
  });
}

async function look(transactions) {
  const { lines, received } = await programs.run(program(transactions), { flags: ['--expose-gc'] });
  const [{ warnings, served, samples, sameListeners, resources }] = lines;
  assert.deepEqual(warnings, []);
  assert.equal(sameListeners, true);
  assert.deepEqual(resources.filter((name) => name !== 'Timeout'), []);
  const bts = received.bts();
  assert.ok(served >= transactions);
  assert.equal(bts['/work/17'] + bts['/plain/17'], served);
  assert.equal(bts['/poll/17'], SAMPLES * 20);
  assert.equal(received.total('appd.segments.begun'), received.total('appd.segments.ended'));
  console.log(`rss: ${samples.map((sample) => Math.round(sample[2] / 1024 / 1024)).join(' ')} MiB`);
  return growth(samples, transactions);
}

test(`the heap is flat over ${TRANSACTIONS} transactions, no listener is left, and all are counted`, async () => {
  const seeming = await look(TRANSACTIONS);
  if (seeming.length > 0) assert.deepEqual(await look(TRANSACTIONS * SECOND_LOOK), [], seeming.join('; '));
});
