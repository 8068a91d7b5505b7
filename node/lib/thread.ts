// Which thread this is.
import type WorkerThreads from 'node:worker_threads';

/** Node.js marks what a worker may not call (lib/internal/process/worker_thread_only.js). Asking for the module that
 * knows would load it into every program. */
function mayBeWorker(): boolean {
  return (process.abort as { disabled?: unknown }).disabled === true;
}

const threads = mayBeWorker() ? (require('node:worker_threads') as typeof WorkerThreads) : undefined;

/** Whether this is the thread that signals are delivered to. */
export const isMainThread: boolean = threads?.isMainThread ?? true;

/** What snapshots call this thread. */
export function threadName(): string {
  return isMainThread ? 'main' : `worker ${threads?.threadId}`;
}
