//! Copies of a data directory, made while it is written.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use tierline_model::AppId;
use tierline_store::conformance::queries::whole;
use tierline_store::conformance::random::Random;
use tierline_store::conformance::sample::{
    ACCOUNT, batch_of_report, identity, now_ms, random_batch, report, segment,
};
use tierline_store::sqlite::{SqliteStore, backup, export_directory, restore};
use tierline_store::{
    MetricFamily, NodeSegments, SegmentFilter, Selection, Step, Store, StoreError, TimeRange, WriteBatch,
};

const FOR_EVER: TimeRange = TimeRange { start_ms: 0, end_ms: u64::MAX };

/// Everything a copy must have, as text.
fn everything(store: &SqliteStore) -> String {
    let app_id = AppId::of("shop");
    let mut query = whole(app_id, MetricFamily::Segments, FOR_EVER);
    query.step = Step::Minutes(10);
    query.with_histogram = true;
    format!(
        "{:?} {:?} {:?} {:?}",
        store.metrics(ACCOUNT, &query).unwrap(),
        store.ledgers(ACCOUNT, app_id, FOR_EVER).unwrap(),
        store.segments(ACCOUNT, &SegmentFilter::default()).unwrap(),
        store.documents(ACCOUNT, "user").unwrap(),
    )
}

#[test]
fn a_backup_of_a_quiet_store_restores_to_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let (data, copy, back) =
        (directory.path().join("data"), directory.path().join("copy"), directory.path().join("back"));
    let store = SqliteStore::open(&data).unwrap();
    let mut random = Random::new(1);
    for _ in 0..20 {
        store.write(random_batch(&mut random, now_ms())).unwrap();
    }
    store.drop_expired(now_ms() + 3_600_000).unwrap();
    let expected = everything(&store);
    let summary = backup(&data, &copy).unwrap();
    assert!(summary.files >= 5 && summary.bytes > 0, "{summary:?}");
    store.write(random_batch(&mut random, now_ms())).unwrap();
    assert_eq!(restore(&copy, &back).unwrap().files, summary.files);
    assert_eq!(everything(&SqliteStore::open(&back).unwrap()), expected);
    assert_eq!(everything(&SqliteStore::open(&copy).unwrap()), expected, "a backup is a data directory");
    let refused = |answer: Result<_, StoreError>, text: &str| {
        let error = answer.map(|_: tierline_store::sqlite::BackupSummary| ()).unwrap_err();
        assert!(error.to_string().contains(text), "{error}");
    };
    refused(backup(&data, &copy), "holds something already");
    refused(restore(&copy, &data), "holds something already");
    refused(restore(&directory.path().join("nothing"), &directory.path().join("new")), "is no backup");
    let meta = copy.join("meta.db");
    let mut bytes = std::fs::read(&meta).unwrap();
    bytes[4_096..].fill(0x33);
    std::fs::write(&meta, bytes).unwrap();
    refused(restore(&copy, &directory.path().join("new")), "is damaged");
}

/// A batch that is found again: a report and a segment of a life of its own.
fn numbered(number: u64) -> WriteBatch {
    let mut random = Random::new(number);
    let identity = identity("shop", 1, number % 3, number);
    let start_ms = now_ms() - number % 200 * 60_000;
    let mut batch = batch_of_report(report(&mut random, &identity, start_ms));
    batch.reports[0].report.ledger.begun = number;
    let segments = vec![segment(&mut random, "shop", start_ms)];
    batch.segments = vec![NodeSegments { identity, segments }];
    batch
}

fn numbers_in(store: &SqliteStore) -> Vec<u64> {
    let ledgers = store.ledgers(ACCOUNT, AppId::of("shop"), FOR_EVER).unwrap();
    let mut numbers: Vec<u64> = ledgers.iter().map(|record| record.ledger.begun).collect();
    numbers.sort_unstable();
    numbers
}

fn check_copy(directory: &Path, written_before: u64) {
    let store = SqliteStore::open(directory).unwrap();
    let numbers = numbers_in(&store);
    assert!(numbers.is_sorted_by(|a, b| a < b), "nothing twice");
    let missing: Vec<u64> =
        (0..written_before).filter(|number| numbers.binary_search(number).is_err()).collect();
    assert!(missing.is_empty(), "{missing:?} of {written_before} were acknowledged");
    // Sums and lines fit together, whatever was packed while it was copied.
    let ended: u64 = store
        .ledgers(ACCOUNT, AppId::of("shop"), FOR_EVER)
        .unwrap()
        .iter()
        .map(|record| record.executions)
        .sum();
    for step in [Step::Whole, Step::Minutes(10), Step::Minutes(60), Step::Minutes(1)] {
        let mut query = whole(AppId::of("shop"), MetricFamily::Segments, FOR_EVER);
        query.step = step;
        let counted: u64 = store.metrics(ACCOUNT, &query).unwrap().iter().map(|row| row.count).sum();
        assert_eq!(counted, ended, "{step:?}");
    }
}

#[test]
fn backups_while_writing_and_packing_have_everything_acknowledged_before() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let store = SqliteStore::open(&data).unwrap();
    let stop = AtomicBool::new(false);
    /// A failing check must not leave the other threads running.
    struct Stop<'s>(&'s AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    std::thread::scope(|scope| {
        let (store, stop) = (&store, &stop);
        let _stop = Stop(stop);
        let next = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
        let written = std::sync::Arc::clone(&next);
        scope.spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                store.write(numbered(written.load(Ordering::SeqCst))).unwrap();
                written.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
        });
        scope.spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                store.drop_expired(now_ms() + 60_000).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        });
        for round in 0..3 {
            std::thread::sleep(std::time::Duration::from_millis(150));
            let before = next.load(Ordering::SeqCst);
            let copy = directory.path().join(format!("copy {round}"));
            backup(&data, &copy).unwrap();
            check_copy(&copy, before);
            let mut file = Vec::new();
            let before = next.load(Ordering::SeqCst);
            export_directory(&data, &Selection::Everything, &mut file).unwrap();
            let imported = directory.path().join(format!("import {round}"));
            let other = SqliteStore::open(&imported).unwrap();
            other.import(&mut file.as_slice()).unwrap();
            drop(other);
            check_copy(&imported, before);
        }
    });
}
