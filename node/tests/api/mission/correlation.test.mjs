// Mission document: transaction correlation management. Every title below is a sentence of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agentForTests, appd, built, KEEP_ALL } from '../agent_of_tests.mjs';

const agent = agentForTests();
const { beginAutomaticExit } = built('exit-call.js');

const QUEUE = { exitType: 'EXIT_RABBITMQ', label: 'orders', identifyingProperties: { Host: 'mq', Port: 5672, Exchange: 'orders' } };

/** A header of a transaction that has ended. */
function headerOf(name, doNotResolve) {
  const txn = appd.startTransaction(name);
  const exit = txn.startExitCall(QUEUE);
  const header = txn.createCorrelationInfo(exit, doNotResolve);
  txn.endExitCall(exit);
  txn.end();
  return header;
}

const fields = (header) => Object.fromEntries(header.split('*').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));

describe('appd.parseCorrelationInfo(source)', () => {
  test('Describes the upstream transaction with which to correlate.', () => {
    const header = headerOf('described');
    assert.equal(appd.parseCorrelationInfo(header).headers.singularityheader, header);
  });

  test('If an HttpRequest object is passed, it must have a transaction correlation header attached.', () => {
    const header = headerOf('of a request');
    for (const name of ['singularityheader', 'Singularityheader', 'SINGULARITYHEADER']) {
      assert.equal(appd.parseCorrelationInfo({ url: '/', headers: { [name]: header } }).headers.singularityheader, header, name);
    }
    assert.equal(appd.parseCorrelationInfo({ url: '/', headers: { host: 'a' } }), false);
  });

  test('source String or HttpRequest', () => {
    const header = headerOf('both sources');
    assert.notEqual(appd.parseCorrelationInfo(header), false);
    assert.notEqual(appd.parseCorrelationInfo({ headers: { singularityheader: header } }), false);
  });

  test('On success, returns a CorrelationHeader object that can be used by startTransaction() to create a transaction that is correlated with the upstream transaction described by source.', async () => {
    const upstream = appd.parseCorrelationInfo(headerOf('correlated upstream'));
    assert.ok(upstream instanceof appd.CorrelationHeader);
    const txn = appd.startTransaction(upstream);
    txn.addSnapshotData('side', 'correlated');
    txn.end();
    const received = await agent.received((now) => now.snapshots.some((s) => s.userData.side === 'correlated') && now.snapshots.some((s) => s.bt === 'correlated upstream'));
    const down = received.snapshots.find((s) => s.userData.side === 'correlated');
    const up = received.snapshot('correlated upstream');
    assert.equal(down.traceId, up.traceId);
    assert.equal(down.parentSpanId, up.exitCalls[0].spanId);
  });

  test('Returns false if source could not be parsed. This can occur if the source is an HTTP request with no correlation header attached or the string parameter is not recognized as a correlation header.', () => {
    const request = { url: '/', method: 'GET', headers: {} };
    for (const source of [request, 'no header', '', 'appId=1*btid=2', undefined, null, 17, {}, 'notxdetect=true*ctrlguid=5*appId=7']) {
      assert.equal(appd.parseCorrelationInfo(source), false, String(source));
    }
    // What programs read without a guard.
    assert.equal(appd.parseCorrelationInfo(request).headers, undefined);
  });

  test('HTTP requests made through the standard http.request() API have correlation information added automatically. You can correlate a custom transaction created in response to an HTTP request made from another Node.js process by passing the incoming request as source.', () => {
    // That they are sent: tests/hooks. That they are read:
    const { outgoingHeaders, readHeaders } = built('correlation.js');
    const txn = appd.startTransaction('automatic headers');
    const exit = beginAutomaticExit(txn, { exitType: 'EXIT_HTTP', label: 'GET', identifyingProperties: { HOST: 'h', PORT: '80' } });
    const headers = outgoingHeaders(exit);
    txn.end();
    assert.equal(appd.parseCorrelationInfo({ url: '/', headers }).headers.singularityheader, headers.singularityheader);
    assert.match(headers.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.equal(headers.traceparent.split('-')[1], fields(headers.singularityheader).guid.replaceAll('-', ''));
    assert.match(headers.tracestate, /^appd=1:/);
    assert.ok(headers.tracestate.length <= 128);
    assert.notEqual(readHeaders({ traceparent: headers.traceparent, tracestate: headers.tracestate }), undefined);
  });

  test('For other exit call types, you need to define how correlation information is attached to the originating transaction and retrieved in the downstream transaction.', () => {
    const header = headerOf('through a message');
    const { singularityheader } = JSON.parse(JSON.stringify({ singularityheader: header }));
    assert.notEqual(appd.parseCorrelationInfo(singularityheader), false);
    assert.notEqual(appd.parseCorrelationInfo(Buffer.from(header)), false, 'bytes, as AMQP and Kafka libraries hand them over');
    assert.notEqual(appd.parseCorrelationInfo(`  ${header}\r\n`), false);
  });
});

describe('txn.createCorrelationInfo(exitCall, doNotResolve)', () => {
  test('The input exitCall is one of the following:', () => {
    const txn = appd.startTransaction('both inputs');
    assert.match(txn.createCorrelationInfo(txn.startExitCall(QUEUE)), /\*guid=/);
    let inside;
    txn.beforeExitCall = (exit) => ((inside = txn.createCorrelationInfo(exit)), exit);
    beginAutomaticExit(txn, QUEUE);
    assert.match(inside, /\*guid=/);
    for (const nothing of [undefined, null, {}, 'x']) {
      assert.deepEqual(agent.counted(() => assert.equal(txn.createCorrelationInfo(nothing), '')), { 'createCorrelationInfo: not an exit call': 1 });
    }
    txn.end();
  });

  test('Set the doNotResolve parameter to true if you do not want the backend to be resolved to a tier. It defaults to false, which means that the backend is resolved to the calling tier. You may want to set this for an exit call to a service, such as a messaging queue, that does not have a 1:1 relationship between the consumer and producer of the service.', () => {
    const [resolved, byFalse, not] = [headerOf('r'), headerOf('r', false), headerOf('r', true)].map(fields);
    assert.match(resolved.unresolvedexitid, /^\d+$/);
    assert.equal(resolved.cidto, `{[UNRESOLVED][${resolved.unresolvedexitid}]}`);
    assert.equal(byFalse.unresolvedexitid, resolved.unresolvedexitid);
    assert.equal(not.unresolvedexitid, undefined);
    assert.equal(not.donotresolve, 'true');
  });

  test('Returns a string-encoded correlation header, which a downstream transaction can use to correlate with this transaction.', () => {
    const header = headerOf('encoded');
    assert.equal(typeof header, 'string');
    // The order in which programs look for the keys.
    const keys = header.split('*').map((pair) => pair.split('=', 1)[0]);
    assert.deepEqual(keys.slice(0, 11), ['appId', 'ctrlguid', 'acctguid', 'ts', 'btid', 'guid', 'exitguid', 'unresolvedexitid', 'cidfrom', 'etypeorder', 'cidto']);
    assert.match(fields(header).guid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.ok(header.length <= 1_024);
    assert.ok(Math.abs(Number(fields(header).ts) - Date.now()) < 60_000);
  });

  test('exitCall ExitCall', () => {
    const txn = appd.startTransaction('of another');
    const other = appd.startTransaction('the other');
    const exit = other.startExitCall(QUEUE);
    assert.deepEqual(agent.counted(() => assert.match(txn.createCorrelationInfo(exit), /\*guid=/)), { 'createCorrelationInfo: the exit call is of another transaction': 1 });
    other.end();
    txn.end();
  });

  test('doNotResolve optional, true|false', () => {
    assert.equal(fields(headerOf('o', undefined)).donotresolve, undefined);
    assert.equal(fields(headerOf('o', false)).donotresolve, undefined);
    assert.equal(fields(headerOf('o', true)).donotresolve, 'true');
  });

  test('a continued transaction passes on when the request began, and the chain of its calls', () => {
    const first = headerOf('chain');
    const txn = appd.startTransaction(first);
    const second = txn.createCorrelationInfo(txn.startExitCall(QUEUE));
    txn.end();
    const [one, two] = [fields(first), fields(second)];
    assert.equal(two.guid, one.guid);
    assert.equal(two.ts, one.ts);
    assert.equal(two.exitguid, `${one.exitguid}|1`);
    assert.equal(two.btid, one.btid);
  });
});

describe('beyond the document', () => {
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  /** A transaction begun under these headers, kept. */
  async function under(headers, marker) {
    const txn = appd.startTransaction({ url: `/${marker}`, method: 'GET', headers });
    txn.addSnapshotData('marker', marker);
    txn.end();
    const received = await agent.received((now) => now.snapshots.some((s) => s.userData.marker === marker));
    return received.snapshots.find((s) => s.userData.marker === marker);
  }

  test('a bare traceparent: a new transaction in the same trace', async () => {
    const snapshot = await under({ traceparent: parent }, 'bare');
    assert.equal(snapshot.bt, '/bare');
    assert.equal(snapshot.traceId, '0af7651916cd43dd8448eb211c80319c');
    assert.equal(snapshot.parentSpanId, 'b7ad6b7169203331');
  });

  test('our member of tracestate continues the transaction through a service that only knows OpenTelemetry', async () => {
    const { outgoingHeaders } = built('correlation.js');
    const txn = appd.startTransaction('in front of OpenTelemetry');
    const exit = beginAutomaticExit(txn, QUEUE);
    const { traceparent, tracestate } = outgoingHeaders(exit);
    txn.end();
    const between = `${traceparent.slice(0, 35)}-00f067aa0ba902b7-01`;
    const snapshot = await under({ traceparent: between, tracestate: `vendor=1,${tracestate}` }, 'through');
    const front = await agent.snapshot('in front of OpenTelemetry');
    assert.equal(snapshot.attributes['appd.bt.id'], front.attributes['appd.bt.id']);
    assert.equal(snapshot.traceId, front.traceId);
    assert.equal(snapshot.parentSpanId, '00f067aa0ba902b7');
  });

  test('the documented header wins over traceparent', async () => {
    const header = headerOf('wins');
    const snapshot = await under({ singularityheader: header, traceparent: parent }, 'both');
    assert.equal(snapshot.traceId, fields(header).guid.replaceAll('-', ''));
    assert.equal((await under({ singularityheader: 'broken', traceparent: parent }, 'broken')).traceId, '0af7651916cd43dd8448eb211c80319c');
  });

  test('correlation switched off: an empty text, and what comes in is as if there were none', async () => {
    const header = headerOf('before it is off');
    await agent.configure({ ...KEEP_ALL, correlation_enabled: false });
    try {
      assert.equal(headerOf('off'), '');
      assert.equal(appd.parseCorrelationInfo(header), false);
      assert.notEqual((await under({ singularityheader: header }, 'off')).traceId, fields(header).guid.replaceAll('-', ''));
    } finally {
      await agent.configure(KEEP_ALL);
    }
  });
});
