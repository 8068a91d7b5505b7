// The recording controller in a thread of its own, so that the test's thread may wait for the agent's deliveries.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { ACCESS_KEY, Received, RecordingController } from '../recording.mjs';

if (!isMainThread && parentPort) {
  const controller = await RecordingController.start();
  controller.bodies = { push: ({ path, body }) => parentPort.postMessage({ path, body }) };
  parentPort.on('message', (config) => {
    if (config === null) {
      parentPort.close();
      return controller.close();
    }
    controller.config = config;
    parentPort.postMessage('configured');
  });
  parentPort.postMessage(controller.port);
}

/** What the test's thread sees of it. */
export class RecordingThread {
  /** Everything that came in. */
  bodies = [];
  #worker = new Worker(fileURLToPath(import.meta.url));

  static async start() {
    const thread = new RecordingThread();
    [thread.port] = await once(thread.#worker, 'message');
    thread.#worker.on('message', (message) => {
      if (typeof message === 'object') thread.bodies.push({ path: message.path, body: Buffer.from(message.body) });
    });
    return thread;
  }

  /** What agents are told over OpAMP from now on. */
  async configure(config) {
    this.#worker.postMessage(config);
    for (;;) {
      const [message] = await once(this.#worker, 'message');
      if (message === 'configured') return;
    }
  }

  /** Settings that report here, for `profile()`. */
  profile(more = {}) {
    return RecordingController.prototype.profile.call(this, { accountAccessKey: ACCESS_KEY, ...more });
  }

  /** Everything so far. */
  received() {
    return new Received(this.bodies);
  }

  async close() {
    this.#worker.postMessage(null);
    await once(this.#worker, 'exit');
  }
}
