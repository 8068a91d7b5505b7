//! What began must end, and what ended must be in the numbers, whoever does what at the same time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

use crate::{assert_balanced, begin_exit, core, database, drain, error, quiet};

const THREADS: u64 = 8;
const BTS_PER_THREAD: u64 = 50_000;

#[test]
fn eight_threads_and_concurrent_drains_lose_and_invent_nothing() {
    let core = core(quiet());
    let done = AtomicBool::new(false);
    let reports = thread::scope(|scope| {
        let drains = scope.spawn(|| {
            let mut reports = Vec::new();
            while !done.load(Ordering::Acquire) {
                reports.push(drain(&core));
            }
            reports
        });
        let workers: Vec<_> = (0..THREADS)
            .map(|thread| {
                let core = core.clone();
                scope.spawn(move || {
                    for i in 0..BTS_PER_THREAD {
                        let bt = core.begin(&format!("/bt/{}", (i + thread) % 70), None);
                        if i % 2 == 0 {
                            let backend = database(&core);
                            let exit = begin_exit(&bt, &backend).expect("no call is active");
                            if i % 4 == 0 {
                                exit.end();
                            }
                        }
                        match i % 1_000 {
                            0 => bt.end_with(vec![error("ValueError")]),
                            1 => drop(bt),
                            _ => bt.end(),
                        }
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.join().expect("a worker panicked");
        }
        done.store(true, Ordering::Release);
        drains.join().expect("the drain panicked")
    });
    let last = drain(&core);
    let all = THREADS * BTS_PER_THREAD;
    let (mut begun, mut ended, mut abandoned, mut exits, mut errors) = (0, 0, 0, 0, 0);
    assert!(reports.len() > 3, "the drains ran beside the workers");
    for report in reports.iter().chain([&last]) {
        assert_balanced(report);
        begun += report.ledger.begun;
        ended += report.ledger.ended;
        abandoned += report.ledger.abandoned;
        exits += report.ledger.exit_calls;
        errors += report.segments.iter().map(|s| s.verdicts.error).sum::<u64>();
        assert_eq!(begun, report.ledger.begun_total);
        assert_eq!(ended, report.ledger.ended_total);
    }
    assert_eq!((begun, ended), (all, all));
    assert_eq!(last.ledger.in_flight, 0);
    assert_eq!(abandoned, all / 1_000);
    assert_eq!(errors, all / 1_000);
    assert_eq!(exits, all / 2);
}

#[test]
fn bts_that_end_on_other_threads_never_make_an_end_without_a_begin() {
    let core = core(quiet());
    let (send, receive) = mpsc::sync_channel(64);
    thread::scope(|scope| {
        let begins = core.clone();
        scope.spawn(move || {
            for _ in 0..100_000 {
                if send.send(begins.begin("/handed/over", None)).is_err() {
                    return;
                }
            }
        });
        let ends = scope.spawn(move || receive.iter().map(|bt| bt.end()).count());
        let mut ended = 0;
        loop {
            let finished = ends.is_finished();
            let report = drain(&core);
            // `in_flight` is a difference of two counts; it would be huge or lie if one of them ran ahead.
            assert_balanced(&report);
            assert!(report.ledger.in_flight <= 66, "{:?}", report.ledger);
            ended += report.ledger.ended;
            if finished {
                break;
            }
        }
        assert_eq!(ended, 100_000);
    });
}

#[test]
fn threads_that_come_and_go_use_their_shards_again() {
    let core = core(quiet());
    for _ in 0..300 {
        let core = core.clone();
        thread::spawn(move || core.begin("/short", None).end()).join().expect("the thread panicked");
    }
    let report = drain(&core);
    assert_balanced(&report);
    assert_eq!(report.ledger.ended, 300);
    assert!(core.memory_bytes() < 4 << 20, "{}", core.memory_bytes());
}

#[test]
fn what_still_runs_is_in_flight_and_shutdown_ends_it() {
    let core = core(quiet());
    let running: Vec<_> = (0..5).map(|_| core.begin("/long", None)).collect();
    let report = drain(&core);
    assert_eq!((report.ledger.begun, report.ledger.ended, report.ledger.in_flight), (5, 0, 5));
    core.end_all();
    let report = drain(&core);
    assert_balanced(&report);
    assert_eq!((report.ledger.ended, report.ledger.abandoned, report.ledger.in_flight), (5, 5, 0));
    assert_eq!(report.segments[0].verdicts.stall, 5);
    assert_eq!(core.segments_waiting().0, 5, "a BT that never ended is always kept");
    assert!(!running[0].is_active());
    running[0].end();
    assert!(!core.begin("/late", None).is_active(), "a closed core records nothing");
    drop(running);
    let report = drain(&core);
    assert_eq!((report.ledger.begun, report.ledger.ended), (0, 0));
}
