// A real controller on its own port and data, which survive a restart, and the public REST API asked for numbers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const ACCESS_KEY = 'end-to-end-access-key';
export const APPLICATION = 'EndToEnd';
const PASSWORD = 'end-to-end-password';
const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** Waits until `holds` answers something true, or fails with what never came. */
export async function until(holds, seconds, what) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await holds();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`after ${seconds} s still not: ${what}`);
    await sleep(200);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export class Controller {
  #folder;
  #process;
  port;

  constructor(folder) {
    this.#folder = folder;
  }

  async start() {
    const binary = process.env.TIERLINE_BIN ?? join(repository, 'dist/tierline');
    if (!existsSync(binary)) throw new Error(`no controller at ${binary}: run \`cargo xtask dist\` or set TIERLINE_BIN`);
    this.port ??= await freePort();
    mkdirSync(this.#folder, { recursive: true });
    const log = openSync(join(this.#folder, 'controller.log'), 'a');
    const args = ['up', '--listen', `127.0.0.1:${this.port}`, '--data', join(this.#folder, 'data')];
    const env = { ...process.env, TIERLINE_ACCESS_KEY: ACCESS_KEY, TIERLINE_ADMIN_PASSWORD: PASSWORD };
    this.#process = spawn(binary, args, { env, stdio: ['ignore', log, log] });
    await until(() => this.#isAvailable(), 30, 'the controller says it is available');
  }

  async #isAvailable() {
    if (this.#process.exitCode !== null) throw new Error(`the controller ended with ${this.#process.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${this.port}/controller/rest/serverstatus`).catch(() => undefined);
    return answer !== undefined && (await answer.text()).includes('<available>true</available>');
  }

  async stop(how = 'SIGTERM') {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(how);
    await ended;
  }

  /** A REST answer. */
  async rest(path, query = {}) {
    const asked = new URLSearchParams({ ...query, output: 'JSON' });
    const login = Buffer.from(`admin@customer1:${PASSWORD}`).toString('base64');
    const headers = { Authorization: `Basic ${login}` };
    const answer = await fetch(`http://127.0.0.1:${this.port}/controller/rest/${path}?${asked}`, { headers });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }

  /** One field of a metric over a time range, added up over its minutes; 0 where there is none. */
  async metric(path, startMs, endMs, field = 'sum') {
    const records = await this.rest(`applications/${APPLICATION}/metric-data`, {
      'metric-path': path,
      'time-range-type': 'BETWEEN_TIMES',
      'start-time': Math.floor(startMs / 60_000) * 60_000,
      'end-time': (Math.floor(endMs / 60_000) + 1) * 60_000,
      rollup: 'false',
    });
    return records.flatMap((record) => record.metricValues).reduce((sum, value) => sum + value[field], 0);
  }
}

/** What an operator would set for a monitored program. */
export function agentEnvironment(controller, folder, node) {
  const clean = Object.entries(process.env).filter(([name]) => !/^(APPD|TIERLINE|OTEL|NODE_OPTIONS|NODE_TEST)/.test(name));
  return {
    ...Object.fromEntries(clean),
    APPDYNAMICS_AGENT_APPLICATION_NAME: APPLICATION,
    APPDYNAMICS_AGENT_TIER_NAME: 'worker',
    APPDYNAMICS_AGENT_NODE_NAME: node,
    APPDYNAMICS_AGENT_BASE_DIR: join(folder, 'agent'),
    APPDYNAMICS_CONTROLLER_HOST_NAME: '127.0.0.1',
    APPDYNAMICS_CONTROLLER_PORT: String(controller.port),
    APPDYNAMICS_CONTROLLER_SSL_ENABLED: 'off',
    APPDYNAMICS_AGENT_ACCOUNT_NAME: 'customer1',
    APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY: ACCESS_KEY,
    TIERLINE_REPORT_INTERVAL_MS: '1000',
  };
}
