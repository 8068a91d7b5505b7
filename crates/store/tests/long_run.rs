//! Days of traffic: sums equal what they are made of, percentiles stay within the histogram's bound, and a limit on
//! the directory holds.
//!
//! `STORE_DAYS` sets the days (default 3; 30 is the acceptance), `STORE_LIMIT_SECONDS` how long the limit is tried
//! (default 2; 3600 is the acceptance).

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tierline_model::{AppId, BtId, Histogram};
use tierline_store::conformance::queries::whole;
use tierline_store::conformance::random::Random;
use tierline_store::conformance::sample::{
    ACCOUNT, backend, batch, batch_of_segments, bt, identity, now_ms, report, segment,
};
use tierline_store::sqlite::SqliteStore;
use tierline_store::{
    Dimension, Dimensions, MetricFamily, MetricQuery, NodeReport, SegmentFilter, Step, Store, StoreOptions,
    TimeRange, WriteBatch,
};

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 1_440 * MINUTE_MS;
const SHOP: &str = "shop";

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// What is expected of one series in one window.
#[derive(Default, Clone)]
struct Expected {
    count: u64,
    sum_ns: u64,
    min_ns: u64,
    max_ns: u64,
    errors: u64,
    minutes: u32,
    durations: Vec<u64>,
}

impl Expected {
    fn add(&mut self, other: &Self) {
        self.min_ns = if self.count == 0 { other.min_ns } else { self.min_ns.min(other.min_ns) };
        self.max_ns = self.max_ns.max(other.max_ns);
        self.count += other.count;
        self.sum_ns += other.sum_ns;
        self.errors += other.errors;
        self.minutes += other.minutes;
        self.durations.extend(&other.durations);
    }
}

type Series = HashMap<(BtId, u64), Expected>;

/// One minute of a node: two BTs, exit calls, durations around 20 ms. Counts what a window of `width_ms` is to say.
fn minute_report(random: &mut Random, node: u64, start_ms: u64) -> (NodeReport, Vec<(BtId, Expected)>) {
    let identity = identity(SHOP, 1, node, node);
    let mut report = report(random, &identity, start_ms);
    let mut expected = Vec::new();
    report.report.segments = (0..2)
        .map(|number| {
            let durations: Vec<u64> =
                (0..random.below(8) + 1).map(|_| 1_000_000 + random.below(40_000_000)).collect();
            let mut duration = Histogram::new();
            durations.iter().for_each(|ns| duration.record(*ns));
            let count = durations.len() as u64;
            let errors = random.below(2).min(count);
            let bt = bt(SHOP, 1, number, true);
            expected.push((
                bt.id,
                Expected {
                    count,
                    sum_ns: durations.iter().sum(),
                    min_ns: *durations.iter().min().unwrap(),
                    max_ns: *durations.iter().max().unwrap(),
                    errors,
                    minutes: 1,
                    durations,
                },
            ));
            let verdicts =
                tierline_model::VerdictCounts { normal: count - errors, error: errors, ..Default::default() };
            tierline_model::SegmentMetrics { bt, caller: None, verdicts, duration }
        })
        .collect();
    report.report.exits.truncate(1);
    let _ = backend(SHOP, 1);
    (report, expected)
}

fn query(range: TimeRange, step: Step) -> MetricQuery {
    let mut query = whole(AppId::of(SHOP), MetricFamily::Segments, range);
    query.group_by = Dimensions::of(&[Dimension::Bt]);
    query.step = step;
    query.with_histogram = true;
    query
}

/// Compares every row of an answer; the width of windows is the step.
fn compare(store: &SqliteStore, expected: &Series, range: TimeRange, minutes: u32) {
    let width_ms = u64::from(minutes) * MINUTE_MS;
    let mut windows: Series = HashMap::new();
    for ((bt, start_ms), one) in expected {
        if (range.start_ms..range.end_ms).contains(start_ms) {
            windows.entry((*bt, start_ms / width_ms * width_ms)).or_default().add(one);
        }
    }
    let rows = store.metrics(ACCOUNT, &query(range, Step::Minutes(minutes))).unwrap();
    assert_eq!(rows.len(), windows.len(), "rows of {minutes} minutes");
    for row in rows {
        let mut one = windows.remove(&(row.bt_id.unwrap(), row.start_ms)).expect("a window that was written");
        assert_eq!(
            (row.count, row.sum_ns, row.min_ns, row.max_ns, row.verdicts.error),
            (one.count, one.sum_ns, one.min_ns, one.max_ns, one.errors)
        );
        one.durations.sort_unstable();
        let histogram = row.histogram.unwrap();
        assert_eq!((histogram.count(), histogram.sum_ns()), (one.count, one.sum_ns));
        // The bound of the scale it has come down to: half a bucket up or down.
        let bound = 2f64.powf(2f64.powi(-i32::from(histogram.scale())) / 2.0) - 1.0 + 1e-6;
        for q in [0.5, 0.9, 0.95, 0.99] {
            let rank = ((q * one.count as f64).ceil() as usize).max(1);
            let (exact, found) = (one.durations[rank - 1] as f64, histogram.quantile_ns(q).unwrap() as f64);
            assert!(
                (found - exact).abs() <= exact * bound,
                "p{q}: {found} for {exact}, scale {}",
                histogram.scale()
            );
        }
    }
}

#[test]
fn days_of_traffic_add_up_exactly_and_percentiles_keep_their_bound() {
    let days = setting("STORE_DAYS", 3);
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let mut random = Random::new(30);
    // Days to come: the store's own upkeep, which goes by the clock, would drop days of the past while they are written.
    let begin_ms = (now_ms() / DAY_MS + 1) * DAY_MS;
    let end_ms = begin_ms + days * DAY_MS;
    let mut expected: Series = HashMap::new();
    let mut held_back: Vec<NodeReport> = Vec::new();
    let mut sent: Vec<WriteBatch> = Vec::new();
    let mut waiting = batch();
    for minute in 0..days * 1_440 {
        let start_ms = begin_ms + minute * MINUTE_MS;
        for node in 0..2 {
            let (report, points) = minute_report(&mut random, node, start_ms);
            for (bt, one) in points {
                expected.entry((bt, start_ms)).or_default().add(&one);
            }
            // Some come hours late, some more than once.
            if random.one_in(50) { held_back.push(report) } else { waiting.reports.push(report) }
        }
        if minute % 30 == 29 {
            store.write(waiting.clone()).unwrap();
            sent.push(std::mem::replace(&mut waiting, batch()));
        }
        if minute % 180 == 179 {
            store.drop_expired(start_ms).unwrap();
        }
        if minute % 700 == 699 {
            store.write(WriteBatch { reports: std::mem::take(&mut held_back), ..batch() }).unwrap();
            store.write(random.pick(&sent[sent.len().saturating_sub(20)..]).clone()).unwrap();
        }
    }
    store.write(WriteBatch { reports: held_back, ..batch() }).unwrap();
    let all = TimeRange { start_ms: begin_ms, end_ms };
    let check = |days_back: u64, steps: &[u32]| {
        let range = TimeRange { start_ms: end_ms - days_back.min(days) * DAY_MS, ..all };
        steps.iter().for_each(|minutes| compare(&store, &expected, range, *minutes));
    };
    check(1, &[1, 10, 60]);
    check(days, &[60, 1_440]);
    // Everything packed; minutes that are over are gone.
    store.drop_expired(end_ms + 2 * 60 * MINUTE_MS).unwrap();
    check(1, &[1, 10, 60]);
    check(7, &[30, 60]);
    check(days, &[60, 1_440]);
    // Only sums are left: after eight days the ten minutes, after thirty the hours.
    store.drop_expired(end_ms + 9 * DAY_MS).unwrap();
    check(days.min(20), &[10, 60]);
    check(days, &[60, 1_440]);
    store.drop_expired(end_ms + 32 * DAY_MS).unwrap();
    check(days, &[60, 1_440]);
    let minutes: u32 =
        store.metrics(ACCOUNT, &query(all, Step::Whole)).unwrap().iter().map(|r| r.minutes).sum();
    assert_eq!(minutes, 2 * (days * 1_440) as u32, "minutes with data, per BT");
    assert_eq!(store.health().unwrap().reports_late, 0);
}

#[test]
fn a_limit_on_the_directory_holds_and_the_newest_snapshots_stay() {
    const LIMIT: u64 = 24 << 20;
    let directory = tempfile::tempdir().unwrap();
    let options = StoreOptions { bytes_max: Some(LIMIT), ..StoreOptions::default() };
    let store = Arc::new(SqliteStore::open_with(directory.path(), options).unwrap());
    // Looks all the time: what is on disk while room is made counts as well.
    let (look_at, stop) = (Arc::clone(&store), Arc::new(AtomicBool::new(false)));
    let until = Arc::clone(&stop);
    let watcher = std::thread::spawn(move || {
        let mut most = 0;
        while !until.load(Ordering::Relaxed) {
            most = most.max(look_at.health().unwrap().bytes);
            std::thread::sleep(Duration::from_millis(1));
        }
        most
    });
    let mut random = Random::new(48);
    let identity = identity(SHOP, 1, 1, 1);
    let begun = Instant::now();
    let (mut written, mut last) = (0u64, None);
    // Yesterday's file first, then today's alone exceeds the limit several times.
    while begun.elapsed() < Duration::from_secs(setting("STORE_LIMIT_SECONDS", 2)) || written < 60_000 {
        let start_ms = if written < 10_000 { now_ms() - DAY_MS } else { now_ms() };
        let segments: Vec<_> = (0..500)
            .map(|_| {
                let mut one = segment(&mut random, SHOP, start_ms);
                let guid = u128::from(random.next()) << 64 | u128::from(random.next() | 1);
                one.guid = tierline_model::Guid::from_bytes(guid.to_be_bytes()).unwrap();
                // What does not compress.
                let text: String = (0..60).map(|_| format!("{:016x}", random.next())).collect();
                one.user_data.push(("noise".into(), text.into()));
                one
            })
            .collect();
        last = segments.last().map(|segment| segment.guid);
        written += segments.len() as u64;
        store.write(batch_of_segments(identity.clone(), segments)).unwrap();
    }
    // Room is made behind a write; this waits for it.
    store.drop_expired(now_ms()).unwrap();
    stop.store(true, Ordering::Relaxed);
    let most = watcher.join().unwrap();
    let health = store.health().unwrap();
    println!("{written} segments, at most {most} bytes of {LIMIT}; {health:?}");
    assert!(most <= LIMIT / 100 * 102, "{most} bytes of {LIMIT}");
    assert!(most >= LIMIT / 100 * 90, "the limit was never reached");
    let left = {
        let (mut filter, mut left) = (SegmentFilter::default(), 0u64);
        loop {
            let page = store.segments(ACCOUNT, &filter).unwrap();
            left += page.segments.len() as u64;
            filter.after = page.next;
            if filter.after.is_none() {
                break left;
            }
        }
    };
    assert_eq!(left + health.segments_dropped_for_room, written, "what is dropped is counted");
    assert_eq!(store.execution(ACCOUNT, last.unwrap()).unwrap().len(), 1, "the newest is there");
    assert_eq!(health.refusing, None);
}
