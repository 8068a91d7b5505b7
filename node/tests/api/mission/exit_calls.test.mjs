// Mission document: exit call management. Every title below is a sentence of it. Calls that are detected automatically
// are made here the way the hooks make them; that the hooks do is proved in tests/hooks.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agentForTests, appd, built } from '../agent_of_tests.mjs';

const agent = agentForTests();
const { beginAutomaticExit, finishExit } = built('exit-call.js');
const pause = (ms) => new Promise((go) => setTimeout(go, ms));

const MYSQL = {
  exitType: 'EXIT_DB', label: 'New SQL', backendName: 'NewDB',
  identifyingProperties: { Host: 'database-server', Port: '12345', Database: 'my-database', Vendor: 'MYSQL' },
};

/** An automatically detected call as the hooks describe it. */
const detected = (more = {}) => ({
  exitType: 'EXIT_DB', label: 'db', backendName: 'MySQL', command: 'SELECT 1', isSql: true, user: 'me',
  identifyingProperties: { Host: 'auto', Port: '3306', Database: 'd', Vendor: 'MYSQL' }, ...more,
});

/** Runs a transaction and gives its snapshot. */
async function snapshotOf(name, body) {
  const txn = appd.startTransaction(name);
  await body(txn);
  txn.end();
  return agent.snapshot(name);
}

describe('txn.startExitCall(exitCallInfo)', () => {
  test('exitType: string — the type of exit call, one of "EXIT_HTTP", "EXIT_DB", "EXIT_CACHE", "EXIT_RABBITMQ", "EXIT_WEBSERVICE"', async () => {
    const types = { EXIT_HTTP: 'HTTP', EXIT_DB: 'DB', EXIT_CACHE: 'CACHE', EXIT_RABBITMQ: 'RABBITMQ', EXIT_WEBSERVICE: 'WEB_SERVICE', EXIT_WEB_SERVICE: 'WEB_SERVICE', EXIT_QUEUE: 'QUEUE', EXIT_PIGEON: 'PIGEON' };
    const { exitCalls } = await snapshotOf('exit types', (txn) => {
      for (const exitType of Object.keys(types)) {
        const exit = txn.startExitCall({ ...MYSQL, exitType });
        assert.equal(exit.exitType, exitType, 'kept as given');
        txn.endExitCall(exit);
      }
    });
    assert.deepEqual(exitCalls.map((exit) => exit.exitType), Object.values(types));
  });

  test('label: string — label for the exit call in the AppDynamics UI', async () => {
    const { exitCalls } = await snapshotOf('labels', (txn) => {
      txn.endExitCall(txn.startExitCall(MYSQL));
      txn.endExitCall(txn.startExitCall({ ...MYSQL, label: undefined, name: 'by name' }));
      txn.endExitCall(txn.startExitCall({ ...MYSQL, label: undefined }));
    });
    assert.deepEqual(exitCalls.map((exit) => exit.name), ['New SQL', 'by name', 'NewDB']);
  });

  test('backendName: string — name of the backend remote system or service', async () => {
    const { exitCalls } = await snapshotOf('backend name', (txn) => {
      const exit = txn.startExitCall(MYSQL);
      assert.equal(exit.backendName, 'NewDB');
      txn.endExitCall(exit);
    });
    assert.equal(exitCalls[0].optional['Backend Name'], 'NewDB');
  });

  test('identifyingProperties: Object — a hash of name/value pairs uniquely identifying the remote system or service being called; see Backend Identifying Properties.', async () => {
    const call = (txn, label, identifyingProperties) => txn.endExitCall(txn.startExitCall({ exitType: 'EXIT_CACHE', label, identifyingProperties }));
    const { exitCalls } = await snapshotOf('identity', (txn) => {
      call(txn, 'pool a', { 'Server Pool': 'a:1', Vendor: 'REDIS' });
      call(txn, 'the same', { SERVERPOOL: 'a:1', VENDOR: 'REDIS' });
      call(txn, 'number', { 'Server Pool': 'a:1', Vendor: 'REDIS', Port: 6379 });
      call(txn, 'absent', { 'Server Pool': 'a:1', Vendor: 'REDIS', Port: undefined, Host: null });
    });
    const ids = exitCalls.map((exit) => exit.attributes['appd.backend.id']);
    assert.equal(ids[0], ids[1]);
    assert.equal(ids[0], ids[3], 'undefined and null are absent');
    assert.notEqual(ids[0], ids[2]);
    assert.equal(exitCalls[2].identifying.Port, '6379');
  });

  test('Creates and starts a custom exit call, described by the exitCallInfo object.', async () => {
    const { exitCalls } = await snapshotOf('created call', async (txn) => {
      const exit = txn.startExitCall(MYSQL);
      await pause(20);
      txn.endExitCall(exit);
    });
    assert.equal(exitCalls.length, 1);
    assert.ok(exitCalls[0].durationMs >= 19, `${exitCalls[0].durationMs}`);
  });

  test('You can supply more identifying properties in addition to the required ones.', async () => {
    const { exitCalls } = await snapshotOf('more properties', (txn) =>
      txn.endExitCall(txn.startExitCall({ ...MYSQL, identifyingProperties: { ...MYSQL.identifyingProperties, Region: 'north', Shard: 7 } })));
    assert.deepEqual(exitCalls[0].identifying, { ...MYSQL.identifyingProperties, Region: 'north', Shard: '7' });
  });

  test('Returns an ExitCall. See Exit Call Properties.', () => {
    const txn = appd.startTransaction('an exit call');
    const exit = txn.startExitCall(MYSQL);
    assert.ok(exit instanceof appd.ExitCall && Boolean(exit));
    assert.equal(exit.constructor.name, 'ExitCall');
    txn.endExitCall(exit);
    txn.end();
  });

  test('Sample exitCallInfo Object for MySQL', async () => {
    const { exitCalls } = await snapshotOf('sample for MySQL', (txn) => txn.endExitCall(txn.startExitCall(MYSQL)));
    assert.equal(exitCalls[0].name, 'New SQL');
    assert.deepEqual(exitCalls[0].identifying, { Host: 'database-server', Port: '12345', Database: 'my-database', Vendor: 'MYSQL' });
  });

  test('several exit calls at once, as programs make them', async () => {
    const { exitCalls } = await snapshotOf('several at once', (txn) => {
      const exits = Array.from({ length: 20 }, (_, n) => txn.startExitCall({ ...MYSQL, label: `call ${n}` }));
      for (const exit of exits.reverse()) txn.endExitCall(exit);
    });
    assert.deepEqual(exitCalls.map((exit) => exit.name).sort(), Array.from({ length: 20 }, (_, n) => `call ${n}`).sort());
  });
});

describe('txn.endExitCall(exitCall, error)', () => {
  test('exitCall: ExitCall instance returned by startExitCall()', () => {
    const txn = appd.startTransaction('foreign calls');
    const other = appd.startTransaction('another');
    const exit = other.startExitCall(MYSQL);
    for (const nothing of [undefined, null, {}, 'x']) {
      assert.deepEqual(agent.counted(() => txn.endExitCall(nothing)), { 'endExitCall: not an exit call': 1 });
    }
    assert.deepEqual(agent.counted(() => txn.endExitCall(exit)), { 'endExitCall: the exit call is of another transaction': 1 });
    txn.end();
    other.end();
  });

  test('Ends a custom exit call and attaches it to this transaction.', async () => {
    agent.clear();
    const snapshot = await snapshotOf('attached', (txn) => {
      const exit = txn.startExitCall({ ...MYSQL, label: 'attached call', identifyingProperties: { Host: 'attached' } });
      txn.endExitCall(exit);
      assert.deepEqual(agent.counted(() => txn.endExitCall(exit)), { 'endExitCall: the exit call is over already': 1 });
    });
    assert.equal(snapshot.exitCalls.length, 1);
    assert.equal(snapshot.exitCalls[0].parentSpanId, snapshot.spanId);
    const received = await agent.received((now) => now.exits()['attached call'] !== undefined);
    assert.equal(received.exits()['attached call'].count, 1);
  });

  test('If an error is passed, the error is associated with the exit call, and the exit call is flagged as being in an error state.', async () => {
    const snapshot = await snapshotOf('failed call', (txn) => {
      txn.endExitCall(txn.startExitCall({ ...MYSQL, label: 'failing', identifyingProperties: { Host: 'failing' } }), new Error('ECONNRESET'));
      txn.endExitCall(txn.startExitCall({ ...MYSQL, label: 'successful', identifyingProperties: { Host: 'fine' } }), null);
    });
    const [failing, successful] = snapshot.exitCalls;
    assert.equal(failing.errors[0]['exception.message'], 'ECONNRESET');
    assert.deepEqual(successful.errors, []);
    assert.equal(snapshot.verdict, 'ERROR', 'a transaction with a failed exit call is in error');
    const received = await agent.received((now) => now.exits().failing?.errors === 1);
    assert.equal(received.exits().successful.errors, 0);
  });
});

describe('txn.beforeExitCall(exitCall)', () => {
  test('Optional callback for modifying an automatically-detected (not custom) exit call.', async () => {
    let calls = 0;
    const { exitCalls } = await snapshotOf('not for custom calls', (txn) => {
      assert.equal(txn.beforeExitCall, undefined);
      txn.beforeExitCall = () => { calls += 1; };
      txn.endExitCall(txn.startExitCall(MYSQL));
    });
    assert.equal(calls, 0);
    assert.equal(exitCalls.length, 1);
  });

  test('The agent invokes this API immediately before your application makes the exit call when you supply a callback  function.', () => {
    const txn = appd.startTransaction('immediately before');
    const order = [];
    txn.beforeExitCall = (exit) => (order.push('before'), exit);
    const exit = beginAutomaticExit(txn, detected());
    order.push('the call');
    finishExit(exit);
    assert.deepEqual(order, ['before', 'the call']);
    txn.end();
  });

  test('Modify the exit call that is reported to the controller.', async () => {
    const { exitCalls } = await snapshotOf('modified before', (txn) => {
      txn.beforeExitCall = (exit) => {
        exit.identifyingProperties = { ...exit.identifyingProperties, Database: 'other' };
        return exit;
      };
      finishExit(beginAutomaticExit(txn, detected()));
      txn.beforeExitCall = (exit) => ({ ...exit, label: 'a copy' });
      finishExit(beginAutomaticExit(txn, detected()));
    });
    assert.equal(exitCalls[0].identifying.Database, 'other');
    assert.equal(exitCalls[1].name, 'a copy');
  });

  test('Suppress all reporting of the exit call by returning nothing.', async () => {
    const snapshot = await snapshotOf('suppressed', (txn) => {
      txn.beforeExitCall = () => undefined;
      assert.equal(beginAutomaticExit(txn, detected({ label: 'hidden', identifyingProperties: { Host: 'hidden' } })), undefined, 'and the hooks send no header');
    });
    assert.deepEqual(snapshot.exitCalls, []);
    assert.equal((await agent.received(() => true)).exits().hidden, undefined);
  });

  test('Capture the exit call to create correlation information for a downstream transaction.', async () => {
    let header;
    const snapshot = await snapshotOf('captured call', (txn) => {
      txn.beforeExitCall = (exit) => {
        header = txn.createCorrelationInfo(exit);
        return exit;
      };
      finishExit(beginAutomaticExit(txn, detected()));
    });
    assert.equal(typeof header, 'string');
    const downstream = appd.startTransaction(appd.parseCorrelationInfo(header));
    downstream.addSnapshotData('where', 'behind a captured call');
    downstream.end();
    const received = await agent.received((now) => now.snapshots.some((s) => s.userData.where === 'behind a captured call'));
    const down = received.snapshots.find((s) => s.userData.where === 'behind a captured call');
    assert.equal(down.parentSpanId, snapshot.exitCalls[0].spanId);
  });

  test("don't report database access for this transaction; customize label for all other exit calls in this transaction", async () => {
    const { exitCalls } = await snapshotOf('sample before', (txn) => {
      txn.beforeExitCall = function customExitCallHandler(exitCall) {
        if (exitCall.isSql) return;
        exitCall.label += ' (my custom transaction)';
        return exitCall;
      };
      assert.equal(beginAutomaticExit(txn, detected()), undefined);
      finishExit(beginAutomaticExit(txn, detected({ exitType: 'EXIT_HTTP', label: 'http', isSql: false })));
    });
    assert.deepEqual(exitCalls.map((exit) => exit.name), ['http (my custom transaction)']);
  });
});

describe('txn.exitCallCompleted(exitCall)', () => {
  test('Optional callback for modifying either a custom exit call created by startExitCall() or an automatically-detected exit call on completion of the exit call.', async () => {
    const { exitCalls } = await snapshotOf('both kinds completed', (txn) => {
      assert.equal(txn.exitCallCompleted, undefined);
      txn.exitCallCompleted = (exit) => ((exit.label += ' done'), exit);
      txn.endExitCall(txn.startExitCall(MYSQL));
      finishExit(beginAutomaticExit(txn, detected()));
    });
    assert.deepEqual(exitCalls.map((exit) => exit.name), ['New SQL done', 'db done']);
  });

  test('The agent invokes this API immediately after an exit call completes when you supply a callback function.', () => {
    const txn = appd.startTransaction('immediately after');
    let completed;
    txn.exitCallCompleted = (exit) => { completed = exit; };
    const exit = txn.startExitCall(MYSQL);
    assert.equal(completed, undefined);
    txn.endExitCall(exit);
    assert.equal(completed, exit, 'before endExitCall() returns');
    txn.end();
  });

  test('Use exitCallCompleted() to modify how the exit call is reported to the controller by returning a modified exit call.', async () => {
    const { exitCalls } = await snapshotOf('modified after', (txn) => {
      txn.exitCallCompleted = (exit) => ({ ...exit, label: 'returned', command: 'SELECT ?' });
      finishExit(beginAutomaticExit(txn, detected()));
      txn.exitCallCompleted = () => undefined;
      finishExit(beginAutomaticExit(txn, detected({ label: 'still reported' })));
    });
    assert.deepEqual(exitCalls.map((exit) => exit.name), ['returned', 'still reported']);
    assert.equal(exitCalls[0].operation, 'SELECT ?');
  });

  test('Do not modify the backend identifying properties using this callback.', async () => {
    const { exitCalls } = await snapshotOf('identity stays', (txn) => {
      txn.exitCallCompleted = (exit) => ((exit.identifyingProperties = { Host: 'elsewhere' }), exit);
      txn.endExitCall(txn.startExitCall(MYSQL));
    });
    assert.deepEqual(exitCalls[0].identifying, MYSQL.identifyingProperties);
  });

  test('report MongoDB read and write operations as distinct exit calls', async () => {
    const mongo = (category) => ({ exitType: 'EXIT_DB', label: 'mongo', backendName: 'MongoDB', category, isSql: false, identifyingProperties: { 'Server Pool': 'm:1', Database: 'd', Vendor: 'MONGODB' } });
    const { exitCalls } = await snapshotOf('sample after', (txn) => {
      txn.exitCallCompleted = function customExitCallPostProcessor(exitCall) {
        if (exitCall.backendName === 'MongoDB') exitCall.label += ' ' + exitCall.category;
      };
      finishExit(beginAutomaticExit(txn, mongo('read')));
      finishExit(beginAutomaticExit(txn, mongo('write')));
    });
    assert.deepEqual(exitCalls.map((exit) => exit.name), ['mongo read', 'mongo write']);
  });
});

describe('parameters', () => {
  test('exitCallInfo object', () => {
    const txn = appd.startTransaction('no object');
    for (const nothing of [undefined, null, 'EXIT_DB', 5]) {
      assert.deepEqual(agent.counted(() => txn.startExitCall(nothing)), { 'startExitCall: exitCallInfo is not an object': 1 });
    }
    txn.end();
  });

  test('The exitCallInfo object has the following required properties:', async () => {
    const { exitCalls } = await snapshotOf('required', (txn) => {
      txn.endExitCall(txn.startExitCall(MYSQL));
      // Programs leave them out; nothing is lost.
      txn.endExitCall(txn.startExitCall({}));
    });
    assert.equal(exitCalls.length, 2);
    assert.equal(exitCalls[1].exitType, 'CUSTOM');
  });

  test('error: any; optional', async () => {
    agent.clear();
    await snapshotOf('any exit error', (txn) => {
      for (const error of [new Error('e'), 'text', 7, {}, undefined, null]) {
        txn.endExitCall(txn.startExitCall({ exitType: 'EXIT_DB', label: 'any exit error', identifyingProperties: { Host: 'any' } }), error);
      }
    });
    const received = await agent.received((now) => now.exits()['any exit error']?.count === 6);
    assert.equal(received.exits()['any exit error'].errors, 4);
  });

  test('exitCall: ExitCall', () => {
    const txn = appd.startTransaction('arguments');
    const seen = [];
    txn.beforeExitCall = (...all) => (seen.push(all), all[0]);
    txn.exitCallCompleted = (...all) => (seen.push(all), all[0]);
    const exit = beginAutomaticExit(txn, detected());
    finishExit(exit);
    assert.deepEqual(seen.map((all) => all.length), [1, 1]);
    assert.ok(seen.every(([passed]) => passed === exit && passed instanceof appd.ExitCall));
    txn.end();
  });

  test('Returns an ExitCall.', () => {
    const txn = appd.startTransaction('what callbacks return');
    txn.beforeExitCall = (exit) => exit;
    txn.exitCallCompleted = (exit) => exit;
    const exit = beginAutomaticExit(txn, detected());
    assert.ok(exit instanceof appd.ExitCall);
    finishExit(exit);
    txn.end();
  });
});

describe('beyond the document', () => {
  test('a call that never ended lasts until its transaction ends', async () => {
    const { exitCalls, durationMs } = await snapshotOf('never ended', async (txn) => {
      const exit = txn.startExitCall(MYSQL);
      await pause(10);
      txn.forLater = exit;
    });
    assert.ok(exitCalls[0].durationMs > 9 && exitCalls[0].durationMs <= durationMs);
    assert.equal(exitCalls[0].attributes['appd.exit.unended'], true);
  });

  test('thousands of calls are all counted, and the snapshot has them in order', async () => {
    agent.clear();
    const { exitCalls } = await snapshotOf('thousands', (txn) => {
      for (let n = 0; n < 3_000; n += 1) txn.endExitCall(txn.startExitCall({ exitType: 'EXIT_DB', label: 'thousands of', command: `q${n}`, identifyingProperties: { Host: 'busy' } }));
    });
    assert.equal(exitCalls.length, 3_000);
    assert.equal(exitCalls[2_999].operation, 'q2999');
    const received = await agent.received((now) => now.exits()['thousands of']?.count === 3_000);
    assert.equal(received.exits()['thousands of'].errors, 0);
  });
});
