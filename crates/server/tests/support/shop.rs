//! A shop: `web` starts `/buy`, calls `pay` over HTTP and a database.

use std::sync::Arc;

use tierline_model::interval::Caller;
use tierline_model::{
    AgentIdentity, Backend, BackendId, BackendKey, BtId, BtOrigin, BtRef, CapturePolicy, EntryType,
    ErrorRecord, ExitCallRecord, ExitMetrics, ExitType, Guid, Histogram, Incarnation, IntervalReport,
    Language, Ledger, Property, RuntimeSample, Segment, SegmentKind, SegmentMetrics, SpanId, Thresholds,
    Verdict, VerdictCounts,
};
use tierline_wire::otlp::{encode_metrics, encode_traces};

pub const APP: &str = "shop";
pub const BT: &str = "/buy?<b>&'\"";
pub const GUID: &str = "0af76519-16cd-43dd-8448-eb211c80319c";

/// The start of the minute five minutes ago: surely over, surely within every range of an hour.
pub fn minute_ms() -> u64 {
    let now = tierline_server::controller::now_ms();
    now - now % 60_000 - 300_000
}

pub fn agent(tier: &str, life: u8) -> AgentIdentity {
    AgentIdentity {
        application: Arc::from(APP),
        tier: Arc::from(tier),
        node: Arc::from(format!("{tier}-1").as_str()),
        incarnation: Incarnation([life; 16]),
        language: Language::Python,
        agent_version: Arc::from("0.1.0"),
        runtime_version: Arc::from("3.11.7"),
        host_name: Arc::from("host-a"),
        os_type: Arc::from("linux"),
        process_id: 42,
    }
}

pub fn backend(exit_type: ExitType, properties: &[(&str, &str)], name: &str) -> Backend {
    let properties = properties.iter().map(|(name, value)| Property::new(name, value)).collect();
    let key = BackendKey::new(exit_type, properties, name);
    Backend { id: BackendId::of(APP, &key), name: Arc::from(name), key }
}

pub fn pay_backend() -> Backend {
    backend(ExitType::Http, &[("HOST", "pay"), ("PORT", "80")], "pay:80")
}

pub fn db_backend() -> Backend {
    backend(ExitType::Db, &[("VENDOR", "POSTGRES"), ("HOST", "db<1>")], "db|main")
}

pub fn bt_id() -> BtId {
    BtId::of(APP, "web", EntryType::PythonWeb, BT)
}

fn bt(origin: bool) -> BtRef {
    let at_home = BtOrigin { name: Arc::from(BT), entry_type: EntryType::PythonWeb, other_traffic: false };
    BtRef { id: bt_id(), app_id: tierline_model::AppId::of(APP), origin: origin.then_some(at_home) }
}

fn durations(calls: u64, each_ms: u64) -> Histogram {
    let mut histogram = Histogram::new();
    (0..calls).for_each(|_| histogram.record(each_ms * 1_000_000));
    histogram
}

/// `calls` executions of 100 ms each, of which one was in error; each called the database once (10 ms) and,
/// with `calls_pay`, `pay` once (50 ms).
pub fn web_report(start_ms: u64, calls: u64) -> IntervalReport {
    let verdicts = VerdictCounts { normal: calls - 1, error: 1, ..VerdictCounts::default() };
    let exit = |backend: Backend, each_ms| ExitMetrics {
        bt_id: bt_id(),
        app_id: tierline_model::AppId::of(APP),
        backend,
        errors: 0,
        duration: durations(calls, each_ms),
    };
    IntervalReport {
        start_ms,
        end_ms: start_ms + 60_000,
        segments: vec![SegmentMetrics {
            bt: bt(true),
            caller: None,
            verdicts,
            duration: durations(calls, 100),
        }],
        exits: vec![exit(db_backend(), 10), exit(pay_backend(), 50)],
        ledger: ledger(calls),
        runtime: RuntimeSample::default(),
    }
}

fn ledger(calls: u64) -> Ledger {
    Ledger {
        begun: calls,
        ended: calls,
        begun_total: calls,
        ended_total: calls,
        exit_calls: 2 * calls,
        ..Ledger::default()
    }
}

/// What `pay` saw of the same calls: 40 ms each.
pub fn pay_report(start_ms: u64, calls: u64) -> IntervalReport {
    let caller = Caller { tier_id: agent("web", 1).tier_id(), backend_id: Some(pay_backend().id) };
    let verdicts = VerdictCounts { normal: calls, ..VerdictCounts::default() };
    IntervalReport {
        start_ms,
        end_ms: start_ms + 60_000,
        segments: vec![SegmentMetrics {
            bt: bt(false),
            caller: Some(caller),
            verdicts,
            duration: durations(calls, 40),
        }],
        exits: Vec::new(),
        ledger: Ledger { exit_calls: 0, ..ledger(calls) },
        runtime: RuntimeSample::default(),
    }
}

fn exit_call(backend: Backend, sequence: &str, offset_ms: u64, duration_ms: u64) -> ExitCallRecord {
    ExitCallRecord {
        display_name: Arc::clone(&backend.name),
        backend,
        sequence: Arc::from(sequence),
        operation: Arc::from("SELECT 1 < 2"),
        optional_properties: vec![Property::new("rows", "1")],
        start_offset_ns: offset_ms * 1_000_000,
        duration_ns: duration_ms * 1_000_000,
        ended: true,
        errors: vec![],
    }
}

fn segment(guid: Guid, span: u64, start_ms: u64) -> Segment {
    Segment {
        guid,
        span_id: SpanId::from_u64(span).unwrap(),
        parent_span_id: None,
        sequence: Arc::from(""),
        bt: bt(true),
        caller: None,
        kind: SegmentKind::Internal,
        start_unix_ns: start_ms * 1_000_000,
        duration_ns: 812_000_000,
        cpu_ns: None,
        verdict: Verdict::Error,
        thresholds: Thresholds { slow_ns: 200_000_000, very_slow_ns: 600_000_000, stall_ns: u64::MAX },
        policy: CapturePolicy::ErrorSampling,
        in_flight: false,
        abandoned: false,
        thread: Arc::from("MainThread"),
        errors: vec![ErrorRecord {
            type_name: Arc::from("ValueError"),
            message: Arc::from("<script>alert(1)</script> & \u{7}"),
            stack: Arc::from("Traceback …"),
        }],
        user_data: vec![(Arc::from("order"), Arc::from("<4711>"))],
        exit_calls: vec![],
        exit_calls_dropped: 0,
    }
}

/// The error snapshot on `web`, with its two exit calls.
pub fn web_segment(start_ms: u64) -> Segment {
    let guid: Guid = GUID.parse().unwrap();
    let exit_calls = vec![exit_call(db_backend(), "1", 10, 5), exit_call(pay_backend(), "2", 100, 500)];
    Segment { exit_calls, ..segment(guid, 7, start_ms) }
}

/// The same request on `pay`.
pub fn pay_segment(start_ms: u64) -> Segment {
    let guid: Guid = GUID.parse().unwrap();
    Segment {
        parent_span_id: Some(guid.exit_span_id("2")),
        sequence: Arc::from("2"),
        bt: bt(false),
        caller: Some(Caller { tier_id: agent("web", 1).tier_id(), backend_id: Some(pay_backend().id) }),
        kind: SegmentKind::Server,
        duration_ns: 400_000_000,
        verdict: Verdict::Slow,
        policy: CapturePolicy::SlaFailure,
        errors: vec![],
        user_data: vec![],
        ..segment(guid, 9, start_ms + 120)
    }
}

pub fn metrics(agent: &AgentIdentity, report: &IntervalReport) -> Vec<u8> {
    let mut out = Vec::new();
    encode_metrics(agent, report, &mut out);
    out
}

pub fn traces(agent: &AgentIdentity, segments: &[Segment]) -> Vec<u8> {
    let mut out = Vec::new();
    encode_traces(agent, segments, &mut out);
    out
}

/// Everything above as requests: path and protobuf body. `web` made 10 calls, `pay` answered 10.
pub fn requests(start_ms: u64) -> Vec<(&'static str, Vec<u8>)> {
    let (web, pay) = (agent("web", 1), agent("pay", 2));
    vec![
        ("/v1/metrics", metrics(&web, &web_report(start_ms, 10))),
        ("/v1/metrics", metrics(&pay, &pay_report(start_ms, 10))),
        ("/v1/traces", traces(&web, &[web_segment(start_ms + 1_000)])),
        ("/v1/traces", traces(&pay, &[pay_segment(start_ms + 1_000)])),
    ]
}
