// The object `require('appdynamics')` gives: what the document calls `appd`.
import { batch } from './batch';
import { compatibleAgent } from './compatibility';
import { current, run } from './context';
import { CorrelationHeader, parse } from './correlation';
import { caught, misuse } from './errors';
import { watchExit } from './exit';
import { ExitCall } from './exit-call';
import { installHooks, removeHooks } from './hooks';
import { leaveOut } from './hooks/modules';
import { transactionOf } from './hooks/served';
import { noteUndetected } from './hooks/undetected';
import { native } from './native';
import { flatSettings } from './settings';
import { property } from './text';
import { beginCustom, requests, TimePromise } from './transaction';

/** Settings of the agent. All are optional: what is left out comes from the environment. Unknown ones are ignored,
 * and texts are understood where numbers and booleans belong. */
export interface Settings {
  /** The controller's host. */
  controllerHostName?: string | undefined;
  /** The controller's port; without it 443 with TLS, 8090 without. */
  controllerPort?: number | string | undefined;
  /** Whether to speak TLS with the controller. */
  controllerSslEnabled?: boolean | string | undefined;
  /** The account at the controller; `customer1` without it. */
  accountName?: string | undefined;
  /** The account's access key. */
  accountAccessKey?: string | undefined;
  /** The application this process belongs to. */
  applicationName?: string | undefined;
  /** The tier of the application. */
  tierName?: string | undefined;
  /** The node of the tier. `-0`, `-1` … is appended unless `noNodeNameSuffix` is set. */
  nodeName?: string | undefined;
  /** Use `nodeName` as it is. */
  noNodeNameSuffix?: boolean | string | undefined;
  /** Take the first free of `reuseNodePrefix-0`, `-1` … as the node's name. */
  reuseNode?: boolean | string | undefined;
  /** The prefix of reused names. */
  reuseNodePrefix?: string | undefined;
  /** An HTTP proxy on the way to the controller. */
  proxyHost?: string | undefined;
  /** Its port. */
  proxyPort?: number | string | undefined;
  /** The user at the proxy. */
  proxyUser?: string | undefined;
  /** A file with the user's password at the proxy. */
  proxyPasswordFile?: string | undefined;
  /** A file with the certificates to trust. */
  certificateFile?: string | undefined;
  /** The host's name, instead of the system's. */
  uniqueHostId?: string | undefined;
  /** Where spool, cached configuration and logs live. */
  rootTmpDir?: string | undefined;
  /** The same. */
  tmpDir?: string | undefined;
  /** Writes everything to the log. */
  debug?: boolean | string | undefined;
  /** Where the log is written, and how much. */
  logging?: { logfiles?: { root_directory?: string; level?: string; [name: string]: unknown }[]; [name: string]: unknown };
  /** Transaction analytics; accepted. */
  analytics?: { host?: string; port?: number | string; ssl?: boolean | string; [name: string]: unknown };
  /** Anything else is ignored. */
  [name: string]: unknown;
}

/** The API. */
export interface Appd {
  /** Starts the agent. Should be the first statement of the program; harmless again. Gives the API itself. */
  profile(settings?: Settings): Appd;
  /** Creates and starts a custom business transaction.
   * @param transactionInfo a name, an HTTP request, or what `parseCorrelationInfo` gave; a header's text and an object
   *   with `headers` are understood too
   * @param body runs in the transaction's context; what it throws is thrown */
  startTransaction(transactionInfo?: unknown, body?: (txn: TimePromise) => void): TimePromise;
  /** The transaction of an HTTP request, custom or automatically detected; `undefined` when there is none. */
  getTransaction(request: unknown): TimePromise | undefined;
  /** Reads the correlation header in a text or of an HTTP request; `false` when there is none. */
  parseCorrelationInfo(source: unknown): CorrelationHeader | false;
  /** Attaches data to snapshots of the current transaction. */
  addSnapshotData(key: unknown, value: unknown): void;
  /** The same. */
  addAnalyticsData(key: unknown, value: unknown): void;
  /** Marks the current transaction as an error transaction. */
  markError(error?: unknown, statusCode?: unknown): void;
  /** A business transaction. */
  readonly TimePromise: typeof TimePromise;
  /** An exit call. */
  readonly ExitCall: typeof ExitCall;
  /** An upstream transaction. */
  readonly CorrelationHeader: typeof CorrelationHeader;
  /** @internal */
  readonly correlation: { HEADER_NAME: string };
  /** @internal */
  readonly __agent: typeof compatibleAgent;
}

/** The API. */
export const appd: Appd = {
  profile(settings?: Settings): Appd {
    try {
      const { names, values } = flatSettings(settings);
      if (native !== undefined && native.init(names, values, process.versions.node)) {
        batch.lookAgain();
        batch.start();
        detect(native.detectionWithout());
      }
    } catch {
      caught('profile: failed');
    }
    return appd;
  },
  startTransaction(transactionInfo?: unknown, body?: (txn: TimePromise) => void): TimePromise {
    if (typeof body !== 'function') return beginCustom(transactionInfo);
    // The function has the context; the caller keeps its own.
    const txn = beginCustom(transactionInfo, false);
    run(txn, () => body(txn));
    return txn;
  },
  getTransaction(request: unknown): TimePromise | undefined {
    return (
      of(request) ??
      of(property(request, 'req')) ??
      of(property(request, 'raw')) ??
      of(property(property(request, 'raw'), 'req')) ??
      transactionOf(request)
    );
  },
  parseCorrelationInfo(source: unknown): CorrelationHeader | false {
    try {
      return parse(source);
    } catch {
      caught('parseCorrelationInfo: failed');
      return false;
    }
  },
  addSnapshotData(key: unknown, value: unknown): void {
    const txn = current();
    if (txn === undefined) misuse('addSnapshotData: there is no current transaction');
    else txn.addSnapshotData(key, value);
  },
  addAnalyticsData(key: unknown, value: unknown): void {
    appd.addSnapshotData(key, value);
  },
  markError(error?: unknown, statusCode?: unknown): void {
    const txn = current();
    if (txn === undefined) misuse('markError: there is no current transaction');
    else txn.markError(error, statusCode);
  },
  TimePromise,
  ExitCall,
  CorrelationHeader,
  correlation: compatibleAgent.correlation,
  __agent: compatibleAgent,
};

/** What the settings say of detection: hooks are there since the package was loaded, before they were known. */
function detect(without: string[] | null): void {
  if (without === null) {
    removeHooks();
    // The ends of the process are no detection.
    watchExit();
    return;
  }
  installHooks();
  leaveOut(without);
  noteUndetected();
}

function of(request: unknown): TimePromise | undefined {
  return request !== null && typeof request === 'object' ? requests.get(request) : undefined;
}
