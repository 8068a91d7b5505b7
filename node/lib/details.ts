// Kept transactions on their way to the core: written piece by piece into one buffer, a few exit calls per turn of the
// event loop, so that a transaction with thousands of them holds nobody up.
import { batch } from './batch';
import { clock } from './clock';
import { guidOf } from './correlation';
import { caught, errorTexts, type ErrorTexts } from './errors';
import { shownProperties, type ExitCall } from './exit-call';
import { ASKED_ABOUT, ENDED, IN_FLIGHT } from './flags';
import {
  DETAILS_BYTES, DETAILS_EXITS_PER_TURN, DETAILS_WAITING_MAX, NAME_UNITS_MAX, PROPERTIES_MAX, PROPERTY_UNITS_MAX,
  VALUE_UNITS_MAX,
} from './limits';
import { native } from './native';
import { property, textOf } from './text';
import { dispose, type TimePromise } from './transaction';

/** Taken once: programs and their tests replace it. */
const { setImmediate } = globalThis;

// What a piece begins with. node/src/details.rs reads them.
const BEGIN = 1;
const USER_DATA = 2;
const ERROR = 3;
const EXIT = 4;
const END = 5;

/** Beside `ENDED` of an exit call: it failed. */
const FAILED_EXIT = 2;

/** Bytes one text may have. */
const TEXT_BYTES_MAX = DETAILS_BYTES / 4;

/** Bytes the numbers of a piece need at most, lengths of texts among them. */
const NUMBERS_BYTES = 2_048;

/** What the head of a transaction is worth in exit calls: stacks of errors are made when they are read. */
const HEAD_WORK = 16;

/** Writes pieces; hands the buffer over when it is nearly full. */
class Writer {
  private readonly buffer = Buffer.allocUnsafeSlow(DETAILS_BYTES);
  private length = 0;

  number(value: number): void {
    this.buffer.writeDoubleLE(value, this.length);
    this.length += 8;
  }

  text(text: string): void {
    // Enough stays free for the numbers of the piece.
    const room = Math.min(TEXT_BYTES_MAX, DETAILS_BYTES - NUMBERS_BYTES - this.length);
    const bytes = room > 0 ? this.buffer.write(text, this.length + 4, room, 'utf8') : 0;
    this.buffer.writeUInt32LE(bytes, this.length);
    this.length += 4 + bytes;
  }

  /** Begins a piece whose texts have so many UTF-16 units together. A piece never straddles two buffers; what does
   * not fit into one loses the end of its last texts. */
  piece(tag: number, units: number): void {
    if (this.length + 3 * units + NUMBERS_BYTES > DETAILS_BYTES) this.handOver();
    this.number(tag);
  }

  handOver(): string | null {
    const { length } = this;
    this.length = 0;
    return length === 0 || native === undefined ? null : native.keep(this.buffer, length);
  }
}

/** A kept transaction whose exit calls are being written. */
interface Waiting {
  readonly txn: TimePromise;
  readonly durationMs: number;
  readonly fate: number;
  readonly endMs: number;
}

const waiting: Waiting[] = [];
let writer: Writer | undefined;
/** Exit calls of the first in line that are written; -1: not begun. */
let written = -1;
let isScheduled = false;

/** Puts the end of a transaction before the core. Whether it is kept: then it is disposed of once it has crossed. */
export function keepSnapshot(txn: TimePromise, durationMs: number): boolean {
  if (native === undefined) return false;
  const fate = native.finish(txn.bt.number, durationMs, txn.flags, txn.asked);
  if (fate === 0) return false;
  const endMs = txn.startMs + durationMs;
  const captured = txn.onSnapshotCaptured;
  if (typeof captured === 'function') {
    // Still open for `addSnapshotData`, which is what the callback is for, but over for `end`.
    txn.state = ASKED_ABOUT;
    try {
      captured.call(txn, txn);
    } catch {
      caught('onSnapshotCaptured: the callback threw');
    }
  }
  txn.state = ENDED;
  if (waiting.length >= DETAILS_WAITING_MAX) writeFirst(Infinity);
  waiting.push({ txn, durationMs, fate, endMs });
  schedule();
  return true;
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(turn).unref();
}

function turn(): void {
  isScheduled = false;
  try {
    let exits = DETAILS_EXITS_PER_TURN;
    while (waiting.length > 0 && exits > 0) exits -= writeFirst(exits);
  } catch {
    caught('snapshot: a failure of the agent');
    dropFirst();
  }
  if (waiting.length > 0) schedule();
}

/** Writes everything that waits: the thread ends. */
export function writeAll(): void {
  while (waiting.length > 0) {
    try {
      writeFirst(Infinity);
    } catch {
      caught('snapshot: a failure of the agent');
      dropFirst();
    }
  }
}

function dropFirst(): void {
  written = -1;
  const first = waiting.shift();
  if (first !== undefined) dispose(first.txn);
}

/** Writes the first in line, or so many of its exit calls. How much work that was, in exit calls. */
function writeFirst(exitsMax: number): number {
  const first = waiting[0];
  if (first === undefined) return 0;
  const { txn } = first;
  const out = (writer ??= new Writer());
  let work = 0;
  if (written < 0) {
    written = 0;
    work = HEAD_WORK;
    writeHead(out, first, 0);
  }
  const exits = txn.exits ?? [];
  for (; written < exits.length; written += 1, work += 1) {
    if (work >= exitsMax) return work;
    writeExit(out, txn, exits[written] as ExitCall, first.endMs);
  }
  out.piece(END, 0);
  out.handOver();
  written = -1;
  waiting.shift();
  dispose(txn);
  return Math.max(work, 1);
}

/** Reports a transaction that still runs as a stall. Its final record replaces this one. */
export function reportStall(txn: TimePromise, nowMs: number): void {
  writeAll();
  const out = (writer ??= new Writer());
  guidOf(txn);
  writeHead(out, { txn, durationMs: nowMs - txn.startMs, fate: 0, endMs: nowMs }, IN_FLIGHT);
  for (const exit of (txn.exits ?? []).slice(0, DETAILS_EXITS_PER_TURN)) writeExit(out, txn, exit, nowMs);
  out.piece(END, 0);
  txn.spanId = out.handOver() ?? '';
}

function writeHead(out: Writer, { txn, durationMs, fate }: Waiting, flags: number): void {
  out.piece(BEGIN, 100 + txn.origin.length);
  for (const value of [
    txn.bt.number, clock() - txn.startMs, durationMs, txn.flags | flags, fate, txn.asked, txn.exitsDropped,
  ]) {
    out.number(value);
  }
  out.text(txn.guid);
  out.text(txn.spanId);
  out.text(txn.origin);
  const userData = txn.userData ?? [];
  for (let place = 0; place + 1 < userData.length; place += 2) {
    const key = userData[place] as string;
    const value = userData[place + 1] as string;
    out.piece(USER_DATA, key.length + value.length);
    out.text(key);
    out.text(value);
  }
  for (const error of txn.errors ?? []) {
    const texts = errorTexts(error);
    out.piece(ERROR, unitsOf(texts));
    writeError(out, texts);
  }
}

function unitsOf({ typeName, message, stack }: ErrorTexts): number {
  return typeName.length + message.length + stack.length;
}

function writeError(out: Writer, { typeName, message, stack }: ErrorTexts): void {
  out.text(typeName);
  out.text(message);
  out.text(stack);
}

function writeExit(out: Writer, txn: TimePromise, exit: ExitCall, endMs: number): void {
  const isOpen = exit.durationMs < 0;
  const label = textOf(exit.label, NAME_UNITS_MAX);
  const { command } = exit;
  const operation = command === undefined || command === null ? '' : textOf(command, VALUE_UNITS_MAX);
  const vendor = exit.isDetected && exit.isSql === true ? property(exit.identifyingProperties, 'Vendor') : undefined;
  const dialect = typeof vendor === 'string' ? vendor : '';
  const error = exit.error === undefined ? undefined : errorTexts(exit.error);
  const properties: string[] = [];
  for (const [name, value] of shownProperties(exit).slice(0, PROPERTIES_MAX)) {
    properties.push(name, textOf(value, PROPERTY_UNITS_MAX));
  }
  let units = label.length + operation.length + dialect.length + (error === undefined ? 0 : unitsOf(error));
  for (const text of properties) units += text.length;
  out.piece(EXIT, units);
  out.number(exit.number);
  out.number(exit.backend?.number ?? 0);
  out.number(exit.startMs - txn.startMs);
  out.number(isOpen ? endMs - exit.startMs : exit.durationMs);
  out.number((isOpen ? 0 : ENDED) + (error === undefined ? 0 : FAILED_EXIT));
  out.text(label);
  out.text(operation);
  out.text(dialect);
  out.number(properties.length / 2);
  for (const text of properties) out.text(text);
  out.number(error === undefined ? 0 : 1);
  if (error !== undefined) writeError(out, error);
}

batch.everySecond(() => {
  if (waiting.length > 0) schedule();
});
