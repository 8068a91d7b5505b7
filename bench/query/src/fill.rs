//! The data that are asked for.

use std::path::Path;
use std::time::Instant;

use tierline_engine::ingest::{reports_batch, segments_batch};
use tierline_model::{Backend, Guid, Segment};
use tierline_store::conformance::random::Random;
use tierline_store::conformance::sample::{ACCOUNT, now_ms};
use tierline_store::sqlite::SqliteStore;
use tierline_store::{Store, WriteBatch};

use crate::traffic::{
    HOUR_MS, MINUTE_MS, NODES, SEGMENTS_PER_BATCH, SERIES_PER_NODE, SPANS_PER_SEGMENT, agent, backend,
    report, segment,
};

/// The backends of all traffic.
pub fn backends() -> Vec<Backend> {
    (0..20).map(backend).collect()
}

/// Segments of a node.
pub fn segments(random: &mut Random, backends: &[Backend], start_ms: u64) -> Vec<Segment> {
    (0..SEGMENTS_PER_BATCH).map(|_| segment(random, backends, start_ms)).collect()
}

/// Writes everything, on two threads. Answers some of the requests.
pub fn fill(directory: &Path, spans: u64, hours: u64) -> Vec<Guid> {
    let begun = Instant::now();
    let store = SqliteStore::open(directory).expect("open");
    let backends = backends();
    let guids = std::thread::scope(|scope| {
        let points = scope.spawn(|| write_points(&store, &backends, hours));
        let guids = write_spans(&store, &backends, spans);
        points.join().expect("points");
        guids
    });
    drop(store);
    println!(
        "{spans} spans, {} series x {hours} h written in {:?}",
        NODES * SERIES_PER_NODE,
        begun.elapsed()
    );
    guids
}

fn write_spans(store: &SqliteStore, backends: &[Backend], spans: u64) -> Vec<Guid> {
    let mut random = Random::new(3);
    let mut guids = Vec::new();
    let batches = spans / SPANS_PER_SEGMENT / SEGMENTS_PER_BATCH;
    for number in 0..batches {
        let start_ms = now_ms() - 24 * HOUR_MS + number * 24 * HOUR_MS / batches;
        let segments = segments(&mut random, backends, start_ms);
        guids.push(segments[number as usize % segments.len()].guid);
        write(store, segments_batch(ACCOUNT, start_ms, vec![(agent(number % NODES), segments)]));
    }
    guids
}

fn write_points(store: &SqliteStore, backends: &[Backend], hours: u64) {
    let mut random = Random::new(4);
    for minute in (1..=hours * 60).rev() {
        let start_ms = now_ms() - minute * MINUTE_MS;
        let reports = (0..NODES).map(|node| {
            let one = report(&mut random, node, backends, start_ms);
            (one.identity, one.report)
        });
        write(store, reports_batch(ACCOUNT, start_ms, reports.collect()));
        if minute % 60 == 0 {
            store.drop_expired(start_ms).expect("drop_expired");
        }
    }
    store.drop_expired(now_ms()).expect("drop_expired");
}

fn write(store: &SqliteStore, batch: WriteBatch) {
    store.write(batch).expect("write");
}
