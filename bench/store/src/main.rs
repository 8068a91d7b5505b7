//! Ingest and queries of the embedded store. See README.md.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};
use tierline_model::backend::Property;
use tierline_model::{
    AgentIdentity, AppId, Backend, BackendId, BackendKey, BtId, BtOrigin, BtRef, CapturePolicy, EntryType,
    ErrorRecord, ExitCallRecord, ExitMetrics, ExitType, Guid, Histogram, IntervalReport, Ledger,
    RuntimeSample, Segment, SegmentKind, SegmentMetrics, SpanId, Thresholds, Verdict, VerdictCounts,
};
use tierline_store::conformance::random::Random;
use tierline_store::conformance::sample::{ACCOUNT, identity, now_ms};
use tierline_store::sqlite::SqliteStore;
use tierline_store::{
    Dimension, Dimensions, MetricFamily, MetricFilter, MetricQuery, NodeReport, NodeSegments, SegmentFilter,
    Step, Store, TimeRange, WriteBatch,
};

const APPLICATION: &str = "shop";
const SPANS_PER_SEGMENT: u64 = 4;
const SEGMENTS_PER_BATCH: u64 = 1_000;
const NODES: u64 = 50;
const SERIES_PER_NODE: u64 = 100;
const REQUESTS_PER_MINUTE: u64 = 60;
const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let spans = arguments.next().unwrap_or(1_000_000);
    let minutes = arguments.next().unwrap_or(60);
    let directory = std::env::temp_dir().join(format!("tierline-bench-{}", std::process::id()));
    snapshots(&directory.join("snapshots"), spans);
    metrics(&directory.join("metrics"), minutes);
    std::fs::remove_dir_all(&directory).expect("remove");
}

fn agent(node: u64) -> AgentIdentity {
    identity(APPLICATION, node % 10, node, node)
}

/// One of 500 BTs, a few of them much more often.
fn bt(random: &mut Random) -> BtRef {
    let bits = random.below(10);
    bt_of(random.below(1 << bits) % 500)
}

fn bt_of(number: u64) -> BtRef {
    let name = format!("/api/v1/resource/{number}");
    BtRef {
        id: BtId::of(APPLICATION, "tier-0", EntryType::PythonWeb, &name),
        app_id: AppId::of(APPLICATION),
        origin: Some(BtOrigin { name: name.into(), entry_type: EntryType::PythonWeb, other_traffic: false }),
    }
}

fn backend(number: u64) -> Backend {
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
fn duration_ns(random: &mut Random) -> u64 {
    let sum: f64 = (0..12).map(|_| random.next() as f64 / u64::MAX as f64).sum::<f64>() - 6.0;
    (20e6 * (sum * 0.8).exp()) as u64
}

fn random_guid(random: &mut Random) -> Guid {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&random.next().to_le_bytes());
    bytes[8..].copy_from_slice(&random.next().to_le_bytes());
    Guid::from_bytes(bytes).expect("not zero")
}

fn segment(random: &mut Random, backends: &[Backend], start_ms: u64) -> Segment {
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

/// Time spent in writing, not in generating.
#[derive(Default)]
struct Spent {
    cpu: Duration,
    /// Of it, on the caller's thread.
    packing: Duration,
    wall: Duration,
}

impl Spent {
    fn on<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (cpu, packing, wall) = (ProcessTime::now(), ThreadTime::now(), Instant::now());
        let answer = work();
        self.packing += packing.elapsed();
        self.cpu += cpu.elapsed();
        self.wall += wall.elapsed();
        answer
    }

    fn print(&self, what: &str, count: u64, bytes: u64) {
        println!(
            "{what}: {count} in {:.2} s CPU ({:.2} s on the calling thread) = {:.0} k/s per core ({:.0} k/s wall), {:.1} bytes each on disk",
            self.cpu.as_secs_f64(),
            self.packing.as_secs_f64(),
            count as f64 / self.cpu.as_secs_f64() / 1e3,
            count as f64 / self.wall.as_secs_f64() / 1e3,
            bytes as f64 / count as f64
        );
    }
}

fn bytes_in(directory: &Path) -> u64 {
    std::fs::read_dir(directory)
        .expect("list")
        .map(|entry| entry.expect("entry"))
        .map(|entry| match entry.metadata().expect("metadata") {
            metadata if metadata.is_dir() => bytes_in(&entry.path()),
            metadata => metadata.len(),
        })
        .sum()
}

/// Runs a question often and prints its p50 and p99.
fn ask(what: &str, times: usize, mut question: impl FnMut(usize) -> usize) {
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

fn snapshots(directory: &Path, spans: u64) {
    let mut store = SqliteStore::open(directory).expect("open");
    let mut random = Random::new(1);
    let backends: Vec<Backend> = (0..20).map(backend).collect();
    let mut spent = Spent::default();
    let mut guids = Vec::new();
    let batches = spans / SPANS_PER_SEGMENT / SEGMENTS_PER_BATCH;
    let begin_ms = now_ms() - HOUR_MS;
    for batch in 0..batches {
        let start_ms = begin_ms + batch * HOUR_MS / batches;
        let segments: Vec<Segment> =
            (0..SEGMENTS_PER_BATCH).map(|_| segment(&mut random, &backends, start_ms)).collect();
        guids.push(segments[0].guid);
        let batch = WriteBatch {
            account: ACCOUNT.to_owned(),
            received_ms: start_ms,
            segments: vec![NodeSegments { identity: agent(batch % NODES), segments }],
            ..WriteBatch::default()
        };
        spent.on(|| store.write(batch)).expect("write");
    }
    spent.on(|| drop(store)); // the log goes into the file
    let count = batches * SEGMENTS_PER_BATCH * SPANS_PER_SEGMENT;
    spent.print("spans", count, bytes_in(directory));
    store = SqliteStore::open(directory).expect("open");
    ask("snapshot by id", 1_000, |index| {
        store.execution(ACCOUNT, guids[index * 7 % guids.len()]).expect("execution").len()
    });
    let newest = |bt_ids, verdicts| SegmentFilter {
        app_id: Some(AppId::of(APPLICATION)),
        range: Some(TimeRange { start_ms: begin_ms - HOUR_MS, end_ms: now_ms() + HOUR_MS }),
        bt_ids,
        verdicts,
        limit: 100,
        ..SegmentFilter::default()
    };
    let slow = vec![Verdict::Slow, Verdict::VerySlow, Verdict::Stall, Verdict::Error];
    ask("100 newest slow of a BT", 500, |index| {
        let filter = newest(vec![bt_of(index as u64 % 500).id], slow.clone());
        store.segments(ACCOUNT, &filter).expect("segments").segments.len()
    });
    ask("100 newest of all", 200, |_| {
        store.segments(ACCOUNT, &newest(vec![], vec![])).expect("segments").segments.len()
    });
    ask("100 newest errors of all", 200, |_| {
        store.segments(ACCOUNT, &newest(vec![], vec![Verdict::Error])).expect("segments").segments.len()
    });
    ask("by user data, one page", 5, |index| {
        let user_data = Some(("user".to_owned(), Some(format!("user-{index}"))));
        let filter = SegmentFilter { user_data, ..newest(vec![], vec![]) };
        store.segments(ACCOUNT, &filter).expect("segments").segments.len()
    });
}

fn histogram(random: &mut Random) -> Histogram {
    let mut histogram = Histogram::new();
    for _ in 0..REQUESTS_PER_MINUTE {
        histogram.record(duration_ns(random));
    }
    histogram
}

fn report(random: &mut Random, node: u64, backends: &[Backend], start_ms: u64) -> NodeReport {
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

fn metrics(directory: &Path, minutes: u64) {
    let mut store = Arc::new(SqliteStore::open(directory).expect("open"));
    let mut random = Random::new(2);
    let backends: Vec<Backend> = (0..20).map(backend).collect();
    let mut spent = Spent::default();
    for minute in (0..minutes).rev() {
        let start_ms = now_ms() - minute * MINUTE_MS;
        let mut batches: Vec<Vec<WriteBatch>> = vec![Vec::new(); 4];
        for node in 0..NODES {
            batches[node as usize % 4].push(WriteBatch {
                account: ACCOUNT.to_owned(),
                received_ms: start_ms,
                reports: vec![report(&mut random, node, &backends, start_ms)],
                ..WriteBatch::default()
            });
        }
        // Every agent sends for itself, four at a time.
        spent.on(|| {
            std::thread::scope(|scope| {
                for batches in batches {
                    scope.spawn(|| batches.into_iter().for_each(|batch| store.write(batch).expect("write")));
                }
            });
        });
    }
    spent.on(|| drop(store));
    let points = minutes * NODES * SERIES_PER_NODE;
    spent.print("points", points, bytes_in(directory));
    store = Arc::new(SqliteStore::open(directory).expect("open"));
    let query = |family, hours, step, group_by: &[Dimension], with_histogram| MetricQuery {
        app_id: AppId::of(APPLICATION),
        family,
        range: TimeRange { start_ms: now_ms() - hours * HOUR_MS, end_ms: now_ms() + MINUTE_MS },
        step,
        group_by: Dimensions::of(group_by),
        filter: MetricFilter::default(),
        with_histogram,
    };
    let flow = query(MetricFamily::Exits, 1, Step::Whole, &[Dimension::Tier, Dimension::Backend], false);
    let first = Instant::now();
    let rows = store.metrics(ACCOUNT, &flow).expect("metrics").len();
    println!(
        "  flow map of the last hour, cold: {:.1} ms ({rows} rows)",
        first.elapsed().as_secs_f64() * 1e3
    );
    ask("flow map of the last hour", 50, |_| store.metrics(ACCOUNT, &flow).expect("metrics").len());
    let list = query(MetricFamily::Segments, 1, Step::Whole, &[Dimension::Bt], false);
    ask("BT list of the last hour", 50, |_| store.metrics(ACCOUNT, &list).expect("metrics").len());
    let list = query(MetricFamily::Segments, 1, Step::Whole, &[Dimension::Bt], true);
    ask("BT list of the last hour with percentiles", 10, |_| {
        store.metrics(ACCOUNT, &list).expect("metrics").len()
    });
    let mut series = query(MetricFamily::Segments, 1, Step::Minutes(1), &[], true);
    series.filter.bt_id = Some(bt_of(45).id);
    ask("one BT minute by minute, with percentiles", 20, |_| {
        store.metrics(ACCOUNT, &series).expect("metrics").len()
    });
    let list = query(MetricFamily::Segments, 24, Step::Whole, &[Dimension::Bt], false);
    ask("BT list of 24 hours", 10, |_| store.metrics(ACCOUNT, &list).expect("metrics").len());
}
