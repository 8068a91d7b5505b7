// Exit calls: what leaves the tier. The properties are those of the document's table, for custom and automatically
// detected calls alike.
import { batch } from './batch';
import { backendOf, type Backend } from './backends';
import { clock } from './clock';
import { createCorrelationText } from './correlation';
import { caught, isError, isIgnored, misuse } from './errors';
import { ASKED_ABOUT, ENDED, FAILED, INERT, RUNNING } from './flags';
import { EXIT_CALLS_PER_THREAD_MAX, EXIT_CALLS_PER_TRANSACTION_MAX, NAME_UNITS_MAX } from './limits';
import { property, textOf } from './text';
import type { TimePromise } from './transaction';

/** What an exit call is begun with. Only `exitType` and `identifyingProperties` identify the backend. */
export interface ExitCallInfo {
  /** `EXIT_HTTP`, `EXIT_DB`, `EXIT_CACHE`, `EXIT_RABBITMQ`, `EXIT_WEBSERVICE` (or `EXIT_WEB_SERVICE`), `EXIT_QUEUE`,
   * `EXIT_CUSTOM`; other types are kept as given. */
  exitType: string;
  /** The label of the call; the backend's name where it is left out. */
  label?: string | undefined;
  /** The name of the system or service called. */
  backendName?: string | undefined;
  /** Names and values that tell this backend from others: `{ Host: 'db', Port: '3306', Vendor: 'MYSQL' }`. */
  identifyingProperties?: Record<string, unknown> | undefined;
  /** HTTP: the method. */
  method?: string | undefined;
  /** HTTP: the headers of the request. */
  requestHeaders?: object | undefined;
  /** HTTP: the headers of the response. */
  responseHeaders?: object | undefined;
  /** HTTP: the status of the response. */
  statusCode?: number | undefined;
  /** HTTP and MongoDB: `read` or `write`. */
  category?: string | undefined;
  /** SQL: the user of the database. */
  user?: string | undefined;
  /** The URL without its query, or the SQL text. */
  command?: string | undefined;
  /** SQL: the positional parameters. */
  commandArgs?: unknown | undefined;
  /** Whether `command` is SQL. */
  isSql?: boolean | undefined;
  /** Where the call was made. */
  stackTrace?: string | undefined;
  /** More properties, shown with the call. */
  [name: string]: unknown;
}

/** Keys of an info object that are fields here. */
const FIELDS: ReadonlySet<string> = new Set([
  'exitType', 'label', 'backendName', 'identifyingProperties', 'method', 'requestHeaders', 'responseHeaders',
  'statusCode', 'category', 'user', 'command', 'commandArgs', 'isSql', 'stackTrace',
]);

/** One call to a backend: given to `endExitCall`, `createCorrelationInfo` and the callbacks. */
export class ExitCall {
  /** One of the exit types. */
  exitType: string;
  /** The label of the call; may be changed by the callbacks. */
  label: string;
  /** The name of the system or service called. */
  backendName: string | undefined;
  /** What identifies the backend. */
  identifyingProperties: Record<string, unknown>;
  /** HTTP: the method. */
  method: string | undefined;
  /** HTTP: the headers of the request. */
  requestHeaders: object | undefined;
  /** HTTP: the headers of the response, once it is there. */
  responseHeaders: object | undefined;
  /** HTTP: the status of the response, once it is there. */
  statusCode: number | undefined;
  /** HTTP and MongoDB: `read` or `write`. */
  category: string | undefined;
  /** SQL: the user of the database. */
  user: string | undefined;
  /** The URL without its query, or the SQL text. */
  command: string | undefined;
  /** SQL: the positional parameters. */
  commandArgs: unknown;
  /** Whether `command` is SQL. */
  isSql: boolean | undefined;
  /** Where the call was made. */
  stackTrace: string | undefined;
  /** @internal Of the transaction, `undefined` for one that is not recorded. */
  txn: TimePromise | undefined;
  /** @internal */
  state: number;
  /** @internal Its number in its transaction; 0 until somebody needs it. */
  number = 0;
  /** @internal */
  backend: Backend | undefined = undefined;
  /** @internal */
  startMs: number;
  /** @internal */
  durationMs = -1;
  /** @internal */
  error: unknown = undefined;
  /** @internal Whether the error counts. */
  isFailed = false;
  /** @internal Whether it was detected: what the program did not say itself is shown without literals. */
  isDetected = false;
  /** @internal More properties: names and values by turns. */
  more: unknown[] | undefined = undefined;

  /** @internal */
  constructor(txn: TimePromise | undefined, info: ExitCallInfo, state: number) {
    const { exitType, label, backendName } = info;
    this.exitType = typeof exitType === 'string' ? exitType : exitTypeOf(exitType);
    this.backendName = typeof backendName === 'string' ? backendName : nameOf(backendName);
    this.label = typeof label === 'string' ? label : (nameOf(label) ?? nameOf(info['name']) ?? this.backendName ?? this.exitType);
    this.identifyingProperties = (info.identifyingProperties ?? {}) as Record<string, unknown>;
    this.method = info.method;
    this.requestHeaders = info.requestHeaders;
    this.responseHeaders = info.responseHeaders;
    this.statusCode = info.statusCode;
    this.category = info.category;
    this.user = info.user;
    this.command = info.command;
    this.commandArgs = info.commandArgs;
    this.isSql = info.isSql;
    this.stackTrace = info.stackTrace;
    this.txn = txn;
    this.state = state;
    this.startMs = clock();
  }

  /** Adds data to this call, shown with it in a snapshot. Key and value are coerced to String. */
  addAnalyticsData(key: unknown, value: unknown): void {
    addData(this, key, value);
  }

  /** The same: there is one place where data is shown. */
  addSnapshotData(key: unknown, value: unknown): void {
    addData(this, key, value);
  }

  /** Without what leads back to the transaction, which leads here again. */
  toJSON(): object {
    const { exitType, label, backendName, identifyingProperties, command } = this;
    return { exitType, label, backendName, identifyingProperties, command };
  }

  /** For `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `ExitCall { exitType: ${JSON.stringify(this.exitType)}, label: ${JSON.stringify(this.label)} }`;
  }
}

function exitTypeOf(value: unknown): string {
  return value === undefined || value === null ? 'EXIT_CUSTOM' : textOf(value, NAME_UNITS_MAX);
}

function nameOf(value: unknown): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : textOf(value, NAME_UNITS_MAX);
}

function addData(exit: ExitCall, key: unknown, value: unknown): void {
  try {
    if (exit.state === RUNNING || exit.state === ASKED_ABOUT) addMore(exit, key, value);
    else misuse('exitCall.addAnalyticsData: the exit call is over');
  } catch {
    caught('exitCall.addAnalyticsData: failed');
  }
}

function addMore(exit: ExitCall, key: unknown, value: unknown): void {
  const more = (exit.more ??= []);
  if (more.length < 100) more.push(textOf(key, NAME_UNITS_MAX), value);
}

/** Takes properties of the program's own, so that callbacks see them and snapshots show them. */
function takeOthers(exit: ExitCall, info: ExitCallInfo): void {
  for (const name in info) {
    if (FIELDS.has(name)) continue;
    const value = info[name];
    // Names of our own fields and methods are shown, but stay ours.
    if (!(name in exit)) (exit as unknown as Record<string, unknown>)[name] = value;
    if (name !== 'name') addMore(exit, name, value);
  }
}

/** An exit call that is not recorded: what the program gets for a call that makes no sense. */
function inert(info: unknown): ExitCall {
  try {
    if (info !== null && typeof info === 'object') return new ExitCall(undefined, info as ExitCallInfo, INERT);
  } catch {
    // A property that throws when it is read.
  }
  return new ExitCall(undefined, {} as ExitCallInfo, INERT);
}

/** Starts an exit call that the program asked for. Always a usable object. */
export function startExitCall(txn: TimePromise, info: unknown): ExitCall {
  try {
    if (txn.state === RUNNING && info !== null && typeof info === 'object') {
      const exit = new ExitCall(txn, info as ExitCallInfo, RUNNING);
      takeOthers(exit, info as ExitCallInfo);
      begin(txn, exit);
      return exit;
    }
    if (txn.state === ENDED) misuse('startExitCall: the transaction is over');
    else if (txn.state === RUNNING) misuse('startExitCall: exitCallInfo is not an object');
    else misuse('startExitCall: there is no agent');
  } catch {
    caught('startExitCall: exitCallInfo cannot be read');
  }
  return inert(info);
}

/** Begins an automatically detected exit call, about to be made. Asks the transaction's `beforeExitCall`; `undefined`
 * when that wants the call neither reported nor correlated. For the hooks. */
export function beginAutomaticExit(txn: TimePromise, info: ExitCallInfo): ExitCall | undefined {
  try {
    if (txn.state !== RUNNING) return undefined;
    const exit = new ExitCall(txn, info, RUNNING);
    exit.isDetected = true;
    const before = txn.beforeExitCall;
    // Calls that the callback itself makes are not asked about: it would be called for ever.
    if (typeof before === 'function' && !isAsking) {
      exit.state = ASKED_ABOUT;
      const wanted = isWanted(txn, exit, before);
      // The callback may have ended the transaction.
      exit.state = wanted && txn.state === RUNNING ? RUNNING : INERT;
      if (exit.state === INERT) return undefined;
      exit.startMs = clock();
    }
    begin(txn, exit);
    return exit;
  } catch {
    caught('exit call: a failure of the agent');
    return undefined;
  }
}

/** Ends an automatically detected exit call, unless it ended before, or its transaction did. For the hooks. */
export function endAutomaticExit(exit: ExitCall | undefined, error?: unknown): void {
  if (exit === undefined || exit.state !== RUNNING || exit.txn?.state !== RUNNING) return;
  try {
    finishExit(exit, error);
  } catch {
    caught('exit call: a failure of the agent');
  }
}

/** Whether a callback of the program is being asked. */
let isAsking = false;

/** Whether the program's callback wants the call reported, with the changes it made. */
function isWanted(txn: TimePromise, exit: ExitCall, before: (exit: ExitCall) => unknown): boolean {
  const { identifyingProperties, exitType } = exit;
  let answer: unknown;
  isAsking = true;
  try {
    answer = before.call(txn, exit);
  } catch {
    caught('beforeExitCall: the callback threw');
    return true;
  } finally {
    isAsking = false;
  }
  if (answer === undefined || answer === null || answer === false) return false;
  takeAnswer(exit, answer, true);
  if (exit.identifyingProperties !== identifyingProperties || exit.exitType !== exitType) exit.backend = undefined;
  return true;
}

/** Takes over what a callback answered, when that is a changed copy. */
function takeAnswer(exit: ExitCall, answer: unknown, identityToo: boolean): void {
  if (answer === exit || answer === null || typeof answer !== 'object') return;
  for (const name of FIELDS) {
    if (!identityToo && (name === 'identifyingProperties' || name === 'exitType')) continue;
    const value = property(answer, name);
    if (value !== undefined) (exit as unknown as Record<string, unknown>)[name] = value;
  }
}

function begin(txn: TimePromise, exit: ExitCall): void {
  if (exit.number === 0) exit.number = txn.exitsBegun += 1;
  exit.backend = backendFor(exit);
  const exits = (txn.exits ??= []);
  if (exits.length < EXIT_CALLS_PER_TRANSACTION_MAX && kept.count < EXIT_CALLS_PER_THREAD_MAX) {
    exits.push(exit);
    kept.count += 1;
  } else {
    txn.exitsDropped += 1;
    (txn.openBeyond ??= new Set()).add(exit);
  }
}

/** Exit calls with details in this thread. */
export const kept = { count: 0 };

/** Makes number and backend of a call for its header, which `beforeExitCall` may want before the call begins. */
export function identify(txn: TimePromise, exit: ExitCall): Backend {
  if (exit.number === 0) exit.number = txn.exitsBegun += 1;
  return (exit.backend ??= backendFor(exit));
}

/** Callbacks may have put anything in the place of texts. */
function backendFor({ exitType, label, identifyingProperties }: ExitCall): Backend {
  const type = typeof exitType === 'string' ? exitType : exitTypeOf(exitType);
  return backendOf(type, typeof label === 'string' ? label : textOf(label, NAME_UNITS_MAX), identifyingProperties);
}

/** Ends an exit call; runs the transaction's `exitCallCompleted`. For `endExitCall` and the hooks. */
export function finishExit(exit: ExitCall, error?: unknown): void {
  if (exit.state !== RUNNING || exit.txn === undefined) {
    if (exit.state === ENDED || exit.state === ASKED_ABOUT) misuse('endExitCall: the exit call is over already');
    return;
  }
  const { txn } = exit;
  const durationMs = clock() - exit.startMs;
  if (txn.state !== RUNNING) {
    exit.state = ENDED;
    misuse('endExitCall: the transaction is over');
    return;
  }
  exit.durationMs = durationMs;
  if (error !== undefined && isError(error)) {
    exit.error = error;
    exit.isFailed = !isIgnored(error);
    if (exit.isFailed) txn.flags |= FAILED;
  }
  const completed = txn.exitCallCompleted;
  if (typeof completed === 'function') {
    exit.state = ASKED_ABOUT;
    complete(txn, exit, completed);
  }
  exit.state = ENDED;
  if (txn.openBeyond !== undefined) txn.openBeyond.delete(exit);
  batch.exited(txn.bt.number, exit.backend?.number ?? 0, durationMs, exit.isFailed);
}

function complete(txn: TimePromise, exit: ExitCall, completed: (exit: ExitCall) => unknown): void {
  try {
    takeAnswer(exit, completed.call(txn, exit), false);
  } catch {
    caught('exitCallCompleted: the callback threw');
  }
}

/** `endExitCall` of the API. */
export function endExitCall(txn: TimePromise, exit: unknown, error: unknown): void {
  if (!(exit instanceof ExitCall)) {
    misuse('endExitCall: not an exit call');
    return;
  }
  if (exit.txn !== txn && exit.txn !== undefined) misuse('endExitCall: the exit call is of another transaction');
  finishExit(exit, error);
}

/** `createCorrelationInfo` of the API: always a text. */
export function createCorrelationInfo(txn: TimePromise, exit: unknown, doNotResolve: unknown): string {
  if (!(exit instanceof ExitCall)) {
    misuse('createCorrelationInfo: not an exit call');
    return '';
  }
  if (exit.txn === undefined) return '';
  if (exit.txn !== txn) misuse('createCorrelationInfo: the exit call is of another transaction');
  if (exit.state === ENDED) misuse('createCorrelationInfo: the exit call is over');
  return createCorrelationText(exit.txn, exit, doNotResolve === true || doNotResolve === 'true');
}

/** What a snapshot shows of a call beside label and operation: names and values by turns. Headers and parameters are
 * the program's own business and stay here. */
export function shownProperties(exit: ExitCall): [string, unknown][] {
  const shown: [string, unknown][] = [];
  const { backendName, method, statusCode, category, user } = exit;
  const fixed: [string, unknown][] = [
    ['Backend Name', backendName], ['Method', method], ['Status Code', statusCode], ['Category', category], ['User', user],
  ];
  for (const pair of fixed) if (pair[1] !== undefined && pair[1] !== null) shown.push(pair);
  const { more } = exit;
  for (let place = 0; more !== undefined && place + 1 < more.length; place += 2) {
    const value = more[place + 1];
    if (value !== undefined && value !== null) shown.push([more[place] as string, value]);
  }
  return shown;
}

