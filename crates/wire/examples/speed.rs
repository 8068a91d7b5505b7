//! How fast the encoder and decoder are, beside prost doing the same. Prints medians of interleaved repetitions.
//!
//! `cargo run --release -p tierline-wire --example speed`
#![allow(clippy::print_stdout, reason = "it is there to print")]

use std::time::Instant;

use prost::Message as _;
use tierline_model::backend::{BackendKey, ExitType};
use tierline_model::snapshot::{CapturePolicy, ExitCallRecord, SegmentKind};
use tierline_model::{
    AgentIdentity, AppId, Backend, BackendId, BtId, BtOrigin, BtRef, EntryType, ExitMetrics, Guid, Histogram,
    Incarnation, IntervalReport, Language, Ledger, Property, RuntimeSample, Segment, SegmentMetrics, SpanId,
    Thresholds, Verdict, VerdictCounts,
};
use tierline_wire::otlp::{self, DecodeLimits};
use tierline_wire::proto::otlp::collector::metrics::v1::ExportMetricsServiceRequest;
use tierline_wire::proto::otlp::collector::trace::v1::ExportTraceServiceRequest;

const ITEMS: u64 = 1_000;
const REPETITIONS: usize = 41;

fn agent() -> AgentIdentity {
    AgentIdentity {
        application: "Shop".into(),
        tier: "front".into(),
        node: "front-1".into(),
        incarnation: Incarnation([1; 16]),
        language: Language::Python,
        agent_version: "0.1.0".into(),
        runtime_version: "3.13.0".into(),
        host_name: "web.example.org".into(),
        os_type: "linux".into(),
        process_id: 4711,
    }
}

fn bt(index: u64) -> BtRef {
    let name = format!("/store/{index}");
    BtRef {
        id: BtId::of("Shop", "front", EntryType::PythonWeb, &name),
        app_id: AppId::of("Shop"),
        origin: Some(BtOrigin { name: name.into(), entry_type: EntryType::PythonWeb, other_traffic: false }),
    }
}

fn backend(index: u64) -> Backend {
    let properties = [
        ("HOST", format!("db{index}")),
        ("PORT", "5432".into()),
        ("DATABASE", "shop".into()),
        ("VENDOR", "POSTGRESQL".into()),
    ];
    let key =
        BackendKey::new(ExitType::Db, properties.iter().map(|(n, v)| Property::new(n, v)).collect(), "db");
    Backend { id: BackendId::of("Shop", &key), name: "orders database".into(), key }
}

/// 60 durations between 1 and 400 ms: about 45 buckets.
fn durations(seed: u64) -> Histogram {
    let mut histogram = Histogram::new();
    let mut state = seed + 1;
    for _ in 0..60 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        histogram.record(1_000_000 + (state >> 33) % 400_000_000);
    }
    histogram
}

fn report() -> IntervalReport {
    let verdicts = VerdictCounts { normal: 55, slow: 4, error: 1, ..VerdictCounts::default() };
    let segments =
        (0..ITEMS / 2).map(|i| SegmentMetrics { bt: bt(i), caller: None, verdicts, duration: durations(i) });
    let exits = (0..ITEMS / 2).map(|i| ExitMetrics {
        bt_id: bt(i).id,
        app_id: AppId::of("Shop"),
        backend: backend(i),
        errors: 0,
        duration: durations(i),
    });
    IntervalReport {
        start_ms: 1_767_225_600_000,
        end_ms: 1_767_225_660_000,
        segments: segments.collect(),
        exits: exits.collect(),
        ledger: Ledger::default(),
        runtime: RuntimeSample::default(),
    }
}

/// Segments of one exit call with 4 properties and an operation, and 2 user data: 2 spans each.
fn segments() -> Vec<Segment> {
    (1..=ITEMS / 2)
        .map(|i| Segment {
            guid: Guid::from_bytes((u128::from(i) << 64 | 77).to_be_bytes()).expect("not zero"),
            span_id: SpanId::from_u64(i).expect("not zero"),
            parent_span_id: None,
            sequence: "".into(),
            bt: bt(i % 50),
            caller: None,
            kind: SegmentKind::Server,
            start_unix_ns: 1_767_225_600_000_000_000 + i,
            duration_ns: 300_000_000,
            cpu_ns: Some(1_000_000),
            verdict: Verdict::Slow,
            thresholds: Thresholds::default(),
            policy: CapturePolicy::SlaFailure,
            in_flight: false,
            abandoned: false,
            thread: "MainThread".into(),
            errors: vec![],
            user_data: vec![("customer".into(), "4711".into()), ("article".into(), "bicycle".into())],
            exit_calls: vec![ExitCallRecord {
                backend: backend(i % 20),
                sequence: "1".into(),
                display_name: "orders database".into(),
                operation: "SELECT * FROM orders WHERE customer = ?".into(),
                optional_properties: vec![],
                start_offset_ns: 1_000,
                duration_ns: 250_000_000,
                ended: true,
                errors: vec![],
            }],
            exit_calls_dropped: 0,
        })
        .collect()
}

/// What is measured, and how.
type Measured = (&'static str, Box<dyn FnMut()>);

/// Microseconds of the median run of each.
fn medians(mut runs: Vec<Measured>) -> Vec<(&'static str, f64)> {
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); runs.len()];
    for _ in 0..REPETITIONS {
        for (index, (_, run)) in runs.iter_mut().enumerate() {
            let start = Instant::now();
            run();
            times[index].push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    times.iter_mut().for_each(|times| times.sort_by(f64::total_cmp));
    runs.iter().zip(times).map(|((name, _), times)| (*name, times[REPETITIONS / 2])).collect()
}

fn main() {
    let (agent, report, segments) = (agent(), report(), segments());
    let (mut metrics, mut traces) = (Vec::new(), Vec::new());
    otlp::encode_metrics(&agent, &report, &mut metrics);
    otlp::encode_traces(&agent, &segments, &mut traces);
    let metrics_tree = ExportMetricsServiceRequest::decode(&*metrics).expect("our own bytes");
    let traces_tree = ExportTraceServiceRequest::decode(&*traces).expect("our own bytes");
    let limits = DecodeLimits::default();
    let points = otlp::decode_metrics(&metrics, &limits).expect("our own bytes").outcome.accepted;
    println!("{points} data points in {} bytes; {ITEMS} spans in {} bytes", metrics.len(), traces.len());
    let (m, t) = (metrics.clone(), traces.clone());
    let (m2, t2) = (metrics, traces);
    let (l, l2) = (limits.clone(), limits);
    let agent2 = agent.clone();
    let rows = medians(vec![
        (
            "metrics, encode",
            Box::new(move || {
                let mut out = Vec::new();
                otlp::encode_metrics(&agent, &report, &mut out);
                std::hint::black_box(out);
            }),
        ),
        (
            "metrics, prost encode of a tree that is there",
            Box::new(move || drop(std::hint::black_box(metrics_tree.encode_to_vec()))),
        ),
        (
            "metrics, decode to the model",
            Box::new(move || drop(std::hint::black_box(otlp::decode_metrics(&m, &l)))),
        ),
        (
            "metrics, prost decode to a tree",
            Box::new(move || drop(std::hint::black_box(ExportMetricsServiceRequest::decode(&*m2)))),
        ),
        (
            "traces, encode",
            Box::new(move || {
                let mut out = Vec::new();
                otlp::encode_traces(&agent2, &segments, &mut out);
                std::hint::black_box(out);
            }),
        ),
        (
            "traces, prost encode of a tree that is there",
            Box::new(move || drop(std::hint::black_box(traces_tree.encode_to_vec()))),
        ),
        (
            "traces, decode to the model",
            Box::new(move || drop(std::hint::black_box(otlp::decode_traces(&t, &l2)))),
        ),
        (
            "traces, prost decode to a tree",
            Box::new(move || drop(std::hint::black_box(ExportTraceServiceRequest::decode(&*t2)))),
        ),
    ]);
    for (name, microseconds) in rows {
        println!("{microseconds:>8.0} µs  {name}");
    }
}
