// The ends of a process: nothing that ended is lost, and the process ends as it would without us.
//
// All ends but a deadly signal go through `process.emit('exit')`, and we stand in front of `process.emit`: behind the
// program's own listeners, which may still end transactions, and without a listener that could be counted.
import { batch } from './batch';
import { current, type Called } from './context';
import { caught } from './errors';
import { RUNNING } from './flags';
import { replace, undoneBy } from './hooks/replaced';
import { endFinishing, takeLeft } from './hooks/served';
import { EXIT_FLUSH_MS } from './limits';
import { native } from './native';
import { isMainThread } from './thread';
import { finish } from './transaction';

/** Taken once: programs and their tests replace it. */
const { setTimeout } = globalThis;

/** Signals that end a process which does not listen to them, and that people and orchestrators send. */
const DEADLY: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'];

/** How long a process that outlived a deadly signal (as the first of a container does) is without our listener. */
const SURVIVED_AFTER_MS = 100;

/** Puts everything that ended before the core. It delivers that when the process exits, and waits a little for it. */
function leave(): void {
  safely(endFinishing);
  safely(() => batch.leave());
}

/** The transaction in which an exception was thrown that nobody caught ends with it, if the process does. */
function thrown(error: unknown): void {
  const txn = takeLeft()?.txn ?? current();
  if (txn === undefined || txn.state !== RUNNING) return;
  const goesOn = process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback();
  if (goesOn) txn.markError(error);
  else finish(txn, error ?? 'uncaught exception');
}

function inFrontOfEmit(original: Called): Called {
  return function emit(this: unknown, event: unknown, first: unknown): unknown {
    switch (event) {
      case 'exit':
        try {
          return Reflect.apply(original, this, arguments);
        } finally {
          leave();
        }
      case 'uncaughtExceptionMonitor':
        safely(() => thrown(first));
        break;
      case 'newListener':
        safely(() => giveWay(first));
        break;
      case 'removeListener': {
        const answer: unknown = Reflect.apply(original, this, arguments);
        safely(() => listenAgain(first));
        return answer;
      }
      default:
    }
    return Reflect.apply(original, this, arguments);
  };
}

function safely(work: () => void): void {
  try {
    work();
  } catch {
    caught('exit: a failure of the agent');
  }
}

/** Our listeners; a signal has one only while the program has none. */
const listening = new Map<NodeJS.Signals, () => void>();
/** Whether listeners of ours come and go at the moment. */
let isChanging = false;

function isDeadly(event: unknown): event is NodeJS.Signals {
  return DEADLY.includes(event as NodeJS.Signals);
}

function listen(signal: NodeJS.Signals): void {
  if (listening.has(signal)) return;
  const listener = (): void => die(signal);
  listening.set(signal, listener);
  change(() => process.on(signal, listener));
}

function unlisten(signal: NodeJS.Signals): void {
  const listener = listening.get(signal);
  if (listener === undefined) return;
  listening.delete(signal);
  change(() => process.removeListener(signal, listener));
}

function change(work: () => void): void {
  isChanging = true;
  try {
    work();
  } finally {
    isChanging = false;
  }
}

/** The program listens: what becomes of the signal is its decision. Before its listener is added, so that Node.js
 * begins to watch the signal for it. */
function giveWay(event: unknown): void {
  if (!isChanging && isDeadly(event)) unlisten(event);
}

/** The program does not listen any more. */
function listenAgain(event: unknown): void {
  if (!isChanging && isDeadly(event) && process.listenerCount(event) === 0) listen(event);
}

/** Nobody else listens, so the signal would have ended the process. It still does, and as that signal. */
function die(signal: NodeJS.Signals): void {
  leave();
  // A process that is killed does not exit: what the core does then must be done now.
  safely(() => native?.flush(EXIT_FLUSH_MS));
  unlisten(signal);
  process.kill(process.pid, signal);
  setTimeout(() => safely(() => listenAgain(signal)), SURVIVED_AFTER_MS).unref();
}

/** Programs ask whether anybody listens; we are nobody. */
function hideListeners(): void {
  replace(process, 'listenerCount', (original) =>
    function (this: unknown, event: unknown): unknown {
      const count = Reflect.apply(original, this, arguments) as number;
      return isDeadly(event) && listening.has(event) && arguments.length === 1 ? count - 1 : count;
    });
  for (const name of ['listeners', 'rawListeners']) {
    replace(process, name, (original) =>
      function (this: unknown, event: unknown): unknown {
        const all = Reflect.apply(original, this, arguments) as unknown[];
        const ours = isDeadly(event) ? listening.get(event) : undefined;
        return ours === undefined ? all : all.filter((listener) => listener !== ours);
      });
  }
}

/** Watches for the end of this thread, and in the main thread of the process. */
export function watchExit(): void {
  replace(process, 'emit', inFrontOfEmit);
  // Signals are the main thread's.
  if (!isMainThread) return;
  hideListeners();
  for (const signal of DEADLY) safely(() => listenAgain(signal));
  undoneBy(() => DEADLY.forEach(unlisten));
}
