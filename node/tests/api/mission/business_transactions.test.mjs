// Mission document: basic business transaction management. Every title below is a sentence of it.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { after, describe, test } from 'node:test';
import { agentForTests, appd, built, KEEP_ALL, KEEP_SOME } from '../agent_of_tests.mjs';

const agent = agentForTests();
const { current } = built('context.js');
const { batch } = built('batch.js');
const { running } = built('running.js');
const pause = (ms) => new Promise((go) => setTimeout(go, ms));
after(() => assert.equal(running(), 0, 'a test left a transaction running'));

/** An incoming request as far as the API looks at it. */
const request = (url, headers = {}) => Object.assign(new EventEmitter(), {
  url, method: 'GET', headers, rawHeaders: Object.entries(headers).flat(),
});

describe('appd.startTransaction(transactionInfo)', () => {
  test('A String specifying the name of the custom transaction.', async () => {
    appd.startTransaction('Nightly report').end();
    await agent.received((now) => now.bts()['Nightly report'] === 1);
    assert.equal((await agent.snapshot('Nightly report')).verdict, 'NORMAL');
  });

  test('The following characters cannot be used in transaction names:  { } [ ] | & ;', async () => {
    appd.startTransaction('a{b}c[d]e|f&g;h').end();
    await agent.received((now) => now.bts()['a_b_c_d_e_f_g_h'] === 1);
  });

  test('An HttpRequest object.', async () => {
    const incoming = request('/store/checkout/step/2?cart=5');
    const txn = appd.startTransaction(incoming);
    assert.equal(appd.getTransaction(incoming), txn);
    txn.end();
    await agent.received((now) => now.bts()['/store/checkout'] === 1);
  });

  test('Normal transaction matching and naming rules are applied, and any included RUM and/or transaction correlation information is picked up automatically.', async () => {
    await agent.configure({
      ...KEEP_ALL,
      detection: {
        enabled: true, excluded_bts: [],
        match_rules: [{ name: 'Payments', priority: 1, request: { path: { comparison: 'starts_with', value: '/pay' } } }],
      },
    });
    try {
      appd.startTransaction(request('/pay/now')).end();
      await agent.received((now) => now.bts().Payments === 1);
      const upstream = appd.startTransaction('upstream of a request');
      const exit = upstream.startExitCall({ exitType: 'EXIT_HTTP', identifyingProperties: { HOST: 'us' } });
      const header = upstream.createCorrelationInfo(exit);
      const downstream = appd.startTransaction(request('/whatever', { singularityheader: header, adrum: 'isAjax:true' }));
      downstream.addSnapshotData('side', 'downstream');
      downstream.end();
      upstream.end();
      const received = await agent.received((now) => now.snapshots.some((one) => one.userData.side === 'downstream'));
      const found = received.snapshots.find((one) => one.userData.side === 'downstream');
      assert.equal(found.traceId, header.match(/\*guid=([^*]+)/)[1].replaceAll('-', ''));
    } finally {
      await agent.configure(KEEP_ALL);
    }
  });

  test('CorrelationHeader object providing information to correlate with a transaction that is upstream to this one. See parseCorrelationInfo().', async () => {
    const upstream = appd.startTransaction('upstream of a header');
    const header = upstream.createCorrelationInfo(upstream.startExitCall({ exitType: 'EXIT_RABBITMQ', identifyingProperties: { Host: 'mq' } }));
    const downstream = appd.startTransaction(appd.parseCorrelationInfo(header));
    downstream.addSnapshotData('marker', 'of a header');
    downstream.end();
    upstream.end();
    const received = await agent.received((now) => now.snapshots.some((one) => one.userData.marker === 'of a header') && now.snapshots.some((one) => one.bt === 'upstream of a header'));
    const [up, down] = [received.snapshot('upstream of a header'), received.snapshots.find((one) => one.userData.marker === 'of a header')];
    assert.equal(down.traceId, up.traceId);
    assert.equal(down.attributes['appd.bt.id'], up.attributes['appd.bt.id'], 'the same business transaction');
  });

  test('Creates and starts a custom business transaction and returns a transaction handle as a TimePromise instance, which is used for subsequent operations on this transaction.', () => {
    const txn = appd.startTransaction('a handle');
    assert.equal(txn.constructor.name, 'TimePromise');
    assert.ok(txn instanceof appd.TimePromise && Boolean(txn));
    for (const name of ['resume', 'end', 'markError', 'addSnapshotData', 'startExitCall', 'endExitCall', 'createCorrelationInfo']) {
      assert.equal(typeof txn[name], 'function', name);
    }
    assert.equal(typeof txn.then, 'undefined', 'awaiting a handle waits for nothing');
    txn.end();
  });
});

describe('txn.resume()', () => {
  test('Re-joins a long-running or asynchronous transaction.', () => {
    const txn = appd.startTransaction('re-joined');
    const other = appd.startTransaction('in between');
    assert.equal(current(), other);
    txn.resume();
    assert.equal(current(), txn);
    other.end();
    txn.end();
  });

  test('When a long-running transaction needs to be kept alive beyond the default transaction timeout of five minutes. This prevents the agent from assuming the transaction has failed and then deleting the transaction.', async () => {
    const { names } = built('names.js');
    await agent.configure({ ...KEEP_ALL, transaction_timeout_s: 300 });
    assert.equal(names.published[0], 300_000);
    await agent.configure({ ...KEEP_ALL, transaction_timeout_s: 2 });
    const kept = appd.startTransaction('kept alive');
    const left = appd.startTransaction('left alone');
    for (let lap = 0; lap < 5; lap += 1) {
      await pause(900);
      kept.resume();
    }
    kept.end();
    assert.deepEqual(agent.counted(() => left.end()), { 'end: the transaction is over already': 1 });
    await agent.configure(KEEP_ALL);
    const received = await agent.received((now) => now.bts()['kept alive'] === 1 && now.bts()['left alone'] === 1);
    assert.deepEqual(received.verdicts('left alone'), { STALL: 1 });
    assert.equal(received.snapshot('left alone').abandoned, true);
    assert.deepEqual(received.verdicts('kept alive'), { NORMAL: 1 });
  });

  test('When the code being instrumented crosses an async boundary. This re-associates the current execution context with the correct transaction and ensures any exit calls performed are charged to the right transaction.', async () => {
    const one = appd.startTransaction('boundary one');
    const two = appd.startTransaction('boundary two');
    await new Promise((go) => setImmediate(go));
    one.resume();
    assert.equal(current(), one);
    appd.addSnapshotData('charged to', 'one');
    await pause(1);
    assert.equal(current(), one, 'and behind the next boundary');
    two.resume();
    appd.addSnapshotData('charged to', 'two');
    two.end();
    one.end();
    const received = await agent.received((now) => now.snapshots.filter((s) => s.bt?.startsWith('boundary')).length === 2);
    assert.equal(received.snapshot('boundary one').userData['charged to'], 'one');
    assert.equal(received.snapshot('boundary two').userData['charged to'], 'two');
  });
});

describe('txn.end(error)', () => {
  test('Ends the transaction and reports transaction information to the controller.', async () => {
    const txn = appd.startTransaction('ended');
    await pause(30);
    txn.end();
    const snapshot = await agent.snapshot('ended');
    assert.ok(snapshot.durationMs >= 29 && snapshot.durationMs < 5_000, `${snapshot.durationMs}`);
    assert.deepEqual(agent.counted(() => txn.end()), { 'end: the transaction is over already': 1 });
    assert.equal((await agent.received(() => true)).bts().ended, 1, 'once');
  });

  test('If an error is passed, the error is associated with the transaction and the transaction is flagged as an error transaction.', async () => {
    appd.startTransaction('ended with an error').end(new RangeError('out of stock'));
    appd.startTransaction('ended with a text').end('refused');
    appd.startTransaction('ended with null').end(null);
    const received = await agent.received((now) => ['an error', 'a text'].every((what) => now.snapshots.some((s) => s.bt === `ended with ${what}`)) && now.bts()['ended with null'] === 1);
    const { errors, verdict } = received.snapshot('ended with an error');
    assert.equal(verdict, 'ERROR');
    assert.equal(errors[0]['exception.type'], 'RangeError');
    assert.equal(errors[0]['exception.message'], 'out of stock');
    assert.match(errors[0]['exception.stacktrace'], /business_transactions\.test/);
    assert.equal(received.snapshot('ended with a text').errors[0]['exception.message'], 'refused');
    assert.deepEqual(received.verdicts('ended with null'), { NORMAL: 1 });
  });
});

describe('appd.getTransaction(request)', () => {
  test('Returns a handle to the business transaction associated with the specified request, if one exists. If no associated business transaction exists, returns undefined.', async () => {
    const incoming = request('/associated/1');
    assert.equal(appd.getTransaction(incoming), undefined);
    const txn = appd.startTransaction(incoming);
    await pause(1);
    assert.equal(appd.getTransaction(incoming), txn);
    assert.equal(appd.getTransaction(incoming), txn, 'the same every time');
    for (const wrapped of [{ req: incoming }, { raw: incoming }, { raw: { req: incoming } }]) {
      assert.equal(appd.getTransaction(wrapped), txn, 'requests of frameworks');
    }
    txn.end();
  });

  test('Use appd.getTransaction() to access both custom and automatically detected business transactions.', () => {
    const incoming = request('/custom/2');
    const custom = appd.startTransaction(incoming);
    assert.equal(appd.getTransaction(incoming), custom);
    custom.end();
    // Automatically detected ones: tests/hooks/http-server.test.mjs.
    assert.equal(appd.getTransaction(request('/nobody')), undefined);
  });
});

describe('txn.markError(error, [statusCode])', () => {
  test('error JavaScript error object', async () => {
    const txn = appd.startTransaction('marked');
    txn.markError(new TypeError('marked so'));
    txn.end();
    const { errors } = await agent.snapshot('marked');
    assert.equal(errors[0]['exception.type'], 'TypeError');
    assert.equal(errors[0]['exception.message'], 'marked so');
  });

  test('This value can also be passed as a statusCode property on the error object. If neither a statusCode parameter nor an error.statusCode property in the error parameter is provided, the status code defaults to 500.', async () => {
    const marked = (name, ...argumentsOfMark) => {
      const txn = appd.startTransaction(name);
      txn.markError(...argumentsOfMark);
      txn.end();
    };
    marked('status by parameter', new Error('a'), 418);
    marked('status by property', Object.assign(new Error('b'), { statusCode: 404 }));
    marked('status by both', Object.assign(new Error('c'), { statusCode: 404 }), 503);
    marked('status by default', new Error('d'));
    const received = await agent.received((now) => now.snapshots.filter((s) => s.bt?.startsWith('status by')).length === 4);
    const code = (name) => received.snapshot(name).userData['Status Code'];
    assert.deepEqual(['parameter', 'property', 'both', 'default'].map((how) => code(`status by ${how}`)), ['418', '404', '503', '500']);
  });

  test('See also appd.startTransaction(transactionInfo)) for another way to attach an error object to a business transaction.', async () => {
    appd.startTransaction('another way').end(new Error('attached at the end'));
    assert.equal((await agent.snapshot('another way')).errors[0]['exception.message'], 'attached at the end');
  });

  test('Marks the transaction as an error transaction. The marked transaction is reported as an error transaction and not as a slow, very slow or stalled transaction, even if the transaction was also slow or stalled.', async () => {
    const policy = { slow: { kind: 'static', ms: 10 }, very_slow: { kind: 'static', ms: 20 }, stall: { kind: 'static', ms: 30 } };
    await agent.configure({ ...KEEP_SOME, thresholds: policy });
    try {
      const took = async (name, ms, error) => {
        const txn = appd.startTransaction(name);
        await pause(ms);
        if (error !== undefined) txn.markError(error);
        txn.end();
      };
      await Promise.all([took('only slow', 12), took('stalled', 45), took('slow and marked', 15, new Error('m')), took('stalled and marked', 45, new Error('m'))]);
      const received = await agent.received((now) => now.bts()['stalled and marked'] === 1 && now.bts()['slow and marked'] === 1 && now.bts().stalled === 1 && now.snapshots.some((s) => s.bt === 'only slow'));
      assert.deepEqual(received.verdicts('stalled and marked'), { ERROR: 1 });
      assert.deepEqual(received.verdicts('slow and marked'), { ERROR: 1 });
      assert.deepEqual(received.verdicts('stalled'), { STALL: 1 });
      assert.equal(received.snapshots.filter((s) => s.bt === 'only slow').length, 1, 'slow ones are kept');
    } finally {
      await agent.configure(KEEP_ALL);
    }
  });
});

describe('txn.addSnapshotData(key, value)', () => {
  test('Attaches custom data to snapshots generated for this transaction.', async () => {
    const txn = appd.startTransaction('with data');
    txn.addSnapshotData('basket', '3 items');
    txn.end();
    assert.equal((await agent.snapshot('with data')).userData.basket, '3 items');
  });

  test('The key and value are coerced to String if they are passed in as a different type.', async () => {
    const txn = appd.startTransaction('coerced');
    const pairs = [[1, 2], [null, undefined], [true, 1.5], ['list', [1, 2]], ['object', {}], [Symbol('key'), Symbol('value')], ['big', 5n]];
    for (const [key, value] of pairs) txn.addSnapshotData(key, value);
    txn.end();
    const { userData } = await agent.snapshot('coerced');
    for (const [key, value] of pairs) assert.equal(userData[String(key)], String(value));
  });

  test('addSnapshotData() can be called on a transaction at any time, but the added data is used only when a transaction snapshot is generated. See Transaction Snapshots for information on when transaction snapshots are generated.', async () => {
    await agent.configure(KEEP_SOME);
    try {
      const plain = appd.startTransaction('no snapshot');
      plain.addSnapshotData('a', 'b');
      plain.end();
      const txn = appd.startTransaction('any time');
      txn.addSnapshotData('first', '1');
      const exit = txn.startExitCall({ exitType: 'EXIT_DB', identifyingProperties: { Host: 'h' } });
      txn.addSnapshotData('inside a call', '2');
      txn.endExitCall(exit);
      await pause(1);
      txn.addSnapshotData('later', '3');
      txn.end(new Error('so that it is kept'));
      assert.deepEqual(agent.counted(() => txn.addSnapshotData('too late', 'x')), { 'addSnapshotData: the transaction is over': 1 });
      const received = await agent.received((now) => now.bts()['no snapshot'] === 1 && now.snapshots.some((s) => s.bt === 'any time'));
      assert.deepEqual(received.snapshot('any time').userData, { first: '1', 'inside a call': '2', later: '3' });
      assert.equal(received.snapshots.filter((s) => s.bt === 'no snapshot').length, 0);
    } finally {
      await agent.configure(KEEP_ALL);
    }
  });

  test('Sample adds session count to USER DATA in snapshot', async () => {
    const my = { api: { getSessionCount: () => 17 } };
    const txn = appd.startTransaction('sample');
    txn.addSnapshotData('active sessions', my.api.getSessionCount());
    txn.end();
    assert.equal((await agent.snapshot('sample')).userData['active sessions'], '17');
  });

  test('If the data to be added to the snapshot is available after the transaction completes, it can be attached using a txn.onSnapshotCaptured(txn) callback. This technique avoids overhead for collecting the data when no snapshot has been generated.', async () => {
    const txn = appd.startTransaction('attached afterwards');
    txn.onSnapshotCaptured = (captured) => captured.addSnapshotData('afterwards', 'yes');
    txn.end();
    assert.equal((await agent.snapshot('attached afterwards')).userData.afterwards, 'yes');
  });

  test('The custom data is exposed in the USER DATA tab of the transaction snapshot details in the controller UI.', async () => {
    const txn = appd.startTransaction('exposed');
    txn.addSnapshotData('shown in the tab', 'USER DATA');
    txn.end();
    // On the wire: what the page shows under User data.
    assert.equal((await agent.snapshot('exposed')).attributes['appd.user_data.shown in the tab'], 'USER DATA');
  });
});

describe('txn.onSnapshotCaptured(txn)', () => {
  test('Callback method that can be set on a transaction to add custom data to the transaction snapshot. Used with txn.addSnapshotData(key, value).', async () => {
    const txn = appd.startTransaction('callback');
    assert.equal(txn.onSnapshotCaptured, undefined);
    txn.onSnapshotCaptured = function captured() { this.addSnapshotData('by this', 'too'); };
    txn.end();
    assert.equal((await agent.snapshot('callback')).userData['by this'], 'too');
  });

  test('When the callback  function is supplied, the agent invokes this API immediately after capturing a transaction snapshot.', () => {
    const txn = appd.startTransaction('immediately');
    let calls = 0;
    txn.onSnapshotCaptured = () => { calls += 1; };
    txn.end();
    assert.equal(calls, 1, 'before end() returns');
    txn.end();
    assert.equal(calls, 1, 'once');
  });

  test('If specified, the callback is invoked on transaction completion, if the transaction triggers a snapshot.', async () => {
    await agent.configure(KEEP_SOME);
    try {
      const called = [];
      for (const [name, error] of [['none', undefined], ['one', new Error('kept')]]) {
        const txn = appd.startTransaction(`triggers ${name}`);
        txn.onSnapshotCaptured = () => called.push(name);
        txn.end(error);
      }
      assert.deepEqual(called, ['one']);
    } finally {
      await agent.configure(KEEP_ALL);
    }
  });

  test('Note that txn === mytxn. It is passed into the callback so the callback does not need to be defined in the same scope as mytxn.', () => {
    const mytxn = appd.startTransaction('identity');
    let passed;
    mytxn.onSnapshotCaptured = (txn) => { passed = txn; };
    mytxn.end();
    assert.equal(passed, mytxn);
  });
});

describe('parameters', () => {
  test('transactionInfo string, HttpRequest, or CorrelationHeader', () => {
    for (const info of ['a string', request('/a/request'), { headers: {} }]) appd.startTransaction(info).end();
    assert.equal(appd.startTransaction.length <= 2, true);
  });

  test('error any; optional', async () => {
    const errors = [new Error('e'), 'text', 7, { message: 'an object' }, ['list'], Symbol('s'), true];
    for (const error of errors) appd.startTransaction('any error').end(error);
    appd.startTransaction('any error').end();
    const received = await agent.received((now) => now.bts()['any error'] === errors.length + 1);
    assert.deepEqual(received.verdicts('any error'), { ERROR: errors.length, NORMAL: 1 });
  });

  test('request HTTP request object', () => {
    for (const nothing of [undefined, null, 'text', 5, {}]) assert.equal(appd.getTransaction(nothing), undefined);
  });

  test('statusCode optional transaction status code', async () => {
    const txn = appd.startTransaction('optional status');
    txn.markError(new Error('without'));
    txn.end();
    assert.equal((await agent.snapshot('optional status')).userData['Status Code'], '500');
  });

  test('key key to custom data being added', async () => {
    const txn = appd.startTransaction('keys');
    txn.addSnapshotData('a key with blanks', 1);
    txn.addSnapshotData('☃', 2);
    txn.end();
    assert.deepEqual((await agent.snapshot('keys')).userData, { 'a key with blanks': '1', '☃': '2' });
  });

  test('value value being added for this key', async () => {
    const txn = appd.startTransaction('values');
    txn.addSnapshotData('text', 'with ☃ and\nlines');
    txn.end();
    assert.equal((await agent.snapshot('values')).userData.text, 'with ☃ and\nlines');
  });

  test('You must define a function to call and assign it to the callback.', () => {
    const txn = appd.startTransaction('no function');
    txn.onSnapshotCaptured = 'not a function';
    txn.end();
    const defined = appd.startTransaction('a function');
    let called = false;
    defined.onSnapshotCaptured = function customTitle(captured) {
      called = true;
      captured.addSnapshotData('book title', 'A title');
    };
    defined.end();
    assert.ok(called);
  });
});

describe('beyond the document', () => {
  test('numbers add up to what was begun', async () => {
    agent.clear();
    for (let lap = 0; lap < 5_000; lap += 1) appd.startTransaction(`adds up ${lap % 5}`).end();
    batch.cross();
    const received = await agent.received((now) => Object.entries(now.bts()).filter(([bt]) => bt.startsWith('adds up')).reduce((sum, [, n]) => sum + n, 0) === 5_000);
    assert.equal(received.bts()['adds up 3'], 1_000);
  });
});
