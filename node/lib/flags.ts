// What a transaction and an exit call can be. Numbers, because they are compared on the path of every request.

/** It runs. */
export const RUNNING = 0;
/** It has ended. */
export const ENDED = 1;
/** It is not recorded: the agent is off, or what it was begun with made no sense. Every call is a no-op. */
export const INERT = 2;

/** A callback of the program is asked about its begin or its end: data may be added, but nothing begins or ends. */
export const ASKED_ABOUT = 3;

// What is put before the core with the end of a transaction.

/** It is in error. */
export const FAILED = 1;
/** It was over its stall threshold while it ran, and reported so. */
export const STALLED = 2;
/** It did not end by itself. */
export const ABANDONED = 4;
/** It still runs: a stall that is reported in flight. */
export const IN_FLIGHT = 8;
