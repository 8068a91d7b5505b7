// Numbers add up exactly, whatever happens to the controller meanwhile.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { agentEnvironment, Controller, until } from './controller.mjs';

/** The whole test takes a minute: `TIERLINE_COUNTING_SECONDS=60`. */
const SECONDS = Number(process.env.TIERLINE_COUNTING_SECONDS ?? 15);
/** From one restart to the next. */
const RESTART_EVERY_S = 5;
const AWAY_S = 1;

const folder = mkdtempSync(join(tmpdir(), 'tierline-counting-'));
const controller = new Controller(folder);
/** The package as it is packed, or the modules it is made of. */
const agent = process.env.TIERLINE_AGENT ?? fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

before(() => controller.start());
after(async () => {
  await controller.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** What the REST API says of the time the program ran. */
async function counted({ startMs, endMs }) {
  const under = 'Business Transaction Performance|Business Transactions|worker';
  const sum = { transactions: 0, failed: 0, exitCalls: 0 };
  for (let n = 0; n < 5; n += 1) {
    sum.transactions += await controller.metric(`${under}|count-${n}|Calls per Minute`, startMs, endMs);
    sum.failed += await controller.metric(`${under}|count-${n}|Errors per Minute`, startMs, endMs);
  }
  sum.exitCalls = await controller.metric('Backends|Discovered backend call - orders db|Calls per Minute', startMs, endMs);
  return sum;
}

test('200 concurrent transactions are counted exactly while the controller is ended and killed', async () => {
  const env = { ...agentEnvironment(controller, folder, 'worker-1'), AGENT_UNDER_TEST: agent };
  const program = spawn(process.execPath, [here('counting_program.cjs'), String(SECONDS)], { env });
  const ended = once(program, 'exit');
  let output = '';
  let errors = '';
  program.stdout.on('data', (data) => (output += data));
  program.stderr.on('data', (data) => (errors += data));
  let restarts = 0;
  for (let passed = RESTART_EVERY_S; passed < SECONDS; passed += RESTART_EVERY_S) {
    await sleep((RESTART_EVERY_S - AWAY_S) * 1000);
    assert.equal(program.exitCode, null, 'the load is still running');
    await controller.stop(restarts % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
    await sleep(AWAY_S * 1000);
    await controller.start();
    restarts += 1;
  }
  assert.ok(restarts >= 2, 'ended and killed at least once');
  assert.deepEqual(await ended, [0, null], errors);
  assert.equal(errors, '', "the program's standard error is its own");
  const told = JSON.parse(output);
  const wanted = { transactions: told.transactions, failed: told.failed, exitCalls: told.exitCalls };
  assert.ok(wanted.transactions > SECONDS * 1000, `${wanted.transactions} transactions are no load`);
  await until(async () => (await counted(told)).transactions >= wanted.transactions, 60, 'all reports have arrived');
  assert.deepEqual(await counted(told), wanted);
  // The same after one more death, and as one sum.
  await controller.stop('SIGKILL');
  await controller.start();
  assert.deepEqual(await counted(told), wanted);
  const overall = await controller.metric('Overall Application Performance|Calls per Minute', told.startMs, told.endMs);
  assert.equal(overall, wanted.transactions);
  console.log(`# ${restarts} restarts, ${JSON.stringify(wanted)}`);
});
