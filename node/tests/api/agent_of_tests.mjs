// The agent in the process of a test file, reporting to a recording controller beside it.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { RecordingThread } from './recording_thread.mjs';

const require = createRequire(import.meta.url);
const dist = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../../dist');

/** A module of the built package. */
export const built = (module) => require(path.join(dist, module));

export const appd = built('index.js');

const { batch } = built('batch.js');
const { native } = built('native.js');
const { writeAll } = built('details.js');

/** Keeps every execution, and detects nothing: the requests of the controller are nobody's business. */
export const KEEP_ALL = {
  detection: { enabled: false },
  limits: { bts_max: 1_000 },
  snapshots: { periodic_interval_s: 0, every_nth: 1 },
  thresholds: { slow: { kind: 'off' }, very_slow: { kind: 'off' }, stall: { kind: 'off' } },
};

/** Keeps only what its verdict makes worth keeping. */
export const KEEP_SOME = { ...KEEP_ALL, snapshots: { periodic_interval_s: 0, every_nth: 0 } };

/** Numbers and snapshots as they arrive. */
export class Agent {
  controller;
  #version = 1;

  /** What `profile` is given. */
  settings(more = {}) {
    return this.controller.profile({
      rootTmpDir: this.folder, reportIntervalMs: 100, noNodeNameSuffix: true, nodeName: 'front-1', ...more,
    });
  }

  /** Puts a configuration in force. */
  async configure(config) {
    this.#version += 1;
    const epoch = native.configEpoch();
    await this.controller.configure({ version: this.#version, ...config });
    await this.until(() => native.configEpoch() !== epoch, 'the configuration is in force');
    batch.cross();
  }

  /** Waits for something that needs no report. */
  async until(condition, what) {
    for (const deadline = Date.now() + 20_000; !condition(); ) {
      if (Date.now() > deadline) throw new Error(`it never came to pass: ${what}`);
      await new Promise((go) => setTimeout(go, 20));
    }
  }

  /** Everything received, once `condition` holds; fails when it never does. */
  async received(condition, what = condition.toString()) {
    for (const deadline = Date.now() + 15_000; ; ) {
      batch.cross();
      writeAll();
      native.flush(5_000);
      await new Promise((go) => setTimeout(go, 5));
      const received = this.controller.received();
      if (condition(received)) return received;
      if (Date.now() > deadline) throw new Error(`never received: ${what}; BTs ${JSON.stringify(received.bts())}`);
    }
  }

  /** The only snapshot of a BT. */
  async snapshot(bt) {
    return (await this.received((now) => now.snapshots.some((one) => one.bt === bt), `a snapshot of ${bt}`)).snapshot(bt);
  }

  /** Counts of misuse since the agent began. */
  misuse() {
    return JSON.parse(native.diagnostics() ?? '{"misuse":{}}').misuse;
  }

  /** What `call` adds to the counts of misuse. */
  counted(call) {
    const before = this.misuse();
    call();
    const counted = {};
    for (const [what, count] of Object.entries(this.misuse())) {
      if (count !== (before[what] ?? 0)) counted[what] = count - (before[what] ?? 0);
    }
    return counted;
  }

  /** Forgets what was received. */
  clear() {
    this.controller.bodies = [];
  }
}

/** An agent for the tests of a file. */
export function agentForTests(config = KEEP_ALL) {
  const agent = new Agent();
  before(async () => {
    agent.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tierline-api-'));
    agent.controller = await RecordingThread.start();
    await agent.controller.configure({ version: 1, ...config });
    appd.profile(agent.settings());
    // The default configuration is the first.
    await agent.until(() => native.configEpoch() >= 2, 'the configuration is in force');
    batch.cross();
  });
  after(async () => {
    native.shutdown(2_000);
    await agent.controller.close();
    fs.rmSync(agent.folder, { recursive: true, force: true });
  });
  return agent;
}
