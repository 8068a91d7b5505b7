//! Checks of writing: visibility, concurrency, retention.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tierline_model::AppId;

use super::queries::{hour, whole};
use super::random::Random;
use super::sample::{ACCOUNT, APPLICATIONS, batch, identity, now_ms, report, segment};
use crate::Store;
use crate::aggregate::MINUTE_MS;
use crate::entity::{Application, Entities};
use crate::limits::{METRICS_RETENTION_DAYS, SNAPSHOTS_RETENTION_DAYS};
use crate::query::{MetricFamily, SegmentFilter, TimeRange};
use crate::write::{NodeSegments, WriteBatch};

const SHOP: &str = APPLICATIONS[0];
const DAY_MS: u64 = 86_400_000;

/// A batch with a report (whose ledger says `number` began), a segment and an application.
fn numbered(number: u64, start_ms: u64) -> WriteBatch {
    let mut random = Random::new(number);
    let identity = identity(SHOP, number % 3, number % 5, number);
    let mut report = report(&mut random, &identity, start_ms);
    report.report.ledger.begun = number;
    let segments = vec![segment(&mut random, SHOP, start_ms)];
    WriteBatch {
        entities: Entities {
            applications: vec![Application {
                id: AppId::of(SHOP),
                name: SHOP.into(),
                first_seen_ms: start_ms,
                last_seen_ms: start_ms,
            }],
            ..Entities::default()
        },
        reports: vec![report],
        segments: vec![NodeSegments { identity, segments }],
        ..batch()
    }
}

/// What `write` acknowledged is seen by the next question.
pub fn a_batch_is_visible_when_written<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let range = hour(now_ms());
    for number in 1..50 {
        let before = store.ledgers(ACCOUNT, AppId::of(SHOP), range).expect("ledgers").len();
        let query = whole(AppId::of(SHOP), MetricFamily::Segments, range);
        let count = |rows: Vec<crate::MetricRow>| rows.iter().map(|row| row.count).sum::<u64>();
        let counted = count(store.metrics(ACCOUNT, &query).expect("metrics"));
        let batch = numbered(number, now_ms() - number % 30 * MINUTE_MS);
        let executions: u64 = batch.reports[0].report.segments.iter().map(|s| s.duration.count()).sum();
        let guid = batch.segments[0].segments[0].guid;
        store.write(batch).expect("write");
        assert_eq!(store.ledgers(ACCOUNT, AppId::of(SHOP), range).expect("ledgers").len(), before + 1);
        assert_eq!(count(store.metrics(ACCOUNT, &query).expect("metrics")), counted + executions);
        assert!(!store.execution(ACCOUNT, guid).expect("execution").is_empty());
        assert_eq!(store.applications(ACCOUNT).expect("applications").len(), 1);
    }
}

/// Eight threads write while four ask: every answer is one that was true at some moment, and in the end
/// everything is there once.
pub fn writers_and_readers_do_not_disturb_each_other<S: Store, K>(open: impl Fn() -> (S, K)) {
    const WRITERS: u64 = 8;
    const BATCHES: u64 = 25;
    let (store, _kept) = open();
    let acknowledged = AtomicU64::new(0);
    let done = AtomicBool::new(false);
    let range = hour(now_ms());
    let reports = || store.ledgers(ACCOUNT, AppId::of(SHOP), range).expect("ledgers");
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (store, acknowledged) = (&store, &acknowledged);
                scope.spawn(move || {
                    for index in 0..BATCHES {
                        let number = 1 + writer * BATCHES + index;
                        let batch = numbered(number, now_ms() - index % 10 * MINUTE_MS);
                        store.write(batch.clone()).expect("write");
                        acknowledged.fetch_add(1, Ordering::SeqCst);
                        if index % 5 == 0 {
                            store.write(batch).expect("repeat");
                        }
                    }
                })
            })
            .collect();
        for _ in 0..4 {
            scope.spawn(|| {
                let query = whole(AppId::of(SHOP), MetricFamily::Segments, range);
                let mut largest = 0;
                while !done.load(Ordering::SeqCst) {
                    let at_least = acknowledged.load(Ordering::SeqCst);
                    let found = reports().len() as u64;
                    assert!(found >= at_least, "{found} found, {at_least} were acknowledged before");
                    assert!(found <= WRITERS * BATCHES);
                    let rows = store.metrics(ACCOUNT, &query).expect("metrics");
                    let count = rows.iter().map(|row| row.count).sum::<u64>();
                    assert!(count >= largest, "numbers went from {largest} to {count}");
                    largest = count;
                    store.segments(ACCOUNT, &SegmentFilter::default()).expect("segments");
                    store.entities(ACCOUNT, AppId::of(SHOP)).expect("entities");
                }
            });
        }
        for writer in writers {
            writer.join().expect("a writer failed");
        }
        done.store(true, Ordering::SeqCst);
    });
    let mut begun: Vec<u64> = reports().iter().map(|record| record.ledger.begun).collect();
    begun.sort_unstable();
    assert_eq!(begun, (1..=WRITERS * BATCHES).collect::<Vec<_>>());
    let segments = store.segments(ACCOUNT, &SegmentFilter::default()).expect("segments").segments;
    assert_eq!(segments.len() as u64, WRITERS * BATCHES);
}

/// Retention drops whole days that are over for as long as it says, never a day that is not.
pub fn what_is_expired_is_dropped_and_nothing_else<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let now_ms = now_ms();
    for age_days in 0..20 {
        store.write(numbered(age_days + 1, now_ms - age_days * DAY_MS)).expect("write");
    }
    let for_ever = TimeRange { start_ms: 0, end_ms: u64::MAX };
    let ages = |starts: Vec<u64>| {
        let mut ages: Vec<u64> =
            starts.iter().map(|ms| now_ms.saturating_sub(*ms).div_ceil(DAY_MS)).collect();
        ages.sort_unstable();
        ages
    };
    let reports = || {
        let found = store.ledgers(ACCOUNT, AppId::of(SHOP), for_ever).expect("ledgers");
        ages(found.iter().map(|record| record.start_ms).collect())
    };
    let segments =
        || store.segments(ACCOUNT, &SegmentFilter::default()).expect("segments").segments.len() as u64;
    assert_eq!((reports().len(), segments()), (20, 20));
    let count = || {
        let query = whole(AppId::of(SHOP), MetricFamily::Segments, for_ever);
        store.metrics(ACCOUNT, &query).expect("metrics").iter().map(|row| row.count).sum::<u64>()
    };
    let executions = count();
    store.drop_expired(now_ms).expect("drop_expired");
    assert_eq!(count(), executions, "sums stay when their minutes go");
    let kept = reports();
    assert!(kept.len() as u64 > METRICS_RETENTION_DAYS, "{kept:?}");
    assert!(kept.iter().all(|age| *age <= METRICS_RETENTION_DAYS + 1), "{kept:?}");
    assert!(
        (SNAPSHOTS_RETENTION_DAYS + 1..=SNAPSHOTS_RETENTION_DAYS + 2).contains(&segments()),
        "{}",
        segments()
    );
    assert_eq!(store.applications(ACCOUNT).expect("applications").len(), 1, "entities stay");
    // What comes for a dropped day would be counted without the rest of it: it is left out, and that is counted.
    store.write(numbered(99, now_ms - 19 * DAY_MS)).expect("write");
    assert_eq!(reports(), kept);
    let health = store.health().expect("health");
    assert_eq!((health.reports_late, health.segments_late), (1, 1));
    assert_eq!(count(), executions);
    store.drop_expired(now_ms).expect("drop_expired");
    assert_eq!(reports(), kept);
    assert_eq!(count(), executions);
}
