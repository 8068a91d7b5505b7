// `require('appdynamics')`.
import { appd as api, type Appd, type Settings as ApiSettings } from './api';
import type { CorrelationHeader as Upstream } from './correlation';
import type { ExitCall as Exit, ExitCallInfo as ExitInfo } from './exit-call';
import { register } from './register';
import type { TimePromise as Transaction } from './transaction';

register();

const appd: Appd = api;

namespace appd {
  /** A business transaction. */
  export type TimePromise = Transaction;
  /** An exit call. */
  export type ExitCall = Exit;
  /** What an exit call is begun with. */
  export type ExitCallInfo = ExitInfo;
  /** An upstream transaction. */
  export type CorrelationHeader = Upstream;
  /** What `profile()` takes. */
  export type Settings = ApiSettings;
}

export = appd;
