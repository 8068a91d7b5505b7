// Messages and calls that come in by other ways than HTTP: each is a transaction until the function that was given it
// is done.
import { batch } from '../batch';
import { callIn, type Called } from '../context';
import { readHeaders } from '../correlation';
import { caught } from '../errors';
import { RUNNING } from '../flags';
import { property } from '../text';
import { beginAutomatic, finish, type TimePromise } from '../transaction';

/** Begins the transaction of something received with these headers; `undefined` without an agent. */
export function received(library: string, name: string, headers: unknown): TimePromise | undefined {
  try {
    if (!batch.active && !batch.start()) return undefined;
    const txn = beginAutomatic(name, readHeaders(headers as object));
    return txn.state === RUNNING ? txn : undefined;
  } catch {
    caught(`${library}: a failure of the agent`);
    return undefined;
  }
}

/** Calls a function in the context of the transaction, which ends with it, or with what it promises. */
export function processing(txn: TimePromise, called: Called, self: unknown, args: IArguments): unknown {
  let answer: unknown;
  try {
    answer = callIn(txn, called, self, args);
  } catch (error) {
    finish(txn, error ?? 'thrown');
    throw error;
  }
  if (typeof property(answer, 'then') !== 'function') {
    finish(txn);
    return answer;
  }
  return (answer as Promise<unknown>).then(
    (value) => {
      finish(txn);
      return value;
    },
    (error: unknown) => {
      finish(txn, error ?? 'rejected');
      throw error;
    },
  );
}
