// 200 loops at once, each running one transaction after the other, for so many seconds: `counting_program.cjs SECONDS`.
// Prints how many of everything it has ended.
'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const appd = require(process.env.AGENT_UNDER_TEST);

const CONCURRENT = 200;
const NAMES = 5;
const PAUSE_MS_MAX = 20;

appd.profile();
const startMs = Date.now();
const end = startMs + Number(process.argv[2]) * 1000;
const counted = { transactions: 0, failed: 0, exitCalls: 0 };

async function loop(number) {
  for (let i = 0; Date.now() < end; i += 1) {
    const transaction = appd.startTransaction(`count-${(number + i) % NAMES}`);
    const calls = (number + i) % 3;
    for (let call = 0; call < calls; call += 1) {
      const exitCall = transaction.startExitCall({
        exitType: 'EXIT_DB',
        label: 'orders db',
        backendName: 'orders db',
        identifyingProperties: { Host: 'db', Port: 5432, Vendor: 'POSTGRESQL' },
      });
      await sleep(Math.random() * PAUSE_MS_MAX);
      transaction.endExitCall(exitCall);
      counted.exitCalls += 1;
    }
    if (calls === 0) await sleep(Math.random() * PAUSE_MS_MAX);
    const fails = i % 50 === 49;
    transaction.end(fails ? new Error('every fiftieth') : undefined);
    counted.transactions += 1;
    if (fails) counted.failed += 1;
  }
}

Promise.all(Array.from({ length: CONCURRENT }, (_, number) => loop(number))).then(() => {
  console.log(JSON.stringify({ ...counted, startMs, endMs: Date.now() }));
});
