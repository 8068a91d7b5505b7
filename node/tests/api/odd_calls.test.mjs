// Bad input: every documented call with everything a program may pass by mistake. Nothing throws, nothing prints, the
// program goes on, and what makes no sense is counted.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { agentForTests, appd, built } from './agent_of_tests.mjs';

const agent = agentForTests();
const { beginAutomaticExit, finishExit } = built('exit-call.js');
const main = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

const throwing = (name) => Object.defineProperty({}, name, { enumerable: true, get() { throw new Error('a getter that throws'); } });
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const hostile = new Proxy({}, {
  get() { throw new Error('get'); },
  has() { throw new Error('has'); },
  ownKeys() { throw new Error('ownKeys'); },
  getOwnPropertyDescriptor() { throw new Error('descriptor'); },
  getPrototypeOf() { throw new Error('prototype'); },
  set() { throw new Error('set'); },
});
const circular = {};
circular.self = circular;

/** Everything odd. */
const ODD = [
  undefined, null, false, true, 0, -1, NaN, Infinity, 10n, '', ' ', '\0', '\ud800', 'x'.repeat(5_000_000), Symbol('s'), {}, [], circular,
  Object.create(null), new Date(NaN), () => { throw new Error('called'); }, class A {}, Promise.resolve(1), new Map([[1, 2]]),
  new Error(), Object.assign(new Error('x'), { stack: undefined }), throwing('url'), throwing('headers'), throwing('message'),
  throwing('exitType'), throwing('identifyingProperties'), throwing('toString'), { toString() { throw new Error('toString'); } },
  { [Symbol.toPrimitive]() { return {}; } }, hostile, revoked.proxy, new Uint8Array(8), Buffer.from('x'), globalThis, process.env,
  { headers: null }, { headers: 5 }, { headers: hostile }, { headers: { singularityheader: 5 } }, { headers: { singularityheader: ['a', 'b'] } },
  { url: '/a', headers: {} }, { url: 5, method: {}, headers: { traceparent: '00-x' } }, { exitType: 5, identifyingProperties: 7 },
  { exitType: 'EXIT_DB', identifyingProperties: hostile, label: hostile, command: hostile }, { exitType: hostile },
  { exitType: 'EXIT_DB', identifyingProperties: { a: hostile, b: Symbol('b'), c: circular, d: 'x'.repeat(100_000) } },
];
const show = (value) => {
  try {
    return typeof value === 'string' ? `string of ${value.length}` : `${typeof value} ${Object.prototype.toString.call(value)}`;
  } catch {
    return typeof value;
  }
};

/** Calls, and says what was passed when something is thrown. */
function calm(what, call, ...values) {
  try {
    return call();
  } catch (error) {
    assert.fail(`${what}(${values.map(show).join(', ')}) threw ${error?.stack}`);
  }
}

describe('odd calls', () => {
  test('profile', () => {
    for (const value of ODD) assert.equal(calm('profile', () => appd.profile(value), value), appd);
    for (const value of ODD) assert.equal(calm('profile', () => appd.profile({ controllerPort: value, logging: value, analytics: { host: value } }), value), appd);
  });

  test('getTransaction and parseCorrelationInfo', () => {
    for (const value of ODD) {
      assert.equal(calm('getTransaction', () => appd.getTransaction(value), value), undefined);
      assert.equal(calm('parseCorrelationInfo', () => appd.parseCorrelationInfo(value), value), false);
    }
  });

  test('startTransaction', () => {
    for (const value of ODD) {
      const txn = calm('startTransaction', () => appd.startTransaction(value), value);
      assert.ok(txn instanceof appd.TimePromise, show(value));
      assert.equal(typeof txn.createCorrelationInfo(txn.startExitCall({ exitType: 'EXIT_HTTP', identifyingProperties: { HOST: 'h' } })), 'string');
      calm('end', () => txn.end(), value);
    }
  });

  test('addSnapshotData, addAnalyticsData and markError of the API', () => {
    const txn = appd.startTransaction('module level');
    for (const value of ODD) {
      calm('addSnapshotData', () => appd.addSnapshotData(value, value), value);
      calm('addAnalyticsData', () => appd.addAnalyticsData('key', value), value);
      calm('markError', () => appd.markError(value, value), value);
    }
    txn.end();
  });

  test('every method of a transaction', () => {
    for (const value of ODD) {
      const txn = appd.startTransaction('methods');
      calm('resume', () => txn.resume(value), value);
      calm('markError', () => txn.markError(value, value), value);
      calm('addSnapshotData', () => txn.addSnapshotData(value, value), value);
      calm('addAnalyticsData', () => txn.addAnalyticsData(value, value), value);
      const exit = calm('startExitCall', () => txn.startExitCall(value), value);
      assert.ok(exit instanceof appd.ExitCall);
      assert.equal(typeof calm('createCorrelationInfo', () => txn.createCorrelationInfo(value, value), value), 'string');
      assert.equal(typeof calm('createCorrelationInfo', () => txn.createCorrelationInfo(exit, value), value), 'string');
      calm('endExitCall', () => txn.endExitCall(value, value), value);
      calm('endExitCall', () => txn.endExitCall(exit, value), value);
      calm('exit.addAnalyticsData', () => exit.addAnalyticsData(value, value), value);
      calm('end', () => txn.end(value), value);
    }
  });

  test('callbacks that are no functions, throw, or return nonsense', async () => {
    const answers = [...ODD.map((value) => () => value), () => { throw new Error('a callback'); }, async () => undefined];
    for (const callback of [...ODD, ...answers]) {
      const txn = appd.startTransaction('callbacks');
      for (const name of ['onSnapshotCaptured', 'beforeExitCall', 'exitCallCompleted']) txn[name] = callback;
      calm('startExitCall', () => txn.endExitCall(txn.startExitCall({ exitType: 'EXIT_DB', identifyingProperties: { Host: 'h' } })), callback);
      const exit = calm('automatic exit', () => beginAutomaticExit(txn, { exitType: 'EXIT_DB', label: 'l', identifyingProperties: { Host: 'h' } }), callback);
      if (exit !== undefined) calm('automatic exit ends', () => finishExit(exit), callback);
      calm('end', () => txn.end(), callback);
    }
    const counts = agent.misuse();
    for (const what of ['onSnapshotCaptured', 'beforeExitCall', 'exitCallCompleted']) {
      assert.ok(counts[`${what}: the callback threw`] > 0, what);
    }
    await agent.received((now) => now.bts().callbacks === ODD.length + answers.length);
  });

  test('a callback that throws is ignored: the call is reported as it is', async () => {
    const txn = appd.startTransaction('throwing callbacks');
    txn.beforeExitCall = () => { throw new Error('before'); };
    txn.exitCallCompleted = () => { throw new Error('after'); };
    txn.onSnapshotCaptured = () => { throw new Error('captured'); };
    finishExit(beginAutomaticExit(txn, { exitType: 'EXIT_DB', label: 'still there', identifyingProperties: { Host: 'h' } }));
    txn.end();
    assert.equal((await agent.snapshot('throwing callbacks')).exitCalls[0].name, 'still there');
  });

  test('callbacks that call what they are called for', async () => {
    const txn = appd.startTransaction('calls back');
    let calls = 0;
    txn.beforeExitCall = (exit) => {
      calls += 1;
      txn.endExitCall(exit);
      finishExit(beginAutomaticExit(txn, { exitType: 'EXIT_HTTP', label: 'inside', identifyingProperties: { HOST: 'h' } }));
      return exit;
    };
    txn.exitCallCompleted = (exit) => {
      txn.endExitCall(exit);
      exit.addAnalyticsData('completed', 'yes');
    };
    txn.onSnapshotCaptured = (captured) => {
      captured.end();
      captured.end(new Error('again'));
      captured.addSnapshotData('captured', 'yes');
    };
    finishExit(beginAutomaticExit(txn, { exitType: 'EXIT_DB', label: 'outside', identifyingProperties: { Host: 'h' } }));
    txn.end();
    assert.equal(calls, 1);
    const snapshot = await agent.snapshot('calls back');
    assert.equal(snapshot.userData.captured, 'yes');
    assert.deepEqual(snapshot.exitCalls.map((exit) => [exit.name, exit.optional.completed]).sort(), [['inside', 'yes'], ['outside', 'yes']]);
    assert.equal((await agent.received((now) => now.bts()['calls back'] >= 1)).bts()['calls back'], 1);
    // A callback that ends the transaction whose call it is asked about.
    const ended = appd.startTransaction('ended by its callback');
    ended.beforeExitCall = (exit) => (ended.end(), exit);
    assert.equal(beginAutomaticExit(ended, { exitType: 'EXIT_DB', label: 'l', identifyingProperties: { Host: 'h' } }), undefined);
  });

  test('calls on transactions and exit calls that are over', () => {
    const txn = appd.startTransaction('over');
    const exit = txn.startExitCall({ exitType: 'EXIT_DB', identifyingProperties: { Host: 'h' } });
    txn.end();
    const counted = agent.counted(() => {
      txn.end();
      txn.resume();
      txn.markError(new Error('late'));
      txn.addSnapshotData('a', 'b');
      txn.endExitCall(exit);
      assert.ok(txn.startExitCall({ exitType: 'EXIT_DB' }) instanceof appd.ExitCall);
      assert.equal(typeof txn.createCorrelationInfo(exit), 'string');
    });
    assert.equal(Object.values(counted).reduce((sum, n) => sum + n, 0), 7, JSON.stringify(counted));
  });

  test('methods without their object', () => {
    const txn = appd.startTransaction('detached');
    for (const name of ['resume', 'end', 'markError', 'addSnapshotData', 'addAnalyticsData', 'startExitCall', 'endExitCall', 'createCorrelationInfo']) {
      const method = txn[name];
      for (const self of [undefined, null, {}, hostile]) calm(name, () => method.call(self, 'x', 'y'), self);
    }
    const { profile, startTransaction, getTransaction, parseCorrelationInfo, addSnapshotData } = appd;
    for (const call of [profile, startTransaction, getTransaction, parseCorrelationInfo, addSnapshotData]) calm(call.name, () => call());
    txn.end();
  });

  test('huge texts are cut and marked, and not held on to', async () => {
    const txn = appd.startTransaction('n'.repeat(1_000_000));
    const exit = txn.startExitCall({ exitType: 'EXIT_DB', label: 'l'.repeat(1_000_000), command: 'q'.repeat(1_000_000), identifyingProperties: { Host: 'h'.repeat(1_000_000) } });
    txn.endExitCall(exit, new Error('e'.repeat(1_000_000)));
    txn.addSnapshotData('k'.repeat(1_000_000), '☃'.repeat(1_000_000));
    txn.end();
    const name = `${'n'.repeat(99)}…`;
    const { userData, exitCalls } = await agent.snapshot(name);
    assert.equal(userData[`${'k'.repeat(99)}…`], `${'☃'.repeat(4_999)}…`);
    assert.equal(exitCalls[0].operation, `${'q'.repeat(4_999)}…`);
    assert.equal(exitCalls[0].identifying.Host, `${'h'.repeat(999)}…`);
    assert.equal(exitCalls[0].errors[0]['exception.message'].length, 5_000);
  });

  test('a handle in JSON and on the console', () => {
    const txn = appd.startTransaction('shown');
    const exit = txn.startExitCall({ exitType: 'EXIT_DB', label: 'shown', identifyingProperties: { Host: 'h' } });
    assert.equal(typeof JSON.stringify({ txn, exit }), 'string');
    txn.end();
  });

  test('a body that throws throws: it is the program\'s own', () => {
    assert.throws(() => appd.startTransaction('a body', () => { throw new RangeError('of the program'); }), RangeError);
  });
});

describe('the program\'s output', () => {
  const program = (lines) => execFileSync(process.execPath, ['-e', `const appd = require(${JSON.stringify(main)}); ${lines}`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH } });
  const calls = `
    for (let lap = 0; lap < 3; lap += 1) {
      const txn = appd.startTransaction('x');
      const exit = txn.startExitCall({ exitType: 'EXIT_DB', identifyingProperties: { Host: 'h' } });
      txn.createCorrelationInfo(exit); txn.endExitCall(exit, new Error('e')); txn.addSnapshotData('a', 'b'); txn.markError(null);
      appd.getTransaction({}); appd.parseCorrelationInfo('x'); appd.addSnapshotData('a', 'b'); txn.resume(); txn.end();
    }`;

  test('profile() never called', () => assert.equal(program(`${calls} console.log('done')`), 'done\n'));
  test('profile() with nothing', () => assert.equal(program(`appd.profile(); appd.profile({}); ${calls} console.log('done')`), 'done\n'));
  test('profile() per request, with texts for booleans and numbers', () => {
    const profile = `appd.profile({ controllerHostName: '127.0.0.1', controllerPort: '1', controllerSslEnabled: 'false', accountAccessKey: 'k', applicationName: 'a', tierName: 't', nodeName: 'process', reuseNode: 'true', reuseNodePrefix: 'p', debug: 'off', rootTmpDir: ${JSON.stringify(agent.folder ?? '/tmp/tierline-odd')}, unknown: {} });`;
    assert.equal(program(`for (let lap = 0; lap < 3; lap += 1) { ${profile} ${calls} } console.log('done')`), 'done\n');
  });
});
