// Messages through RabbitMQ: sent as exit calls with the headers, received as the transaction goes on.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Programs } from '../hooks/programs.mjs';
import { kafka } from './kafka_peer.mjs';
import { rabbitmq } from './servers.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const MODULES = { newest: here, oldest: path.join(here, '../libraries_oldest') };

const consumer = (port) => `
  const channel = await (await require('amqplib').connect('amqp://127.0.0.1:${port}')).createChannel();
  await channel.assertQueue('orders');
  let left = 3;
  await channel.consume('orders', async (message) => {
    await pause(5);
    appd.addSnapshotData('order', message.content.toString());
    channel.ack(message);
    setImmediate(() => { left -= 1; if (left === 0) process.exit(); });
    if (message.content.toString() === 'broken') throw new Error('broken order');
  });
  process.on('unhandledRejection', () => {});
  show('ready');`;

const producer = (port, close) => `
  const connection = await require('amqplib').connect('amqp://127.0.0.1:${port}');
  const channel = await connection.createChannel();
  const confirming = await connection.createConfirmChannel();
  await channel.assertQueue('orders');
  const headers = { own: 'header' };
  const server = http.createServer(async (request, response) => {
    channel.sendToQueue('orders', Buffer.from('by queue'), { headers });
    channel.publish('', 'orders', Buffer.from('broken'));
    await new Promise((go) => confirming.sendToQueue('orders', Buffer.from('confirmed'), {}, go));
    response.end(Object.keys(headers).join());
  });
  const port = await listen(server);
  const { body } = await ask(port, '/order');
  server.close();
  await connection.close();
  show(body);`;

describe('RabbitMQ', () => {
  let server;
  before(async () => (server = await rabbitmq()));
  after(() => server.close());

  for (const [age, modules] of Object.entries(MODULES)) {
    test(`amqplib, the ${age} release: a transaction goes on where its messages arrive`, async () => {
      const programs = await Programs.start(modules);
      try {
        const environ = { APPDYNAMICS_AGENT_TIER_NAME: 'back' };
        const child = programs.begin(consumer(server.port), { environ });
        while (!child.output.stdout.includes('ready')) {
          assert.equal(child.exitCode, null, child.output.stderr);
          await new Promise((go) => setTimeout(go, 20));
        }
        const { stderr, code, lines } = await programs.begin(producer(server.port)).ended;
        assert.deepEqual([stderr, code, lines], ['', 0, ['own']], 'the headers of the program are as they were');
        const back = await child.ended;
        assert.deepEqual([back.stderr, back.code], ['', 0]);
        const received = programs.controller.received();
        const exit = received.exits()['orders - RABBITMQ'];
        assert.equal(exit.exitType, 'RABBITMQ');
        assert.deepEqual(exit.properties, { Host: '127.0.0.1', Port: `${server.port}`, Exchange: '', 'Routing Key': 'orders' });
        assert.equal(exit.count, 3);
        const front = received.snapshots.filter(({ resource }) => resource['service.name'] === 'front');
        assert.equal(front.length, 1);
        assert.equal(front[0].exitCalls.length, 3);
        // A report may come twice (OTLP); the segments of one span are one.
        const behind = received.snapshots.filter(({ resource }) => resource['service.name'] === 'back');
        const segments = [...new Map(behind.map((segment) => [segment.spanId, segment])).values()];
        assert.deepEqual(segments.map(({ userData }) => userData.order).sort(), ['broken', 'by queue', 'confirmed']);
        for (const segment of segments) {
          assert.equal(segment.traceId, front[0].traceId, 'one request');
          assert.ok(front[0].exitCalls.some(({ spanId }) => spanId === segment.parentSpanId), 'behind its own exit call');
          assert.equal(segment.verdict, segment.userData.order === 'broken' ? 'ERROR' : 'NORMAL');
        }
      } finally {
        await programs.stop();
      }
    });
  }
});

const kafkaConsumer = (port) => `
  const { Kafka, logLevel } = require('kafkajs');
  const consumer = new Kafka({ brokers: ['127.0.0.1:${port}'], logLevel: logLevel.NOTHING }).consumer({ groupId: 'back' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'orders', fromBeginning: true });
  let left = 3;
  await consumer.run({ eachMessage: async ({ topic, message }) => {
    await pause(5);
    appd.addSnapshotData('order', message.value.toString());
    left -= 1;
    if (left === 0) setTimeout(() => process.exit(), 100);
  } });
  show('ready');`;

const kafkaProducer = (port) => `
  const { Kafka, logLevel } = require('kafkajs');
  process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
  const client = new Kafka({ brokers: ['127.0.0.1:${port}'], logLevel: logLevel.NOTHING });
  if (!(client instanceof Kafka)) console.error('another class');
  const producer = client.producer();
  await producer.connect();
  const headers = { own: 'header' };
  const server = http.createServer(async (request, response) => {
    await producer.send({ topic: 'orders', messages: [{ value: 'one', headers }, { value: 'two' }] });
    await producer.sendBatch({ topicMessages: [{ topic: 'orders', messages: [{ value: 'three' }] }] });
    await producer.send({ topic: 'orders', messages: 'nonsense' }).catch(() => {});
    response.end(Object.keys(headers).join() + (appd.getTransaction(request) === appd.__agent.profiler.getTransaction()));
  });
  const port = await listen(server);
  const { body } = await ask(port, '/order');
  server.close();
  await producer.disconnect();
  show(body);`;

describe('Kafka, against a stand-in for its broker', () => {
  for (const [age, modules] of Object.entries(MODULES)) {
    test(`kafkajs, the ${age} release: a transaction goes on where its messages arrive`, async () => {
      const server = await kafka('orders');
      const programs = await Programs.start(modules);
      try {
        const { stderr, code, lines } = await programs.begin(kafkaProducer(server.port)).ended;
        assert.deepEqual([stderr, code, lines], ['', 0, ['owntrue']], 'the headers of the program are as they were');
        const back = await programs.begin(kafkaConsumer(server.port), { environ: { APPDYNAMICS_AGENT_TIER_NAME: 'back' } }).ended;
        assert.deepEqual([back.stderr, back.code], ['', 0]);
        const received = programs.controller.received();
        const exit = received.exits()['orders - KAFKA'];
        assert.equal(exit.exitType, 'QUEUE');
        assert.deepEqual(exit.properties, { 'Server Pool': `127.0.0.1:${server.port}`, Destination: 'orders', Vendor: 'KAFKA' });
        assert.equal(exit.count, 2, 'what no broker is asked for is no call');
        const [front] = received.snapshots.filter(({ resource }) => resource['service.name'] === 'front');
        const behind = received.snapshots.filter(({ resource }) => resource['service.name'] === 'back');
        assert.deepEqual(behind.map(({ userData }) => userData.order).sort(), ['one', 'three', 'two']);
        for (const segment of behind) {
          assert.equal(segment.traceId, front.traceId, 'one request');
          assert.ok(front.exitCalls.some(({ spanId }) => spanId === segment.parentSpanId), 'behind its own exit call');
        }
      } finally {
        await programs.stop();
        await server.close();
      }
    });
  }
});
