// `import appd from 'appdynamics'`: the same object as `require` gives.
import appd from './index.js';

export default appd;

export const {
  profile, startTransaction, getTransaction, parseCorrelationInfo, addSnapshotData, addAnalyticsData, markError, TimePromise,
  ExitCall, CorrelationHeader, __agent,
} = appd;

export type TimePromise = appd.TimePromise;
export type ExitCall = appd.ExitCall;
export type ExitCallInfo = appd.ExitCallInfo;
export type CorrelationHeader = appd.CorrelationHeader;
export type Settings = appd.Settings;
