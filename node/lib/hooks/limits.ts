// Limits of automatic detection.

/** Requests whose names are remembered; then all are forgotten. */
export const NAMED_REQUESTS_MAX = 4_096;

/** Characters of a method and path, or of its deciding segments, that are remembered. */
export const NAMED_REQUEST_CHARS_MAX = 512;

/** Characters of a path and of a query that rules are compared with. Web servers refuse longer ones. */
export const PATH_CHARS_MAX = 8_192;

/** Headers of a request that rules are compared with. Node.js itself stops at 2,000. */
export const HEADERS_MAX = 200;

/** Status codes are below this. */
export const STATUS_CODES = 1_000;

/** Characters of a shown route. */
export const ROUTE_CHARS_MAX = 1_000;

/** Characters of `tracestate` that other tracers accept (W3C Trace Context, 3.3.1.5). */
export const TRACE_STATE_CHARS_MAX = 512;

/** Frames of an exit call's `stackTrace`. */
export const STACK_FRAMES_MAX = 20;

/** Bytes of a program's file in which a bundler's work is looked for; smaller ones hold no library, larger ones too
 * much. */
export const BUNDLE_BYTES_MIN = 64 << 10;
export const BUNDLE_BYTES_MAX = 16 << 20;

/** Bytes looked at in one turn of the event loop. */
export const BUNDLE_CHUNK_BYTES = 32 << 10;

/** When that begins, behind the start. */
export const BUNDLE_LOOKED_AT_AFTER_MS = 2_000;

/** Attributes of a message that SQS accepts. */
export const SQS_ATTRIBUTES_MAX = 10;
