// Calls of libraries for databases and caches, against real servers: the newest releases and the oldest ones.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Programs } from '../hooks/programs.mjs';
import { mariadb, memcached, PASSWORD, postgresql, redis, USER } from './servers.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const MODULES = { newest: here, oldest: path.join(here, '../libraries_oldest') };

/** Runs `handler` in a request, then in a request whose callbacks look on; `library` is there before. */
const program = (library, handler, end) => `
  ${library}
  const handler = async (watched) => { ${handler} };
  const seen = [];
  const server = http.createServer(async (request, response) => {
    const txn = appd.getTransaction(request);
    const watched = request.url === '/watched';
    if (request.url === '/hidden') txn.beforeExitCall = () => undefined;
    if (watched) {
      txn.beforeExitCall = (exit) => (seen.push({ ...exit.toJSON(), args: exit.commandArgs, user: exit.user, isSql: exit.isSql, stack: exit.stackTrace.includes(__filename) }), exit);
      txn.exitCallCompleted = (exit) => (seen.push('completed'), exit);
    }
    try { await handler(watched); } catch (error) { console.error(error); }
    response.end(appd.getTransaction(request) === txn && appd.__agent.profiler.getTransaction() === txn ? 'ok' : 'lost');
  });
  const port = await listen(server);
  const bodies = [];
  for (const path of ['/plain', '/watched', '/hidden']) bodies.push((await ask(port, path)).body);
  // Two at a time share what there is of connections, and none of their calls.
  bodies.push(...(await Promise.all([ask(port, '/one'), ask(port, '/two')])).map(({ body }) => body));
  server.close();
  await (async () => { ${end} })();
  show({ seen, bodies });`;

/** What one request calls, checked in numbers, in the snapshot, and by the callbacks. */
async function check(programs, source, { calls, errors = 0, exit, label, operations, watched }) {
  const { lines: [{ seen, bodies }], received } = await programs.run(source);
  assert.deepEqual(bodies, ['ok', 'ok', 'ok', 'ok', 'ok'], 'the context is that of the request, everywhere');
  const { [label]: counted, ...others } = received.exits();
  assert.deepEqual(Object.keys(others), []);
  assert.equal(counted.exitType, exit.exitType);
  assert.deepEqual(counted.properties, exit.properties);
  assert.equal(counted.count, 4 * calls, 'all but the hidden ones');
  assert.equal(counted.errors, 4 * errors);
  assert.equal(received.bts()['/plain'], 1);
  for (const bt of ['/plain', '/one', '/two']) {
    assert.deepEqual(received.snapshot(bt).exitCalls.map(({ operation }) => operation), operations, bt);
  }
  assert.deepEqual(received.snapshot('/hidden').exitCalls, []);
  const begun = seen.filter((one) => one !== 'completed');
  assert.equal(begun.length, calls);
  assert.equal(seen.length, 2 * calls);
  for (const [name, value] of Object.entries(watched)) assert.deepEqual(begun[0][name], value, name);
  // A call that waited for a connection was made by the pool.
  assert.ok(begun[0].stack, 'the stack shows the program');
}

for (const [age, modules] of Object.entries(MODULES)) {
  describe(`the ${age} releases`, () => {
    let programs;
    before(async () => (programs = await Programs.start(modules)));
    after(() => programs.stop());

    describe('PostgreSQL', () => {
      let server;
      before(async () => (server = await postgresql()));
      after(() => server.close());

      test('pg: text, values, objects, callbacks, promises, pools, errors', () => {
        const settings = `{ host: '127.0.0.1', port: ${server.port}, user: '${USER}', database: 'shop' }`;
        return check(programs, program(
          `const pg = require('pg'); const client = new pg.Client(${settings}); await client.connect(); const pool = new pg.Pool({ ...${settings}, max: 1 });`,
          `await client.query('SELECT $1::text AS word, 17 AS number', ['secret']);
           await new Promise((go) => client.query("SELECT 'secret'", (error, result) => (watched && appd.__agent.profiler.getTransaction() === undefined ? console.error('lost') : go())));
           await client.query({ text: 'SELECT 4711', values: [] });
           await pool.query("SELECT 'of the pool'");
           await client.query('SELECT nonsense').catch(() => {});`,
          'await client.end(); await pool.end();',
        ), {
          calls: 5,
          errors: 1,
          label: `shop - POSTGRESQL - 127.0.0.1:${server.port}`,
          exit: { exitType: 'DB', properties: { Host: '127.0.0.1', Port: `${server.port}`, Database: 'shop', Vendor: 'POSTGRESQL' } },
          operations: ['SELECT $1::text AS word, ? AS number', 'SELECT ?', 'SELECT ?', 'SELECT ?', 'SELECT nonsense'],
          watched: { exitType: 'EXIT_DB', backendName: 'PostgresSQL', command: 'SELECT $1::text AS word, 17 AS number', args: ['secret'], user: USER, isSql: true },
        });
      });
    });

    describe('MariaDB', () => {
      let server;
      before(async () => (server = await mariadb()));
      after(() => server.close());
      const settings = () => `{ host: '127.0.0.1', port: ${server.port}, user: '${USER}', password: '${PASSWORD}', database: 'shop' }`;
      const expected = () => ({
        label: `shop - MYSQL - 127.0.0.1:${server.port}`,
        exit: { exitType: 'DB', properties: { Host: '127.0.0.1', Port: `${server.port}`, Database: 'shop', Vendor: 'MYSQL' } },
        watched: { exitType: 'EXIT_DB', backendName: 'MySQL', command: 'SELECT ? AS word, 17 AS number', args: ['secret'], user: USER, isSql: true },
      });

      test('mysql: callbacks, pools, rows one by one, errors', () =>
        check(programs, program(
          `const mysql = require('mysql'); const connection = mysql.createConnection(${settings()}); const pool = mysql.createPool({ ...${settings()}, connectionLimit: 1 });
           const query = (on, ...given) => new Promise((go, fail) => on.query(...given, (error, rows) => (error ? fail(error) : go(rows))));`,
          `await query(connection, 'SELECT ? AS word, 17 AS number', ['secret']);
           await query(pool, "SELECT 'of the pool'");
           await new Promise((go) => connection.query({ sql: 'SELECT "rows"' }).on('result', () => {}).on('end', go));
           await query(connection, 'SELECT nonsense').catch(() => {});`,
          'connection.end(); pool.end();',
        ), { ...expected(), calls: 4, errors: 1, operations: ['SELECT ? AS word, ? AS number', 'SELECT ?', 'SELECT ?', 'SELECT nonsense'] }));

      test('mysql2: callbacks, promises, prepared statements, pools, rows one by one, errors', () =>
        check(programs, program(
          `const mysql = require('mysql2'); const connection = mysql.createConnection(${settings()}); const pool = mysql.createPool({ ...${settings()}, connectionLimit: 1 });`,
          `await connection.promise().query('SELECT ? AS word, 17 AS number', ['secret']);
           await new Promise((go) => connection.query("SELECT 'secret'", go));
           await connection.promise().execute('SELECT ?, 4', ['x']);
           await pool.promise().query("SELECT 'of the pool'");
           await new Promise((go) => connection.query({ sql: 'SELECT "rows"' }).on('result', () => {}).on('end', go));
           await connection.promise().query('SELECT nonsense').catch(() => {});`,
          'connection.end(); pool.end();',
        ), { ...expected(), calls: 6, errors: 1, operations: ['SELECT ? AS word, ? AS number', 'SELECT ?', 'SELECT ?, ?', 'SELECT ?', 'SELECT ?', 'SELECT nonsense'] }));
    });

    describe('Redis', () => {
      let server;
      before(async () => (server = await redis()));
      after(() => server.close());
      const expected = () => ({
        label: `127.0.0.1:${server.port}`,
        exit: { exitType: 'CACHE', properties: { 'Server Pool': `127.0.0.1:${server.port}` } },
        watched: { exitType: 'EXIT_CACHE', backendName: 'Redis' },
      });

      test('ioredis: promises, callbacks, pipelines, errors', () =>
        check(programs, program(
          `const Redis = require('ioredis'); const client = new Redis(${server.port}, '127.0.0.1');`,
          `await client.set('key', 'value');
           await new Promise((go) => client.get('key', go));
           await client.pipeline().incr('n').incr('n').exec();
           await client.lpush('key', 'x').catch(() => {});`,
          'client.disconnect();',
        ), { ...expected(), calls: 5, errors: 1, operations: ['SET', 'GET', 'INCR', 'INCR', 'LPUSH'] }));

      test('redis: commands and errors', () => {
        const old = age === 'oldest';
        return check(programs, program(
          old
            ? `const client = require('redis').createClient(${server.port}, '127.0.0.1'); const call = (name, ...args) => new Promise((go, fail) => client[name.toLowerCase()](...args, (error, value) => (error ? fail(error) : go(value))));`
            : `const client = require('redis').createClient({ socket: { host: '127.0.0.1', port: ${server.port} } }); await client.connect(); const call = (name, ...args) => client[name](...args);`,
          `await call('SET', 'key', 'value');
           await call('GET', 'key');
           await call('LPUSH', 'key', 'x').catch(() => {});`,
          old ? 'client.quit();' : 'await client.close();',
        ), { ...expected(), calls: 3, errors: 1, operations: ['SET', 'GET', 'LPUSH'] });
      });
    });

    describe('memcached', () => {
      let server;
      before(async () => (server = await memcached()));
      after(() => server.close());

      test('memcached: set, get, errors', () =>
        check(programs, program(
          `const Memcached = require('memcached'); const client = new Memcached('127.0.0.1:${server.port}'); const call = (name, ...args) => new Promise((go, fail) => client[name](...args, (error, value) => (error ? fail(error) : go(value))));`,
          `await call('set', 'key', 'value', 10);
           await call('get', 'key');
           await call('add', 'key', 'again', 10).catch(() => {});`,
          'client.end();',
        ), {
          calls: 3,
          errors: 1,
          label: `127.0.0.1:${server.port}`,
          exit: { exitType: 'CACHE', properties: { 'Server Pool': `127.0.0.1:${server.port}` } },
          operations: ['SET', 'GET', 'ADD'],
          watched: { exitType: 'EXIT_CACHE', backendName: 'Memcached' },
        }));
    });
  });
}
