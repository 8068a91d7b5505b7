//! More than fits, for as long as asked: the directory stays below its limit and the process below its memory.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tierline_model::Backend;
use tierline_store::conformance::random::Random;
use tierline_store::conformance::sample::{ACCOUNT, now_ms};
use tierline_store::sqlite::SqliteStore;
use tierline_store::{NodeSegments, Store, StoreOptions, WriteBatch};

use crate::traffic::{MINUTE_MS, NODES, agent, backend, report, segment};

/// Callers, each of which writes as fast as it is let.
const CALLERS: u64 = 5;

/// Segments of a write, and how many of them come between two reports.
const SEGMENTS: u64 = 200;
const WRITES_PER_REPORT: u64 = 20;

/// Runs for `seconds` against a limit of `limit_mib`. Prints what was seen, and ends the process in error when a
/// limit was exceeded.
pub fn run(directory: &Path, seconds: u64, limit_mib: u64) {
    let limit = limit_mib << 20;
    let options = StoreOptions { bytes_max: Some(limit), ..StoreOptions::default() };
    let store = SqliteStore::open_with(directory, options).expect("open");
    let (stop, written, refused) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let (mut most, mut memory_begin) = (0, 0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for caller in 0..CALLERS {
            let (store, stop, written, refused) = (&store, &stop, &written, &refused);
            scope.spawn(move || {
                let mut random = Random::new(caller);
                let backends: Vec<Backend> = (0..20).map(backend).collect();
                for number in 0u64.. {
                    let answer = store.write(batch(&mut random, &backends, caller, number));
                    match answer {
                        Ok(()) => written.fetch_add(SEGMENTS, Ordering::Relaxed),
                        Err(_) => refused.fetch_add(SEGMENTS, Ordering::Relaxed),
                    };
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                }
            });
        }
        let mut next_line = Duration::from_secs(30);
        while begun.elapsed() < Duration::from_secs(seconds) {
            std::thread::sleep(Duration::from_millis(50));
            let health = store.health().expect("health");
            most = most.max(health.bytes);
            if begun.elapsed() >= next_line {
                if memory_begin == 0 {
                    memory_begin = resident_mib();
                }
                println!(
                    "{:5} s: {} k segments, {} refused, {:.2} % of the limit at most, {} dropped, {} MiB resident, {:?} {:?}",
                    begun.elapsed().as_secs(),
                    written.load(Ordering::Relaxed) / 1_000,
                    refused.load(Ordering::Relaxed),
                    most as f64 / limit as f64 * 100.0,
                    health.segments_dropped_for_room,
                    resident_mib(),
                    health.refusing,
                    health.upkeep_error,
                );
                next_line = begun.elapsed() + Duration::from_secs((seconds / 60).max(30));
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    println!(
        "overload: {} segments in {} s, {} refused, at most {:.2} % of {limit_mib} MiB; resident {memory_begin} MiB \
         after the first lines, {} MiB at the end",
        written.load(Ordering::Relaxed),
        begun.elapsed().as_secs(),
        refused.load(Ordering::Relaxed),
        most as f64 / limit as f64 * 100.0,
        resident_mib(),
    );
    assert!(most <= limit / 100 * 102, "the limit was exceeded by more than 2 %");
}

fn batch(random: &mut Random, backends: &[Backend], caller: u64, number: u64) -> WriteBatch {
    let start_ms = now_ms();
    let reports = if number.is_multiple_of(WRITES_PER_REPORT) {
        vec![report(
            random,
            (caller * 10 + number / WRITES_PER_REPORT) % NODES,
            backends,
            start_ms / MINUTE_MS * MINUTE_MS,
        )]
    } else {
        Vec::new()
    };
    let segments = (0..SEGMENTS).map(|_| segment(random, backends, start_ms)).collect();
    WriteBatch {
        account: ACCOUNT.to_owned(),
        received_ms: start_ms,
        reports,
        segments: vec![NodeSegments { identity: agent(caller), segments }],
        ..WriteBatch::default()
    }
}

fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) >> 10
}
