// Mission document: exit call properties and backend identifying properties (facts/agent-api 2.3 and 2.4). Every title
// below is a row of its tables. That HTTP calls are detected with these properties is proved in tests/hooks; here, that
// a custom call may have them, that callbacks see them, and what a snapshot shows of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agentForTests, appd, built } from '../agent_of_tests.mjs';

const agent = agentForTests();
const { beginAutomaticExit, finishExit } = built('exit-call.js');

const KINDS = {
  HTTP: {
    exitType: 'EXIT_HTTP', backendName: 'HTTP', label: 'http label', method: 'GET', requestHeaders: { accept: '*/*' },
    responseHeaders: { etag: '1' }, statusCode: 200, category: 'read', command: 'shop.example:80/items',
    identifyingProperties: { HOST: 'shop.example', PORT: '80' },
  },
  MySQL: {
    exitType: 'EXIT_DB', backendName: 'MySQL', label: 'mysql label', user: 'root', command: 'SELECT ?', commandArgs: [1], isSql: true,
    identifyingProperties: { Host: 'db', Port: '3306', Database: 'shop', Vendor: 'MYSQL' },
  },
  Postgres: {
    exitType: 'EXIT_DB', backendName: 'PostgresSQL', label: 'postgres label', user: 'root', command: 'SELECT $1', commandArgs: [1], isSql: true,
    identifyingProperties: { Host: 'db', Port: '5432', Database: 'shop', Vendor: 'POSTGRESQL' },
  },
  MongoDB: {
    exitType: 'EXIT_DB', backendName: 'MongoDB', label: 'mongo label', category: 'write', isSql: false,
    identifyingProperties: { 'Server Pool': 'm1:27017\nm2:27017', Database: 'shop', Vendor: 'MONGODB' },
  },
  Memcached: {
    exitType: 'EXIT_CACHE', backendName: 'Memcached', label: 'memcached label', identifyingProperties: { 'Server Pool': 'c1:11211\nc2:11211' },
  },
  Redis: { exitType: 'EXIT_CACHE', backendName: 'Redis', label: 'redis label', identifyingProperties: { 'Server Pool': 'r:6379' } },
};

/** What a callback and the snapshot show of a call of this kind. */
async function shown(kind, of) {
  const name = `${of}: ${kind}`;
  const txn = appd.startTransaction(name);
  let seen;
  txn.beforeExitCall = (exit) => ((seen = exit), exit);
  finishExit(beginAutomaticExit(txn, { stackTrace: 'at here', ...KINDS[kind] }));
  const custom = txn.startExitCall({ stackTrace: 'at here', ...KINDS[kind] });
  txn.endExitCall(custom);
  txn.end();
  const { exitCalls } = await agent.snapshot(name);
  return { seen, custom, kept: exitCalls[0], keptCustom: exitCalls[1] };
}

const ROWS = {
  backendName: ['HTTP', 'MySQL', 'Postgres', 'MongoDB', 'Memcached', 'Redis'],
  label: ['HTTP', 'MySQL', 'Postgres', 'MongoDB', 'Memcached', 'Redis'],
  method: ['HTTP'],
  requestHeaders: ['HTTP'],
  responseHeaders: ['HTTP'],
  statusCode: ['HTTP'],
  category: ['HTTP', 'MongoDB'],
  user: ['MySQL', 'Postgres'],
  command: ['HTTP', 'MySQL', 'Postgres'],
  commandArgs: ['MySQL', 'Postgres'],
  isSql: ['MySQL', 'Postgres', 'MongoDB'],
  stackTrace: ['HTTP', 'MySQL', 'Postgres', 'MongoDB', 'Memcached', 'Redis'],
  exitType: ['HTTP', 'MySQL', 'Postgres', 'MongoDB', 'Memcached', 'Redis'],
  identifyingProperties: ['HTTP', 'MySQL', 'Postgres', 'MongoDB', 'Memcached', 'Redis'],
};

/** Where a snapshot shows a property; others are for callbacks only: headers and parameters are the program's business. */
const SHOWN = {
  backendName: (exit) => exit.optional['Backend Name'],
  label: (exit) => exit.name,
  method: (exit) => exit.optional.Method,
  statusCode: (exit) => Number(exit.optional['Status Code']),
  category: (exit) => exit.optional.Category,
  user: (exit) => exit.optional.User,
  command: (exit) => exit.operation,
  exitType: (exit) => `EXIT_${exit.exitType}`,
  identifyingProperties: (exit) => exit.identifying,
};

describe('exit call properties', () => {
  for (const [property, kinds] of Object.entries(ROWS)) {
    test(property, async () => {
      for (const kind of Object.keys(KINDS)) {
        const { seen, custom, kept, keptCustom } = await shown(kind, property);
        const given = { stackTrace: 'at here', ...KINDS[kind] }[property];
        for (const exit of [seen, custom]) {
          assert.ok(property in exit, `${kind}: the property is there`);
          assert.deepEqual(exit[property], given, kind);
          if (!kinds.includes(kind)) assert.equal(exit[property], undefined, `${kind}: not used`);
        }
        const show = SHOWN[property];
        if (show !== undefined && kinds.includes(kind)) {
          for (const exit of [kept, keptCustom]) assert.deepEqual(show(exit), given, kind);
        }
      }
    });
  }

  test('This allows you to set your own values when you create custom exit calls.', async () => {
    const txn = appd.startTransaction('own values');
    const exit = txn.startExitCall({ exitType: 'EXIT_HTTP', label: 'own', stackTrace: { my: 'own' }, topic: 'orders', retries: 3, identifyingProperties: { HOST: 'h' } });
    assert.deepEqual(exit.stackTrace, { my: 'own' });
    assert.equal(exit.topic, 'orders');
    txn.endExitCall(exit);
    txn.end();
    const { optional } = (await agent.snapshot('own values')).exitCalls[0];
    assert.equal(optional.topic, 'orders');
    assert.equal(optional.retries, '3');
  });

  test('Discovered exit calls may have additional properties not documented here.', async () => {
    const txn = appd.startTransaction('additional');
    const exit = txn.startExitCall(KINDS.Redis);
    exit.addAnalyticsData('rows', 12);
    exit.addSnapshotData('shard', 'b');
    txn.endExitCall(exit);
    txn.end();
    const { optional } = (await agent.snapshot('additional')).exitCalls[0];
    assert.deepEqual([optional.rows, optional.shard], ['12', 'b']);
  });
});

describe('footnotes', () => {
  test('N/A indicates that the property is not used with that exit call type.', () => {
    const txn = appd.startTransaction('not used');
    const exit = txn.startExitCall(KINDS.Redis);
    for (const name of ['method', 'requestHeaders', 'statusCode', 'user', 'command', 'isSql']) assert.equal(exit[name], undefined, name);
    txn.endExitCall(exit);
    txn.end();
  });

  test('"\\n" separated list of server addresses in <host>:<port> format; single server address in <host>:<port> format', async () => {
    const txn = appd.startTransaction('addresses');
    for (const kind of ['MongoDB', 'Memcached', 'Redis']) txn.endExitCall(txn.startExitCall(KINDS[kind]));
    txn.end();
    const pools = (await agent.snapshot('addresses')).exitCalls.map((exit) => exit.identifying['Server Pool']);
    assert.deepEqual(pools, ['m1:27017\nm2:27017', 'c1:11211\nc2:11211', 'r:6379']);
  });
});

describe('backend identifying properties', () => {
  const rows = {
    'HTTP server "EXIT_HTTP" "HOST", "PORT"': 'HTTP',
    'MySql Server "EXIT_DB" "Host", "Port", "Database", "Vendor" = "MYSQL"': 'MySQL',
    'Postgres Server "EXIT_DB" "Host", "Port", "Database", "Vendor" = "POSTGRESQL"': 'Postgres',
    'MongoDB Server "EXIT_DB" "Server Pool" [1], "Database", "Vendor" = "MONGODB"': 'MongoDB',
    'Memcached "EXIT_CACHE" "Server Pool" [1]': 'Memcached',
    'Redis Server "EXIT_CACHE" "Server Pool" [2]': 'Redis',
  };
  for (const [row, kind] of Object.entries(rows)) {
    test(row, async () => {
      const { kept, keptCustom } = await shown(kind, 'identity');
      for (const exit of [kept, keptCustom]) {
        assert.equal(`EXIT_${exit.exitType}`, KINDS[kind].exitType);
        assert.deepEqual(exit.identifying, KINDS[kind].identifyingProperties, 'in the spelling given');
      }
      assert.equal(kept.attributes['appd.backend.id'], keptCustom.attributes['appd.backend.id'], 'custom and detected are one');
    });
  }
});
