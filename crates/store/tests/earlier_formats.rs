//! A directory of every format ever written is opened and loses nothing.
//!
//! `fixtures/format-N` holds the files of a small store as format N wrote them, each compressed. All were filled
//! with the same data: [`batches`]. Format 2 is what the last version before format 3 made of format 1: its hours are
//! packed and added up.

use std::path::{Path, PathBuf};

use tierline_model::AppId;
use tierline_store::conformance::oracle::Oracle;
use tierline_store::conformance::queries::whole;
use tierline_store::conformance::random::Random;
use tierline_store::conformance::sample::{ACCOUNT, identity, report, segment};
use tierline_store::sqlite::SqliteStore;
use tierline_store::{
    Application, DocumentChange, Entities, MetricFamily, NodeSegments, SegmentFilter, Step, Store, TimeRange,
    WriteBatch,
};

/// 2026-11-20 21:23 UTC.
const END_MS: u64 = 1_795_209_780_000;
const DAY_MS: u64 = 86_400_000;

/// What every fixture holds: reports of two nodes on two days, segments, an application.
fn batches() -> Vec<WriteBatch> {
    let mut random = Random::new(2026);
    let mut all = Vec::new();
    for number in 0..6 {
        let mut batch = batch(&mut random, number, END_MS - number * 40 * 60_000, 4);
        batch.reports[0].report.ledger.begun = number;
        all.push(batch);
    }
    let segments = (0..3).map(|_| segment(&mut random, "shop", END_MS - DAY_MS)).collect();
    let mut yesterday = batch(&mut random, 6, END_MS - DAY_MS, 0);
    yesterday.segments[0].segments = segments;
    all.push(yesterday);
    all
}

fn batch(random: &mut Random, number: u64, start_ms: u64, segments: u64) -> WriteBatch {
    let identity = identity("shop", 1, number % 2, number % 2);
    let report = report(random, &identity, start_ms);
    let segments = (0..segments).map(|_| segment(random, "shop", start_ms)).collect();
    let application = Application {
        id: AppId::of("shop"),
        name: "shop".into(),
        first_seen_ms: start_ms,
        last_seen_ms: start_ms,
    };
    WriteBatch {
        account: ACCOUNT.to_owned(),
        received_ms: start_ms,
        entities: Entities { applications: vec![application], ..Entities::default() },
        reports: vec![report],
        segments: vec![NodeSegments { identity, segments }],
        ..WriteBatch::default()
    }
}

fn fixture(format: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(format!("format-{format}"))
}

/// A directory as the format left it.
fn unpack(format: u32) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for folder in [".", "metrics", "metrics-10m", "metrics-1h", "snapshots"] {
        std::fs::create_dir_all(directory.path().join(folder)).unwrap();
        for entry in std::fs::read_dir(fixture(format).join(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let bytes = zstd::decode_all(std::fs::File::open(&path).unwrap()).unwrap();
                std::fs::write(directory.path().join(folder).join(path.file_stem().unwrap()), bytes).unwrap();
            }
        }
    }
    directory
}

fn check(store: &SqliteStore) {
    let oracle = Oracle::default();
    batches().iter().for_each(|batch| oracle.write(batch));
    let app_id = AppId::of("shop");
    let range = TimeRange { start_ms: END_MS - 2 * DAY_MS, end_ms: END_MS + 60_000 };
    for family in [MetricFamily::Segments, MetricFamily::Exits] {
        for step in [Step::Whole, Step::Minutes(1), Step::Minutes(60)] {
            let query =
                tierline_store::MetricQuery { step, with_histogram: true, ..whole(app_id, family, range) };
            let found = store.metrics(ACCOUNT, &query).unwrap();
            assert!(!found.is_empty());
            assert_eq!(found, oracle.metrics(ACCOUNT, &query), "{query:?}");
        }
    }
    assert_eq!(store.ledgers(ACCOUNT, app_id, range).unwrap(), oracle.ledgers(ACCOUNT, app_id, range));
    let page = store.segments(ACCOUNT, &SegmentFilter::default()).unwrap();
    assert_eq!(page.segments.len(), 27);
    for segments in batches().iter().flat_map(|batch| &batch.segments[0].segments) {
        let found = store.execution(ACCOUNT, segments.guid).unwrap();
        assert!(found.iter().any(|record| record.segment == *segments));
    }
    assert_eq!(store.applications(ACCOUNT).unwrap().len(), 1);
    let document = store.document_record(ACCOUNT, "user", "admin").unwrap().unwrap();
    assert_eq!((document.text.as_str(), document.version), ("{\"one\": 1}", 1));
    assert_eq!(store.document("system", "key", "all").unwrap().as_deref(), Some("[]"));
}

#[test]
fn format_1_is_opened_and_nothing_is_lost() {
    opens_and_goes_on(1);
}

/// The first one with packed hours and their sums.
#[test]
fn format_2_is_opened_and_nothing_is_lost() {
    opens_and_goes_on(2);
}

fn opens_and_goes_on(format: u32) {
    let directory = unpack(format);
    let store = SqliteStore::open(directory.path()).unwrap();
    check(&store);
    // And goes on where it was.
    batches().into_iter().for_each(|batch| store.write(batch).unwrap());
    check(&store);
    store.drop_expired(END_MS + DAY_MS).unwrap();
    check(&store);
    let change = DocumentChange {
        kind: "user",
        name: "admin",
        text: "2",
        expected_version: Some(1),
        ..Default::default()
    };
    assert_eq!(store.put_document(ACCOUNT, change).unwrap(), 2);
    assert_eq!(store.document_history(ACCOUNT, "user", "admin").unwrap().len(), 2);
}
