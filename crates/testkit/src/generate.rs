//! Random values of the model for property tests: everything an agent may report, odd texts included, and nothing
//! that the model's own rules exclude (unclean names, cut lengths, series said twice, numbers that do not add up).

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use tierline_model::backend::BackendKey;
use tierline_model::interval::Caller;
use tierline_model::name::{clean_bt_name, clean_name, cut};
use tierline_model::snapshot::{CapturePolicy, ErrorRecord, ExitCallRecord, SegmentKind};
use tierline_model::{
    AgentIdentity, AppId, Backend, BackendId, BtId, BtOrigin, BtRef, DropCause, EntryType, ExitMetrics,
    ExitType, Guid, Histogram, Incarnation, IntervalReport, Language, Ledger, Property, RuntimeSample,
    Segment, SegmentMetrics, SpanId, Thresholds, TierId, Verdict, VerdictCounts,
};

/// 2026-01-01T00:00:00Z in milliseconds: the generated times begin here.
pub const EPOCH_MS: u64 = 1_767_225_600_000;

/// Durations whose sums come back exact from `double` milliseconds: below an hour.
const DURATION_NS_MAX: u64 = 3_600_000_000_000;

const ENTRY_TYPES: [EntryType; 4] =
    [EntryType::PythonWeb, EntryType::NodejsWeb, EntryType::RustWeb, EntryType::OpenTelemetry];

/// Texts as programs pass them: plain, empty, international, long, full of control characters and separators.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z0-9 /._-]{1,30}",
        1 => "\\PC{0,40}",
        1 => "[\\x00-\\x7f]{0,20}",
        1 => "[äß漢🦀|&;*=]{0,300}",
    ]
}

/// A name as it is reported: cleaned.
pub fn name() -> impl Strategy<Value = Arc<str>> {
    text().prop_map(|text| Arc::from(clean_name(&text)))
}

fn short(chars_max: usize) -> impl Strategy<Value = Arc<str>> {
    text().prop_map(move |text| Arc::from(cut(&text, chars_max)))
}

/// A process that reports.
pub fn agent_identity() -> impl Strategy<Value = AgentIdentity> {
    let languages = [Language::Python, Language::Nodejs, Language::Rust, Language::Other];
    (
        (name(), name(), name()),
        any::<[u8; 16]>(),
        proptest::sample::select(languages.to_vec()),
        (short(255), short(255), short(255), short(255)),
        any::<u32>(),
    )
        .prop_map(|((application, tier, node), bytes, language, details, process_id)| AgentIdentity {
            application,
            tier,
            node,
            incarnation: Incarnation(if bytes == [0; 16] { [1; 16] } else { bytes }),
            language,
            agent_version: details.0,
            runtime_version: details.1,
            host_name: details.2,
            os_type: details.3,
            process_id,
        })
}

/// A BT, seen from its originating tier or from another one.
pub fn bt_ref() -> impl Strategy<Value = BtRef> {
    (
        any::<u64>(),
        any::<u64>(),
        option::of((text(), proptest::sample::select(ENTRY_TYPES.to_vec()), any::<bool>())),
    )
        .prop_map(|(id, app_id, origin)| BtRef {
            id: id_from(id, BtId::from_u64),
            app_id: id_from(app_id, AppId::from_u64),
            origin: origin.map(|(bt_name, entry_type, other_traffic)| BtOrigin {
                name: Arc::from(clean_bt_name(&bt_name)),
                entry_type,
                other_traffic,
            }),
        })
}

fn id_from<T>(number: u64, make: impl Fn(u64) -> Option<T>) -> T {
    make((number & tierline_model::id::ID_MAX).max(1)).unwrap_or_else(|| panic!("{number} was made an id"))
}

/// The caller of a continuing segment.
pub fn caller() -> impl Strategy<Value = Caller> {
    (any::<u64>(), option::of(any::<u64>())).prop_map(|(tier_id, backend_id)| Caller {
        tier_id: id_from(tier_id, TierId::from_u64),
        backend_id: backend_id.map(|id| id_from(id, BackendId::from_u64)),
    })
}

/// A property; some share a name.
pub fn property() -> impl Strategy<Value = Property> {
    (prop_oneof![text(), "[A-C]"], text()).prop_map(|(key, value)| Property::new(&key, &value))
}

/// Properties in the order given, each name at most once.
pub fn properties(max: usize) -> impl Strategy<Value = Vec<Property>> {
    vec(property(), 0..max).prop_map(|properties| {
        let mut seen = HashSet::new();
        properties.into_iter().filter(|property| seen.insert(property.name.clone())).collect()
    })
}

/// A backend.
pub fn backend() -> impl Strategy<Value = Backend> {
    let exit_type = prop_oneof![
        proptest::sample::select(vec!["HTTP", "DB", "CACHE", "QUEUE", "CUSTOM", "WEB_SERVICE", "RABBITMQ"])
            .prop_map(str::to_owned),
        text(),
    ];
    (any::<u64>(), name(), exit_type, properties(6)).prop_map(|(id, label, exit_type, properties)| Backend {
        id: id_from(id, BackendId::from_u64),
        key: BackendKey::new(ExitType::parse(&exit_type), properties, &label),
        name: label,
    })
}

/// Durations, and the histogram of them.
pub fn histogram(count_max: usize) -> impl Strategy<Value = Histogram> {
    let duration = prop_oneof![0..DURATION_NS_MAX, 0..10_000_000u64, Just(0)];
    vec(duration, 0..count_max).prop_map(|durations| {
        let mut histogram = Histogram::new();
        durations.into_iter().for_each(|duration| histogram.record(duration));
        histogram
    })
}

/// `total` executions, divided among the verdicts.
fn verdicts(total: u64, seed: [u64; 4]) -> VerdictCounts {
    let mut left = total;
    let mut take = |share: u64| {
        let taken = share % (left + 1);
        left -= taken;
        taken
    };
    let (slow, very_slow, stall, error) = (take(seed[0]), take(seed[1]), take(seed[2]), take(seed[3]));
    VerdictCounts { normal: left, slow, very_slow, stall, error }
}

/// The executions of one BT.
pub fn segment_metrics() -> impl Strategy<Value = SegmentMetrics> {
    (bt_ref(), option::of(caller()), histogram(200), any::<[u64; 4]>()).prop_map(
        |(bt, caller, duration, seed)| SegmentMetrics {
            bt,
            caller,
            verdicts: verdicts(duration.count(), seed),
            duration,
        },
    )
}

/// The calls of one BT to one backend.
pub fn exit_metrics() -> impl Strategy<Value = ExitMetrics> {
    (any::<u64>(), any::<u64>(), backend(), histogram(100), any::<u64>()).prop_map(
        |(bt_id, app_id, backend, duration, errors)| ExitMetrics {
            bt_id: id_from(bt_id, BtId::from_u64),
            app_id: id_from(app_id, AppId::from_u64),
            backend,
            errors: errors % (duration.count() + 1),
            duration,
        },
    )
}

/// A conservation line. Its numbers need not add up: the controller is there to find that.
pub fn ledger() -> impl Strategy<Value = Ledger> {
    let count = || 0..u64::from(u32::MAX);
    let drops = proptest::collection::btree_map(
        proptest::sample::select(DropCause::ALL.to_vec()),
        count(),
        0..DropCause::ALL.len(),
    );
    ([count(), count(), count(), count(), count(), count(), count(), count(), count()], drops).prop_map(
        |(
            [begun, ended, abandoned, exit_calls, begun_total, ended_total, in_flight, other_traffic, kept],
            drops,
        )| {
            Ledger {
                begun,
                ended,
                abandoned,
                exit_calls,
                begun_total,
                ended_total,
                in_flight,
                other_traffic,
                snapshots_kept: kept,
                drops: drops.into_iter().collect::<BTreeMap<_, _>>(),
            }
        },
    )
}

/// A runtime sample.
pub fn runtime_sample() -> impl Strategy<Value = RuntimeSample> {
    (0.0..1e9f64, any::<u32>(), 0.0..1e9f64, any::<u32>(), 0..10_000u64).prop_map(
        |(process_cpu_ms, process_memory, agent_cpu_ms, agent_memory, threads)| RuntimeSample {
            process_cpu_ms,
            process_memory_bytes: u64::from(process_memory),
            agent_cpu_ms,
            agent_memory_bytes: u64::from(agent_memory),
            threads,
        },
    )
}

/// A report, with every series at most once.
pub fn interval_report() -> impl Strategy<Value = IntervalReport> {
    (
        (0..525_600u64, 0..60u64, 1..60u64),
        vec(segment_metrics(), 0..8),
        vec(exit_metrics(), 0..8),
        ledger(),
        runtime_sample(),
    )
        .prop_map(|((minute, second, length_s), mut segments, mut exits, ledger, runtime)| {
            let mut seen = HashSet::new();
            segments.retain(|segment| seen.insert((segment.bt.id, segment.bt.app_id, segment.caller)));
            let mut seen = HashSet::new();
            exits.retain(|exit| seen.insert((exit.bt_id, exit.app_id, exit.backend.id)));
            let start_ms = EPOCH_MS + (minute * 60 + second) * 1_000;
            let end_ms = (start_ms + length_s * 1_000).min(EPOCH_MS + (minute + 1) * 60_000);
            IntervalReport { start_ms, end_ms, segments, exits, ledger, runtime }
        })
}

/// An error.
pub fn error_record() -> impl Strategy<Value = ErrorRecord> {
    (short(100), short(5_000), short(32_000)).prop_map(|(type_name, message, stack)| ErrorRecord {
        type_name,
        message,
        stack,
    })
}

/// An exit call. Its sequence is only right within a segment.
pub fn exit_call_record() -> impl Strategy<Value = ExitCallRecord> {
    (
        backend(),
        name(),
        short(5_000),
        properties(5),
        (0..DURATION_NS_MAX, 0..DURATION_NS_MAX),
        any::<bool>(),
        vec(error_record(), 0..3),
    )
        .prop_map(|(backend, display_name, operation, optional_properties, times, ended, errors)| {
            ExitCallRecord {
                backend,
                sequence: Arc::from("1"),
                display_name,
                operation,
                optional_properties,
                start_offset_ns: times.0,
                duration_ns: times.1,
                ended,
                errors,
            }
        })
}

fn thresholds() -> impl Strategy<Value = Thresholds> {
    let threshold = || prop_oneof![0..DURATION_NS_MAX, Just(u64::MAX)];
    (threshold(), threshold(), threshold()).prop_map(|(slow_ns, very_slow_ns, stall_ns)| Thresholds {
        slow_ns,
        very_slow_ns,
        stall_ns,
    })
}

fn user_data() -> impl Strategy<Value = Vec<(Arc<str>, Arc<str>)>> {
    vec((short(100), short(5_000)), 0..12).prop_map(|entries| {
        let mut seen = HashSet::new();
        entries.into_iter().filter(|(key, _)| seen.insert(key.clone())).collect()
    })
}

/// A kept segment with its exit calls.
pub fn segment() -> impl Strategy<Value = Segment> {
    let who = (any::<[u8; 16]>(), 1..u64::MAX, option::of(1..u64::MAX), "(|[1-9](\\|[1-9]){0,5})");
    let what =
        (bt_ref(), option::of(caller()), 0..3usize, 0..Verdict::ALL.len(), 0..CapturePolicy::ALL.len());
    let when =
        (0..31_536_000_000_000_000u64, 0..DURATION_NS_MAX, option::of(0..DURATION_NS_MAX), thresholds());
    let how = (any::<bool>(), any::<bool>(), short(100), 0..1_000u64);
    let lists = (vec(error_record(), 0..4), user_data(), vec(exit_call_record(), 0..6));
    (who, what, when, how, lists).prop_map(|(who, what, when, how, lists)| {
        let (bytes, span_id, parent, sequence) = who;
        let (bt, caller, kind, verdict, policy) = what;
        let (start_ns, duration_ns, cpu_ns, thresholds) = when;
        let (in_flight, abandoned, thread, exit_calls_dropped) = how;
        let (errors, user_data, mut exit_calls) = lists;
        for (index, exit_call) in exit_calls.iter_mut().enumerate() {
            let separator = if sequence.is_empty() { "" } else { "|" };
            exit_call.sequence = Arc::from(format!("{sequence}{separator}{}", index + 1));
        }
        Segment {
            guid: Guid::from_bytes(bytes).unwrap_or_else(|| panic!("a random GUID was all zero")),
            span_id: SpanId::from_u64(span_id).unwrap_or_else(|| panic!("a random span id was zero")),
            parent_span_id: parent.and_then(SpanId::from_u64),
            sequence: Arc::from(sequence),
            bt,
            caller,
            kind: [SegmentKind::Internal, SegmentKind::Server, SegmentKind::Consumer][kind],
            start_unix_ns: EPOCH_MS * 1_000_000 + start_ns,
            duration_ns,
            cpu_ns,
            verdict: Verdict::ALL[verdict],
            thresholds,
            policy: CapturePolicy::ALL[policy],
            in_flight,
            abandoned,
            thread,
            errors,
            user_data,
            exit_calls,
            exit_calls_dropped,
        }
    })
}
