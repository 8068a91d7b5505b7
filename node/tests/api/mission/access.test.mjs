// Mission document: the introduction and access to the APIs. Every title below is a sentence of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { agentForTests, appd } from '../agent_of_tests.mjs';

const agent = agentForTests();
const main = fileURLToPath(new URL('../../../dist/index.js', import.meta.url));

describe('access', () => {
  test('custom business transaction creation, continuation and extension', async () => {
    const created = appd.startTransaction('facility: created');
    const exit = created.startExitCall({ exitType: 'EXIT_HTTP', identifyingProperties: { HOST: 'next' } });
    const continued = appd.startTransaction(appd.parseCorrelationInfo(created.createCorrelationInfo(exit)));
    continued.addSnapshotData('extended', 'yes');
    continued.end();
    created.endExitCall(exit);
    created.end();
    const received = await agent.received((now) => now.snapshots.length >= 2);
    const first = received.snapshot('facility: created');
    const second = received.snapshots.find((one) => one.userData.extended === 'yes');
    assert.equal(second.traceId, first.traceId);
    assert.equal(second.parentSpanId, first.exitCalls[0].spanId);
  });

  test('custom exit point creation and exit call management', async () => {
    const txn = appd.startTransaction('facility: exit');
    txn.endExitCall(txn.startExitCall({ exitType: 'EXIT_CACHE', label: 'facility', identifyingProperties: { 'Server Pool': 'c:1' } }));
    txn.end();
    const received = await agent.received((now) => now.exits().facility !== undefined);
    assert.deepEqual(received.exits().facility, { exitType: 'CACHE', properties: { 'Server Pool': 'c:1' }, count: 1, errors: 0 });
  });

  test('custom business transaction correlation', () => {
    const txn = appd.startTransaction('facility: correlation');
    const header = txn.createCorrelationInfo(txn.startExitCall({ exitType: 'EXIT_HTTP', identifyingProperties: { HOST: 'next' } }));
    assert.equal(appd.parseCorrelationInfo(header).headers.singularityheader, header);
    txn.end();
  });

  test('Access to the APIs is provided by the "appdynamics" Node.js require statement, after appd.profile().', () => {
    const program = `
      const appd = require(${JSON.stringify(main)});
      const before = appd.startTransaction('before profile');
      before.addSnapshotData('a', 'b');
      before.end();
      const answer = appd.profile({ controllerHostName: '127.0.0.1', controllerPort: 1, accountAccessKey: 'k',
        applicationName: 'Shop', tierName: 'front', nodeName: 'n', rootTmpDir: ${JSON.stringify(agent.folder)} });
      const transaction = appd.startTransaction('after profile');
      transaction.end();
      console.log(typeof transaction.startExitCall, answer === appd);
    `;
    assert.equal(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }), 'function true\n');
  });
});
