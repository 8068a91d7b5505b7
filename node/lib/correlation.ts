// Correlation headers: what came in, and the text that goes out. Put together here from parts that the core made, so
// that a header costs no crossing; the core reads what comes in.
import { batch } from './batch';
import { identify, type ExitCall } from './exit-call';
import { GUID_SPANS, HEADER_UNITS_MAX, TRACE_STATE_MEMBER_CHARS_MAX } from './limits';
import { CORRELATION, names, PROPAGATE } from './names';
import { native } from './native';
import { property, textOf } from './text';
import type { TimePromise } from './transaction';

/** The name of the correlation header, compared without case. */
export const HEADER_NAME = 'singularityheader';

/** Asks the tier behind to keep what is kept here. */
const SNAPSHOT_WANTED = '*snapenable=true';

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

/** GUIDs made in advance, with the spans of their first exit calls: one crossing for many. */
let guids = '';
const GUID_CHARS = 36;
const SPAN_CHARS = 16;
const CHARS_EACH = GUID_CHARS + GUID_SPANS * SPAN_CHARS;

/** The GUID of a transaction's request, made when somebody needs it. */
export function guidOf(txn: TimePromise): string {
  if (txn.guid === '') {
    if (guids === '') guids = native?.guids() ?? '';
    txn.guid = guids.slice(0, GUID_CHARS);
    txn.exitSpans = guids.slice(GUID_CHARS, CHARS_EACH);
    guids = guids.slice(CHARS_EACH);
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
  const sequence = sequenceOf(txn, exit);
  if (sequence.length > 256) return '';
  const keep = txn.asked !== 0 && names.published[PROPAGATE] === 1 ? SNAPSHOT_WANTED : '';
  return `${batch.headerPrefix}${timestampMs}${bt.headerPart}${guidOf(txn)}*exitguid=${sequence}${backend.part(doNotResolve)}${keep}`;
}

/** The headers of an automatically detected exit call; empty texts when correlation is off. */
export function outgoingHeaders(exit: ExitCall): { singularityheader: string; traceparent: string; tracestate: string } {
  const { txn } = exit;
  const text = txn === undefined ? '' : createCorrelationText(txn, exit, false);
  if (text === '' || txn === undefined) return { singularityheader: '', traceparent: '', tracestate: '' };
  return { singularityheader: text, traceparent: traceParentOf(txn, exit), tracestate: memberOf(txn, exit, text) };
}

/** The same text as `TraceParent::write` of the core: the request's GUID, and the span that the exit call is. */
function traceParentOf(txn: TimePromise, { number }: ExitCall): string {
  const { guid } = txn;
  let at = (number - txn.firstSpan) * SPAN_CHARS;
  if (at < 0 || at >= txn.exitSpans.length) {
    txn.exitSpans = native?.exitSpans(guid, txn.sequence, number) ?? '';
    txn.firstSpan = number;
    at = 0;
  }
  const trace = `${guid.slice(0, 8)}${guid.slice(9, 13)}${guid.slice(14, 18)}${guid.slice(19, 23)}${guid.slice(24)}`;
  return `00-${trace}-${txn.exitSpans.slice(at, at + SPAN_CHARS)}-01`;
}

/** Our member of `tracestate`. The core writes the first one of a name and a backend; of others only the exit's
 * sequence and the flag differ. */
function memberOf(txn: TimePromise, exit: ExitCall, header: string): string {
  const { bt } = txn;
  const backend = identify(txn, exit);
  if (bt.memberPart === '' || backend.memberId === '') {
    const written = native?.traceContext(header).split('\n')[1] ?? '';
    const [version, app, name, tier, id, , type, , account] = written.split(':');
    if (account === undefined) return written;
    bt.memberPart = `${version}:${app}:${name}:${tier}:`;
    backend.memberId = `${id}:`;
    backend.memberEnd = `:${account}`;
    backend.memberType = `:${type}:`;
    return written;
  }
  const flag = header.endsWith(SNAPSHOT_WANTED) ? '1' : '0';
  const member = `${bt.memberPart}${backend.memberId}${sequenceOf(txn, exit)}${backend.memberType}${flag}${backend.memberEnd}`;
  return member.length > TRACE_STATE_MEMBER_CHARS_MAX ? '' : member;
}

function sequenceOf(txn: TimePromise, { number }: ExitCall): string {
  return txn.sequence === '' ? `${number}` : `${txn.sequence}|${number}`;
}

/** The name in a text-like field, for headers that carry one. */
export function nameIn(info: object): string | undefined {
  const name = property(info, 'businessTransactionName');
  return name === undefined || name === null || name === '' ? undefined : textOf(name, 512);
}
