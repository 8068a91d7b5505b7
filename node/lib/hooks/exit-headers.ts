// The correlation headers of exit calls, put beside those that others have put there.
import { outgoingHeaders } from '../correlation';
import type { ExitCall } from '../exit-call';
import { TRACE_STATE_CHARS_MAX } from './limits';

/** A message that goes out. */
export interface Outgoing {
  /** The value of a header that is there. */
  get(name: string): string | undefined;
  /** Sets a header, in the place of one of that name. */
  set(name: string, value: string): void;
}

/**
 * Adds the headers of an exit call. A `traceparent` or `singularityheader` that is there is the program's, or another
 * tracer's, and stays; our member joins a `tracestate` that is there.
 */
export function addHeaders(exit: ExitCall, outgoing: Outgoing): void {
  if (outgoing.get('singularityheader') !== undefined) return;
  const headers = outgoingHeaders(exit);
  if (headers === undefined) return;
  const { singularityheader, traceparent, tracestate } = headers;
  outgoing.set('singularityheader', singularityheader);
  if (outgoing.get('traceparent') === undefined) outgoing.set('traceparent', traceparent);
  if (tracestate === '') return;
  const others = othersOf(outgoing.get('tracestate'));
  const joined = others === '' ? tracestate : `${tracestate},${others}`;
  if (joined.length <= TRACE_STATE_CHARS_MAX) outgoing.set('tracestate', joined);
}

/** The members of others. One of ours that is there came in with the request and was passed on: it is of the tier in
 * front. */
function othersOf(traceState: string | undefined): string {
  if (traceState === undefined || !traceState.includes('appd=')) return traceState ?? '';
  return traceState.split(',').filter((member) => !member.trim().startsWith('appd=')).join(',');
}
