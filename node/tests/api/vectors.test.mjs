// What every language must agree on: the vectors of spec/, through the Node.js API.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { agentForTests, appd, built, KEEP_SOME } from './agent_of_tests.mjs';

const agent = agentForTests();
const spec = (name) => JSON.parse(fs.readFileSync(new URL(`../../../spec/${name}.json`, import.meta.url), 'utf8'));
const { native } = built('native.js');

describe('spec/correlation-headers.json', () => {
  for (const { why, header, result, guid } of spec('correlation-headers').read) {
    test(why, () => {
      const parsed = appd.parseCorrelationInfo(header);
      if (result !== 'continue') {
        assert.equal(parsed, false);
        return;
      }
      assert.equal(parsed.headers.singularityheader, header.trim());
      const [, , , carried] = native.incoming('/x', header).split('\n');
      assert.equal(carried, guid);
    });
  }
});

describe('traceparent and tracestate', () => {
  const { outgoingHeaders } = built('correlation.js');
  const { beginAutomaticExit } = built('exit-call.js');
  const http = (host) => ({ exitType: 'EXIT_HTTP', label: host, identifyingProperties: { HOST: host, PORT: '80' } });
  const queue = { exitType: 'EXIT_A-VERY_LONG.TYPE OF A QUEUE THAT IS CUT', label: 'q', identifyingProperties: { q: 'q' } };
  const { header } = spec('correlation-headers').read[0];
  const begun = {
    'a request that began here': () => appd.startTransaction('/traced'),
    'one of that name again': () => appd.startTransaction('/traced'),
    'a request of another name': () => appd.startTransaction('/traced otherwise'),
    'a request that came with a header': () => appd.startTransaction(appd.parseCorrelationInfo(header)),
    'one from far away': () => appd.startTransaction(appd.parseCorrelationInfo(header.replace('exitguid=1', `exitguid=${'12|'.repeat(30)}1`))),
  };
  for (const [what, begin] of Object.entries(begun)) {
    test(`${what}: put together here they are the texts of the core`, () => {
      const txn = begin();
      for (let number = 1; number <= 20; number += 1) {
        const exit = beginAutomaticExit(txn, [http('a'), http('b'), queue][number % 3]);
        const { singularityheader, traceparent, tracestate } = outgoingHeaders(exit);
        assert.ok(singularityheader.includes(`${number}*`));
        assert.equal(`${traceparent}\n${tracestate}`, native.traceContext(singularityheader));
      }
      txn.end();
    });
  }
});

describe('spec/ids.json', () => {
  const { cases } = spec('ids');
  const idOf = (kind, ...names) => cases.find((one) => one.kind === kind && JSON.stringify(one.fields) === JSON.stringify(names))?.id;

  test('the application in a header has the id of its vector', async () => {
    // Names of the vectors are those of another application: a program of its own reports as it.
    const { execFileSync } = await import('node:child_process');
    const program = `
      const appd = require(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).pathname)});
      appd.profile({ controllerHostName: '127.0.0.1', controllerPort: 1, accountAccessKey: 'k', applicationName: 'shop', tierName: 'front', nodeName: 'n', rootTmpDir: ${JSON.stringify(agent.folder)} });
      const txn = appd.startTransaction('/checkout');
      console.log(txn.createCorrelationInfo(txn.startExitCall({ exitType: 'EXIT_DB', identifyingProperties: { Host: 'h' } })));
      txn.end();`;
    const header = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    assert.equal(Number(header.match(/^appId=(\d+)/)[1]), idOf('app', 'shop'));
    const tier = idOf('tier', 'shop', 'front');
    if (tier !== undefined) assert.equal(Number(header.match(/cidfrom=(\d+)/)[1]), tier);
  });
});

describe('spec/names.json', () => {
  test('names are cleaned as everywhere', async () => {
    const cases = spec('names').bt_names;
    for (const { given } of cases) appd.startTransaction(given).end();
    const received = await agent.received((now) => cases.every(({ reported }) => now.bts()[reported] > 0), 'all names');
    for (const { why, reported } of cases) assert.ok(received.bts()[reported] > 0, why);
  });
});

describe('spec/thresholds.json', () => {
  test('verdicts are those of every language', async () => {
    const { thresholds, cases } = spec('thresholds');
    const ms = (value) => (value === null ? { kind: 'off' } : { kind: 'static', ms: value });
    await agent.configure({ ...KEEP_SOME, thresholds: { slow: ms(thresholds.slow_ms), very_slow: ms(thresholds.very_slow_ms), stall: ms(thresholds.stall_ms) } });
    for (const { why, duration_ms, failed, verdict } of cases) {
      const txn = appd.startTransaction(`verdict: ${why}`);
      // The clock of the transaction, not of the machine: exact to the nanosecond.
      const fate = native.finish(txn.bt.number, duration_ms, failed ? 1 : 0, 0);
      assert.equal(['NORMAL', 'SLOW', 'VERY_SLOW', 'STALL', 'ERROR'][Math.trunc(fate / 16)], verdict, why);
      txn.end();
    }
  });
});
