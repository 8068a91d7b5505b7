//! The names of metrics and attributes. OpenTelemetry's own names where it has them, `appd.` for the rest.

/// `service.namespace`: the application.
pub const SERVICE_NAMESPACE: &str = "service.namespace";
/// `service.name`: the tier.
pub const SERVICE_NAME: &str = "service.name";
/// `service.instance.id`: the node.
pub const SERVICE_INSTANCE_ID: &str = "service.instance.id";
/// The agent's name, always [`SDK_NAME`].
pub const TELEMETRY_SDK_NAME: &str = "telemetry.sdk.name";
/// The monitored program's language.
pub const TELEMETRY_SDK_LANGUAGE: &str = "telemetry.sdk.language";
/// The agent's version.
pub const TELEMETRY_SDK_VERSION: &str = "telemetry.sdk.version";
/// Version of the language runtime, left out when unknown.
pub const PROCESS_RUNTIME_VERSION: &str = "process.runtime.version";
/// The host, left out when unknown.
pub const HOST_NAME: &str = "host.name";
/// The operating system, left out when unknown.
pub const OS_TYPE: &str = "os.type";
/// The process, left out when unknown.
pub const PROCESS_PID: &str = "process.pid";
/// One life of an agent, 32 hex digits. A resource without it is not ours.
pub const INCARNATION: &str = "appd.incarnation";
/// The value of `telemetry.sdk.name`, and the name of the instrumentation scope.
pub const SDK_NAME: &str = "tierline";

/// The BT's id.
pub const BT_ID: &str = "appd.bt.id";
/// The id of the application the BT belongs to.
pub const BT_APPLICATION_ID: &str = "appd.bt.application.id";
/// The BT's name, on its originating tier only.
pub const BT_NAME: &str = "appd.bt.name";
/// How the BT enters its originating tier; present there only.
pub const BT_ENTRY_TYPE: &str = "appd.bt.entry_type";
/// `true` for a tier's All Other Traffic, else left out.
pub const BT_OTHER_TRAFFIC: &str = "appd.bt.other_traffic";
/// The calling tier's id, on continuing tiers.
pub const CALLER_TIER_ID: &str = "appd.caller.tier.id";
/// The backend the caller thought it called.
pub const CALLER_BACKEND_ID: &str = "appd.caller.backend.id";
/// `NORMAL`, `SLOW`, `VERY_SLOW`, `STALL` or `ERROR`.
pub const VERDICT: &str = "appd.verdict";

/// The type of exit call.
pub const EXIT_TYPE: &str = "appd.exit.type";
/// The backend's id.
pub const BACKEND_ID: &str = "appd.backend.id";
/// The backend's name. OpenTelemetry's name for the remote service, so that other back ends draw it.
pub const PEER_SERVICE: &str = "peer.service";
/// Followed by the name of an identifying property.
pub const BACKEND_PROPERTY_PREFIX: &str = "appd.backend.property.";

/// The GUID as a UUID; the trace id says the same.
pub const GUID: &str = "appd.guid";
/// The exit call sequence (`1|2`); left out at the root.
pub const SEQUENCE: &str = "appd.sequence";
/// Threshold in nanoseconds; left out when off.
pub const THRESHOLD_SLOW_NS: &str = "appd.threshold.slow_ns";
/// Threshold in nanoseconds; left out when off.
pub const THRESHOLD_VERY_SLOW_NS: &str = "appd.threshold.very_slow_ns";
/// Threshold in nanoseconds; left out when off.
pub const THRESHOLD_STALL_NS: &str = "appd.threshold.stall_ns";
/// Why the execution was kept.
pub const CAPTURE_POLICY: &str = "appd.capture.policy";
/// `true` while it was still running, else left out.
pub const IN_FLIGHT: &str = "appd.in_flight";
/// `true` when ended by timeout, shutdown or a lost handle, else left out.
pub const ABANDONED: &str = "appd.abandoned";
/// CPU time of the thread in nanoseconds, left out when unknown.
pub const CPU_NS: &str = "appd.cpu_ns";
/// The thread it began on, left out when unknown.
pub const THREAD_NAME: &str = "thread.name";
/// Exit calls whose details exceeded the limit, left out when 0.
pub const EXIT_CALLS_DROPPED: &str = "appd.exit_calls.dropped";
/// Followed by the key of a user data entry.
pub const USER_DATA_PREFIX: &str = "appd.user_data.";

/// URL, SQL text …; left out when not given.
pub const EXIT_OPERATION: &str = "appd.exit.operation";
/// Followed by the name of an optional property.
pub const EXIT_PROPERTY_PREFIX: &str = "appd.exit.property.";
/// `true` for a call whose end was never seen, else left out.
pub const EXIT_UNENDED: &str = "appd.exit.unended";

/// The name of an error's event.
pub const EXCEPTION_EVENT: &str = "exception";
/// The error's type.
pub const EXCEPTION_TYPE: &str = "exception.type";
/// The error's message, left out when empty.
pub const EXCEPTION_MESSAGE: &str = "exception.message";
/// The error's stack, left out when empty.
pub const EXCEPTION_STACKTRACE: &str = "exception.stacktrace";

/// Why something was dropped.
pub const DROP_CAUSE: &str = "appd.drop.cause";

/// Exponential histogram, ms, delta: executions of a BT on this tier.
pub const METRIC_BT_DURATION: &str = "appd.bt.duration";
/// Sum, delta: executions by verdict; verdicts that did not occur are left out.
pub const METRIC_BT_EXECUTIONS: &str = "appd.bt.executions";
/// Exponential histogram, ms, delta: calls of a BT to a backend.
pub const METRIC_EXIT_DURATION: &str = "appd.exit.duration";
/// Sum, delta: calls that ended in error, left out when 0.
pub const METRIC_EXIT_ERRORS: &str = "appd.exit.errors";
/// Sum, delta: segments begun.
pub const METRIC_SEGMENTS_BEGUN: &str = "appd.segments.begun";
/// Sum, delta: segments ended.
pub const METRIC_SEGMENTS_ENDED: &str = "appd.segments.ended";
/// Sum, delta: segments ended by timeout, shutdown or a lost handle.
pub const METRIC_SEGMENTS_ABANDONED: &str = "appd.segments.abandoned";
/// Sum, delta: exit calls ended.
pub const METRIC_EXIT_CALLS: &str = "appd.exit_calls";
/// Gauge: segments begun since the incarnation started.
pub const METRIC_SEGMENTS_BEGUN_TOTAL: &str = "appd.segments.begun.total";
/// Gauge: segments ended since the incarnation started.
pub const METRIC_SEGMENTS_ENDED_TOTAL: &str = "appd.segments.ended.total";
/// Gauge: segments running at the interval's end.
pub const METRIC_SEGMENTS_IN_FLIGHT: &str = "appd.segments.in_flight";
/// Sum, delta: segments counted under All Other Traffic.
pub const METRIC_SEGMENTS_OTHER_TRAFFIC: &str = "appd.segments.other_traffic";
/// Sum, delta: snapshots kept.
pub const METRIC_SNAPSHOTS_KEPT: &str = "appd.snapshots.kept";
/// Sum, delta, by [`DROP_CAUSE`]: what was dropped.
pub const METRIC_DROPS: &str = "appd.drops";
/// Sum, delta, ms: CPU time of the process.
pub const METRIC_PROCESS_CPU: &str = "appd.process.cpu";
/// Gauge, bytes: resident memory of the process.
pub const METRIC_PROCESS_MEMORY: &str = "appd.process.memory";
/// Sum, delta, ms: CPU time of the agent's reporter thread.
pub const METRIC_AGENT_CPU: &str = "appd.agent.cpu";
/// Gauge, bytes: memory the agent accounts for.
pub const METRIC_AGENT_MEMORY: &str = "appd.agent.memory";
/// Gauge: threads of the process.
pub const METRIC_THREADS: &str = "appd.process.threads";
