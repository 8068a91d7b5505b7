//! Checks of numbers.

use tierline_model::{AppId, Histogram};

use super::oracle::Oracle;
use super::queries::{DIMENSIONS, hour, random_metrics, whole};
use super::random::Random;
use super::sample::{
    ACCOUNT, APPLICATIONS, batch, batch_of_report, bt, identity, now_ms, random_batch, report,
    segment_metrics,
};
use crate::aggregate::MINUTE_MS;
use crate::limits::METRIC_ROWS_MAX;
use crate::query::{Dimension, Dimensions, MetricFamily, MetricQuery, MetricRow, Step, TimeRange};
use crate::write::NodeReport;
use crate::{Store, StoreError};

const SHOP: &str = APPLICATIONS[0];

fn shop() -> AppId {
    AppId::of(SHOP)
}

/// A report with exactly one series, of known size.
fn one_series(incarnation: u64, node: u64, start_ms: u64, durations_ns: &[u64]) -> NodeReport {
    let mut random = Random::new(1);
    let identity = identity(SHOP, 1, node, incarnation);
    let mut report = report(&mut random, &identity, start_ms);
    report.report.exits.clear();
    let mut series = segment_metrics(&mut random, bt(SHOP, 1, 1, true), None);
    series.duration = Histogram::new();
    series.verdicts = tierline_model::VerdictCounts::default();
    for ns in durations_ns {
        series.duration.record(*ns);
        series.verdicts.add(tierline_model::Verdict::Slow);
    }
    report.report.segments = vec![series];
    report
}

fn only_row(store: &impl Store, query: &MetricQuery) -> MetricRow {
    let mut rows = store.metrics(ACCOUNT, query).expect("metrics");
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

fn total(store: &impl Store) -> MetricRow {
    only_row(store, &whole(shop(), MetricFamily::Segments, hour(now_ms())))
}

/// Writing a report again changes nothing.
pub fn a_repeated_report_changes_nothing<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let batch = batch_of_report(one_series(1, 1, now_ms(), &[5, 7]));
    store.write(batch.clone()).expect("write");
    let before = total(&store);
    for _ in 0..3 {
        store.write(batch.clone()).expect("write");
    }
    assert_eq!(total(&store), before);
    assert_eq!((before.count, before.sum_ns, before.min_ns, before.max_ns), (2, 12, 5, 7));
}

/// A report with the same key and other content replaces.
pub fn a_corrected_report_replaces<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    store.write(batch_of_report(one_series(1, 1, now_ms(), &[5, 7]))).expect("write");
    assert_eq!(total(&store).count, 2);
    store.write(batch_of_report(one_series(1, 1, now_ms(), &[9]))).expect("write");
    assert_eq!((total(&store).count, total(&store).sum_ns), (1, 9));
    // The same life under another node name: still the same key.
    store.write(batch_of_report(one_series(1, 2, now_ms(), &[11]))).expect("write");
    assert_eq!((total(&store).count, total(&store).sum_ns), (1, 11));
    // And under another application: nothing of it is left where it was.
    let mut moved = one_series(1, 2, now_ms(), &[13]);
    moved.identity.application = APPLICATIONS[1].into();
    store.write(batch_of_report(moved)).expect("write");
    let query = whole(shop(), MetricFamily::Segments, hour(now_ms()));
    assert_eq!(store.metrics(ACCOUNT, &query).expect("metrics"), vec![]);
    let query = whole(AppId::of(APPLICATIONS[1]), MetricFamily::Segments, hour(now_ms()));
    assert_eq!(only_row(&store, &query).sum_ns, 13);
}

/// Several processes may share a node: their numbers add up.
pub fn incarnations_of_one_node_add_up<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    store.write(batch_of_report(one_series(1, 1, now_ms(), &[5]))).expect("write");
    store.write(batch_of_report(one_series(2, 1, now_ms(), &[7, 7]))).expect("write");
    let row = total(&store);
    assert_eq!((row.count, row.sum_ns, row.nodes, row.minutes), (3, 19, 1, 1));
    assert_eq!(row.verdicts.slow, 3);
}

/// Six intervals of ten seconds are one minute.
pub fn intervals_below_a_minute_add_up<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    for index in 0..6 {
        let report = one_series(1, 1, now_ms() - MINUTE_MS + index * 10_000, &[index + 1]);
        store.write(batch_of_report(report)).expect("write");
    }
    let row = total(&store);
    assert_eq!((row.count, row.sum_ns, row.minutes), (6, 21, 1));
    let mut query = whole(shop(), MetricFamily::Segments, hour(now_ms()));
    query.step = Step::Minutes(1);
    assert_eq!(only_row(&store, &query).start_ms, now_ms() - MINUTE_MS);
}

/// Histograms come back bucket by bucket, merged, and only when asked for.
pub fn histograms_are_exact<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let mut expected = Histogram::new();
    for life in 0..4 {
        let durations: Vec<u64> = (0..50).map(|i| (i * i * 100_003 * (life + 1)) << (life * 3)).collect();
        durations.iter().for_each(|ns| expected.record(*ns));
        store.write(batch_of_report(one_series(life, 1, now_ms(), &durations))).expect("write");
    }
    let mut query = whole(shop(), MetricFamily::Segments, hour(now_ms()));
    assert_eq!(only_row(&store, &query).histogram, None);
    query.with_histogram = true;
    assert_eq!(only_row(&store, &query).histogram, Some(expected));
}

/// Minutes and nodes are counted, not reports.
pub fn minutes_and_nodes_are_counted_once<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    for (life, node, minute) in [(1, 1, 0), (2, 1, 0), (3, 2, 0), (3, 2, 2), (1, 1, 2)] {
        let report = one_series(life, node, now_ms() - minute * MINUTE_MS, &[1]);
        store.write(batch_of_report(report)).expect("write");
    }
    let row = total(&store);
    assert_eq!((row.count, row.minutes, row.nodes), (5, 2, 2));
}

/// A range is widened to whole minutes, and its end is not part of it.
pub fn ranges_are_whole_minutes<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let minute = now_ms() - 5 * MINUTE_MS;
    store.write(batch_of_report(one_series(1, 1, minute + 50_000, &[1]))).expect("write");
    let count = |start_ms, end_ms| {
        let query = whole(shop(), MetricFamily::Segments, TimeRange { start_ms, end_ms });
        store.metrics(ACCOUNT, &query).expect("metrics").iter().map(|row| row.count).sum::<u64>()
    };
    assert_eq!(count(minute + 20_000, minute + 30_000), 1, "both ends widened");
    assert_eq!(count(minute, minute + 1), 1);
    assert_eq!(count(minute - MINUTE_MS, minute), 0, "the end is not included");
    assert_eq!(count(minute + MINUTE_MS, minute + 2 * MINUTE_MS), 0);
    assert_eq!(count(minute, minute), 0, "an empty range has nothing");
    assert_eq!(count(minute + MINUTE_MS, minute), 0, "a backward range has nothing");
    assert_eq!(count(0, u64::MAX), 1, "for ever is a range");
}

/// More rows than the limit are an error that says so, not a part of the answer.
pub fn rows_have_a_limit<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let mut random = Random::new(1);
    // So many BTs per minute and node that the rows of all minutes exceed the limit.
    let (minutes, series) = (21u64, METRIC_ROWS_MAX as u64 / 20);
    let mut wide = one_series(1, 1, now_ms(), &[1]);
    let one = wide.report.segments[0].clone();
    wide.report.segments = (0..series)
        .map(|_| {
            let mut series = one.clone();
            series.bt.id = tierline_model::BtId::from_u64(random.below(1 << 50) + 1).expect("in range");
            series
        })
        .collect();
    for minute in 0..minutes {
        wide.report.start_ms = now_ms() - minute * MINUTE_MS;
        store.write(batch_of_report(wide.clone())).expect("write");
    }
    let mut query = whole(shop(), MetricFamily::Segments, hour(now_ms()));
    query.group_by = Dimensions::of(&[Dimension::Bt]);
    assert_eq!(store.metrics(ACCOUNT, &query).expect("within the limit").len() as u64, series);
    query.step = Step::Minutes(1);
    let answer = store.metrics(ACCOUNT, &query);
    assert!(matches!(answer, Err(StoreError::TooLarge { limit: METRIC_ROWS_MAX, .. })), "{answer:?}");
}

/// Conservation lines and process samples come back per report.
pub fn ledgers_come_back<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let oracle = Oracle::default();
    let mut random = Random::new(7);
    for _ in 0..20 {
        let batch = random_batch(&mut random, now_ms());
        oracle.write(&batch);
        store.write(batch).expect("write");
    }
    for application in APPLICATIONS {
        let app_id = AppId::of(application);
        for range in [
            hour(now_ms()),
            TimeRange { start_ms: 0, end_ms: u64::MAX },
            TimeRange { start_ms: now_ms() - 10 * MINUTE_MS - 5_000, end_ms: now_ms() - 20_000 },
            TimeRange { start_ms: now_ms(), end_ms: 0 },
        ] {
            let found = store.ledgers(ACCOUNT, app_id, range).expect("ledgers");
            assert_eq!(found, oracle.ledgers(ACCOUNT, app_id, range));
        }
        assert!(!store.ledgers(ACCOUNT, app_id, hour(now_ms())).expect("ledgers").is_empty());
    }
}

/// Random batches, among them repeated and late ones, the store put in order at any moment, and random questions
/// between them, some of them again and again: always the naive answer. Some around now, some around midnight.
pub fn random_questions_have_the_naive_answer<S: Store, K>(open: impl Fn() -> (S, K)) {
    let midnight = now_ms() / 86_400_000 * 86_400_000 + 10 * MINUTE_MS;
    for (seed, end_ms) in [(1, now_ms()), (2, now_ms()), (3, midnight), (4, midnight), (5, midnight)] {
        let (store, _kept) = open();
        let oracle = Oracle::default();
        let mut random = Random::new(seed);
        let mut batches = vec![batch()];
        let again: Vec<MetricQuery> = [Step::Whole, Step::Minutes(60), Step::Minutes(10), Step::Minutes(1)]
            .into_iter()
            .flat_map(|step| [true, false].map(|with_histogram| (step, with_histogram)))
            .map(|(step, with_histogram)| {
                let range = TimeRange { start_ms: end_ms - 5 * 60 * MINUTE_MS, end_ms: end_ms + MINUTE_MS };
                MetricQuery { range, step, with_histogram, ..random_metrics(&mut random, end_ms) }
            })
            .collect();
        for round in 0..40 {
            let batch = if random.one_in(4) {
                random.pick(&batches).clone()
            } else {
                random_batch(&mut random, end_ms)
            };
            oracle.write(&batch);
            store.write(batch.clone()).expect("write");
            batches.push(batch);
            if random.one_in(5) {
                // As if time had gone on: hours are over, and what comes later comes late.
                store.drop_expired(end_ms + random.below(3) * 60 * MINUTE_MS).expect("drop_expired");
            }
            let others = std::iter::repeat_with(|| random_metrics(&mut random, end_ms)).take(5);
            for query in again.iter().cloned().chain(others.collect::<Vec<_>>()) {
                let found = store.metrics(ACCOUNT, &query).expect("metrics");
                assert_eq!(found, oracle.metrics(ACCOUNT, &query), "seed {seed}, round {round}: {query:?}");
            }
        }
        for application in APPLICATIONS {
            let (app_id, range) = (AppId::of(application), TimeRange { start_ms: 0, end_ms: u64::MAX });
            let found = store.ledgers(ACCOUNT, app_id, range).expect("ledgers");
            assert_eq!(found, oracle.ledgers(ACCOUNT, app_id, range), "seed {seed}");
        }
        for dimension in DIMENSIONS {
            for family in [MetricFamily::Segments, MetricFamily::Exits] {
                let mut query = whole(shop(), family, hour(end_ms));
                query.group_by = Dimensions::of(&[dimension]);
                let found = store.metrics(ACCOUNT, &query).expect("metrics");
                assert!(!found.is_empty());
                assert_eq!(found, oracle.metrics(ACCOUNT, &query), "seed {seed}: {query:?}");
            }
        }
    }
}
