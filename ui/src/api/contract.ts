// Short names for the generated types of the page's API. Times are epoch milliseconds, durations milliseconds,
// ids numbers up to 2^52.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Verdict = "NORMAL" | "SLOW" | "VERY_SLOW" | "STALL" | "ERROR";

export type Application = Schemas["ApplicationDetails"];
export type ApplicationRow = Schemas["ApplicationRow"];
export type BackendDetails = Schemas["BackendDetails"];
export type BackendRow = Schemas["BackendRow"];
export type BusinessTransaction = Schemas["BusinessTransactionRow"];
export type BusinessTransactionDetails = Schemas["BusinessTransactionDetails"];
export type Diagnostics = Schemas["DiagnosticsInfo"];
export type AgentSettings = Schemas["Configuration"];
export type ErrorDetails = Schemas["ErrorDetails"];
export type ErrorGroup = Schemas["ErrorGroupInfo"];
export type ErrorList = Schemas["ErrorList"];
export type ErrorRecord = Schemas["ErrorInfo"];
export type FlowBackend = Schemas["FlowBackend"];
export type FlowEdge = Schemas["FlowEdge"];
export type FlowMap = Schemas["FlowMap"];
export type FlowTier = Schemas["FlowTier"];
export type HourOfBaseline = Schemas["HourOfBaseline"];
export type NodeRow = Schemas["NodeRow"];
export type Permission = Schemas["Permission"];
export type Property = Schemas["NameValue"];
export type Scorecard = Schemas["Scorecard"];
export type Series = Schemas["Series"];
export type Session = Schemas["SessionAnswer"];
export type Status = Schemas["StatusAnswer"];
export type LoginOptions = Schemas["LoginOptions"];
export type Setup = Schemas["SetupAnswer"];
export type SnapshotPage = Schemas["SnapshotPage"];
export type SnapshotRow = Schemas["SnapshotRow"];
export type SnapshotAnswer = Schemas["Snapshot"];
export type SnapshotBackend = Schemas["SnapshotBackend"];
export type TierInfo = Schemas["TierInfo"];
export type Verdicts = Schemas["Verdicts"];
