//! Questions while ingest runs. See README.md.

#[path = "../../store/src/traffic.rs"]
mod traffic;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tierline_model::{AppId, Backend, Guid, Segment, Verdict};
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

/// Batches a second while questions are asked: 4,000 spans and one minute of a node's numbers each.
const BATCHES_PER_SECOND: u64 = 5;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let spans = arguments.next().unwrap_or(1_000_000);
    let hours = arguments.next().unwrap_or(6);
    let directory = std::env::temp_dir().join(format!("tierline-bench-query-{}", std::process::id()));
    let store = SqliteStore::open(&directory).expect("open");
    let backends: Vec<Backend> = (0..20).map(backend).collect();
    let guids = fill(&store, &backends, spans, hours);
    println!("{spans} spans, {} series x {hours} h", NODES * SERIES_PER_NODE);
    let (stop, written) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut random = Random::new(9);
            while !stop.load(Ordering::Relaxed) {
                let number = written.fetch_add(1, Ordering::Relaxed);
                store.write(batch(&mut random, &backends, number % NODES, now_ms())).expect("write");
                std::thread::sleep(Duration::from_millis(1_000 / BATCHES_PER_SECOND));
            }
        });
        questions(&store, &guids, hours);
        stop.store(true, Ordering::Relaxed);
    });
    println!("  {} batches were ingested meanwhile", written.load(Ordering::Relaxed));
    drop(store);
    std::fs::remove_dir_all(&directory).expect("remove");
}

fn batch(random: &mut Random, backends: &[Backend], node: u64, start_ms: u64) -> WriteBatch {
    let segments: Vec<Segment> =
        (0..SEGMENTS_PER_BATCH).map(|_| segment(random, backends, start_ms)).collect();
    WriteBatch {
        account: ACCOUNT.to_owned(),
        received_ms: start_ms,
        reports: vec![report(random, node, backends, start_ms / MINUTE_MS * MINUTE_MS)],
        segments: vec![NodeSegments { identity: agent(node), segments }],
        ..WriteBatch::default()
    }
}

/// Writes everything and has it packed. Answers some of the requests.
fn fill(store: &SqliteStore, backends: &[Backend], spans: u64, hours: u64) -> Vec<Guid> {
    let mut random = Random::new(3);
    let mut guids = Vec::new();
    let batches = spans / SPANS_PER_SEGMENT / SEGMENTS_PER_BATCH;
    for number in 0..batches {
        let start_ms = now_ms() - 24 * HOUR_MS + number * 24 * HOUR_MS / batches;
        let mut one = batch(&mut random, backends, number % NODES, start_ms);
        one.reports.clear();
        guids.push(one.segments[0].segments[0].guid);
        store.write(one).expect("write");
    }
    for minute in (1..=hours * 60).rev() {
        let start_ms = now_ms() - minute * MINUTE_MS;
        let reports = (0..NODES).map(|node| report(&mut random, node, backends, start_ms)).collect();
        let one = WriteBatch {
            account: ACCOUNT.to_owned(),
            received_ms: start_ms,
            reports,
            ..WriteBatch::default()
        };
        store.write(one).expect("write");
        if minute % 60 == 0 {
            store.drop_expired(start_ms).expect("drop_expired");
        }
    }
    store.drop_expired(now_ms()).expect("drop_expired");
    guids
}

fn questions(store: &SqliteStore, guids: &[Guid], hours: u64) {
    ask("snapshot by id (p99 within 10 ms)", 500, |index| {
        store.execution(ACCOUNT, guids[index * 7 % guids.len()]).expect("execution").len()
    });
    ask("100 newest slow of a BT (20 ms)", 500, |index| {
        let filter = SegmentFilter {
            app_id: Some(AppId::of(APPLICATION)),
            bt_ids: vec![bt_of(index as u64 % 500).id],
            verdicts: vec![Verdict::Slow, Verdict::VerySlow, Verdict::Stall, Verdict::Error],
            limit: 100,
            ..SegmentFilter::default()
        };
        store.segments(ACCOUNT, &filter).expect("segments").segments.len()
    });
    let query = |family, hours, group_by: &[Dimension]| MetricQuery {
        app_id: AppId::of(APPLICATION),
        family,
        range: TimeRange { start_ms: now_ms() - hours * HOUR_MS, end_ms: now_ms() + MINUTE_MS },
        step: Step::Whole,
        group_by: Dimensions::of(group_by),
        filter: MetricFilter::default(),
        with_histogram: false,
    };
    let list = query(MetricFamily::Segments, hours, &[Dimension::Bt]);
    ask("BT list over everything (50 ms)", 50, |_| store.metrics(ACCOUNT, &list).expect("metrics").len());
    let flow = query(MetricFamily::Exits, 1, &[Dimension::Tier, Dimension::Backend]);
    ask("flow map over 1 h (50 ms)", 50, |_| store.metrics(ACCOUNT, &flow).expect("metrics").len());
}
