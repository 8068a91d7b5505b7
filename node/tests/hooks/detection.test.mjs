// Naming, match and exclude rules, and error statuses, as the controller configures them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Programs } from './programs.mjs';

let programs;
before(async () => (programs = await Programs.start()));
after(() => programs.stop());

/** Serves everything with 200, or the status that the query says, once the configuration has arrived. */
const SERVE = `
  const server = http.createServer((request, response) => {
    response.statusCode = Number(new URLSearchParams(request.url.split('?')[1]).get('status') ?? 200);
    response.end(String(appd.getTransaction(request) !== undefined));
  });
  const port = await listen(server);
  const deadline = Date.now() + 15000;
  while ((await ask(port, '/is/configured')).body === 'true' && Date.now() < deadline) await pause(100);`;

/** Excludes the path that {@link SERVE} waits for. */
const CONFIGURED = { name: 'wait', request: { path: { comparison: 'equals', value: '/is/configured' } } };

async function run(config, source) {
  programs.controller.config = { version: 2, ...config };
  const { received, lines } = await programs.run(`${SERVE}\n${source}\nserver.close();`);
  const bts = received.bts();
  delete bts['/is/configured'];
  return { received, lines, bts };
}

test('naming by other segments and parts, match rules by priority, exclusion', async () => {
  const { bts } = await run(
    {
      detection: {
        naming: { uri: { kind: 'last_segments', count: 1 }, parts: [{ kind: 'method' }] },
        match_rules: [
          { name: 'Low', priority: 1, request: { path: { comparison: 'starts_with', value: '/shop' } } },
          { name: 'Buy', priority: 5, request: { path: { comparison: 'regex', value: '^/shop/buy/[0-9]+$' }, method: 'POST' } },
          { name: 'Partner', priority: 9, request: { headers: [{ name: 'X-Partner', value: { comparison: 'not_empty' } }] }, split: { uri: { kind: 'none' }, parts: [{ kind: 'parameter', name: 'who' }] } },
        ],
        exclude_rules: [CONFIGURED, { name: 'health', priority: 99, request: { path: { comparison: 'equals', value: '/health' } } }],
        excluded_bts: ['gone.GET', '/gone.GET'],
      },
    },
    `await ask(port, '/a/b/c'); await ask(port, '/a/b/c', { method: 'PUT' });
     await ask(port, '/shop/list'); await ask(port, '/shop/buy/17', { method: 'POST' });
     await ask(port, '/shop/list?who=me', { headers: { 'x-PARTNER': 'yes' } });
     await ask(port, '/health'); await ask(port, '/it/is/gone');`,
  );
  assert.deepEqual(bts, { '/c.GET': 1, '/c.PUT': 1, Low: 1, Buy: 1, 'Partner.me': 1 });
});

test('exclusion by path leaves the rest to the default naming; other statuses are errors', async () => {
  const { bts, received } = await run(
    { detection: { exclude_rules: [CONFIGURED] }, errors: { status_ranges: [{ first: 500, last: 599 }] } },
    `await ask(port, '/default/naming/x?status=404'); await ask(port, '/server/error?status=599');`,
  );
  assert.deepEqual(bts, { '/default/naming': 1, '/server/error': 1 });
  assert.deepEqual([received.verdicts('/default/naming'), received.verdicts('/server/error')].map((v) => v.ERROR ?? 0), [0, 1]);
});

test('detection switched off; the API goes on', async () => {
  const { bts, lines } = await run(
    { detection: { enabled: false } },
    `await ask(port, '/off/it'); appd.startTransaction({ url: '/asked/for/it', method: 'GET', headers: {} }).end();`,
  );
  assert.deepEqual(bts, { '/asked/for': 1 });
  assert.deepEqual(lines, []);
});

const ONE_OF_EACH = `
  const back = http.createServer((request, response) => response.end('ok'));
  const backPort = await listen(back);
  const server = http.createServer(async (request, response) => {
    const txn = appd.startTransaction('own');
    await ask(backPort, '/back');
    await (await fetch('http://127.0.0.1:' + backPort + '/fetched')).text();
    response.end('ok');
    process.on('exit', () => txn.end());
  });
  const port = await listen(server);
  await ask(port, '/seen/by/nobody');
  process.exit(0);`;

for (const [name, env, bts, exits] of [
  ['all of it', { TIERLINE_DETECTION: 'off' }, { own: 1 }, 0],
  ['http', { TIERLINE_DETECTION_WITHOUT: 'HTTP, mysql' }, { own: 1 }, 1],
  ['fetch', { TIERLINE_DETECTION_WITHOUT: 'undici' }, { own: 1, '/seen/by': 1, '/back': 1, '/fetched': 1 }, 1],
]) {
  test(`a setting leaves out ${name}; the API and the end of the process go on`, async () => {
    programs.controller.config = { version: 1 };
    const { received } = await programs.run(ONE_OF_EACH, { env });
    const seen = received.bts();
    assert.equal(seen.own, 1);
    assert.equal(received.total('appd.exit.duration'), exits);
    assert.equal(seen['/seen/by'], bts['/seen/by']);
  });
}

test('libraries that a bundler put into the program, and of versions that are not known, are noted', async () => {
  const { lines } = await programs.run(`
    // ${'x'.repeat(70_000)}
    // node_modules/pg/lib/index.js
    const fs = require('node:fs'), path = require('node:path');
    const folder = path.join(__dirname, 'node_modules/memcached');
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'index.js'), 'module.exports = class {};');
    fs.writeFileSync(path.join(folder, 'package.json'), '{ "name": "memcached", "version": "99.0.0" }');
    require('memcached');
    const name = 'tierline.' + process.platform + '-' + process.arch + (process.platform === 'linux' ? '-gnu' : '') + '.node';
    const native = require(path.join(require.resolve('appdynamics'), '..', name));
    await pause(2300);
    show(JSON.parse(native.diagnostics()).warnings.filter((warning) => warning.includes('is not detected')));`);
  const [missed, bundled, ...others] = lines[0];
  assert.match(missed, /^memcached 99\.0\.0 is not detected: this version/);
  assert.match(bundled, /^pg is not detected: a bundler/);
  assert.deepEqual(others, []);
});
