// Calls of libraries for databases and caches, against real servers: the newest releases and the oldest ones.
import { after, before, describe, test } from 'node:test';
import { Programs } from '../hooks/programs.mjs';
import { check, MODULES, program } from './calls.mjs';
import { mariadb, memcached, PASSWORD, postgresql, redis, USER } from './servers.mjs';

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
