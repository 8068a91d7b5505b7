//! What is kept, and how complete it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use tierline::Core;
use tierline_model::config::DiagnosticSession;
use tierline_model::{AgentConfig, CapturePolicy, DropCause, Segment, Threshold, ThresholdPolicy, Verdict};

use crate::{assert_balanced, begin_exit, core, database, drain, error, quiet};

/// Slow above 5 ms, very slow above 50 ms, a stall above `stall_ms`.
fn tight(stall_ms: f64) -> AgentConfig {
    let mut config = quiet();
    config.thresholds = ThresholdPolicy {
        slow: Threshold::Static { ms: 5.0 },
        very_slow: Threshold::Static { ms: 50.0 },
        stall: Threshold::Static { ms: stall_ms },
        ..ThresholdPolicy::default()
    };
    config
}

fn kept(core: &Core) -> Vec<Segment> {
    core.take_segments(usize::MAX)
}

#[test]
fn one_slow_in_a_hundred_thousand_is_kept_whole() {
    let core = core(tight(60_000.0));
    let backend = database(&core);
    for i in 0..100_000 {
        let bt = core.begin("/work", None);
        for _ in 0..3 {
            begin_exit(&bt, &backend).expect("none is active").end();
        }
        bt.add_user_data("number", &i.to_string());
        if i == 77_777 {
            sleep(Duration::from_millis(8));
        }
        bt.end();
    }
    // On a busy machine others are slow, too, so that most of the budget may be theirs.
    let segments = kept(&core);
    let slow = segments.iter().find(|s| &*s.user_data[0].1 == "77777").expect("it is there");
    assert!(matches!(slow.verdict, Verdict::Slow | Verdict::VerySlow));
    assert_eq!(slow.policy, CapturePolicy::SlaFailure);
    assert_eq!(slow.thresholds.slow_ns, 5_000_000);
    let first = slow.exit_calls[0].start_offset_ns;
    assert!(first + 8_000_000 <= slow.duration_ns, "the first call is from before it was slow");
    assert_eq!(slow.exit_calls.iter().map(|e| &*e.sequence).collect::<Vec<_>>(), ["1", "2", "3"]);
    let call = &slow.exit_calls[0];
    assert_eq!((&*call.operation, &*call.display_name, call.ended), ("SELECT 1", "orders database", true));
    assert_eq!(&*call.optional_properties[0].name, "rows");
    assert_eq!(call.backend.key.properties.len(), 4);
    assert_eq!((&*slow.user_data[0].0, slow.user_data.len()), ("number", 1));
    assert!(slow.thread.contains("one_slow"), "{}", slow.thread);
    let report = drain(&core);
    assert_balanced(&report);
    assert_eq!(report.ledger.ended, 100_000);
    assert_eq!(report.ledger.exit_calls, 300_000);
    assert_eq!(report.ledger.snapshots_kept, report.ledger.ended - report.segments[0].verdicts.normal);
}

#[test]
fn errors_win_over_everything_and_bring_their_texts() {
    let core = core(tight(1.0));
    let bt = core.begin("/error", None);
    let exit = begin_exit(&bt, &database(&core)).expect("none is active");
    exit.end_with(vec![error("TimeoutError")]);
    bt.mark_error(error("ValueError"));
    sleep(Duration::from_millis(10));
    bt.end_with(vec![error("KeyError"); 100]);
    let segment = kept(&core).pop().expect("errors are kept");
    assert_eq!((segment.verdict, segment.policy), (Verdict::Error, CapturePolicy::ErrorSampling));
    assert_eq!(segment.errors.len(), 50);
    assert_eq!(&*segment.errors[0].type_name, "ValueError");
    assert_eq!(&*segment.errors[1].type_name, "KeyError");
    assert_eq!(&*segment.exit_calls[0].errors[0].type_name, "TimeoutError");
    let report = drain(&core);
    assert_eq!((report.exits[0].errors, report.segments[0].verdicts.error), (1, 1));
}

#[test]
fn a_failed_exit_call_makes_an_error_of_its_bt() {
    let core = core(quiet());
    let bt = core.begin("/x", None);
    begin_exit(&bt, &database(&core)).expect("none is active").end_with(vec![error("TimeoutError")]);
    bt.end();
    assert_eq!(kept(&core)[0].verdict, Verdict::Error);
}

#[test]
fn the_periodic_sample_is_due_at_once_and_then_once_per_interval() {
    let mut config = AgentConfig::default();
    config.snapshots.periodic_interval_s = 1;
    let core = core(config.clone());
    for _ in 0..1_000 {
        core.begin("/a", None).end();
        core.begin("/b", None).end();
    }
    let first = kept(&core);
    assert_eq!(first.len(), 2, "one of each");
    assert!(first.iter().all(|s| s.policy == CapturePolicy::TimeSampling && s.verdict == Verdict::Normal));
    sleep(Duration::from_millis(1_050));
    core.begin("/a", None).end();
    core.begin("/a", None).end();
    assert_eq!(kept(&core).len(), 1);
    config.snapshots.periodic_interval_s = 0;
    core.set_config(config);
    sleep(Duration::from_millis(1_050));
    core.begin("/a", None).end();
    core.begin("/new", None).end();
    assert_eq!(kept(&core).len(), 0, "0 switches it off");
}

#[test]
fn every_nth_and_sessions_keep_what_they_say() {
    let mut config = quiet();
    config.snapshots.every_nth = 10;
    let core = core(config.clone());
    (0..100).for_each(|_| core.begin("/n", None).end());
    assert_eq!(kept(&core).len(), 10);

    config.snapshots.every_nth = 0;
    let ends_at_ms = u64::MAX;
    config.diagnostic_sessions =
        vec![DiagnosticSession { guid: "s".to_owned(), bt_id: None, ends_at_ms, snapshots_max: 5 }];
    core.set_config(config.clone());
    (0..3).for_each(|_| core.begin("/n", None).end());
    config.version += 1;
    core.set_config(config.clone());
    (0..10).for_each(|_| core.begin("/n", None).end());
    let segments = kept(&core);
    assert_eq!(segments.len(), 5, "a new configuration does not begin the session anew");
    assert!(segments.iter().all(|s| s.policy == CapturePolicy::DiagnosticSession));
    config.diagnostic_sessions[0].guid = "over".to_owned();
    config.diagnostic_sessions[0].ends_at_ms = 1;
    core.set_config(config);
    core.begin("/n", None).end();
    assert_eq!(kept(&core).len(), 0);
}

#[test]
fn a_stall_is_seen_while_it_runs_and_stays_one() {
    let core = core(tight(300.0));
    let bt = core.begin("/stall", None);
    let exit = begin_exit(&bt, &database(&core)).expect("none is active");
    core.check_running();
    assert_eq!(core.segments_waiting().0, 0);
    sleep(Duration::from_millis(310));
    core.check_running();
    core.check_running();
    let in_flight = kept(&core);
    assert_eq!(in_flight.len(), 1, "reported once");
    assert!(
        in_flight[0].in_flight && in_flight[0].verdict == Verdict::Stall && !in_flight[0].exit_calls[0].ended
    );
    exit.end();
    // The outcome does not matter any more, not even a later, higher threshold.
    core.set_config(quiet());
    bt.end();
    let last = kept(&core);
    assert_eq!((last.len(), last[0].verdict, last[0].in_flight), (1, Verdict::Stall, false));
    assert_eq!((last[0].span_id, last[0].guid), (in_flight[0].span_id, in_flight[0].guid));
    assert!(last[0].exit_calls[0].ended);
    assert_eq!(drain(&core).segments[0].verdicts.stall, 1);
}

#[test]
fn a_waiting_stall_in_flight_is_replaced_by_its_end() {
    let core = core(tight(20.0));
    let bt = core.begin("/stall", None);
    sleep(Duration::from_millis(30));
    core.check_running();
    bt.end();
    let segments = kept(&core);
    assert_eq!((segments.len(), segments[0].in_flight), (1, false));
}

#[test]
fn the_transaction_timeout_ends_what_never_ends() {
    let mut config = tight(100_000.0);
    config.transaction_timeout_s = 1;
    let core = core(config);
    let bt = core.begin("/never", None);
    sleep(Duration::from_millis(1_100));
    core.check_running();
    assert!(!bt.is_active());
    let segment = kept(&core).pop().expect("stalls are kept");
    assert!(segment.abandoned && segment.verdict == Verdict::Stall && segment.duration_ns > 1_000_000_000);
    bt.end();
    let report = drain(&core);
    assert_balanced(&report);
    assert_eq!((report.ledger.ended, report.ledger.abandoned), (1, 1));
}

#[test]
fn dynamic_thresholds_follow_the_last_intervals() {
    let mut config = quiet();
    config.thresholds = ThresholdPolicy {
        slow: Threshold::PercentOverAverage { percent: 900.0 },
        very_slow: Threshold::Off,
        stall: Threshold::Off,
        slow_minimum_ms: 0.0,
        executions_min: 5,
        ..ThresholdPolicy::default()
    };
    let core = core(config.clone());
    for _ in 0..5 {
        let bt = core.begin("/steady", None);
        sleep(Duration::from_millis(10));
        bt.end();
    }
    let _ = kept(&core); // the minimum of 0 holds while little is known
    let _ = drain(&core);
    let bt = core.begin("/steady", None);
    sleep(Duration::from_millis(10));
    bt.end();
    assert_eq!(core.segments_waiting().0, 0, "about the average is normal now");
    let bt = core.begin("/steady", None);
    sleep(Duration::from_millis(400));
    bt.end();
    let slow = kept(&core).pop().expect("far above the average");
    assert_eq!(slow.verdict, Verdict::Slow);
    assert!((100_000_000..400_000_000).contains(&slow.thresholds.slow_ns), "{:?}", slow.thresholds);
    config.bt_thresholds.insert(
        slow.bt.id,
        ThresholdPolicy { slow: Threshold::Static { ms: 60_000.0 }, ..ThresholdPolicy::default() },
    );
    core.set_config(config);
    let bt = core.begin("/steady", None);
    sleep(Duration::from_millis(400));
    bt.end();
    assert_eq!(core.segments_waiting().0, 0, "its own threshold is a minute");
}

#[test]
fn over_budget_the_oldest_snapshots_go_and_are_counted() {
    let mut config = quiet();
    config.limits.memory_bytes_max = 4 << 20;
    let core = core(config);
    let value = "v".repeat(4_000);
    for i in 0..3_000 {
        let bt = core.begin("/big", None);
        bt.add_user_data("number", &i.to_string());
        bt.add_user_data("value", &value);
        bt.end_with(vec![error("Boom")]);
        assert!(core.memory_bytes() <= 4 << 20, "{} at {i}", core.memory_bytes());
    }
    let report = drain(&core);
    assert_balanced(&report);
    assert_eq!(report.segments[0].verdicts.error, 3_000, "metrics never go");
    let segments = kept(&core);
    assert!(segments.len() > 300, "{}", segments.len());
    let dropped = report.ledger.drops[&DropCause::SnapshotMemory];
    assert_eq!(dropped + segments.len() as u64, 3_000);
    assert_eq!(&*segments[segments.len() - 1].user_data[0].1, "2999", "the newest are left");
    assert_eq!(&*segments[0].user_data[0].1, &*dropped.to_string());
    assert_eq!(core.segments_waiting(), (0, 0));
    assert_eq!(core.diagnostics().drops[&DropCause::SnapshotMemory], dropped);
}

#[test]
fn segments_are_taken_in_bites_and_enough_of_them_wake_the_reporter() {
    let core = core(quiet());
    let woken = Arc::new(AtomicUsize::new(0));
    let count = woken.clone();
    core.set_wakeup(Box::new(move || {
        count.fetch_add(1, Ordering::Relaxed);
    }));
    let fail = |times: usize| (0..times).for_each(|_| core.begin("/e", None).end_with(vec![error("E")]));
    fail(255);
    assert_eq!(woken.load(Ordering::Relaxed), 0);
    fail(100);
    assert_eq!(woken.load(Ordering::Relaxed), 1, "once, until somebody takes");
    let (count, bytes) = core.segments_waiting();
    assert_eq!(count, 355);
    assert_eq!(core.take_segments(0).len(), 1, "at least one");
    let half = core.take_segments(bytes / 2).len();
    assert!((150..200).contains(&half), "{half}");
    fail(300);
    assert_eq!(woken.load(Ordering::Relaxed), 2);
}

#[test]
fn many_running_bts_with_many_details_stay_within_the_budget() {
    let mut config = quiet();
    config.limits.memory_bytes_max = 8 << 20;
    let core = core(config);
    let value = "v".repeat(5_000);
    let running: Vec<_> = (0..100).map(|_| core.begin("/fat", None)).collect();
    for bt in &running {
        for _ in 0..200 {
            bt.add_user_data("key", &value);
        }
    }
    assert!(core.memory_bytes() <= 12 << 20, "{}", core.memory_bytes());
    running.iter().for_each(|bt| bt.end());
    drop(running);
    let report = drain(&core);
    assert_balanced(&report);
    assert!(report.ledger.drops[&DropCause::UserData] > 0);
    assert!(core.memory_bytes() <= 8 << 20, "{}", core.memory_bytes());
}

#[test]
fn thousands_of_running_bts_share_the_budget_and_give_it_back() {
    const RUNNING: usize = 20_000;
    let mut config = quiet();
    config.limits.memory_bytes_max = 24 << 20;
    let core = core(config);
    let backend = database(&core);
    let value = "v".repeat(600);
    let empty = core.memory_bytes();
    let running: Vec<_> = (0..RUNNING)
        .map(|_| {
            let bt = core.begin("/waits", None);
            begin_exit(&bt, &backend).expect("none is active").end();
            bt.add_user_data("key", &value);
            bt
        })
        .collect();
    let full = core.memory_bytes();
    assert!(full > empty + (8 << 20), "{empty} {full}: what runs is counted");
    assert!(full <= 26 << 20, "{full}");
    running.iter().for_each(|bt| bt.end());
    drop(running);
    let after = core.memory_bytes();
    assert!(after < full / 2, "{full} {after}: only the bare slots are left");
    let report = drain(&core);
    assert_balanced(&report);
    assert_eq!((report.ledger.ended, report.ledger.exit_calls), (RUNNING as u64, RUNNING as u64));
    assert!(report.ledger.drops.contains_key(&DropCause::UserData), "{:?}", report.ledger.drops);
}
