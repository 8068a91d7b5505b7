// The door to the core: one file of machine code beside the compiled modules. When it cannot be had, the agent is
// off and every call is a no-op.

/** What the core offers. All of it is cheap to call seldom; a transaction that is not kept calls none of it. */
export interface Native {
  /** Begins the agent of this process: settings as names and texts. Whether the minimal ones are there. */
  init(names: string[], values: string[], runtimeVersion: string): boolean;
  /** Makes this thread one that records, into `batch`, which must live as long as the thread. The beginning of its correlation headers; `null` without an agent. */
  attach(threadName: string, batch: Float64Array): string | null;
  /** The number of a transaction name; 0 counts under All Other Traffic. */
  name(name: string): number;
  /** What follows the time in correlation headers of a numbered transaction: `*btid=…*guid=`. */
  headerPart(entry: number): string;
  /** Whether an execution that begins will be kept, and why (0: not yet known). */
  asked(entry: number): number;
  /** Begins under received headers: `entry\nasked\ntimestamp\nguid\nsequence`, or `null` when they are of no use. */
  incoming(name: string, origin: string): string | null;
  /** Whether received headers are of use. */
  understands(origin: string): boolean;
  /** The number of a backend. */
  backend(exitType: string, label: string, names: string[], values: string[]): number;
  /** What follows the exit's sequence in correlation headers for a backend. */
  backendPart(backend: number, resolve: boolean): string;
  /** Some GUIDs, 36 characters each, and behind each the `traceparent` of its first `GUID_PARENTS` exit calls, 55 each. */
  guids(): string;
  /** The `traceparent` of some exit calls from number `first` on, 55 characters each. */
  traceParents(guid: string, sequence: string, first: number): string;
  /** `traceparent` and `tracestate` member for a header, joined by a line feed. */
  traceContext(header: string): string;
  /** Counts what is in the batch; publishes thresholds and due times. A number that changes when names must be asked
   * for again; -1 when the agent is over. */
  submit(published: Float64Array, nowMs: number): number;
  /** Counts an execution that may be kept. Why it is kept; 0 when it is not. */
  finish(entry: number, durationMs: number, flags: number, asked: number): number;
  /** Takes a piece of a kept execution; the last one completes it. */
  keep(details: Uint8Array, length: number): string | null;
  /** Gives numbers of transaction names back. */
  release(entries: number[]): void;
  /** The name of a request's transaction; `null` when it has none. Headers as names and values by turns. */
  detect(method: string, path: string, query: string, headers: string[]): string | null;
  /** How answers of `detect` may be remembered: -1 not at all, 0 by method and path, n by the first n segments. */
  detection(): number;
  /** HTTP status codes that are errors: `400-505,…`. */
  errorStatuses(): string;
  /** Whether there are errors that do not count. */
  hasIgnoredErrors(): boolean;
  /** Whether an error does not count. */
  ignoresError(typeName: string, message: string): boolean;
  /** Changes with every configuration. */
  configEpoch(): number;
  /** Libraries that are left untouched, in lower case; `null` when all are. */
  detectionWithout(): string[] | null;
  /** Notes why something is not detected, in a sentence, once: for the node's page and `tierline doctor`. */
  noteDetection(sentence: string): void;
  /** Counts an odd call. */
  misuse(what: string): void;
  /** Delivers what has ended, for at most so long; the rest is on disk then. */
  flush(timeoutMs: number): boolean;
  /** Ends the agent of this process. Negative: waits as long as it takes. */
  shutdown(timeoutMs: number): boolean;
  /** What the agent noticed, as JSON; `null` without an agent. */
  diagnostics(): string | null;
}

/** The C libraries of Linux that binaries are made for; on other systems there is but one. */
const LIBRARIES: readonly string[] = process.platform === 'linux' ? ['-gnu', '-musl'] : [''];

function load(): Native | undefined {
  // Several may be in the package; the one that does not fit fails to load and the next is tried.
  for (const library of LIBRARIES) {
    try {
      return require(`${__dirname}/tierline.${process.platform}-${process.arch}${library}.node`) as Native;
    } catch {
      // Not there, or for another system. Without one (a bundler moved us) the agent is off.
    }
  }
  return undefined;
}

/** The core, or `undefined` where there is no binary for this platform. */
export const native: Native | undefined = load();
