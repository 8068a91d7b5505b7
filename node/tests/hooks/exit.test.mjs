// The ends of a process: nothing that ended is lost, and the process ends as it would without us.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { Programs } from './programs.mjs';

let programs;
/** Stands in front of the controller: passes on, or accepts and never answers, or is not there at all. */
let front;
let isAway = true;
const sockets = new Set();
const listening = (port) => new Promise((go) => front.listen(port, '127.0.0.1', go));
const vanish = () => {
  for (const socket of sockets) socket.destroy();
  return new Promise((go) => front.close(go));
};
before(async () => {
  programs = await Programs.start();
  front = net.createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    if (isAway) return;
    const through = net.connect(programs.controller.port, '127.0.0.1').on('error', () => undefined);
    socket.pipe(through).pipe(socket);
  });
  await listening(0);
});
after(async () => {
  await vanish();
  await programs.stop();
});

/** 700 transactions and one that never ends; then the end. */
const WORK = `
  const server = http.createServer((request, response) => { response.end(); });
  setImmediate(() => appd.startTransaction('running'));
  await pause(1);
  for (let i = 0; i < 700; i += 1) appd.startTransaction('work').end();
  `;

/** How programs end: what they do, and the code or signal that has. Compared with the same program without us. */
const ENDS = {
  'by itself': { source: '' },
  'process.exit()': { source: 'process.exit(3);' },
  'process.exit() in a handler': { source: `server.removeAllListeners('request'); server.on('request', (request, response) => { response.end('bye', () => process.exit(4)); }); ask(await listen(server), '/last/one').catch(() => {}); await pause(5000);` },
  'process.exitCode': { source: 'process.exitCode = 5;' },
  'an uncaught exception': { source: `setTimeout(() => { throw new Error('nobody catches'); }, 10); await pause(5000);`, prints: /nobody catches/ },
  'an uncaught exception in a handler': { source: `server.removeAllListeners('request'); server.on('request', () => { throw new Error('nobody catches'); }); ask(await listen(server), '/last/one').catch(() => {}); await pause(5000);`, prints: /nobody catches/ },
  'an unhandled rejection': { source: `Promise.reject(new Error('nobody handles')); await pause(5000);`, prints: /nobody handles/ },
  SIGTERM: { source: `process.kill(process.pid, 'SIGTERM'); await pause(5000);` },
  SIGINT: { source: `process.kill(process.pid, 'SIGINT'); await pause(5000);` },
  'SIGTERM with a listener that exits': { source: `process.on('SIGTERM', () => { appd.startTransaction('work').end(); process.exit(7); }); process.kill(process.pid, 'SIGTERM'); await pause(5000);`, more: 1 },
  'SIGTERM with a listener that closes': { source: `process.once('SIGTERM', () => server.close()); await listen(server); process.kill(process.pid, 'SIGTERM');` },
  'SIGTERM, its listener removed': { source: `const listener = () => {}; process.on('SIGTERM', listener); process.removeListener('SIGTERM', listener); process.kill(process.pid, 'SIGTERM'); await pause(5000);` },
  'SIGTERM, all listeners removed': { source: `process.on('SIGTERM', () => {}); process.removeAllListeners('SIGTERM'); process.kill(process.pid, 'SIGTERM'); await pause(5000);` },
  'a transaction that ends in an exit listener': { source: `process.on('exit', () => appd.startTransaction('work').end());`, more: 1 },
  'a transaction that ends in beforeExit': { source: `process.once('beforeExit', () => appd.startTransaction('work').end());`, more: 1 },
};

const STANDIN = 'const transaction = { end() {} }; const appd = { startTransaction: () => transaction };\n';

for (const [name, { source, prints = /^$/, more = 0 }] of Object.entries(ENDS)) {
  test(name, async () => {
    programs.controller.bodies = [];
    const bare = await programs.begin(STANDIN + WORK + source, { plain: true }).ended;
    const ended = await programs.begin(WORK + source).ended;
    assert.deepEqual([ended.code, ended.signal], [bare.code, bare.signal]);
    assert.match(ended.stderr, prints);
    assert.equal(shown(ended.stderr), shown(bare.stderr));
    const received = programs.controller.received();
    assert.equal(received.bts().work, 700 + more);
    if (source.includes('/last/one')) assert.equal(received.bts()['/last/one'], 1);
  });
}

/** What was printed, without places that the prelude moves, and without the stack, in which we are. */
function shown(stderr) {
  return stderr.replace(/program-\d+\.cjs:\d+(:\d+)?/g, '').replace(/^ +at .*\n/gm, '').trim();
}

test('the exception that nobody caught is the error of the request it came from', async () => {
  programs.controller.bodies = [];
  await programs.begin(`
    const server = http.createServer(() => { throw new RangeError('nobody catches'); });
    ask(await listen(server), '/broken/request').catch(() => {});
    await pause(5000);`).ended;
  const snapshot = programs.controller.received().snapshot('/broken/request');
  assert.equal(snapshot.verdict, 'ERROR');
  assert.equal(snapshot.errors[0]['exception.type'], 'RangeError');
});

test('with the controller away the end is delayed by 500 ms at most, and a later process delivers what ended', async () => {
  const { port } = front.address();
  for (const isRefused of [false, true]) {
    for (const end of ['', 'process.exit(0);', `process.kill(process.pid, 'SIGTERM'); await pause(5000);`]) {
      isAway = true;
      if (isRefused) await vanish();
      const left = `require('node:fs').writeSync(1, 'left ' + Date.now() + '\\n');`;
      const measured = `${WORK}\nprocess.on('exit', () => { ${left} });\n${end.includes('SIGTERM') ? left : ''}\n${end}`;
      const env = { APPDYNAMICS_AGENT_BASE_DIR: `${programs.folder}/spooled-${programs.count}` };
      const environ = { APPDYNAMICS_CONTROLLER_PORT: String(port) };
      const ended = await programs.begin(measured, { env, environ }).ended;
      const delayMs = Date.now() - Number(/left (\d+)/.exec(ended.stdout)[1]);
      // The process itself takes some time to be gone.
      assert.ok(delayMs < 700, `${delayMs} ms, ${isRefused ? 'refused' : 'a black hole'}, ${end || 'its own end'}`);
      assert.equal(ended.stderr, '');
      isAway = false;
      if (isRefused) await listening(port);
      programs.controller.bodies = [];
      const later = programs.begin('await pause(8000)', { env, environ });
      const received = await programs.controller.waitFor((r) => r.bts().work === 700, 8000);
      assert.equal(received.bts().work, 700, `${isRefused ? 'refused' : 'a black hole'}, ${end || 'its own end'}`);
      later.kill('SIGKILL');
      await later.ended;
    }
  }
});

test('signal-exit and its like still find themselves alone', async () => {
  const source = `
    const mine = () => { if (process.listeners('SIGTERM').length === 1 && process.listenerCount('SIGTERM') === 1) { process.removeListener('SIGTERM', mine); process.kill(process.pid, 'SIGTERM'); } };
    process.on('SIGTERM', mine);
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(9), 3000);`;
  programs.controller.bodies = [];
  const ended = await programs.begin(WORK + source).ended;
  assert.deepEqual([ended.code, ended.signal], [null, 'SIGTERM']);
  assert.equal(programs.controller.received().bts().work, 700);
});
