//! The process is killed at any moment, or dies between two files: nothing acknowledged is lost, and sending
//! again what was not acknowledged makes it whole.
//!
//! The children are this test binary again, running one ignored test. `STORE_KILLS` sets how often (default 10).

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigHandler, Signal, signal};
use tierline_model::AppId;
use tierline_store::conformance::queries::whole;
use tierline_store::conformance::random::Random;
use tierline_store::conformance::sample::{ACCOUNT, batch, identity, now_ms, report, segment};
use tierline_store::sqlite::{SqliteStore, crash};
use tierline_store::{
    Application, Entities, MetricFamily, MetricQuery, NodeSegments, SegmentFilter, Step, Store, StoreError,
    TimeRange, WriteBatch,
};

const DAY_MS: u64 = 86_400_000;
const FOR_EVER: TimeRange = TimeRange { start_ms: 0, end_ms: u64::MAX };
/// Batches that are looked at in every detail at the end.
const CHECKED_MAX: usize = 100;
const OPEN_WITHIN: Duration = Duration::from_secs(5);

/// A batch that goes into five files: numbers and segments of two days, and an application of its own.
fn numbered(number: u64) -> WriteBatch {
    let mut random = Random::new(number);
    let name = format!("app {number}");
    let identity = identity(&name, 1, number % 5, number);
    // A time that is the same in every process.
    let start_ms = now_ms() / DAY_MS * DAY_MS + number % 1_440 * 1_000;
    let mut reports =
        vec![report(&mut random, &identity, start_ms), report(&mut random, &identity, start_ms - DAY_MS)];
    reports.iter_mut().for_each(|r| r.report.ledger.begun = number);
    let mut segments: Vec<_> = (0..20).map(|_| segment(&mut random, &name, start_ms)).collect();
    segments.push(segment(&mut random, &name, start_ms - DAY_MS));
    let application = Application {
        id: identity.app_id(),
        name: name.into(),
        first_seen_ms: start_ms,
        last_seen_ms: start_ms,
    };
    WriteBatch {
        entities: Entities { applications: vec![application], ..Entities::default() },
        reports,
        segments: vec![NodeSegments { identity, segments }],
        ..batch()
    }
}

fn app_id(number: u64) -> AppId {
    AppId::of(&format!("app {number}"))
}

/// What is there of a batch: reports, segments, applications.
fn parts(store: &SqliteStore, applications: &BTreeSet<AppId>, number: u64) -> (usize, usize, usize) {
    let app_id = app_id(number);
    let reports = store.ledgers(ACCOUNT, app_id, FOR_EVER).unwrap();
    assert!(reports.iter().all(|record| record.ledger.begun == number));
    let filter = SegmentFilter { app_id: Some(app_id), ..SegmentFilter::default() };
    let segments = store.segments(ACCOUNT, &filter).unwrap().segments;
    (reports.len(), segments.len(), usize::from(applications.contains(&app_id)))
}

/// The numbers of a batch, from minutes and from sums, are those of its lines.
fn check_sums(store: &SqliteStore, number: u64) {
    let ledgers = store.ledgers(ACCOUNT, app_id(number), FOR_EVER).unwrap();
    let executions: u64 = ledgers.iter().map(|record| record.executions).sum();
    for step in [Step::Whole, Step::Minutes(1)] {
        let query = MetricQuery { step, ..whole(app_id(number), MetricFamily::Segments, FOR_EVER) };
        let counted: u64 = store.metrics(ACCOUNT, &query).unwrap().iter().map(|row| row.count).sum();
        assert_eq!(counted, executions, "batch {number}, {step:?}");
    }
}

const WHOLE: (usize, usize, usize) = (2, 21, 1);

fn applications(store: &SqliteStore) -> BTreeSet<AppId> {
    store.applications(ACCOUNT).unwrap().iter().map(|application| application.id).collect()
}

fn open_soon(directory: &Path) -> (SqliteStore, Duration) {
    let begun = Instant::now();
    let store = SqliteStore::open(directory).unwrap();
    let taken = begun.elapsed();
    assert!(taken < OPEN_WITHIN, "opening took {taken:?}");
    (store, taken)
}

fn child(test: &str, directory: &Path, argument: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"])
        .env("STORE_DIRECTORY", directory)
        .env("STORE_ARGUMENT", argument.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Directory and argument of a child; `None` in an ordinary run of ignored tests.
fn told() -> Option<(std::path::PathBuf, u64)> {
    let directory = std::env::var_os("STORE_DIRECTORY")?;
    Some((directory.into(), std::env::var("STORE_ARGUMENT").ok()?.parse().ok()?))
}

/// Writes a line, in one call, so that it is never cut by another thread.
fn say(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}

#[test]
#[ignore = "a child of the test below"]
fn child_that_ingests() {
    let Some((directory, first)) = told() else { return };
    let store = SqliteStore::open(&directory).unwrap();
    let next = AtomicU64::new(first);
    // The test harness has written the beginning of a line.
    say("");
    std::thread::scope(|scope| {
        // Hours are packed, unpacked by what comes late, and packed again, all the time.
        scope.spawn(|| {
            loop {
                store.drop_expired(now_ms() + 7_200_000).unwrap();
            }
        });
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    say(&format!("begun {number}"));
                    store.write(numbered(number)).unwrap();
                    say(&format!("acknowledged {number}"));
                }
            });
        }
    });
}

/// Every file is sound, and together they hold so many batches, all of them packed.
fn check_files(directory: &Path, batches: usize) {
    let (mut segments, mut reports) = (0, 0);
    for entry in ["metrics", "metrics-10m", "metrics-1h", "snapshots", "."]
        .iter()
        .flat_map(|f| std::fs::read_dir(directory.join(f)).unwrap())
    {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "db") {
            let connection = rusqlite::Connection::open(&path).unwrap();
            let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
            assert_eq!(sound, "ok", "{}", path.display());
            let count = |what: &str| connection.query_row(what, [], |row| row.get::<_, i64>(0)).unwrap_or(0);
            segments += count("SELECT count(*) FROM segment");
            // Everything is packed, and every report is of a source of its own.
            reports += count("SELECT count(*) FROM chunk");
        }
    }
    let expected = [WHOLE.0, WHOLE.1].map(|each| (each * batches) as i64);
    assert_eq!([reports, segments], expected);
}

#[test]
fn killed_at_any_moment_nothing_acknowledged_is_lost() {
    let kills: u64 = std::env::var("STORE_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(10);
    let directory = tempfile::tempdir().unwrap();
    let mut random = Random::new(std::process::id().into());
    let mut acknowledged = BTreeSet::new();
    let (mut slowest_open, mut unacknowledged) = (Duration::ZERO, 0);
    for kill in 0..kills {
        let first = 1 + kill * 100_000;
        let mut child = child("child_that_ingests", directory.path(), first);
        let lines = BufReader::new(child.stdout.take().unwrap());
        // Reading must go on while the child is killed: what stands in the pipe was acknowledged.
        let reader = std::thread::spawn(move || {
            let (mut begun, mut acknowledged) = (BTreeSet::new(), BTreeSet::new());
            for line in lines.split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8(line).unwrap_or_default();
                let number = |word: &str| line.strip_prefix(word)?.parse::<u64>().ok();
                begun.extend(number("begun "));
                acknowledged.extend(number("acknowledged "));
            }
            (begun, acknowledged)
        });
        std::thread::sleep(Duration::from_millis(40 + random.below(600)));
        child.kill().unwrap();
        child.wait().unwrap();
        let (begun, new) = reader.join().unwrap();
        assert!(new.is_subset(&begun));
        let (store, taken) = open_soon(directory.path());
        slowest_open = slowest_open.max(taken);
        let there = applications(&store);
        for number in &new {
            assert_eq!(parts(&store, &there, *number), WHOLE, "batch {number} was acknowledged, kill {kill}");
        }
        // What was under way is there whole, in part or not at all: it may have become durable a moment before its
        // acknowledgement could be written. Sending it again makes it whole, once.
        for number in begun.difference(&new) {
            unacknowledged += usize::from(parts(&store, &there, *number) != (0, 0, 0));
            store.write(numbered(*number)).unwrap();
            assert_eq!(parts(&store, &applications(&store), *number), WHOLE);
            acknowledged.insert(*number);
        }
        acknowledged.extend(new);
    }
    let (store, _) = open_soon(directory.path());
    let there = applications(&store);
    // Nothing is there that was never sent, and everything that was is.
    assert_eq!(there, acknowledged.iter().map(|number| app_id(*number)).collect());
    for packed in [false, true] {
        if packed {
            store.drop_expired(now_ms() + 7_200_000).unwrap();
        }
        // Some of all in every detail; of all of them the totals, below.
        for number in acknowledged.iter().step_by(acknowledged.len() / CHECKED_MAX + 1) {
            assert_eq!(parts(&store, &there, *number), WHOLE);
            check_sums(&store, *number);
        }
    }
    drop(store);
    check_files(directory.path(), acknowledged.len());
    println!(
        "{kills} kills: {} batches kept, {unacknowledged} of them committed but not acknowledged, \
         slowest open {slowest_open:?}",
        acknowledged.len()
    );
}

#[test]
#[ignore = "a child of the test below"]
fn child_that_dies_between_files() {
    let Some((directory, commits)) = told() else { return };
    let store = SqliteStore::open(&directory).unwrap();
    crash::after_commits(u32::try_from(commits).unwrap());
    let _ = store.write(numbered(1));
}

#[test]
fn dying_between_two_files_is_made_whole_by_sending_again() {
    // Five files: dying behind the first to the fourth leaves a part, always without the entities.
    for commits in 1..=5 {
        let directory = tempfile::tempdir().unwrap();
        let mut child = child("child_that_dies_between_files", directory.path(), commits);
        assert!(!child.wait().unwrap().success());
        let (store, _) = open_soon(directory.path());
        let left = parts(&store, &applications(&store), 1);
        let expected = [(1, 0, 0), (2, 0, 0), (2, 1, 0), (2, 21, 0), WHOLE][commits as usize - 1];
        assert_eq!(left, expected, "after {commits} commits");
        store.write(numbered(1)).unwrap();
        assert_eq!(parts(&store, &applications(&store), 1), WHOLE);
    }
}

#[test]
#[ignore = "a child of the test below"]
fn child_whose_files_cannot_grow() {
    let Some((directory, _)) = told() else { return };
    // Writing beyond the limit shall be an error, not a signal.
    // SAFETY: no handler runs; the process only ignores the signal.
    unsafe { signal(Signal::SIGXFSZ, SigHandler::SigIgn) }.unwrap();
    let store = SqliteStore::open(&directory).unwrap();
    store.write(numbered(1)).unwrap();
    let (soft, hard) = getrlimit(Resource::RLIMIT_FSIZE).unwrap();
    for limit in [8_000, 20_000, 40_000, 60_000] {
        for number in 2..6 {
            setrlimit(Resource::RLIMIT_FSIZE, limit, hard).unwrap();
            let answer = store.write(numbered(number));
            setrlimit(Resource::RLIMIT_FSIZE, soft, hard).unwrap();
            let there = parts(&store, &applications(&store), number);
            match answer {
                Ok(()) => assert_eq!(there, WHOLE),
                Err(StoreError::Unavailable(_)) => {
                    assert_eq!(there, (0, 0, 0), "limit {limit}: a part is visible")
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert_eq!(parts(&store, &applications(&store), 5), (0, 0, 0), "the limits did not hinder anything");
    for number in 1..6 {
        store.write(numbered(number)).unwrap();
        assert_eq!(parts(&store, &applications(&store), number), WHOLE, "room again, and writing goes on");
    }
}

#[test]
fn files_that_cannot_grow_refuse_whole_batches_and_recover() {
    let directory = tempfile::tempdir().unwrap();
    let child = child("child_whose_files_cannot_grow", directory.path(), 0);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
    let (store, _) = open_soon(directory.path());
    assert_eq!(parts(&store, &applications(&store), 5), WHOLE);
}
