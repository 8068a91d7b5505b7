// Calls of libraries whose servers cannot be had here, against stand-ins (peers.mjs); DynamoDB against dynalite, which
// is one; gRPC against its own server.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { Programs } from '../hooks/programs.mjs';
import { check, MODULES, program } from './calls.mjs';
import { mongodb, sqs } from './peers.mjs';
import { cassandra, sqlServer } from './sql_peers.mjs';

const AMAZON = "region: 'eu-central-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' }, maxAttempts: 1";

for (const [age, modules] of Object.entries(MODULES)) {
  describe(`the ${age} releases`, () => {
    let programs;
    before(async () => (programs = await Programs.start(modules)));
    after(() => programs.stop());

    test('mongodb: insert, a cursor of two batches, aggregate, errors; not what connections say for themselves', async () => {
      const server = await mongodb(modules);
      try {
        await check(programs, program(
          `const { MongoClient } = require('mongodb'); const client = new MongoClient('mongodb://127.0.0.1:${server.port}', { maxPoolSize: 2 }); await client.connect(); const orders = client.db('shop').collection('orders');`,
          `await orders.insertOne({ word: 'secret' });
           const found = await orders.find({ word: 'secret' }).toArray();
           if (found.length !== 2) console.error('found', found);
           await orders.aggregate([{ $count: 'n' }]).toArray();
           await client.db('shop').command({ nonsense: 1 }).catch(() => {});`,
          'await client.close();',
        ), {
          calls: 5,
          errors: 1,
          label: `shop - MONGODB - 127.0.0.1:${server.port}`,
          exit: { exitType: 'DB', properties: { 'Server Pool': `127.0.0.1:${server.port}`, Database: 'shop', Vendor: 'MONGODB' } },
          operations: ['insert orders', 'find orders', 'getMore orders', 'aggregate orders', 'nonsense'],
          watched: { exitType: 'EXIT_DB', backendName: 'MongoDB', isSql: false },
          // Version 4 gets there by callbacks.
          hasStack: age === 'newest',
        });
      } finally {
        await server.close();
      }
    });

    test('tedious: statements, batches, parameters, errors', async () => {
      const server = await sqlServer();
      try {
        await check(programs, program(
          `const { Connection, Request, TYPES } = require('tedious');
           const connection = new Connection({ server: '127.0.0.1', authentication: { type: 'default', options: { userName: 'shop', password: 'x' } }, options: { port: ${server.port}, database: 'shop', encrypt: false, trustServerCertificate: true } });
           await new Promise((go, fail) => { connection.on('connect', (error) => (error ? fail(error) : go())); connection.connect(); });
           let turn = Promise.resolve();
           const one = (way, sql, word) => new Promise((go, fail) => {
             const request = new Request(sql, (error) => { if (appd.__agent.profiler.getTransaction() === undefined) console.error('lost'); if (error) fail(error); else go(); });
             if (word !== undefined) request.addParameter('word', TYPES.NVarChar, word);
             connection[way](request);
           });
           const ask3 = (...given) => (turn = turn.catch(() => {}).then(() => one(...given)));`,
          `await ask3('execSql', 'SELECT @word AS word, 17 AS number', 'secret');
           await ask3('execSqlBatch', "SELECT 'secret'");
           await ask3('execSql', 'SELECT nonsense').catch(() => {});`,
          'connection.close();',
        ), {
          calls: 3,
          errors: 1,
          label: `shop - MSSQL - 127.0.0.1:${server.port}`,
          exit: { exitType: 'DB', properties: { Host: '127.0.0.1', Port: `${server.port}`, Database: 'shop', Vendor: 'MSSQL' } },
          operations: ['SELECT @word AS word, ? AS number', 'SELECT ?', 'SELECT nonsense'],
          watched: { exitType: 'EXIT_DB', backendName: 'MSSQL', command: 'SELECT @word AS word, 17 AS number', args: ['secret'], user: 'shop', isSql: true },
        });
      } finally {
        await server.close();
      }
    });

    test('cassandra-driver: statements, batches, callbacks, errors', async () => {
      const server = await cassandra();
      try {
        await check(programs, program(
          `const { Client } = require('cassandra-driver'); const client = new Client({ contactPoints: ['127.0.0.1:${server.port}'], localDataCenter: 'one', isMetadataSyncEnabled: false, protocolOptions: { maxVersion: 4 }, pooling: { warmup: false } }); await client.connect();`,
          `await client.execute("SELECT word FROM shop.orders WHERE word = 'secret'");
           await client.batch(["INSERT INTO shop.orders (id) VALUES (17)"]);
           await new Promise((go) => client.execute('SELECT 1 FROM shop.orders', (error) => (error || appd.__agent.profiler.getTransaction() === undefined ? console.error('lost', error) : go())));
           await client.execute('SELECT nonsense FROM shop.orders').catch(() => {});`,
          'await client.shutdown();',
        ), {
          calls: 4,
          errors: 1,
          label: `CASSANDRA - 127.0.0.1:${server.port}`,
          exit: { exitType: 'DB', properties: { 'Server Pool': `127.0.0.1:${server.port}`, Database: '', Vendor: 'CASSANDRA' } },
          operations: ['SELECT word FROM shop.orders WHERE word = ?', 'INSERT INTO shop.orders (id) VALUES (?)', 'SELECT ? FROM shop.orders', 'SELECT nonsense FROM shop.orders'],
          watched: { exitType: 'EXIT_DB', backendName: 'Cassandra', isSql: true },
        });
      } finally {
        await server.close();
      }
    });

    test('@aws-sdk/client-dynamodb: put, get, errors, callbacks', async () => {
      const server = createRequire(`${MODULES.newest}/`)('dynalite')({ createTableMs: 0 });
      await new Promise((go) => server.listen(0, '127.0.0.1', go));
      const { port } = server.address();
      try {
        await check(programs, program(
          `const { DynamoDB } = require('@aws-sdk/client-dynamodb'); const client = new DynamoDB({ ${AMAZON}, endpoint: 'http://127.0.0.1:${port}' });
           await client.createTable({ TableName: 'orders', KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], BillingMode: 'PAY_PER_REQUEST' });
           while ((await client.describeTable({ TableName: 'orders' })).Table.TableStatus !== 'ACTIVE') await pause(10);`,
          `await client.putItem({ TableName: 'orders', Item: { id: { S: '17' } } });
           const { Item } = await client.getItem({ TableName: 'orders', Key: { id: { S: '17' } } });
           if (Item?.id.S !== '17') console.error(Item);
           await new Promise((go) => client.getItem({ TableName: 'orders', Key: { other: { S: '17' } } }, (error) => (error && appd.__agent.profiler.getTransaction() ? go() : console.error('lost'))));`,
          'client.destroy();',
        ), {
          calls: 3,
          errors: 1,
          label: 'orders - DYNAMODB',
          exit: { exitType: 'DB', properties: { Region: 'eu-central-1', 'Table Name': 'orders', Vendor: 'DYNAMODB' } },
          operations: ['PutItem orders', 'GetItem orders', 'GetItem orders'],
          watched: { exitType: 'EXIT_DB', backendName: 'DynamoDB', isSql: false },
        });
      } finally {
        await new Promise((go) => server.close(go));
      }
    });

    // Up to 2023 the service was asked by forms and answered in XML, which the stand-in does not speak.
    test('@aws-sdk/client-sqs: messages carry the headers, as far as there is room', { skip: age === 'oldest' && 'the stand-in speaks JSON' }, async () => {
      const server = await sqs();
      const url = `http://127.0.0.1:${server.port}/1234/orders`;
      try {
        const received = await check(programs, program(
          `const { SQS } = require('@aws-sdk/client-sqs'); const client = new SQS({ ${AMAZON}, endpoint: 'http://127.0.0.1:${server.port}' });
           const own = Object.fromEntries(Array.from({ length: 9 }, (_, n) => ['own' + n, { DataType: 'String', StringValue: 'x' }]));`,
          `await client.sendMessage({ QueueUrl: '${url}', MessageBody: 'one' });
           const entry = { Id: '1', MessageBody: 'two', MessageAttributes: own };
           await client.sendMessageBatch({ QueueUrl: '${url}', Entries: [entry] });
           if (Object.keys(entry.MessageAttributes).length !== 9) console.error('changed');
           await client.sendMessage({ QueueUrl: '${url}', MessageBody: 'refused' }).catch(() => {});`,
          'client.destroy();',
        ), {
          calls: 3,
          errors: 1,
          label: 'orders - SQS',
          exit: { exitType: 'QUEUE', properties: { Host: `127.0.0.1:${server.port}`, Destination: 'orders', Vendor: 'SQS' } },
          operations: ['SendMessage', 'SendMessageBatch', 'SendMessage'],
          watched: { exitType: 'EXIT_QUEUE', backendName: 'SQS' },
        });
        const { traceId, exitCalls } = received.snapshot('/plain');
        const [one, two] = server.taken;
        assert.equal(one.MessageAttributes.traceparent.StringValue, `00-${traceId}-${exitCalls[0].spanId}-01`);
        assert.match(one.MessageAttributes.singularityheader.StringValue, /\*guid=/);
        assert.deepEqual(Object.keys(two.MessageAttributes).filter((name) => !name.startsWith('own')), ['singularityheader']);
      } finally {
        await server.close();
      }
    });

    test('@grpc/grpc-js: all four ways to call, errors; the server goes on with the transaction', async () => {
      const { received } = await programs.run(`
        const grpc = require('@grpc/grpc-js');
        const text = (value) => Buffer.from(value), read = (bytes) => bytes.toString();
        const method = (name, requestStream, responseStream) => ({ path: '/shop.Orders/' + name, requestStream, responseStream, requestSerialize: text, requestDeserialize: read, responseSerialize: text, responseDeserialize: read });
        const definition = { Get: method('Get', false, false), List: method('List', false, true), Put: method('Put', true, false), Chat: method('Chat', true, true) };
        const server = new grpc.Server();
        const seen = [];
        const here = (call) => seen.push(appd.__agent.profiler.getTransaction() !== undefined, call.metadata.get('own')[0] ?? '');
        server.addService(definition, {
          Get: (call, callback) => { here(call); setImmediate(() => callback(call.request === 'bad' ? { code: grpc.status.NOT_FOUND, details: 'no such order' } : null, 'got ' + call.request)); },
          List: (call) => { here(call); call.write('a'); call.write('b'); call.end(); },
          Put: (call, callback) => { here(call); let all = ''; call.on('data', (data) => (all += data)).on('end', () => callback(null, all)); },
          Chat: (call) => { here(call); call.on('data', (data) => call.write(data)).on('end', () => call.end()); },
        });
        const grpcPort = await new Promise((go, fail) => server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => (error ? fail(error) : go(port))));
        if (server.start.length === 0 && ${JSON.stringify(age)} === 'oldest') server.start();
        const Client = grpc.makeGenericClientConstructor(definition, 'Orders');
        const client = new Client('127.0.0.1:' + grpcPort, grpc.credentials.createInsecure());
        const out = [];
        const gather = (call) => new Promise((go) => { let all = ''; call.on('data', (data) => (all += data)).on('end', () => go(all)); });
        const web = http.createServer(async (request, response) => {
          const txn = appd.getTransaction(request);
          const metadata = new grpc.Metadata();
          metadata.set('own', 'header');
          out.push(await new Promise((go) => client.Get('17', metadata, (error, value) => go(value + (appd.getTransaction(request) === appd.__agent.profiler.getTransaction()))))) ;
          if (Object.keys(metadata.getMap()).join() !== 'own') console.error('the metadata of the program was changed');
          out.push(await new Promise((go) => client.Get('bad', (error) => go(error.details))));
          out.push(await gather(client.List('all')));
          out.push(await new Promise((go) => { const call = client.Put((error, value) => go(value)); call.write('x'); call.write('y'); call.end(); }));
          const chat = client.Chat(); const all = gather(chat); chat.write('1'); chat.write('2'); chat.end();
          out.push(await all);
          response.end('ok');
        });
        const port = await listen(web);
        await ask(port, '/order');
        await pause(50);
        web.close(); client.close(); server.forceShutdown();
        show({ out, seen, port: grpcPort });`).then((ended) => {
        const [{ out, seen, port }] = ended.lines;
        assert.deepEqual(out, ['got 17true', 'no such order', 'ab', 'xy', '12']);
        assert.deepEqual(seen, [true, 'header', true, '', true, '', true, '', true, '']);
        const exits = ended.received.exits();
        const exit = exits[`shop.Orders - 127.0.0.1:${port}`];
        assert.deepEqual(Object.keys(exits), [`shop.Orders - 127.0.0.1:${port}`]);
        assert.deepEqual([exit.count, exit.errors], [5, 1]);
        assert.deepEqual(exit.properties, { Service: 'shop.Orders', URL: `127.0.0.1:${port}`, Vendor: 'GRPC' });
        return ended;
      });
      const front = received.snapshot('/order');
      assert.deepEqual(front.exitCalls.map(({ operation }) => operation.split('/')[2]), ['Get', 'Get', 'List', 'Put', 'Chat']);
      const behind = received.snapshots.filter(({ spanId }) => spanId !== front.spanId);
      assert.equal(behind.length, 5);
      for (const segment of behind) {
        assert.equal(segment.traceId, front.traceId, 'one request');
        assert.ok(front.exitCalls.some(({ spanId }) => spanId === segment.parentSpanId), 'behind its own exit call');
      }
      assert.equal(behind.filter(({ verdict }) => verdict === 'ERROR').length, 1);
    });
  });
}
