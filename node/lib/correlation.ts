// Correlation headers: what came in, and the text that goes out. Put together here from parts that the core made, so
// that a header costs no crossing; the core reads what comes in.
import { batch } from './batch';
import { identify, type ExitCall } from './exit-call';
import { HEADER_UNITS_MAX } from './limits';
import { CORRELATION, names, PROPAGATE } from './names';
import { native } from './native';
import { property, textOf } from './text';
import type { TimePromise } from './transaction';

/** The name of the correlation header, compared without case. */
export const HEADER_NAME = 'singularityheader';

/** Headers that a request came with, as far as they are about correlation. */
export interface Incoming {
  /** `singularityheader`, `traceparent` and `tracestate`, joined by line feeds; the latter two may be missing. */
  readonly text: string;
}

/** Describes an upstream transaction: from `parseCorrelationInfo`, for `startTransaction`. */
export class CorrelationHeader {
  /** The header's text, under its name. */
  readonly headers: { singularityheader: string };
  /** The name a transaction begins under when it cannot be continued here. */
  businessTransactionName: string | undefined = undefined;
  /** @internal */
  readonly incoming: Incoming;

  /** @internal */
  constructor(incoming: Incoming) {
    this.incoming = incoming;
    this.headers = { singularityheader: incoming.text.split('\n', 1)[0] ?? '' };
  }
}

function headerText(value: unknown): string {
  const first = Array.isArray(value) ? value[0] : value;
  // AMQP and Kafka libraries hand over bytes.
  const text = first instanceof Uint8Array ? Buffer.from(first).toString('latin1') : first;
  if (typeof text !== 'string' || text.length > HEADER_UNITS_MAX) return '';
  const trimmed = text.trim();
  return trimmed.includes('\n') ? '' : trimmed;
}

/** A header by its name in lower case: as Node.js has them, else however the program spelt it. */
function header(headers: object, name: string): string {
  const direct = property(headers, name);
  if (direct !== undefined) return headerText(direct);
  const get = property(headers, 'get');
  if (typeof get === 'function' && headers instanceof globalThis.Headers) return headerText(headers.get(name) ?? undefined);
  for (const key in headers) {
    if (key.length === name.length && key.toLowerCase() === name) return headerText(property(headers, key));
  }
  return '';
}

/** The correlation headers of a request: `singularityheader`, else our `tracestate` member, else `traceparent`. */
export function readHeaders(headers: Record<string, unknown> | object | null | undefined): Incoming | undefined {
  try {
    if (headers === null || typeof headers !== 'object') return undefined;
    const ours = header(headers, HEADER_NAME);
    const parent = header(headers, 'traceparent');
    if (ours === '' && parent === '') return undefined;
    const text = parent === '' ? ours : `${ours}\n${parent}\n${header(headers, 'tracestate')}`;
    return { text };
  } catch {
    return undefined;
  }
}

/** `parseCorrelationInfo` of the API. */
export function parse(source: unknown): CorrelationHeader | false {
  const incoming = incomingOf(source);
  if (incoming === undefined || native === undefined || !native.understands(incoming.text)) return false;
  return new CorrelationHeader(incoming);
}

function incomingOf(source: unknown): Incoming | undefined {
  if (source instanceof CorrelationHeader) return source.incoming;
  if (typeof source === 'string' || source instanceof Uint8Array) {
    const text = headerText(source);
    return text === '' ? undefined : { text };
  }
  // Only the documented header: a `traceparent` alone describes no transaction of ours.
  const found = readHeaders(property(source, 'headers') as object);
  const ours = found?.text.split('\n', 1)[0] ?? '';
  if (ours !== '') return { text: ours };
  return undefined;
}

/** Whether a text given where a name is expected is a correlation header. */
export function isHeaderText(text: string): boolean {
  return text.includes('*guid=') && text.length <= HEADER_UNITS_MAX && native?.understands(text) === true;
}

/** GUIDs made in advance: one crossing for many. */
let guids = '';

/** The GUID of a transaction's request, made when somebody needs it. */
export function guidOf(txn: TimePromise): string {
  if (txn.guid === '') {
    if (guids === '') guids = native?.guids() ?? '';
    txn.guid = guids.slice(0, 36);
    guids = guids.slice(36);
  }
  return txn.guid;
}

/** The text of the correlation header for an exit call, empty when correlation is off. */
export function createCorrelationText(txn: TimePromise, exit: ExitCall, doNotResolve: boolean): string {
  if (native === undefined || names.published[CORRELATION] === 0 || !batch.active) return '';
  const { bt } = txn;
  const backend = identify(txn, exit);
  if (bt.headerPart === '') bt.headerPart = native.headerPart(bt.number);
  const timestampMs = txn.timestampMs > 0 ? txn.timestampMs : Math.trunc(txn.startMs + batch.wallOffsetMs);
  const sequence = txn.sequence === '' ? `${exit.number}` : `${txn.sequence}|${exit.number}`;
  if (sequence.length > 256) return '';
  const keep = txn.asked !== 0 && names.published[PROPAGATE] === 1 ? '*snapenable=true' : '';
  return `${batch.headerPrefix}${timestampMs}${bt.headerPart}${guidOf(txn)}*exitguid=${sequence}${backend.part(doNotResolve)}${keep}`;
}

/** The headers of an automatically detected exit call; empty texts when correlation is off. */
export function outgoingHeaders(exit: ExitCall): { singularityheader: string; traceparent: string; tracestate: string } {
  const { txn } = exit;
  const text = txn === undefined ? '' : createCorrelationText(txn, exit, false);
  if (text === '' || native === undefined) return { singularityheader: '', traceparent: '', tracestate: '' };
  const [traceparent = '', tracestate = ''] = native.traceContext(text).split('\n');
  return { singularityheader: text, traceparent, tracestate };
}

/** The name in a text-like field, for headers that carry one. */
export function nameIn(info: object): string | undefined {
  const name = property(info, 'businessTransactionName');
  return name === undefined || name === null || name === '' ? undefined : textOf(name, 512);
}
