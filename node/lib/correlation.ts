// Correlation headers: what came in, and the text that goes out. Put together here from parts that the core made, so
// that a header costs no crossing; the core reads what comes in.
import { batch } from './batch';
import type { Backend } from './backends';
import { identify, type ExitCall } from './exit-call';
import { GUID_PARENTS, HEADER_UNITS_MAX, SEQUENCE_CHARS_MAX, TRACE_STATE_MEMBER_CHARS_MAX } from './limits';
import { CORRELATION, names, PROPAGATE } from './names';
import { native, type Native } from './native';
import { property, textOf } from './text';
import type { TimePromise } from './transaction';

/** The name of the correlation header, compared without case. */
export const HEADER_NAME = 'singularityheader';

/** Asks the tier behind to keep what is kept here. */
const SNAPSHOT_WANTED = '*snapenable=true';

/** Headers that a request goes out with. */
export interface OutgoingHeaders {
  readonly singularityheader: string;
  readonly traceparent: string;
  readonly tracestate: string;
}

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

/** GUIDs made in advance, with the `traceparent` of their first exit calls: one crossing for many. */
let guids = '';
const GUID_CHARS = 36;
const PARENT_CHARS = 55;
const CHARS_EACH = GUID_CHARS + GUID_PARENTS * PARENT_CHARS;

/** The GUID of a transaction's request, made when somebody needs it. */
export function guidOf(txn: TimePromise): string {
  if (txn.guid === '') {
    if (guids === '') guids = native?.guids() ?? '';
    txn.guid = guids.slice(0, GUID_CHARS);
    txn.parents = guids.slice(GUID_CHARS, CHARS_EACH);
    guids = guids.slice(CHARS_EACH);
  }
  return txn.guid;
}

/** The text of the correlation header for an exit call, empty when correlation is off. */
export function createCorrelationText(txn: TimePromise, exit: ExitCall, doNotResolve: boolean): string {
  if (native === undefined || names.published[CORRELATION] === 0 || !batch.active) return '';
  const backend = identify(txn, exit);
  const sequence = sequenceOf(txn, exit);
  return sequence.length > SEQUENCE_CHARS_MAX ? '' : written(native, txn, backend.part(doNotResolve), sequence, isWanted(txn));
}

function written(core: Native, txn: TimePromise, backendPart: string, sequence: string, wanted: boolean): string {
  const { bt } = txn;
  if (bt.headerPart === '') bt.headerPart = core.headerPart(bt.number);
  const timestampMs = txn.timestampMs > 0 ? txn.timestampMs : Math.trunc(txn.startMs + batch.wallOffsetMs);
  const text = `${batch.headerPrefix}${timestampMs}${bt.headerPart}${guidOf(txn)}*exitguid=${sequence}${backendPart}`;
  return wanted ? text + SNAPSHOT_WANTED : text;
}

/** Whether the tier behind is asked to keep what is kept here. */
function isWanted(txn: TimePromise): boolean {
  return txn.asked !== 0 && names.published[PROPAGATE] === 1;
}

/** The headers of an automatically detected exit call; `undefined` when correlation is off. */
export function outgoingHeaders(exit: ExitCall): OutgoingHeaders | undefined {
  const { txn } = exit;
  if (txn === undefined || native === undefined || names.published[CORRELATION] === 0 || !batch.active) return undefined;
  const backend = identify(txn, exit);
  const sequence = sequenceOf(txn, exit);
  if (sequence.length > SEQUENCE_CHARS_MAX) return undefined;
  const wanted = isWanted(txn);
  const singularityheader = written(native, txn, backend.part(false), sequence, wanted);
  return {
    singularityheader,
    traceparent: traceParentOf(txn, exit.number),
    tracestate: memberOf(native, txn, backend, sequence, wanted, singularityheader),
  };
}

/** The same text as `TraceParent::write` of the core: the request's GUID, and the span that the exit call is. */
function traceParentOf(txn: TimePromise, number: number): string {
  let at = (number - txn.firstParent) * PARENT_CHARS;
  if (at < 0 || at >= txn.parents.length) {
    txn.parents = native?.traceParents(txn.guid, txn.sequence, number) ?? '';
    txn.firstParent = number;
    at = 0;
  }
  return txn.parents.slice(at, at + PARENT_CHARS);
}

/** Our member of `tracestate`. The core writes the first one of a name and a backend; of others only the exit's
 * sequence and the flag differ. */
function memberOf(core: Native, txn: TimePromise, backend: Backend, sequence: string, wanted: boolean, header: string): string {
  const { bt } = txn;
  if (bt.memberPart === '' || backend.memberId === '') {
    const member = core.traceContext(header).split('\n')[1] ?? '';
    const [version, app, name, tier, id, , type, , account] = member.split(':');
    if (account === undefined) return member;
    bt.memberPart = `${version}:${app}:${name}:${tier}:`;
    backend.memberId = `${id}:`;
    backend.memberType = `:${type}:`;
    backend.memberEnd = `:${account}`;
    return member;
  }
  const member = `${bt.memberPart}${backend.memberId}${sequence}${backend.memberType}${wanted ? '1' : '0'}${backend.memberEnd}`;
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
