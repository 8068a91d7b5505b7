// Business transactions while they run: plain objects, from which only numbers cross unless somebody will look.
import { batch } from './batch';
import { clock } from './clock';
import { CompatibleAgent, CompatibleTime, type CompatibleTransaction } from './compatibility';
import { current, enter, leave } from './context';
import { CorrelationHeader, guidOf, isHeaderText, nameIn, readHeaders, type Incoming } from './correlation';
import { keepSnapshot } from './details';
import { caught, isError, isIgnored, misuse, statusCodeOf } from './errors';
import { createCorrelationInfo, endExitCall, kept, startExitCall, type ExitCall, type ExitCallInfo } from './exit-call';
import { ABANDONED, ASKED_ABOUT, ENDED, FAILED, INERT, RUNNING } from './flags';
import { ERRORS_MAX, NAME_UNITS_MAX, USER_DATA_CHARS_PER_THREAD_MAX, USER_DATA_MAX, VALUE_UNITS_MAX } from './limits';
import { ASK_ALWAYS, Bt, DUE_MS, names, OTHER_TRAFFIC, SLOW_MS } from './names';
import { nameOfRequest } from './naming';
import { native } from './native';
import { link, unlink } from './running';
import { property, textOf } from './text';

/** What a transaction that is not recorded counts under. */
const NO_NAME = new Bt(OTHER_TRAFFIC);

/** Shown where no name was given; the core's own word. */
const UNNAMED = '(unnamed)';

/** Characters of user data that running transactions keep. */
const userDataChars = { held: 0 };

/** Requests and the transactions that belong to them. */
export const requests = new WeakMap<object, TimePromise>();

/** A business transaction: from `startTransaction` and `getTransaction`. */
export class TimePromise {
  /** Called once when a snapshot of this transaction was captured; `addSnapshotData` works inside of it. */
  onSnapshotCaptured: ((txn: TimePromise) => void) | undefined = undefined;
  /** Called before an automatically detected exit call is made. Return the call, changed or not, to have it reported;
   * return nothing to have it neither reported nor correlated. */
  beforeExitCall: ((exitCall: ExitCall) => ExitCall | undefined | void) | undefined = undefined;
  /** Called when an exit call has completed; may change its label and properties. */
  exitCallCompleted: ((exitCall: ExitCall) => ExitCall | undefined | void) | undefined = undefined;
  /** @internal */
  bt: Bt;
  /** @internal */
  state: number;
  /** @internal */
  flags = 0;
  /** @internal Why it will be kept whatever becomes of it; 0: not known. */
  asked = 0;
  /** @internal Exit calls begun; the number of the last one. */
  exitsBegun = 0;
  /** @internal */
  exitsDropped = 0;
  /** @internal */
  startMs: number;
  /** @internal Begin or last `resume`. */
  touchedMs: number;
  /** @internal When the request began on the first tier, milliseconds since 1970; 0 when that is here. */
  timestampMs = 0;
  /** @internal */
  guid = '';
  /** @internal The `traceparent` of some of its exit calls, one behind the other, from number `firstParent` on. */
  parents = '';
  /** @internal */
  firstParent = 1;
  /** @internal The exit call's chain that led here. */
  sequence = '';
  /** @internal The headers it began under. */
  origin = '';
  /** @internal Of a stall reported in flight. */
  spanId = '';
  /** @internal */
  errors: unknown[] | undefined = undefined;
  /** @internal Keys and values by turns. */
  userData: string[] | undefined = undefined;
  /** @internal */
  exits: ExitCall[] | undefined = undefined;
  /** @internal */
  openBeyond: Set<ExitCall> | undefined = undefined;
  /** @internal The transaction that was current when this one began. */
  outer: TimePromise | undefined = undefined;
  /** @internal Neighbours among the running. */
  older: TimePromise | undefined = undefined;
  /** @internal */
  newer: TimePromise | undefined = undefined;
  /** @internal See compatibility.ts. */
  threadId: unknown = undefined;

  /** @internal */
  constructor(bt: Bt, state: number, nowMs: number) {
    this.bt = bt;
    this.state = state;
    this.startMs = nowMs;
    this.touchedMs = nowMs;
  }

  /** Re-joins the transaction: the current execution context belongs to it again, and its timeout begins anew. */
  resume(): void {
    try {
      if (this.state !== RUNNING) {
        if (this.state === ENDED) misuse('resume: the transaction is over');
        return;
      }
      this.touchedMs = clock();
      enter(this);
    } catch {
      caught('resume: failed');
    }
  }

  /** Ends the transaction and reports it; with an error, as an error transaction. */
  end(error?: unknown): void {
    try {
      finish(this, error);
    } catch {
      caught('end: failed');
    }
  }

  /** Marks the transaction as an error transaction, whatever else it becomes.
   * @param error the error
   * @param statusCode else `error.statusCode`, else 500 */
  markError(error?: unknown, statusCode?: unknown): void {
    try {
      if (this.state === RUNNING) mark(this, error, statusCode);
      else if (this.state === ENDED) misuse('markError: the transaction is over');
    } catch {
      caught('markError: failed');
    }
  }

  /** Attaches data to snapshots of this transaction. Key and value are coerced to String. */
  addSnapshotData(key: unknown, value: unknown): void {
    addData(this, key, value);
  }

  /** The same: there is one place where data is shown. */
  addAnalyticsData(key: unknown, value: unknown): void {
    addData(this, key, value);
  }

  /** Starts a custom exit call. */
  startExitCall(exitCallInfo: ExitCallInfo): ExitCall {
    return startExitCall(this, exitCallInfo);
  }

  /** Ends a custom exit call; with an error, as one in error. */
  endExitCall(exitCall: ExitCall | null | undefined, error?: unknown): void {
    try {
      endExitCall(this, exitCall, error);
    } catch {
      caught('endExitCall: failed');
    }
  }

  /** The text of a correlation header, for a downstream transaction to continue this one.
   * @param exitCall from `startExitCall`, or the argument of `beforeExitCall`
   * @param doNotResolve `true`: the backend shall not be resolved to the tier that continues */
  createCorrelationInfo(exitCall: ExitCall, doNotResolve?: boolean): string {
    try {
      return createCorrelationInfo(this, exitCall, doNotResolve);
    } catch {
      caught('createCorrelationInfo: failed');
      return '';
    }
  }

  /** What published programs read: `txn.time.threadId`. */
  get time(): CompatibleTime {
    return new CompatibleTime(this);
  }

  /** What published programs read: `txn.agent.context.get('threadId')`. */
  get agent(): CompatibleAgent {
    return new CompatibleAgent(this);
  }

  /** What published programs read: `txn.transaction.id`, the request's GUID. */
  get transaction(): CompatibleTransaction {
    return { id: guidOf(this) };
  }

  /** Without the neighbours, which lead to all others. */
  toJSON(): object {
    return { running: this.state === RUNNING };
  }

  /** For `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `TimePromise { running: ${this.state === RUNNING} }`;
  }
}

/** `startTransaction` of the API: always a usable handle, in whose context the caller goes on. */
export function beginCustom(info: unknown, isEntered = true): TimePromise {
  let txn: TimePromise;
  try {
    txn = typeof info === 'string' && !info.includes('*guid=') ? begin(info, undefined) : beginOdd(info);
    txn.outer = current();
    if (isEntered) enter(txn);
  } catch {
    caught('startTransaction: failed');
    txn = new TimePromise(NO_NAME, INERT, 0);
  }
  return txn;
}

/** Begins under anything but a plain name. */
function beginOdd(info: unknown): TimePromise {
  if (typeof info === 'string') return isHeaderText(info) ? begin(UNNAMED, { text: info.trim() }) : begin(info, undefined);
  if (info === null || info === undefined || info === false) return begin(UNNAMED, undefined);
  if (typeof info !== 'object') {
    misuse('startTransaction: neither name nor request nor correlation header');
    return begin(typeof info === 'function' ? UNNAMED : textOf(info, NAME_UNITS_MAX), undefined);
  }
  if (info instanceof CorrelationHeader) return begin(nameIn(info) ?? UNNAMED, info.incoming);
  const headers = property(info, 'headers');
  const incoming = readHeaders(headers as object);
  if (property(info, 'url') === undefined) {
    if (incoming === undefined) misuse('startTransaction: neither name nor request nor correlation header');
    return begin(nameIn(info) ?? UNNAMED, incoming);
  }
  const txn = begin(nameOfRequest(info), incoming);
  requests.set(info, txn);
  return txn;
}

/** Begins an automatically detected transaction. Its context is the caller's business: `context.run`. */
export function beginAutomatic(name: string, incoming: Incoming | undefined): TimePromise {
  try {
    return begin(name, incoming);
  } catch {
    caught('transaction: a failure of the agent');
    return new TimePromise(NO_NAME, INERT, 0);
  }
}

function begin(name: string, incoming: Incoming | undefined): TimePromise {
  if (!batch.active && !batch.start()) {
    misuse('startTransaction: there is no agent');
    return new TimePromise(NO_NAME, INERT, 0);
  }
  if (incoming !== undefined) {
    const continued = beginUnder(name, incoming);
    if (continued !== undefined) return continued;
  }
  const bt = names.of(name);
  const nowMs = clock();
  const txn = new TimePromise(bt, RUNNING, nowMs);
  const { published } = names;
  if (nowMs >= (published[bt.base + DUE_MS] as number)) txn.asked = ask(bt, nowMs);
  open(txn);
  return txn;
}

/** Asks the core whether this execution is sampled; then not again before the core has published anew. */
function ask(bt: Bt, nowMs: number): number {
  if (names.published[ASK_ALWAYS] !== 1) names.published[bt.base + DUE_MS] = nowMs + 2_000;
  return native === undefined ? 0 : native.asked(bt.number);
}

function beginUnder(name: string, incoming: Incoming): TimePromise | undefined {
  const answer = native?.incoming(name, incoming.text);
  if (answer === null || answer === undefined) return undefined;
  const [entry = '0', asked = '0', timestamp = '0', guid = '', sequence = ''] = answer.split('\n');
  const txn = new TimePromise(names.numbered(Number(entry)), RUNNING, clock());
  txn.asked = Number(asked);
  txn.timestampMs = Number(timestamp);
  txn.guid = guid;
  txn.sequence = sequence;
  txn.origin = incoming.text;
  open(txn);
  return txn;
}

function open(txn: TimePromise): void {
  txn.bt.users += 1;
  batch.began();
  link(txn);
}

function mark(txn: TimePromise, error: unknown, statusCode: unknown): void {
  addError(txn, error ?? '');
  const given = statusCodeOf({ statusCode });
  addUserData(txn, 'Status Code', given ?? statusCodeOf(error) ?? 500);
}

function addError(txn: TimePromise, error: unknown): void {
  if (!isIgnored(error)) txn.flags |= FAILED;
  const errors = (txn.errors ??= []);
  if (errors.length < ERRORS_MAX) errors.push(error);
}

function addData(txn: TimePromise, key: unknown, value: unknown): void {
  try {
    if (txn.state === RUNNING || txn.state === ASKED_ABOUT) addUserData(txn, key, value);
    else if (txn.state === ENDED) misuse('addSnapshotData: the transaction is over');
  } catch {
    caught('addSnapshotData: failed');
  }
}

function addUserData(txn: TimePromise, key: unknown, value: unknown): void {
  const userData = (txn.userData ??= []);
  const keyText = textOf(key, NAME_UNITS_MAX);
  const valueText = textOf(value, VALUE_UNITS_MAX);
  const chars = keyText.length + valueText.length;
  if (userData.length >= 2 * USER_DATA_MAX || userDataChars.held + chars > USER_DATA_CHARS_PER_THREAD_MAX) {
    misuse('addSnapshotData: too much data');
    return;
  }
  userDataChars.held += chars;
  userData.push(keyText, valueText);
}

/** Ends a transaction. For `end` and the automatic hooks. */
export function finish(txn: TimePromise, error?: unknown): void {
  if (txn.state !== RUNNING) {
    if (txn.state !== INERT) misuse('end: the transaction is over already');
    return;
  }
  const nowMs = clock();
  if (error !== undefined && isError(error)) {
    addError(txn, error);
  }
  close(txn, nowMs);
}

/** Ends a transaction that nobody ended: its time is over, the agent ends, or there are too many. */
export function abandon(txn: TimePromise, nowMs: number): void {
  txn.flags |= ABANDONED;
  close(txn, nowMs);
}

function close(txn: TimePromise, nowMs: number): void {
  const durationMs = nowMs - txn.startMs;
  const { bt } = txn;
  unlink(txn);
  if (txn.exits !== undefined) countOpenExits(txn, nowMs);
  // Nothing was published about a new name yet.
  if ((names.published[bt.base + SLOW_MS] as number) < 0) batch.catchUp(nowMs);
  const isOrdinary = txn.flags === 0 && txn.asked === 0 && durationMs < (names.published[bt.base + SLOW_MS] as number);
  if (isOrdinary || !keepSnapshot(txn, durationMs)) {
    if (isOrdinary) batch.ended(bt.number, durationMs);
    txn.state = ENDED;
    dispose(txn);
  }
  leave(txn);
}

/** Counts exit calls that never ended: they lasted until now. */
function countOpenExits(txn: TimePromise, nowMs: number): void {
  const count = (exit: ExitCall): void => {
    if (exit.state !== RUNNING) return;
    exit.state = ENDED;
    batch.exited(txn.bt.number, exit.backend?.number ?? 0, nowMs - exit.startMs, false);
  };
  if (txn.exits !== undefined) for (const exit of txn.exits) count(exit);
  if (txn.openBeyond !== undefined) for (const exit of txn.openBeyond) count(exit);
}

/** Forgets what a transaction held; once it has ended, and crossed if it is kept. */
export function dispose(txn: TimePromise): void {
  txn.bt.users -= 1;
  if (txn.exits !== undefined) {
    kept.count -= txn.exits.length;
    txn.exits = undefined;
    txn.openBeyond = undefined;
  }
  if (txn.userData !== undefined) {
    for (const text of txn.userData) userDataChars.held -= text.length;
    txn.userData = undefined;
  }
  txn.errors = undefined;
}
