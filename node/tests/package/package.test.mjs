// The package as people get it: one file, installed without a network, in every way a program can load it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

const run = promisify(execFile);
const nodeFolder = fileURLToPath(new URL('../..', import.meta.url));
const tarball = process.env.TIERLINE_TARBALL ?? builtTarball();
const nodes = process.env.TIERLINE_NODES?.split(':') ?? [process.execPath];
const PACKED_BYTES_MAX = 4_000_000;
const PROGRAM_LIMIT_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'tierline-package-'));
const installed = join(folder, 'node_modules/appdynamics');
let sink;
let received = [];

function builtTarball() {
  const dist = join(nodeFolder, '../dist');
  const found = readdirSync(dist).find((name) => name.endsWith('.tgz'));
  assert.ok(found, 'run `cargo xtask dist` first, or set TIERLINE_TARBALL');
  return join(dist, found);
}

/** Keeps the bodies of all metrics that agents report. */
async function startSink() {
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      if (request.url === '/v1/metrics') received.push(plain.toString('latin1'));
      response.end();
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

/** Runs a program in the folder with the agent's settings in its environment; it must end well and say only `expected`. */
async function program(node, args, expected, more = {}) {
  received = [];
  const clean = Object.entries(process.env).filter(([name]) => !/^(APPD|TIERLINE|OTEL|NODE_OPTIONS|NODE_TEST)/.test(name));
  const env = {
    ...Object.fromEntries(clean),
    APPDYNAMICS_AGENT_APPLICATION_NAME: 'Package',
    APPDYNAMICS_AGENT_TIER_NAME: 'programs',
    APPDYNAMICS_AGENT_NODE_NAME: 'program',
    APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY: 'any',
    APPDYNAMICS_AGENT_BASE_DIR: join(folder, 'agent'),
    APPDYNAMICS_CONTROLLER_HOST_NAME: '127.0.0.1',
    APPDYNAMICS_CONTROLLER_PORT: String(sink.address().port),
    APPDYNAMICS_CONTROLLER_SSL_ENABLED: 'false',
    ...more,
  };
  const { stdout, stderr } = await run(node, args, { cwd: folder, env, timeout: PROGRAM_LIMIT_MS });
  assert.equal(stderr, '', 'the agent is silent');
  assert.equal(stdout.trim(), expected);
}

/** That a transaction of this name was reported. */
function reported(name) {
  assert.ok(received.some((body) => body.includes(name)), `${name} in ${received.length} reports`);
}

const files = {
  'common.cjs': `
    const appd = require('appdynamics');
    console.log(appd.profile() === appd, typeof appd.startTransaction, require('appdynamics') === appd);
    appd.startTransaction('By require').end();`,
  'module.mjs': `
    import appd, { getTransaction, parseCorrelationInfo, profile, startTransaction } from 'appdynamics';
    import * as everything from 'appdynamics';
    import { createRequire } from 'node:module';
    console.log(profile() === appd, everything.default === appd, createRequire(import.meta.url)('appdynamics') === appd);
    startTransaction('By import').end();
    getTransaction({});
    parseCorrelationInfo('');`,
  // Knows nothing of the agent: it serves one request of its own and ends.
  'innocent.cjs': `
    const http = require('http');
    const server = http.createServer((request, response) => response.end('hello'));
    server.listen(0, '127.0.0.1', () => http.get({ port: server.address().port, path: '/by/itself' }, (answer) => {
      answer.on('data', (data) => console.log(String(data)));
      answer.on('end', () => server.close());
    }));`,
  'innocent.mjs': `
    import { createServer, get } from 'node:http';
    const server = createServer((request, response) => response.end('hello'));
    server.listen(0, '127.0.0.1', () => get({ port: server.address().port, path: '/by/itself' }, (answer) => {
      answer.on('data', (data) => console.log(String(data)));
      answer.on('end', () => server.close());
    }));`,
};

before(async () => {
  sink = await startSink();
  writeFileSync(join(folder, 'package.json'), '{"name":"program","private":true}\n');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  // Neither a registry nor anything downloaded before.
  const offline = ['--offline', '--registry=http://127.0.0.1:9/', `--cache=${join(folder, 'cache')}`];
  await run('npm', ['install', ...offline, '--no-audit', '--no-fund', `appdynamics@file:${tarball}`], { cwd: folder });
});

after(() => {
  sink.close();
  rmSync(folder, { recursive: true, force: true });
});

test('it holds modules, types and one stripped native file, and nothing else', () => {
  assert.ok(statSync(tarball).size < PACKED_BYTES_MAX, `${statSync(tarball).size} bytes`);
  assert.deepEqual(readdirSync(installed).sort(), ['LICENSE', 'README.md', 'dist', 'package.json']);
  const names = readdirSync(join(installed, 'dist'), { recursive: true }).map(String);
  const native = names.filter((name) => name.endsWith('.node'));
  assert.equal(native.length, 1, `${native}`);
  assert.match(native[0], new RegExp(`^tierline\\.${process.platform}-${process.arch}(-gnu|-musl)?\\.node$`));
  const binary = readFileSync(join(installed, 'dist', native[0]));
  assert.ok(!binary.includes('.symtab'), 'symbols are stripped');
  for (const needed of ['index.js', 'later.js', 'index.d.ts']) assert.ok(names.includes(needed), needed);
  assert.deepEqual(names.filter((name) => name.endsWith('.js')).sort(), ['index.js', 'later.js'], 'one file is loaded sooner than many');
  const strange = names.filter((name) => !/(\.js|\.mjs|\.d\.ts|\.d\.mts|\.node|^[a-z/-]+)$/.test(name) || /test/.test(name));
  assert.deepEqual(strange, []);
});

test('it has no dependency and no script', () => {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies', 'scripts', 'gypfile']) {
    assert.equal(manifest[field], undefined, field);
  }
  assert.equal(manifest.name, 'tierline');
  assert.deepEqual(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.')), ['appdynamics']);
});

test('what is documented is documented where editors look', () => {
  const declared = readdirSync(join(installed, 'dist'), { recursive: true })
    .filter((name) => /\.d\.m?ts$/.test(String(name)))
    .map((name) => readFileSync(join(installed, 'dist', String(name)), 'utf8'))
    .join('\n');
  for (const name of ['profile', 'startTransaction', 'getTransaction', 'parseCorrelationInfo', 'resume', 'end', 'markError',
    'addSnapshotData', 'addAnalyticsData', 'startExitCall', 'endExitCall', 'createCorrelationInfo']) {
    assert.match(declared, new RegExp(`\\*/\\s+(readonly )?${name}\\(`), `${name} has a comment`);
  }
  for (const name of ['onSnapshotCaptured', 'beforeExitCall', 'exitCallCompleted', 'identifyingProperties', 'isSql']) {
    assert.match(declared, new RegExp(`\\*/\\s+(readonly )?${name}\\??:`), `${name} has a comment`);
  }
});

for (const node of nodes) {
  describe(node, () => {
    test('by require', async () => {
      await program(node, ['common.cjs'], 'true function true');
      reported('By require');
    });
    test('by import, with named exports', async () => {
      await program(node, ['module.mjs'], 'true true true');
      reported('By import');
    });
    test('by -r, for a program that knows nothing of it', async () => {
      for (const file of ['innocent.cjs', 'innocent.mjs']) {
        await program(node, ['-r', 'appdynamics', file], 'hello');
        reported('/by/itself');
      }
    });
    test('by --import', async () => {
      for (const file of ['innocent.cjs', 'innocent.mjs']) {
        await program(node, ['--import', 'appdynamics', file], 'hello');
        reported('/by/itself');
      }
    });
    test('by NODE_OPTIONS', async () => {
      await program(node, ['innocent.cjs'], 'hello', { NODE_OPTIONS: '-r appdynamics' });
      reported('/by/itself');
    });
  });
}

describe('tsc --strict accepts a program with every documented call', () => {
  const compilers = {
    'as CommonJS': ['program.cts', '--module', 'node16', '--moduleResolution', 'node16', '--esModuleInterop'],
    'as an ES module': ['program.mts', '--module', 'node16', '--moduleResolution', 'node16'],
    'for a bundler': ['program.ts', '--module', 'esnext', '--moduleResolution', 'bundler'],
    'the old way': ['program.ts', '--module', 'commonjs', '--moduleResolution', 'node10', '--esModuleInterop'],
  };
  const types = join(nodeFolder, 'node_modules/@types');
  for (const [how, [file, ...options]] of Object.entries(compilers)) {
    test(how, async () => {
      cpSync(join(nodeFolder, 'tests/typescript/program.ts'), join(folder, file));
      const strict = ['--strict', '--noEmit', '--target', 'es2021', '--exactOptionalPropertyTypes', 'false', '--typeRoots', types];
      const tsc = run(join(nodeFolder, 'node_modules/.bin/tsc'), [...strict, '--types', 'node', ...options, file], { cwd: folder });
      await tsc.catch((error) => assert.fail(error.stdout));
    });
  }
  test('and refuses one with a wrong call', async () => {
    mkdirSync(join(folder, 'wrong'), { recursive: true });
    writeFileSync(join(folder, 'wrong.ts'), "import appd from 'appdynamics';\nappd.startTransacton('x');\nconst n: number = appd.startTransaction('x').createCorrelationInfo({} as never);\n");
    const options = ['--strict', '--noEmit', '--target', 'es2021', '--module', 'commonjs', '--esModuleInterop', '--typeRoots', join(folder, 'wrong')];
    await assert.rejects(run(join(nodeFolder, 'node_modules/.bin/tsc'), [...options, 'wrong.ts'], { cwd: folder }), ({ stdout }) => {
      assert.match(stdout, /startTransacton/);
      assert.match(stdout, /'string' is not assignable to type 'number'/);
      return true;
    });
  });
});
