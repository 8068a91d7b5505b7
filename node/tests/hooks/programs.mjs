// Programs of a few lines, run in processes of their own with the built package, reporting to a recording controller.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RecordingController } from '../recording.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** The package under test: the folder with `package.json` and `dist`. */
const PACKAGE = process.env.TIERLINE_NODE_PACKAGE ?? path.resolve(here, '../..');

/** Other Node.js than ours may be tested. */
const NODE = process.env.TIERLINE_NODE ?? process.execPath;

/** What programs are given: a server and a client that fit into a line. */
const PRELUDE = `
const http = require('node:http');
const listen = (server) => new Promise((go) => server.listen(0, '127.0.0.1', () => go(server.address().port)));
const ask = (port, path, options = {}) => new Promise((go, fail) => {
  const request = http.request({ port, path, host: '127.0.0.1', agent: false, ...options }, (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (chunk) => (body += chunk));
    response.on('end', () => go({ status: response.statusCode, headers: response.headers, body }));
  });
  request.on('error', fail);
  request.end(options.body);
});
const show = (value) => console.log(JSON.stringify(value));
const pause = (ms) => new Promise((go) => setTimeout(go, ms));
`;

/** A folder for programs, from which the packages of `modules` and ours can be had. */
export function workshop(modules = here) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tierline-hooks-'));
  const ours = path.join(folder, 'node_modules');
  fs.mkdirSync(ours);
  for (const name of fs.readdirSync(path.join(modules, 'node_modules'))) {
    if (!name.startsWith('.')) fs.symlinkSync(path.join(modules, 'node_modules', name), path.join(ours, name));
  }
  fs.symlinkSync(PACKAGE, path.join(ours, 'appdynamics'));
  return folder;
}

/** A controller and programs that report to it, for the tests of one file. */
export class Programs {
  static async start(modules) {
    const programs = new Programs();
    programs.controller = await RecordingController.start();
    programs.folder = workshop(modules);
    programs.count = 0;
    return programs;
  }

  async stop() {
    await this.controller.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** Begins a program. `kind`: `cjs` gets the prelude and, unless `plain`, the agent; `mjs` is run as it is. */
  begin(source, { kind = 'cjs', plain = false, flags = [], args = [], env = {}, environ = {} } = {}) {
    const file = path.join(this.folder, `program-${(this.count += 1)}.${kind}`);
    const agent = plain ? '' : "const appd = require('appdynamics').profile();\n";
    const async = kind === 'cjs' ? `(async () => {\n${source}\n})();\n` : source;
    fs.writeFileSync(file, kind === 'cjs' ? agent + PRELUDE + async : async);
    const base = path.join(this.folder, `base-${this.count}`);
    const child = spawn(NODE, [...flags, file, ...args], {
      cwd: this.folder,
      env: { PATH: process.env.PATH, APPDYNAMICS_AGENT_BASE_DIR: base, ...this.controller.environ(environ), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (ended.stdout += chunk));
    child.stderr.on('data', (chunk) => (ended.stderr += chunk));
    const began = performance.now();
    child.ended = new Promise((go) => {
      child.on('close', (code, signal) => go({ ...ended, code, signal, ms: performance.now() - began, lines: lines(ended.stdout) }));
    });
    child.output = ended;
    return child;
  }

  /** Runs a program to its end, which must be a good one, and reads what was received by then. */
  async run(source, options) {
    this.controller.bodies = [];
    const ended = await this.begin(source, options).ended;
    assert.equal(ended.stderr, '', 'nothing is printed');
    assert.equal(ended.code, 0);
    return { ...ended, received: this.controller.received() };
  }
}

/** What a program showed, line by line. */
function lines(stdout) {
  return stdout.split('\n').filter(Boolean).map((line) => {
    try {
      return JSON.parse(line);
    } catch {
      return line;
    }
  });
}
