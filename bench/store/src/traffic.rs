//! Traffic like that of a shop: 50 nodes, 500 BTs, 20 databases.

use std::time::Instant;

use tierline_model::backend::Property;
use tierline_model::{
    AgentIdentity, AppId, Backend, BackendId, BackendKey, BtId, BtOrigin, BtRef, CapturePolicy, EntryType,
    ErrorRecord, ExitCallRecord, ExitMetrics, ExitType, Guid, Histogram, IntervalReport, Ledger,
    RuntimeSample, Segment, SegmentKind, SegmentMetrics, SpanId, Thresholds, Verdict, VerdictCounts,
};
use tierline_store::NodeReport;
use tierline_store::conformance::random::Random;
use tierline_store::conformance::sample::identity;

pub const APPLICATION: &str = "shop";
pub const SPANS_PER_SEGMENT: u64 = 4;
pub const SEGMENTS_PER_BATCH: u64 = 1_000;
pub const NODES: u64 = 50;
pub const SERIES_PER_NODE: u64 = 100;
pub const REQUESTS_PER_MINUTE: u64 = 60;
pub const MINUTE_MS: u64 = 60_000;
pub const HOUR_MS: u64 = 60 * MINUTE_MS;

pub fn agent(node: u64) -> AgentIdentity {
    identity(APPLICATION, node % 10, node, node)
}

/// One of 500 BTs, a few of them much more often.
pub fn bt(random: &mut Random) -> BtRef {
    let bits = random.below(10);
    bt_of(random.below(1 << bits) % 500)
}

pub fn bt_of(number: u64) -> BtRef {
    let name = format!("/api/v1/resource/{number}");
    BtRef {
        id: BtId::of(APPLICATION, "tier-0", EntryType::PythonWeb, &name),
        app_id: AppId::of(APPLICATION),
        origin: Some(BtOrigin { name: name.into(), entry_type: EntryType::PythonWeb, other_traffic: false }),
    }
}

pub fn backend(number: u64) -> Backend {
    let name = format!("db-{number}.internal");
    let properties = vec![
        Property::new("HOST", &name),
        Property::new("PORT", "5432"),
        Property::new("DATABASE", "orders"),
        Property::new("VENDOR", "POSTGRESQL"),
    ];
    let key = BackendKey::new(ExitType::Db, properties, &name);
    Backend { id: BackendId::of(APPLICATION, &key), name: name.into(), key }
}

/// Log-normal around 20 ms, by the sum of twelve uniform numbers.
pub fn duration_ns(random: &mut Random) -> u64 {
    let sum: f64 = (0..12).map(|_| random.next() as f64 / u64::MAX as f64).sum::<f64>() - 6.0;
    (20e6 * (sum * 0.8).exp()) as u64
}

pub fn random_guid(random: &mut Random) -> Guid {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&random.next().to_le_bytes());
    bytes[8..].copy_from_slice(&random.next().to_le_bytes());
    Guid::from_bytes(bytes).expect("not zero")
}

pub fn segment(random: &mut Random, backends: &[Backend], start_ms: u64) -> Segment {
    let verdict =
        if random.one_in(50) { Verdict::Error } else { *random.pick(&[Verdict::Normal, Verdict::Slow]) };
    let errors = if verdict == Verdict::Error {
        vec![ErrorRecord {
            type_name: "psycopg2.OperationalError".into(),
            message: format!("could not connect to server: attempt {}", random.below(100_000)).into(),
            stack: format!(
                "Traceback (most recent call last):\n{}",
                "  File \"app.py\", line 10, in run\n".repeat(20)
            )
            .into(),
        }]
    } else {
        Vec::new()
    };
    let exit_calls = (1..SPANS_PER_SEGMENT)
        .map(|index| ExitCallRecord {
            backend: random.pick(backends).clone(),
            sequence: index.to_string().into(),
            display_name: "PostgreSQL orders".into(),
            operation: format!(
                "SELECT id, name, price FROM products WHERE category = {} AND id = {}",
                random.below(50),
                random.below(1_000_000)
            )
            .into(),
            optional_properties: vec![Property::new("rows", &random.below(100).to_string())],
            start_offset_ns: duration_ns(random) / 4,
            duration_ns: duration_ns(random) / 4,
            ended: true,
            errors: Vec::new(),
        })
        .collect();
    Segment {
        guid: random_guid(random),
        span_id: SpanId::from_u64(random.next() | 1).expect("not zero"),
        parent_span_id: None,
        sequence: "".into(),
        bt: bt(random),
        caller: None,
        kind: SegmentKind::Server,
        start_unix_ns: start_ms * 1_000_000 + random.below(1_000_000_000),
        duration_ns: duration_ns(random),
        cpu_ns: None,
        verdict,
        thresholds: Thresholds { slow_ns: 200_000_000, very_slow_ns: 600_000_000, stall_ns: u64::MAX },
        policy: CapturePolicy::SlaFailure,
        in_flight: false,
        abandoned: false,
        thread: format!("worker-{}", random.below(8)).into(),
        errors,
        user_data: vec![
            ("user".into(), format!("user-{}", random.below(100_000)).into()),
            ("tenant".into(), format!("tenant-{}", random.below(100)).into()),
        ],
        exit_calls,
        exit_calls_dropped: 0,
    }
}

pub fn histogram(random: &mut Random) -> Histogram {
    let mut histogram = Histogram::new();
    for _ in 0..REQUESTS_PER_MINUTE {
        histogram.record(duration_ns(random));
    }
    histogram
}

pub fn report(random: &mut Random, node: u64, backends: &[Backend], start_ms: u64) -> NodeReport {
    let bts = SERIES_PER_NODE * 2 / 5;
    let segments = (0..bts)
        .map(|number| SegmentMetrics {
            bt: bt_of((node % 10) * 40 + number),
            caller: None,
            verdicts: VerdictCounts {
                normal: REQUESTS_PER_MINUTE - 3,
                slow: 2,
                error: 1,
                ..VerdictCounts::default()
            },
            duration: histogram(random),
        })
        .collect();
    let exits = (bts..SERIES_PER_NODE)
        .map(|number| ExitMetrics {
            bt_id: bt_of((node % 10) * 40 + number % bts).id,
            app_id: AppId::of(APPLICATION),
            backend: backends[number as usize % backends.len()].clone(),
            errors: random.below(3),
            duration: histogram(random),
        })
        .collect();
    let (ledger, runtime) =
        (Ledger { begun: 2_400, ended: 2_400, ..Ledger::default() }, RuntimeSample::default());
    NodeReport {
        identity: agent(node),
        report: IntervalReport { start_ms, end_ms: start_ms + MINUTE_MS, segments, exits, ledger, runtime },
    }
}

/// Runs a question often and prints its p50 and p99.
pub fn ask(what: &str, times: usize, mut question: impl FnMut(usize) -> usize) {
    let mut taken = Vec::new();
    let mut rows = 0;
    for index in 0..times {
        let begun = Instant::now();
        rows = question(index);
        taken.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    taken.sort_by(f64::total_cmp);
    println!("  {what}: p50 {:.2} ms, p99 {:.2} ms ({rows} rows)", taken[times / 2], taken[times * 99 / 100]);
}
