use std::sync::Arc;

use super::*;

/// A life of this test: other tests run in the same process at the same time.
fn incarnation(number: u8) -> Incarnation {
    let thread = format!("{:?}", std::thread::current().id());
    let mut bytes = [number; 16];
    bytes[..8].copy_from_slice(&xxhash_rust::xxh3::xxh3_64(thread.as_bytes()).to_be_bytes());
    Incarnation(bytes)
}

fn batch(kind: BatchKind, created_ms: u64, bytes: usize) -> Batch {
    Batch { kind, items: 1, created_ms, gzip: false, body: Arc::new(vec![created_ms as u8; bytes]) }
}

fn drain(spool: &mut Spool) -> Vec<(BatchKind, u64)> {
    let mut found = Vec::new();
    while let Some(batch) = spool.next() {
        assert_eq!(spool.next().as_ref(), Some(&batch), "the same until it is done");
        found.push((batch.kind, batch.created_ms));
        spool.done();
    }
    found
}

use BatchKind::{Metrics, Snapshots};

#[test]
fn oldest_first_numbers_before_snapshots_and_nothing_left_behind() {
    let scratch = tempfile::tempdir().unwrap();
    let mut spool = Spool::open(scratch.path(), incarnation(1), 64 << 20).unwrap();
    for created_ms in 1..=3 {
        spool.push(&batch(Snapshots, created_ms, 100)).unwrap();
        spool.push(&batch(Metrics, created_ms, 100)).unwrap();
    }
    assert!(spool.bytes() > 600);
    assert_eq!(spool.next().map(|batch| batch.created_ms), Some(1));
    spool.push(&batch(Metrics, 4, 100)).unwrap();
    let expected: Vec<_> = (1..=4).map(|ms| (Metrics, ms)).chain((1..=3).map(|ms| (Snapshots, ms))).collect();
    assert_eq!(drain(&mut spool), expected);
    assert_eq!(spool.bytes(), 0);
    drop(spool);
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
}

#[test]
fn when_space_is_short_old_snapshots_go_first_and_numbers_last() {
    let scratch = tempfile::tempdir().unwrap();
    let mut spool = Spool::open(scratch.path(), incarnation(1), 32_000).unwrap();
    let mut dropped = Dropped::default();
    let mut push = |spool: &mut Spool, kind, created_ms| {
        let more = spool.push(&batch(kind, created_ms, 1_968)).unwrap();
        dropped.snapshots += more.snapshots;
        dropped.metrics += more.metrics;
        dropped
    };
    for created_ms in 1..=8 {
        push(&mut spool, Metrics, created_ms);
        push(&mut spool, Snapshots, created_ms);
    }
    assert_eq!(push(&mut spool, Snapshots, 9), Dropped { snapshots: 1, metrics: 0 });
    assert_eq!(push(&mut spool, Metrics, 9), Dropped { snapshots: 2, metrics: 0 });
    for created_ms in 10..=16 {
        push(&mut spool, Metrics, created_ms);
    }
    assert_eq!(
        push(&mut spool, Snapshots, 17),
        Dropped { snapshots: 10, metrics: 0 },
        "no room: it goes itself"
    );
    assert_eq!(push(&mut spool, Metrics, 17), Dropped { snapshots: 10, metrics: 1 });
    assert_eq!(drain(&mut spool), (2..=17).map(|ms| (Metrics, ms)).collect::<Vec<_>>());
}

#[test]
fn a_batch_larger_than_the_bound_is_dropped_and_harms_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let mut spool = Spool::open(scratch.path(), incarnation(1), 10_000).unwrap();
    spool.push(&batch(Metrics, 1, 10)).unwrap();
    assert_eq!(spool.push(&batch(Metrics, 2, 20_000)).unwrap(), Dropped { snapshots: 0, metrics: 1 });
    spool.set_bytes_max(0);
    assert_eq!(spool.push(&batch(Snapshots, 3, 1)).unwrap(), Dropped { snapshots: 1, metrics: 0 });
    spool.set_bytes_max(10_000);
    assert_eq!(drain(&mut spool), [(Metrics, 1)]);
}

#[test]
fn cut_and_damaged_files_give_what_is_whole() {
    let scratch = tempfile::tempdir().unwrap();
    let mut spool = Spool::open(scratch.path(), incarnation(1), 64 << 20).unwrap();
    for created_ms in 1..=3 {
        spool.push(&batch(Metrics, created_ms, 100)).unwrap();
    }
    let path = spool.writing[0].path.clone();
    drop(spool);
    let whole = fs::read(&path).unwrap();
    for (length, expected) in [(0, 0), (10, 0), (131, 0), (132, 1), (200, 1), (395, 2), (396, 3)] {
        fs::write(&path, &whole[..length]).unwrap();
        let mut spool = Spool::open(scratch.path(), incarnation(2), 64 << 20).unwrap();
        spool.adopt();
        assert_eq!(drain(&mut spool).len(), expected, "cut at {length}");
        assert!(!path.exists());
    }
    // Files that are not ours stay; ours with nonsense in them go.
    fs::write(scratch.path().join("notes.txt"), "mine").unwrap();
    fs::write(&path, b"nonsense".repeat(100)).unwrap();
    let mut spool = Spool::open(scratch.path(), incarnation(2), 64 << 20).unwrap();
    spool.adopt();
    assert_eq!(drain(&mut spool), []);
    assert!(!path.exists() && scratch.path().join("notes.txt").exists());
}

#[test]
fn a_later_life_adopts_but_not_from_a_living_one() {
    let scratch = tempfile::tempdir().unwrap();
    let mut first = Spool::open(scratch.path(), incarnation(1), 64 << 20).unwrap();
    first.push(&batch(Metrics, 1, 10)).unwrap();
    let mut second = Spool::open(scratch.path(), incarnation(2), 64 << 20).unwrap();
    second.adopt();
    assert_eq!(second.next(), None);
    drop(first);
    second.adopt();
    assert!(second.bytes() > 0);
    assert_eq!(drain(&mut second), [(Metrics, 1)]);
    drop(second);
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
}

#[test]
fn another_process_that_was_killed_is_adopted_and_a_living_one_is_not() {
    let scratch = tempfile::tempdir().unwrap();
    let mut ours = Spool::open(scratch.path(), incarnation(2), 64 << 20).unwrap();
    // SAFETY: the child only works on files and waits to be killed.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let mut spool = Spool::open(scratch.path(), incarnation(1), 64 << 20).unwrap();
        spool.push(&batch(Metrics, 7, 10)).unwrap();
        fs::write(scratch.path().join("ready"), "").unwrap();
        std::thread::sleep(std::time::Duration::from_secs(60));
        // SAFETY: nothing of the parent's must run here.
        unsafe { libc::_exit(0) };
    }
    while !scratch.path().join("ready").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    ours.adopt();
    assert_eq!(ours.next(), None, "its owner lives");
    // SAFETY: our own child.
    unsafe {
        libc::kill(child, libc::SIGKILL);
        libc::waitpid(child, std::ptr::null_mut(), 0);
    }
    ours.adopt();
    assert_eq!(drain(&mut ours), [(Metrics, 7)]);
}

#[test]
fn a_directory_that_disappears_or_cannot_be_written_is_an_error_not_a_panic() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("spool");
    let mut spool = Spool::open(&directory, incarnation(1), 64 << 20).unwrap();
    fs::remove_dir_all(&directory).unwrap();
    assert!(spool.push(&batch(Metrics, 1, 10)).is_err());
    spool.adopt();
    assert_eq!(spool.next(), None);
    assert!(Spool::open(Path::new("/proc/nowhere"), incarnation(1), 1).is_err());
}
