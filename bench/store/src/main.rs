//! Ingest and queries of the embedded store. See README.md.

mod overload;
mod traffic;

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};
use tierline_model::{AppId, Backend, Segment, Verdict};
use tierline_store::conformance::random::Random;
use tierline_store::conformance::sample::{ACCOUNT, now_ms};
use tierline_store::sqlite::SqliteStore;
use tierline_store::{
    Dimension, Dimensions, MetricFamily, MetricFilter, MetricQuery, NodeSegments, SegmentFilter, Step, Store,
    TimeRange, WriteBatch,
};
use traffic::{
    APPLICATION, HOUR_MS, MINUTE_MS, NODES, SEGMENTS_PER_BATCH, SERIES_PER_NODE, SPANS_PER_SEGMENT, agent,
    ask, backend, bt_of, report, segment,
};

fn main() {
    let mut arguments = std::env::args().skip(1).peekable();
    let is_overload = arguments.next_if(|text| text == "overload").is_some();
    let mut numbers = arguments.map(|text| text.parse::<u64>().expect("a number"));
    let directory = std::env::temp_dir().join(format!("tierline-bench-{}", std::process::id()));
    if is_overload {
        let seconds = numbers.next().unwrap_or(60);
        overload::run(&directory, seconds, numbers.next().unwrap_or(256));
    } else {
        let spans = numbers.next().unwrap_or(1_000_000);
        snapshots(&directory.join("snapshots"), spans);
        metrics(&directory.join("metrics"), numbers.next().unwrap_or(360));
    }
    std::fs::remove_dir_all(&directory).expect("remove");
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

/// How many requests a controller works at once (its threads for them live on).
const SENDERS: usize = 32;

/// Threads that write.
struct Senders {
    work: Option<Sender<WriteBatch>>,
    done: Receiver<()>,
    threads: Vec<JoinHandle<()>>,
}

impl Senders {
    fn start(store: &Arc<SqliteStore>) -> Self {
        let (work, waiting) = channel::<WriteBatch>();
        let waiting = Arc::new(Mutex::new(waiting));
        let (say_done, done) = channel();
        let threads = (0..SENDERS)
            .map(|_| {
                let (store, waiting, say_done) = (Arc::clone(store), Arc::clone(&waiting), say_done.clone());
                std::thread::spawn(move || {
                    loop {
                        let next = waiting.lock().expect("lock").recv();
                        let Ok(batch) = next else { return };
                        store.write(batch).expect("write");
                        say_done.send(()).expect("send");
                    }
                })
            })
            .collect();
        Self { work: Some(work), done, threads }
    }

    fn send(&self, batches: Vec<WriteBatch>) {
        let count = batches.len();
        let work = self.work.as_ref().expect("running");
        batches.into_iter().for_each(|batch| work.send(batch).expect("send"));
        (0..count).for_each(|_| self.done.recv().expect("receive"));
    }
}

impl Drop for Senders {
    fn drop(&mut self) {
        drop(self.work.take());
        self.threads.drain(..).for_each(|thread| thread.join().expect("join"));
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

fn metrics(directory: &Path, minutes: u64) {
    let mut store = Arc::new(SqliteStore::open(directory).expect("open"));
    let mut random = Random::new(2);
    let backends: Vec<Backend> = (0..20).map(backend).collect();
    let (mut spent, mut packing) = (Spent::default(), Spent::default());
    // Whole hours that are over, so that all of them are packed.
    let end_ms = now_ms() / HOUR_MS * HOUR_MS;
    // Every agent sends for itself, and all of them at the full minute.
    let senders = Senders::start(&store);
    for minute in (0..minutes).rev() {
        let start_ms = end_ms - (minute + 1) * MINUTE_MS;
        let batches: Vec<WriteBatch> = (0..NODES)
            .map(|node| WriteBatch {
                account: ACCOUNT.to_owned(),
                received_ms: start_ms,
                reports: vec![report(&mut random, node, &backends, start_ms)],
                ..WriteBatch::default()
            })
            .collect();
        spent.on(|| senders.send(batches));
        if start_ms % HOUR_MS == 20 * MINUTE_MS {
            packing.on(|| store.drop_expired(start_ms)).expect("drop_expired");
        }
    }
    packing.on(|| store.drop_expired(end_ms + HOUR_MS)).expect("drop_expired");
    drop(senders);
    spent.on(|| drop(store));
    let points = minutes * NODES * SERIES_PER_NODE;
    spent.print("points, written and durable", points, bytes_in(&directory.join("metrics")));
    packing.print("points, packed and added up", points, bytes_in(&directory.join("metrics-10m")));
    println!(
        "  of it sums: {:.1} bytes a point over ten minutes, {:.1} over an hour",
        bytes_in(&directory.join("metrics-10m")) as f64 / points as f64,
        bytes_in(&directory.join("metrics-1h")) as f64 / points as f64
    );
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
