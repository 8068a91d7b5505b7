//! Batches to try a store with.

use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use tierline_model::interval::Caller;
use tierline_model::{
    AgentIdentity, AppId, Backend, BackendId, BackendKey, BtId, BtOrigin, BtRef, CapturePolicy, DropCause,
    EntryType, ErrorRecord, ExitCallRecord, ExitMetrics, ExitType, Guid, Histogram, Incarnation,
    IntervalReport, Language, Ledger, RuntimeSample, Segment, SegmentKind, SegmentMetrics, SpanId,
    Thresholds, TierId, Verdict, VerdictCounts, backend::Property,
};

use super::random::Random;
use crate::aggregate::MINUTE_MS;
use crate::write::{NodeReport, NodeSegments, WriteBatch};

/// The account of samples.
pub const ACCOUNT: &str = "customer1";

/// The applications of samples.
pub const APPLICATIONS: [&str; 2] = ["shop", "warehouse ü"];

/// The whole minute in which the process began to ask, milliseconds since 1970: what was just reported is what
/// stores keep at hand. It stays the same, so that no check is disturbed by the turn of a minute.
#[must_use]
pub fn now_ms() -> u64 {
    static NOW_MS: OnceLock<u64> = OnceLock::new();
    *NOW_MS.get_or_init(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        now.as_millis() as u64 / MINUTE_MS * MINUTE_MS
    })
}

/// An agent; the same numbers give the same agent.
#[must_use]
pub fn identity(application: &str, tier: u64, node: u64, incarnation: u64) -> AgentIdentity {
    let mut life = Random::new(incarnation);
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&life.next().to_le_bytes());
    bytes[8..].copy_from_slice(&life.next().to_le_bytes());
    AgentIdentity {
        application: Arc::from(application),
        tier: Arc::from(format!("tier-{tier}")),
        node: Arc::from(format!("node-{tier}-{node}")),
        incarnation: Incarnation(bytes),
        language: Language::Python,
        agent_version: Arc::from("0.1.0"),
        runtime_version: Arc::from("3.11.7"),
        host_name: Arc::from("host"),
        os_type: Arc::from("linux"),
        process_id: 1,
    }
}

/// The BT `number` that originates on `tier`.
#[must_use]
pub fn bt(application: &str, tier: u64, number: u64, origin: bool) -> BtRef {
    let name = format!("/bt/{number}");
    BtRef {
        id: BtId::of(application, &format!("tier-{tier}"), EntryType::PythonWeb, &name),
        app_id: AppId::of(application),
        origin: origin.then(|| BtOrigin {
            name: Arc::from(name),
            entry_type: EntryType::PythonWeb,
            other_traffic: number == 0,
        }),
    }
}

/// The backend `number` of an application.
#[must_use]
pub fn backend(application: &str, number: u64) -> Backend {
    let name = format!("backend-{number}");
    let properties = vec![Property::new("HOST", &name), Property::new("PORT", "5432")];
    let key = BackendKey::new(ExitType::Db, properties, &name);
    Backend { id: BackendId::of(application, &key), name: Arc::from(name), key }
}

/// A histogram of `count` durations.
#[must_use]
pub fn histogram(random: &mut Random, count: u64) -> Histogram {
    let mut histogram = Histogram::new();
    for _ in 0..count {
        histogram.record(random.duration_ns());
    }
    histogram
}

/// Executions of a BT.
#[must_use]
pub fn segment_metrics(random: &mut Random, bt: BtRef, caller: Option<Caller>) -> SegmentMetrics {
    let count = random.below(20);
    let mut verdicts = VerdictCounts::default();
    for _ in 0..count {
        verdicts.add(*random.pick(&Verdict::ALL));
    }
    SegmentMetrics { bt, caller, verdicts, duration: histogram(random, count) }
}

fn caller(random: &mut Random, application: &str) -> Caller {
    let tier = random.below(3);
    let backend_id = (!random.one_in(4)).then(|| backend(application, random.below(4)).id);
    Caller { tier_id: TierId::of(application, &format!("tier-{tier}")), backend_id }
}

/// What an agent of `application` might report for an interval.
#[must_use]
pub fn report(random: &mut Random, identity: &AgentIdentity, start_ms: u64) -> NodeReport {
    let application = &*identity.application;
    let mut segments = Vec::new();
    for _ in 0..random.below(5) {
        let number = random.below(4);
        let (bt, caller) = match random.below(3) {
            0 => (bt(application, random.below(3), number, false), Some(caller(random, application))),
            // Continues a foreign request: no caller by tier, not originating either.
            1 if random.one_in(4) => (bt(application, 0, number, false), None),
            _ => (bt(application, 0, number, true), None),
        };
        segments.push(segment_metrics(random, bt, caller));
    }
    let mut exits = Vec::new();
    for _ in 0..random.below(5) {
        let count = random.below(20);
        exits.push(ExitMetrics {
            bt_id: bt(application, 0, random.below(4), false).id,
            app_id: AppId::of(application),
            backend: backend(application, random.below(4)),
            errors: random.below(count + 1),
            duration: histogram(random, count),
        });
    }
    let ended = segments.iter().map(|s| s.verdicts.total()).sum();
    let report = IntervalReport {
        start_ms,
        end_ms: start_ms + 10_000,
        segments,
        exits,
        ledger: Ledger {
            begun: ended + 1,
            ended,
            begun_total: random.next(),
            in_flight: 1,
            drops: [(DropCause::UserData, random.below(9))].into(),
            ..Ledger::default()
        },
        runtime: RuntimeSample { process_cpu_ms: 0.5, threads: random.below(99), ..RuntimeSample::default() },
    };
    NodeReport { identity: identity.clone(), report }
}

fn errors(random: &mut Random) -> Vec<ErrorRecord> {
    if !random.one_in(4) {
        return Vec::new();
    }
    vec![ErrorRecord {
        type_name: Arc::from("ValueError"),
        message: Arc::from(format!("no {} 🦀", random.below(5))),
        stack: Arc::from("Traceback (most recent call last):\n  File \"x.py\", line 1"),
    }]
}

/// A kept segment.
#[must_use]
pub fn segment(random: &mut Random, application: &str, start_ms: u64) -> Segment {
    let originating = random.one_in(2);
    let mut guid = [0; 16];
    // Few requests with many segments each, and halves that repeat.
    guid[0] = random.below(3) as u8;
    guid[15] = random.below(8) as u8 + 1;
    let guid = Guid::from_bytes(guid).expect("not zero");
    let sequence: Arc<str> = Arc::from(if originating { "" } else { "1|2" });
    let exit_calls = (0..random.below(4))
        .map(|index| ExitCallRecord {
            backend: backend(application, random.below(4)),
            sequence: Arc::from(format!("{}", index + 1)),
            display_name: Arc::from("db"),
            operation: Arc::from(format!("SELECT {}", random.below(3))),
            optional_properties: vec![Property::new("rows", "1")],
            start_offset_ns: random.duration_ns(),
            duration_ns: random.duration_ns(),
            ended: !random.one_in(9),
            errors: errors(random),
        })
        .collect();
    Segment {
        guid,
        span_id: SpanId::from_u64(random.next() | 1).expect("not zero"),
        parent_span_id: (!originating).then(|| guid.exit_span_id(&sequence)),
        sequence,
        bt: bt(application, 0, random.below(4), originating),
        caller: (!originating).then(|| caller(random, application)),
        kind: SegmentKind::Server,
        start_unix_ns: start_ms * 1_000_000 + random.below(60_000) * 1_000_000,
        duration_ns: random.duration_ns(),
        cpu_ns: random.one_in(2).then(|| random.duration_ns()),
        verdict: *random.pick(&Verdict::ALL),
        thresholds: Thresholds { slow_ns: 1, very_slow_ns: 2, stall_ns: u64::MAX },
        policy: *random.pick(&CapturePolicy::ALL),
        in_flight: false,
        abandoned: random.one_in(9),
        thread: Arc::from("MainThread"),
        errors: errors(random),
        user_data: (0..random.below(3))
            .map(|key| (Arc::from(format!("key-{key}")), Arc::from(format!("value-{}", random.below(3)))))
            .collect(),
        exit_calls,
        exit_calls_dropped: random.below(2),
    }
}

/// An empty batch of the account.
#[must_use]
pub fn batch() -> WriteBatch {
    WriteBatch { account: ACCOUNT.to_owned(), received_ms: now_ms(), ..WriteBatch::default() }
}

/// A batch of one report.
#[must_use]
pub fn batch_of_report(report: NodeReport) -> WriteBatch {
    WriteBatch { reports: vec![report], ..batch() }
}

/// A batch of segments of one agent.
#[must_use]
pub fn batch_of_segments(identity: AgentIdentity, segments: Vec<Segment>) -> WriteBatch {
    WriteBatch { segments: vec![NodeSegments { identity, segments }], ..batch() }
}

/// A batch of several agents of both applications within the half hour before `end_ms`.
#[must_use]
pub fn random_batch(random: &mut Random, end_ms: u64) -> WriteBatch {
    let mut batch = batch();
    for _ in 0..random.below(6) {
        let application = *random.pick(&APPLICATIONS);
        let (tier, node) = (random.below(3), random.below(2));
        // Two lives of each node, and each life with one identity.
        let number = application.len() as u64 * 1_000 + tier * 100 + node * 10 + random.below(2);
        let identity = identity(application, tier, node, number);
        let start_ms = end_ms - MINUTE_MS * random.below(30) - 10_000 * random.below(6);
        batch.reports.push(report(random, &identity, start_ms));
        if random.one_in(2) {
            let segments = (0..random.below(6)).map(|_| segment(random, application, start_ms)).collect();
            batch.segments.push(NodeSegments { identity, segments });
        }
    }
    batch
}
