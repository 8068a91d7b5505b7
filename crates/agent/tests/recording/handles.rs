//! Handles: shared by threads, used wrongly, lost.

use std::collections::BTreeSet;
use std::thread;

use tierline_model::limits::{EXIT_CALLS_PER_SEGMENT_MAX, USER_DATA_ENTRIES_MAX};
use tierline_model::{DropCause, Verdict};

use crate::{assert_balanced, begin_exit, core, database, drain, error, quiet};

#[test]
fn a_hundred_threads_share_one_handle() {
    let core = core(quiet());
    core.allow_concurrent_exit_calls(true);
    let bt = core.begin("/shared", None);
    let backend = database(&core);
    thread::scope(|scope| {
        for number in 0..100 {
            let bt = bt.clone();
            scope.spawn(move || {
                for round in 0..20 {
                    let exit = begin_exit(&bt, &backend).expect("several are allowed");
                    bt.add_user_data(&format!("thread {number}"), &round.to_string());
                    let mut header = String::new();
                    assert!(exit.correlation_header(false, &mut header));
                    exit.end();
                }
            });
        }
    });
    bt.keep();
    bt.end();
    let segment = core.take_segments(usize::MAX).pop().expect("asked for");
    assert_eq!(segment.exit_calls.len(), 2_000);
    assert!(segment.exit_calls.iter().all(|e| e.ended));
    let sequences: BTreeSet<&str> = segment.exit_calls.iter().map(|e| &*e.sequence).collect();
    assert_eq!(sequences.len(), 2_000, "every call has a number of its own");
    assert_eq!(segment.user_data.len(), USER_DATA_ENTRIES_MAX);
    let report = drain(&core);
    assert_balanced(&report);
    assert_eq!(report.ledger.exit_calls, 2_000);
    assert_eq!(report.ledger.drops[&DropCause::UserData], 2_000 - USER_DATA_ENTRIES_MAX as u64);
}

#[test]
fn one_exit_call_at_a_time_unless_several_are_allowed() {
    let core = core(quiet());
    let backend = database(&core);
    let bt = core.begin("/one", None);
    let first = begin_exit(&bt, &backend).expect("none is active");
    assert!(begin_exit(&bt, &backend).is_none());
    first.end();
    let second = begin_exit(&bt, &backend).expect("the first is over");
    core.allow_concurrent_exit_calls(true);
    assert!(begin_exit(&bt, &backend).is_some());
    second.end();
    bt.end();
    assert_eq!(drain(&core).ledger.exit_calls, 3);
}

#[test]
fn whatever_comes_after_the_end_is_ignored_and_counted() {
    let core = core(quiet());
    let bt = core.begin("/over", None);
    let exit = begin_exit(&bt, &database(&core)).expect("none is active");
    let ended_twice = begin_exit(&core.begin("/lost", None), &database(&core)).expect("none is active");
    bt.end();
    bt.end();
    bt.end_with(vec![error("Late")]);
    bt.mark_error(error("Late"));
    bt.add_user_data("a", "b");
    bt.keep();
    assert!(begin_exit(&bt, &database(&core)).is_none());
    exit.end();
    ended_twice.end();
    assert!(!exit.correlation_header(false, &mut String::new()));
    assert!(bt.guid().is_none() && !bt.is_active());
    let report = drain(&core);
    assert_balanced(&report);
    assert_eq!((report.ledger.ended, report.ledger.abandoned, report.ledger.exit_calls), (2, 1, 2));
    let misuse = core.diagnostics().misuse;
    assert_eq!(misuse["end_bt: the business transaction is over already"], 2);
    assert_eq!(misuse["end_exit_call: its business transaction is over"], 2);
    assert_eq!(misuse.values().sum::<u64>(), 9, "{misuse:?}");
}

#[test]
fn old_handles_never_reach_the_next_bt_in_the_same_place() {
    let core = core(quiet());
    let first = core.begin("/a", None);
    let (key, exit) = (first.key(), begin_exit(&first, &database(&core)).expect("none is active"));
    first.end();
    drop(first);
    let second = core.begin("/a", None);
    assert_ne!(second.key(), key);
    assert!(core.by_key(key).is_none());
    assert_eq!(core.by_key(second.key()).as_ref(), Some(&second));
    let running = begin_exit(&second, &database(&core)).expect("none is active");
    exit.end_with(vec![error("stale")]);
    assert!(begin_exit(&second, &database(&core)).is_none(), "the stale handle did not end the call");
    running.end();
    second.end();
    assert!(core.by_key(second.key()).is_none(), "over, though the handle is alive");
    assert_eq!(drain(&core).segments[0].verdicts.normal, 2);
    assert!(core.by_key(0).is_none() && core.by_key(u64::MAX).is_none());
}

#[test]
fn keys_belong_to_their_core() {
    let (one, two) = (core(quiet()), core(quiet()));
    let bt = one.begin("/mine", None);
    assert!(two.by_key(bt.key()).is_none());
    let again = one.by_key(bt.key()).expect("it runs");
    drop(bt);
    assert!(again.is_active(), "a handle found by key keeps it running");
    again.end();
    assert_eq!(again.core().map(|c| std::sync::Arc::as_ptr(&c)), Some(std::sync::Arc::as_ptr(&one)));
}

#[test]
fn the_last_lost_handle_abandons() {
    let core = core(quiet());
    let bt = core.begin("/lost", None);
    let clone = bt.clone();
    drop(bt);
    assert!(clone.is_active());
    drop(clone);
    let report = drain(&core);
    assert_eq!((report.ledger.abandoned, report.segments[0].verdicts.stall), (1, 1));
    let segment = core.take_segments(usize::MAX).pop().expect("stalls are kept");
    assert!(segment.abandoned && !segment.in_flight);
    assert_eq!(segment.verdict, Verdict::Stall);
}

#[test]
fn exit_calls_beyond_the_limit_lose_only_their_details() {
    let core = core(quiet());
    let bt = core.begin("/many", None);
    let backend = database(&core);
    let all = EXIT_CALLS_PER_SEGMENT_MAX + 500;
    for number in 0..all {
        let exit = begin_exit(&bt, &backend).expect("none is active");
        if number + 1 < all {
            exit.end();
        }
    }
    bt.end_with(vec![error("Boom")]);
    let report = drain(&core);
    assert_balanced(&report);
    assert_eq!(report.ledger.exit_calls, all as u64, "the one never ended counts too");
    let segment = core.take_segments(usize::MAX).pop().expect("errors are kept");
    assert_eq!(segment.exit_calls.len() as u64 + segment.exit_calls_dropped, all as u64);
    assert_eq!(report.ledger.drops[&DropCause::ExitCallDetails], segment.exit_calls_dropped);
    assert!(segment.exit_calls.len() > 10_000, "{}", segment.exit_calls.len());
}

#[test]
fn handles_used_and_lost_while_threads_end_are_harmless() {
    struct AtExit(std::cell::RefCell<Option<tierline::BtHandle>>);
    impl Drop for AtExit {
        fn drop(&mut self) {
            if let Some(bt) = self.0.borrow_mut().take() {
                bt.add_user_data("from", "a destructor");
                let core = bt.core().expect("it is recorded");
                core.begin("/in a destructor", None).end();
                bt.end();
            }
        }
    }
    thread_local!(static LAST: AtExit = const { AtExit(std::cell::RefCell::new(None)) });
    let core = core(quiet());
    for _ in 0..20 {
        let core = core.clone();
        thread::spawn(move || {
            LAST.with(|last| last.0.replace(Some(core.begin("/ends late", None))));
            core.begin("/x", None).end();
        })
        .join()
        .expect("nothing panics");
    }
    let report = drain(&core);
    assert_balanced(&report);
    assert_eq!(report.ledger.ended, 60);
}
