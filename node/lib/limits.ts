// Every limit of the Node.js side, in one place. Limits on what a record may hold are the core's
// (crates/model/src/limits.rs); here are those that keep the event loop and the heap free.

/** Numbers in the buffer of a thread: 64 KiB. */
export const BATCH_NUMBERS = 8_192;

/** Numbers at which the buffer crosses: 3/4, so that one more record always fits. */
export const BATCH_NUMBERS_FULL = (BATCH_NUMBERS / 4) * 3;

/** How long numbers wait for their crossing at most, and how often thresholds come back. */
export const BATCH_INTERVAL_MS = 1_000;

/** How long a crossing is ago at least before another one is made for the sake of a new name. */
export const CATCH_UP_MS = 10;

/** Names a thread finds without asking the core. */
export const CACHED_NAMES_MAX = 2_048;

/** Characters of a name that is remembered and crosses; longer ones are cut. */
export const CACHED_NAME_CHARS_MAX = 512;

/** Backends a thread finds without asking the core. */
export const CACHED_BACKENDS_MAX = 4_096;

/** Characters of exit type and properties of a backend that is remembered; longer ones are asked for each time. */
export const CACHED_BACKEND_CHARS_MAX = 2_048;

/** Backends compared one by one before the table is asked. */
export const RECENT_BACKENDS = 8;

/** Transactions that run at a time in one thread; beyond, the oldest ends as abandoned. */
export const RUNNING_MAX = 50_000;

/** Running transactions looked at per tick of the watcher: bounds how long it holds the event loop. */
export const WATCHED_PER_TICK = 2_000;

/** Transactions younger than this are not looked at: no stall threshold is meant to be this short. */
export const WATCHED_AFTER_MS = 10;

/** Exit calls whose details one transaction keeps; all of them are counted. */
export const EXIT_CALLS_PER_TRANSACTION_MAX = 20_000;

/** Exit calls whose details the running transactions of a thread keep together. */
export const EXIT_CALLS_PER_THREAD_MAX = 100_000;

/** User data entries of one transaction (crates/model/src/limits.rs has the same). */
export const USER_DATA_MAX = 500;

/** Characters of user data that the running transactions of a thread keep together. */
export const USER_DATA_CHARS_PER_THREAD_MAX = 8 << 20;

/** `traceparent` headers of exit calls that come with a GUID (node/src/limits.rs has the same). */
export const GUID_PARENTS = 4;

/** Characters of the chain of exit calls that led here; longer ones are not passed on. */
export const SEQUENCE_CHARS_MAX = 256;

/** Characters of our member of `tracestate` (crates/model/src/limits.rs has the same). */
export const TRACE_STATE_MEMBER_CHARS_MAX = 128;

/** Errors of one transaction, and of one exit call, that are kept. */
export const ERRORS_MAX = 50;

/** Identifying or optional properties of one exit call. */
export const PROPERTIES_MAX = 50;

/** Bytes of the buffer in which a kept transaction crosses. One text has at most a quarter of it. */
export const DETAILS_BYTES = 256 << 10;

/** Exit calls of a kept transaction written per turn of the event loop. */
export const DETAILS_EXITS_PER_TURN = 64;

/** Kept transactions that wait for their turn; beyond, the oldest crosses at once. */
export const DETAILS_WAITING_MAX = 1_000;

// Characters (UTF-16 units) of texts that are held on to. The core cuts to its own limits, which count code
// points and mark the cut; these are what twice as many units need, so that the core sees that something is cut.

/** Of a user data key, a name, a label, a property's name. */
export const NAME_UNITS_MAX = 204;

/** Of a property's value. */
export const PROPERTY_UNITS_MAX = 2_004;

/** Of a user data value, an operation, an error's message. */
export const VALUE_UNITS_MAX = 10_004;

/** Of an error's stack. */
export const STACK_UNITS_MAX = 64_004;

/** Of a received correlation header; longer ones are as if there were none. */
export const HEADER_UNITS_MAX = 8_192;

/** Keys read from the object given to `profile()`, nested ones included. */
export const SETTINGS_KEYS_MAX = 500;

/** Levels of nesting read from the object given to `profile()`. */
export const SETTINGS_DEPTH_MAX = 3;

/** How long `process.exit()` and its relatives wait for the controller; the rest goes to disk. */
export const EXIT_FLUSH_MS = 400;
