//! The files of the default store: who may open them, and what they say when they cannot be used.

use std::io::Write;
use std::path::Path;

use tierline_model::{AppId, Guid};
use tierline_store::conformance::queries::{hour, whole};
use tierline_store::conformance::random::Random;
use tierline_store::conformance::sample::{
    ACCOUNT, batch_of_report, batch_of_segments, identity, now_ms, random_batch, report, segment,
};
use tierline_store::sqlite::SqliteStore;
use tierline_store::{DocumentChange, MetricFamily, MetricRow, SegmentFilter, Store, StoreError};

fn open_error(directory: &Path) -> StoreError {
    match SqliteStore::open(directory) {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

fn written(directory: &Path) -> SqliteStore {
    let store = SqliteStore::open(directory).unwrap();
    let mut random = Random::new(1);
    for _ in 0..30 {
        store.write(random_batch(&mut random, now_ms())).unwrap();
    }
    store
}

fn numbers(store: &SqliteStore) -> Vec<MetricRow> {
    let mut query = whole(AppId::of("shop"), MetricFamily::Segments, hour(now_ms()));
    query.with_histogram = true;
    store.metrics(ACCOUNT, &query).unwrap()
}

#[test]
fn what_was_written_is_there_after_opening_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = written(directory.path());
    let before = (numbers(&store), store.segments(ACCOUNT, &SegmentFilter::default()).unwrap());
    assert!(before.0[0].count > 0 && !before.1.segments.is_empty());
    drop(store);
    let store = SqliteStore::open(directory.path()).unwrap();
    assert_eq!((numbers(&store), store.segments(ACCOUNT, &SegmentFilter::default()).unwrap()), before);
    assert_eq!(numbers(&store), before.0, "from memory as from disk");
}

#[test]
fn one_directory_belongs_to_one_store() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let error = open_error(directory.path());
    assert!(matches!(error, StoreError::Unavailable(_)));
    assert!(error.to_string().contains("is in use by another process"), "{error}");
    drop(store);
    SqliteStore::open(directory.path()).unwrap();
}

/// The only file in a folder.
fn file_in(directory: &Path, folder: &str) -> std::path::PathBuf {
    std::fs::read_dir(directory.join(folder)).unwrap().next().unwrap().unwrap().path()
}

#[test]
fn a_damaged_meta_file_is_named_and_stays() {
    let directory = tempfile::tempdir().unwrap();
    drop(written(directory.path()));
    let path = directory.path().join("meta.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[..64].fill(0x55);
    std::fs::write(&path, bytes).unwrap();
    let error = open_error(directory.path());
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
    let text = error.to_string();
    assert!(text.contains(path.to_str().unwrap()) && text.contains("restore it from a backup"), "{text}");
    assert!(path.exists());
}

/// A day's file, made unusable in some way.
type Damage = fn(&mut Vec<u8>);

#[test]
fn damaged_files_of_days_are_put_aside_and_nothing_else_is_lost() {
    let kinds: [(&str, Damage); 3] = [
        ("garbage at its head", |bytes| bytes[..64].fill(0x55)),
        ("garbage", |bytes| bytes.iter_mut().enumerate().for_each(|(i, byte)| *byte = i as u8)),
        ("cut short", |bytes| bytes.truncate(bytes.len() / 2 + 11)),
    ];
    for folder in ["metrics", "snapshots", "metrics-10m", "metrics-1h"] {
        for (what, damage) in kinds {
            let directory = tempfile::tempdir().unwrap();
            let store = written(directory.path());
            store.drop_expired(now_ms() + 7_200_000).unwrap();
            let segments = store.segments(ACCOUNT, &SegmentFilter::default()).unwrap();
            let before = numbers(&store);
            drop(store);
            let path = file_in(directory.path(), folder);
            let mut bytes = std::fs::read(&path).unwrap();
            damage(&mut bytes);
            std::fs::write(&path, &bytes).unwrap();
            let store = SqliteStore::open(directory.path()).unwrap();
            let health = store.health().unwrap();
            assert_eq!(health.quarantined.len(), 1, "{folder}, {what}");
            let aside = &health.quarantined[0];
            assert_eq!(std::fs::read(directory.path().join(&aside.moved_to)).unwrap(), bytes);
            assert!(path.ends_with(&aside.file) && aside.reason.contains("damaged"), "{aside:?}");
            if folder != "snapshots" {
                assert_eq!(store.segments(ACCOUNT, &SegmentFilter::default()).unwrap(), segments);
            }
            if folder != "metrics" {
                assert_eq!(numbers(&store), before, "{folder}, {what}: sums are not needed");
                store.drop_expired(now_ms() + 7_200_000).unwrap();
                assert_eq!(numbers(&store), before, "{folder}, {what}: and made again");
            }
            store.write(random_batch(&mut Random::new(9), now_ms())).unwrap();
        }
    }
}

#[test]
fn damage_found_while_writing_puts_the_file_aside_and_writing_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    drop(written(directory.path()));
    for folder in ["metrics", "snapshots"] {
        let path = file_in(directory.path(), folder);
        let mut bytes = std::fs::read(&path).unwrap();
        let page = if folder == "metrics" { 16_384 } else { 8_192 };
        bytes[page..].fill(0x77);
        std::fs::write(&path, bytes).unwrap();
    }
    let store = SqliteStore::open(directory.path()).unwrap();
    for seed in 0..20 {
        store.write(random_batch(&mut Random::new(seed), now_ms())).unwrap();
    }
    assert_eq!(store.health().unwrap().quarantined.len(), 2);
    assert!(numbers(&store)[0].count > 0);
}

#[test]
fn damage_inside_a_file_is_an_error_and_no_panic() {
    let directory = tempfile::tempdir().unwrap();
    drop(written(directory.path()));
    let path = std::fs::read_dir(directory.path().join("metrics")).unwrap().next().unwrap().unwrap().path();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("UPDATE report SET numbers = x'01ff00' WHERE rowid % 2", []).unwrap();
    drop(connection);
    let store = SqliteStore::open(directory.path()).unwrap();
    let answers: Vec<_> = ["shop", "warehouse ü"]
        .map(|name| store.metrics(ACCOUNT, &whole(AppId::of(name), MetricFamily::Segments, hour(now_ms()))))
        .into();
    assert!(answers.iter().any(|answer| matches!(answer, Err(StoreError::Damaged(_)))), "{answers:?}");
    store.write(random_batch(&mut Random::new(9), now_ms())).unwrap();
}

#[test]
fn newer_and_foreign_files_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(written(directory.path()));
    let meta = rusqlite::Connection::open(directory.path().join("meta.db")).unwrap();
    meta.pragma_update(None, "user_version", 99).unwrap();
    let error = open_error(directory.path());
    assert!(matches!(error, StoreError::Newer(_)));
    assert!(error.to_string().contains("newer version of Tierline (format 99"), "{error}");

    let directory = tempfile::tempdir().unwrap();
    let foreign = rusqlite::Connection::open(directory.path().join("meta.db")).unwrap();
    foreign.execute_batch("CREATE TABLE somebodys (data TEXT)").unwrap();
    let error = open_error(directory.path());
    assert!(error.to_string().contains("a database of something else"), "{error}");
}

#[test]
fn a_file_cut_short_by_a_crash_while_it_was_made_is_made_again() {
    let directory = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(directory.path()).unwrap());
    std::fs::write(directory.path().join("metrics/2026-01-01.db"), "").unwrap();
    std::fs::write(directory.path().join("metrics/notes.txt"), "somebody's").unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let report = report(&mut Random::new(1), &identity("shop", 1, 1, 1), 1_767_225_600_000);
    store.write(batch_of_report(report)).unwrap();
}

#[test]
fn a_directory_that_cannot_be_made_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = open_error(&file.join("data"));
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
}

#[test]
fn requests_are_found_in_every_part_of_a_large_file() {
    const SEGMENTS: u64 = 34_000; // a part of the index has 32,768 rows
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(directory.path()).unwrap();
    let mut random = Random::new(3);
    let mut segment = segment(&mut random, "shop", now_ms());
    segment.exit_calls.clear();
    let batches: Vec<_> = (0..SEGMENTS / 1_000)
        .map(|_| {
            let segments = (0..1_000).map(|_| {
                let guid = u128::from(random.next()) << 64 | u128::from(random.next() | 1);
                segment.guid = Guid::from_bytes(guid.to_be_bytes()).unwrap();
                segment.clone()
            });
            batch_of_segments(identity("shop", 1, 1, 1), segments.collect())
        })
        .collect();
    for batch in &batches {
        store.write(batch.clone()).unwrap();
    }
    // Known from memory, and known from the file.
    store.write(batches[0].clone()).unwrap();
    drop(store);
    store = SqliteStore::open(directory.path()).unwrap();
    store.write(batches[0].clone()).unwrap();
    store.write(batches[33].clone()).unwrap();
    let guids: Vec<Guid> = [0, 33].map(|batch: usize| batches[batch].segments[0].segments[500].guid).into();
    for guid in &guids {
        assert_eq!(store.execution(ACCOUNT, *guid).unwrap().len(), 1);
    }
    let filter = SegmentFilter { guids: guids.clone(), ..SegmentFilter::default() };
    assert_eq!(store.segments(ACCOUNT, &filter).unwrap().segments.len(), 2);
    let mut filter = SegmentFilter::default();
    let mut found = 0;
    loop {
        let page = store.segments(ACCOUNT, &filter).unwrap();
        found += page.segments.len() as u64;
        filter.after = page.next;
        if filter.after.is_none() {
            break;
        }
    }
    assert_eq!(found, SEGMENTS);
}

/// A directory nobody can write, not even through files that are open, for as long as it lives. This is what a disk
/// that turned read-only is to those who use it; remounting one is refused while files are open.
struct WriteProtected<'d>(&'d Path);

impl<'d> WriteProtected<'d> {
    fn chattr(directory: &Path, change: &str) -> bool {
        let mut chattr = std::process::Command::new("chattr");
        chattr.args(["-R", change]).arg(directory);
        chattr.output().is_ok_and(|output| output.status.success())
    }

    /// `None` where that is not allowed, or the file system does not know it, or says yes and does not do it: there are
    /// some where an open file can still be written, or nothing is refused at all.
    fn new(directory: &'d Path) -> Option<Self> {
        let probe = directory.join("probe");
        let mut open = std::fs::File::create(&probe).unwrap();
        let protected = Self::chattr(directory, "+i").then_some(Self(directory));
        let refused = open.write_all(b"1").is_err() && std::fs::File::create(directory.join("new")).is_err();
        protected.filter(|_| refused)
    }
}

impl Drop for WriteProtected<'_> {
    fn drop(&mut self) {
        Self::chattr(self.0, "-i");
        let _ = std::fs::remove_file(self.0.join("probe"));
    }
}

#[test]
fn a_disk_that_turns_read_only_refuses_answers_questions_and_recovers_by_itself() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let store = written(&data);
    let before = numbers(&store);
    let page = store.segments(ACCOUNT, &SegmentFilter::default()).unwrap();
    let Some(protected) = WriteProtected::new(&data) else {
        eprintln!("SKIPPED: files cannot be protected here (chattr +i needs root and ext4, xfs or btrfs)");
        return;
    };
    let mut random = Random::new(7);
    let today = batch_of_report(report(&mut random, &identity("shop", 1, 1, 99), now_ms()));
    // One for files that are open, one for a file that is not there yet.
    let earlier =
        batch_of_report(report(&mut random, &identity("shop", 1, 1, 99), now_ms() - 5 * 86_400_000));
    for late in [&today, &earlier] {
        for _ in 0..3 {
            let error = store.write(late.clone()).unwrap_err();
            assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
            assert!(error.to_string().contains(data.to_str().unwrap()), "{error}");
        }
        assert!(store.health().unwrap().refusing.is_some(), "it says so");
    }
    let user = DocumentChange { kind: "user", name: "admin", text: "{}", ..Default::default() };
    assert!(matches!(store.put_document(ACCOUNT, user).unwrap_err(), StoreError::Unavailable(_)));
    assert!(store.drop_expired(now_ms() + 7_200_000).is_err(), "upkeep does not claim to have packed");
    assert_eq!(numbers(&store), before, "reading goes on, and nothing of what was refused is seen");
    assert_eq!(store.segments(ACCOUNT, &SegmentFilter::default()).unwrap(), page);
    assert_eq!(store.document(ACCOUNT, "user", "admin").unwrap(), None);
    drop(protected);
    store.write(today).unwrap();
    store.write(earlier).unwrap();
    store.put_document(ACCOUNT, user).unwrap();
    assert_eq!(store.health().unwrap().refusing, None);
    assert!(numbers(&store)[0].count > before[0].count);
    store.drop_expired(now_ms() + 7_200_000).unwrap();
}

#[test]
fn a_directory_that_is_read_only_from_the_start_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    drop(written(&data));
    let Some(protected) = WriteProtected::new(&data) else {
        eprintln!("SKIPPED: files cannot be protected here (chattr +i needs root and ext4, xfs or btrfs)");
        return;
    };
    let error = open_error(&data);
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(error.to_string().contains(data.to_str().unwrap()), "{error}");
    drop(protected);
    SqliteStore::open(&data).unwrap();
}

/// Somebody with a database shell, or a copy that takes long.
#[test]
fn a_file_somebody_else_has_locked_is_named_and_writing_goes_on_behind_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = written(directory.path());
    let before = numbers(&store);
    let shell =
        rusqlite::Connection::open(file_in(directory.path(), "metrics").with_extension("db")).unwrap();
    shell.execute_batch("BEGIN IMMEDIATE").unwrap();
    let late = batch_of_report(report(&mut Random::new(7), &identity("shop", 1, 1, 99), now_ms()));
    let error = store.write(late.clone()).unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(error.to_string().contains("locked"), "{error}");
    assert_eq!(numbers(&store), before, "reading goes on");
    shell.execute_batch("ROLLBACK").unwrap();
    store.write(late).unwrap();
    assert_ne!(numbers(&store), before);
}

/// A small disk, for as long as it lives.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where mounting is not allowed.
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(directory.path());
        mount.output().is_ok_and(|output| output.status.success()).then(|| Self(directory))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_refuses_and_room_is_all_it_takes() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!(
            "SKIPPED: mounting a small disk is not allowed here (crash.rs tests files that cannot grow)"
        );
        return;
    };
    let store = written(&disk.0.path().join("data"));
    let before = numbers(&store);
    let ballast = disk.0.path().join("ballast");
    let _ = std::fs::write(&ballast, vec![0; 16 << 20]);
    let late = batch_of_report(report(&mut Random::new(7), &identity("shop", 1, 1, 99), now_ms()));
    let error = store.write(late.clone()).unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(error.to_string().contains("is full"), "{error}");
    assert_eq!(numbers(&store), before, "reading goes on, and nothing of the batch is seen");
    std::fs::remove_file(&ballast).unwrap();
    store.write(late).unwrap();
}
