//! Checks of archived requests, export and import.

use tierline_model::AppId;

use super::queries::random_metrics;
use super::random::Random;
use super::sample::{ACCOUNT, APPLICATIONS, batch_of_segments, identity, now_ms, random_batch, segment};
use crate::aggregate::MINUTE_MS;
use crate::limits::SNAPSHOTS_RETENTION_DAYS;
use crate::query::{SegmentFilter, SegmentSummary, TimeRange};
use crate::transfer::{Selection, TransferError};
use crate::{Application, DocumentChange, Entities, JournalFilter, JournalRecord, Store, WriteBatch};

const DAY_MS: u64 = 86_400_000;
const FOR_EVER: TimeRange = TimeRange { start_ms: 0, end_ms: u64::MAX };

/// A store with something of everything; some hours are packed.
fn filled(store: &impl Store) {
    let mut random = Random::new(11);
    for round in 0..25u64 {
        let mut batch = random_batch(&mut random, now_ms() - round % 3 * 60 * MINUTE_MS);
        let applications = APPLICATIONS.map(|name| Application {
            id: AppId::of(name),
            name: name.into(),
            first_seen_ms: round,
            last_seen_ms: round,
        });
        batch.entities = Entities { applications: applications.to_vec(), ..Entities::default() };
        store.write(batch).expect("write");
    }
    let theirs = random_batch(&mut random, now_ms());
    store.write(WriteBatch { account: "other".to_owned(), ..theirs }).expect("write");
    store.create_account("other").expect("create_account");
    store.drop_expired(now_ms()).expect("drop_expired");
    let change =
        DocumentChange { kind: "user", name: "ann", text: "hash", secret: true, ..Default::default() };
    store.put_document(ACCOUNT, change).expect("put_document");
    let record = JournalRecord { time_ms: 5, stream: "audit".to_owned(), ..JournalRecord::default() };
    store.append(ACCOUNT, &[record.clone(), record]).expect("append");
}

fn segments(store: &impl Store, filter: SegmentFilter) -> Vec<SegmentSummary> {
    store.segments(ACCOUNT, &filter).expect("segments").segments
}

fn same(one: &impl Store, other: &impl Store) {
    let mut random = Random::new(12);
    for _ in 0..60 {
        let query = random_metrics(&mut random, now_ms());
        assert_eq!(
            one.metrics(ACCOUNT, &query).expect("m"),
            other.metrics(ACCOUNT, &query).expect("m"),
            "{query:?}"
        );
    }
    for application in APPLICATIONS {
        let app_id = AppId::of(application);
        let ledgers = |store: &dyn Store| store.ledgers(ACCOUNT, app_id, FOR_EVER).expect("ledgers");
        assert_eq!(ledgers(one), ledgers(other));
        let entities = |store: &dyn Store| store.entities(ACCOUNT, app_id).expect("entities");
        assert_eq!(entities(one), entities(other));
    }
    assert_eq!(segments(one, SegmentFilter::default()), segments(other, SegmentFilter::default()));
    for summary in segments(one, SegmentFilter::default()) {
        let whole = |store: &dyn Store| store.execution(ACCOUNT, summary.guid).expect("execution");
        assert_eq!(whole(one), whole(other));
    }
    let users = |store: &dyn Store| store.document(ACCOUNT, "user", "ann").expect("document");
    assert_eq!(users(one), users(other));
}

fn export(store: &impl Store, selection: &Selection) -> Vec<u8> {
    let mut file = Vec::new();
    store.export(selection, &mut file).expect("export");
    file
}

/// Everything that leaves one store arrives in another, once.
pub fn an_export_of_everything_is_a_copy<S: Store, K>(open: impl Fn() -> (S, K)) {
    let ((one, _kept), (other, _kept_too)) = (open(), open());
    filled(&one);
    let guid = segments(&one, SegmentFilter::default())[0].guid;
    one.archive(ACCOUNT, guid, true).expect("archive");
    let file = export(&one, &Selection::Everything);
    for round in 0..2 {
        let summary = other.import(&mut file.as_slice()).expect("import");
        assert!(summary.reports > 0 && summary.segments > 0, "{summary:?}");
        assert_eq!((summary.documents, summary.documents_kept), [(1, 0), (0, 1)][round], "{summary:?}");
        let journal =
            |store: &dyn Store| store.journal(ACCOUNT, &JournalFilter::all("audit")).expect("j").len();
        assert_eq!((journal(&one), journal(&other)), (2, 1), "the same record twice is one");
        assert_eq!(other.accounts().expect("accounts"), one.accounts().expect("accounts"));
        if round == 0 {
            other.drop_expired(now_ms()).expect("drop_expired");
        }
    }
    // The archived request is only in the archive there.
    other.archive(ACCOUNT, guid, false).expect("archive");
    one.archive(ACCOUNT, guid, false).expect("archive");
    other.import(&mut export(&one, &Selection::Everything).as_slice()).expect("import");
    same(&one, &other);
}

/// One request, and one time range, and nothing else.
pub fn a_request_or_a_time_travels_alone<S: Store, K>(open: impl Fn() -> (S, K)) {
    let ((one, _kept), (other, _k), (third, _k3)) = (open(), open(), open());
    filled(&one);
    let guid = segments(&one, SegmentFilter::default())[0].guid;
    let selection = Selection::Request { account: ACCOUNT.to_owned(), guid };
    other.import(&mut export(&one, &selection).as_slice()).expect("import");
    let whole = one.execution(ACCOUNT, guid).expect("execution");
    assert_eq!(other.execution(ACCOUNT, guid).expect("execution"), whole);
    assert_eq!(segments(&other, SegmentFilter::default()).len(), whole.len());
    assert_eq!(other.applications(ACCOUNT).expect("applications").len(), {
        let mut apps: Vec<AppId> = whole.iter().map(|record| record.app_id).collect();
        apps.sort_unstable();
        apps.dedup();
        apps.len()
    });
    let range = TimeRange { start_ms: now_ms() - 100 * MINUTE_MS, end_ms: now_ms() - 40 * MINUTE_MS };
    let selection = Selection::Range { account: Some(ACCOUNT.to_owned()), range };
    third.import(&mut export(&one, &selection).as_slice()).expect("import");
    for application in APPLICATIONS {
        let ledgers = |store: &dyn Store, range| {
            store.ledgers(ACCOUNT, AppId::of(application), range).expect("ledgers")
        };
        assert_eq!(ledgers(&third, FOR_EVER), ledgers(&one, range));
    }
    let within = SegmentFilter { range: Some(range), ..SegmentFilter::default() };
    assert_eq!(segments(&third, SegmentFilter::default()), segments(&one, within));
    assert_eq!(third.accounts().expect("accounts"), [ACCOUNT]);
    assert_eq!(third.document(ACCOUNT, "user", "ann").expect("document"), None, "no secrets");
}

/// A file that is cut short, changed or of the future is refused with a reason.
pub fn damaged_exports_are_refused<S: Store, K>(open: impl Fn() -> (S, K)) {
    let ((one, _kept), (other, _kept_too)) = (open(), open());
    filled(&one);
    let file = export(&one, &Selection::Everything);
    let mut random = Random::new(13);
    for _ in 0..30 {
        let length = random.below(file.len() as u64) as usize;
        let answer = other.import(&mut &file[..length]);
        assert!(matches!(answer, Err(TransferError::Damaged(_))), "{length}: {answer:?}");
    }
    for _ in 0..30 {
        let mut changed = file.clone();
        changed[9 + random.below(file.len() as u64 - 9) as usize] ^= 1 << random.below(8);
        let answer = other.import(&mut changed.as_slice());
        assert!(
            matches!(answer, Ok(_) | Err(TransferError::Damaged(_) | TransferError::File(_))),
            "{answer:?}"
        );
    }
    let mut newer = file;
    newer[8] = 99;
    let error = other.import(&mut newer.as_slice()).expect_err("newer");
    assert!(matches!(error, TransferError::Newer { found: 99 }), "{error}");
    let error = other.import(&mut &b"PK\x03\x04 something else"[..]).expect_err("foreign");
    assert!(error.to_string().contains("no export of Tierline"), "{error}");
}

/// What is archived outlives its day, is listed once, and goes when it is no longer archived.
pub fn archived_requests_are_kept_for_ever<S: Store, K>(open: impl Fn() -> (S, K)) {
    let (store, _kept) = open();
    let mut random = Random::new(14);
    let old_ms = now_ms() - 3 * DAY_MS;
    let segments_of =
        |random: &mut Random, ms| (0..6).map(|_| segment(random, APPLICATIONS[0], ms)).collect();
    for ms in [old_ms, old_ms + 1_000, now_ms()] {
        let segments = segments_of(&mut random, ms);
        store.write(batch_of_segments(identity(APPLICATIONS[0], 1, 1, 1), segments)).expect("write");
    }
    let before = segments(&store, SegmentFilter::default());
    let oldest = before.last().expect("some").guid;
    let of_oldest = store.execution(ACCOUNT, oldest).expect("execution");
    assert_eq!(store.archive(ACCOUNT, oldest, true).expect("archive"), of_oldest.len());
    assert_eq!(store.archive(ACCOUNT, oldest, true).expect("archive"), of_oldest.len(), "again");
    assert_eq!(store.archive("other", oldest, true).expect("archive"), 0);
    let archived =
        |wanted| segments(&store, SegmentFilter { archived: Some(wanted), ..SegmentFilter::default() });
    assert_eq!(segments(&store, SegmentFilter::default()).len(), before.len(), "listed once");
    assert!(archived(true).iter().all(|s| s.guid == oldest && s.archived));
    assert_eq!(archived(true).len() + archived(false).len(), before.len());
    let later_ms = now_ms() + (SNAPSHOTS_RETENTION_DAYS - 1) * DAY_MS;
    store.drop_expired(later_ms).expect("drop_expired");
    assert_eq!(store.execution(ACCOUNT, oldest).expect("execution"), of_oldest, "everything of it");
    let left = segments(&store, SegmentFilter::default());
    let expected: Vec<_> = before
        .iter()
        .filter(|s| s.guid == oldest || s.start_unix_ns / 1_000_000 >= now_ms() - DAY_MS)
        .map(|s| (s.guid, s.span_id))
        .collect();
    assert_eq!(left.iter().map(|s| (s.guid, s.span_id)).collect::<Vec<_>>(), expected);
    assert!(left.len() < before.len(), "something went");
    // Page by page as well.
    let mut filter = SegmentFilter { limit: 1, ..SegmentFilter::default() };
    let mut paged = Vec::new();
    loop {
        let page = store.segments(ACCOUNT, &filter).expect("segments");
        paged.extend(page.segments);
        filter.after = page.next;
        if filter.after.is_none() {
            break;
        }
    }
    assert_eq!(paged, left);
    store.archive(ACCOUNT, oldest, false).expect("archive");
    assert_eq!(archived(true), []);
}
