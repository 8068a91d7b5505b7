//! One agent, one report and one snapshot with something of everything, the same for ever: the fixtures hold them.

#![allow(dead_code, reason = "not every test needs all of it")]

use std::collections::BTreeMap;
use std::sync::Arc;

use tierline_model::backend::{BackendKey, ExitType};
use tierline_model::interval::Caller;
use tierline_model::snapshot::{CapturePolicy, ErrorRecord, ExitCallRecord, SegmentKind};
use tierline_model::{
    AgentIdentity, AppId, Backend, BackendId, BtId, BtOrigin, BtRef, DropCause, EntryType, ExitMetrics,
    Histogram, Incarnation, IntervalReport, Language, Ledger, Property, RuntimeSample, Segment,
    SegmentMetrics, SpanId, Thresholds, TierId, Verdict, VerdictCounts,
};

pub const START_MS: u64 = 1_767_225_600_000;

pub fn agent() -> AgentIdentity {
    AgentIdentity {
        application: "Shop".into(),
        tier: "front".into(),
        node: "front-1".into(),
        incarnation: Incarnation(*b"0123456789abcdef"),
        language: Language::Python,
        agent_version: "0.1.0".into(),
        runtime_version: "3.13.0".into(),
        host_name: "web.example.org".into(),
        os_type: "linux".into(),
        process_id: 4711,
    }
}

pub fn checkout() -> BtRef {
    BtRef {
        id: BtId::of("Shop", "front", EntryType::PythonWeb, "/checkout"),
        app_id: AppId::of("Shop"),
        origin: Some(BtOrigin {
            name: "/checkout".into(),
            entry_type: EntryType::PythonWeb,
            other_traffic: false,
        }),
    }
}

pub fn database() -> Backend {
    let properties = vec![
        Property::new("HOST", "db1"),
        Property::new("PORT", "5432"),
        Property::new("VENDOR", "POSTGRESQL"),
    ];
    let key = BackendKey::new(ExitType::Db, properties, "orders");
    Backend { id: BackendId::of("Shop", &key), name: "orders".into(), key }
}

fn histogram(durations_ms: &[u64]) -> Histogram {
    let mut histogram = Histogram::new();
    durations_ms.iter().for_each(|ms| histogram.record(ms * 1_000_000));
    histogram
}

pub fn report() -> IntervalReport {
    let elsewhere = BtRef { id: BtId::from_u64(99).unwrap(), app_id: AppId::of("Shop"), origin: None };
    let caller = Caller { tier_id: TierId::of("Shop", "mobile"), backend_id: BackendId::from_u64(7) };
    IntervalReport {
        start_ms: START_MS,
        end_ms: START_MS + 60_000,
        segments: vec![
            SegmentMetrics {
                bt: checkout(),
                caller: None,
                verdicts: VerdictCounts { normal: 2, slow: 1, very_slow: 0, stall: 0, error: 1 },
                duration: histogram(&[10, 12, 900, 0]),
            },
            SegmentMetrics {
                bt: elsewhere,
                caller: Some(caller),
                verdicts: VerdictCounts { normal: 1, ..VerdictCounts::default() },
                duration: histogram(&[3]),
            },
        ],
        exits: vec![ExitMetrics {
            bt_id: checkout().id,
            app_id: checkout().app_id,
            backend: database(),
            errors: 1,
            duration: histogram(&[4, 5, 6]),
        }],
        ledger: Ledger {
            begun: 6,
            ended: 5,
            abandoned: 1,
            exit_calls: 3,
            begun_total: 106,
            ended_total: 105,
            in_flight: 1,
            other_traffic: 0,
            snapshots_kept: 2,
            drops: BTreeMap::from([(DropCause::SnapshotMemory, 3), (DropCause::UserData, 1)]),
        },
        runtime: RuntimeSample {
            process_cpu_ms: 1_234.5,
            process_memory_bytes: 50 << 20,
            agent_cpu_ms: 0.75,
            agent_memory_bytes: 1 << 20,
            threads: 8,
        },
    }
}

fn texts(pairs: &[(&str, &str)]) -> Vec<(Arc<str>, Arc<str>)> {
    pairs.iter().map(|(key, value)| (Arc::from(*key), Arc::from(*value))).collect()
}

pub fn segment() -> Segment {
    let error = |type_name: &str, message: &str, stack: &str| ErrorRecord {
        type_name: type_name.into(),
        message: message.into(),
        stack: stack.into(),
    };
    Segment {
        guid: "0af76519-16cd-43dd-8448-eb211c80319c".parse().unwrap(),
        span_id: SpanId::from_u64(0x0102_0304_0506_0708).unwrap(),
        parent_span_id: SpanId::from_u64(0x1112_1314_1516_1718),
        sequence: "2|1".into(),
        bt: checkout(),
        caller: None,
        kind: SegmentKind::Server,
        start_unix_ns: START_MS * 1_000_000 + 5,
        duration_ns: 901_000_000,
        cpu_ns: Some(12_000_000),
        verdict: Verdict::Error,
        thresholds: Thresholds { slow_ns: 200_000_000, very_slow_ns: 600_000_000, stall_ns: u64::MAX },
        policy: CapturePolicy::ErrorSampling,
        in_flight: false,
        abandoned: true,
        thread: "MainThread".into(),
        errors: vec![error("ValueError", "no such article", "Traceback …\n")],
        user_data: texts(&[("customer", "4711"), ("article", "a"), ("article", "b"), ("", "without a key")]),
        exit_calls: vec![
            ExitCallRecord {
                backend: database(),
                sequence: "2|1|1".into(),
                display_name: "orders".into(),
                operation: "SELECT 1".into(),
                optional_properties: vec![Property::new("rows", "1")],
                start_offset_ns: 1_000_000,
                duration_ns: 4_000_000,
                ended: true,
                errors: vec![error("Timeout", "", "")],
            },
            ExitCallRecord {
                backend: Backend {
                    id: BackendId::from_u64(12).unwrap(),
                    name: "mails".into(),
                    key: BackendKey::new(ExitType::RabbitMq, vec![], "mails"),
                },
                sequence: "2|1|2".into(),
                display_name: "send mail".into(),
                operation: "".into(),
                optional_properties: vec![],
                start_offset_ns: 6_000_000,
                duration_ns: 895_000_000,
                ended: false,
                errors: vec![],
            },
        ],
        exit_calls_dropped: 3,
    }
}
