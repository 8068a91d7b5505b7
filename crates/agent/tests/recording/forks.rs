//! A fork at any moment: the child touches nothing it inherited and records on a core of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tierline::{BtHandle, Core, ExitHandle, fork};

use crate::{begin_exit, core, database, drain, error, identity, quiet};

const FORKS: u32 = 100;

/// What the child does. Everything but 0 names the step that went wrong.
fn child(core: &Arc<Core>, bt: BtHandle, exit: ExitHandle) -> i32 {
    bt.add_user_data("inherited", "ignored");
    bt.mark_error(error("Inherited"));
    exit.end();
    if bt.is_active()
        || bt.guid().is_some()
        || bt.core().is_some()
        || begin_exit(&bt, &database(core)).is_some()
    {
        return 1;
    }
    if exit.correlation_header(false, &mut String::new()) || core.by_key(bt.key()).is_some() {
        return 2;
    }
    core.begin("/on the inherited core", None).end();
    core.check_running();
    core.count_misuse("nothing happens");
    bt.end();
    drop(bt.clone());
    drop(bt);
    let own = Core::new(identity("shop", "front"), "customer1", quiet());
    for _ in 0..10 {
        let bt = own.begin("/busy", None);
        let exit = begin_exit(&bt, &database(&own));
        bt.add_user_data("a", "b");
        exit.iter().for_each(ExitHandle::end);
        bt.keep();
        bt.end();
    }
    own.check_running();
    let report = drain(&own);
    if (report.ledger.begun, report.ledger.ended, report.ledger.exit_calls) != (10, 10, 10) {
        return 3;
    }
    let segments = own.take_segments(usize::MAX);
    if segments.len() != 10 || segments[0].guid == segments[1].guid {
        return 4;
    }
    0
}

fn status_of(pid: libc::pid_t) -> Option<i32> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while Instant::now() < deadline {
        let mut status = 0;
        // SAFETY: waits for a child of ours.
        if unsafe { libc::waitpid(pid, &raw mut status, libc::WNOHANG) } == pid {
            return libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status));
        }
        thread::sleep(Duration::from_millis(1));
    }
    // SAFETY: ends the child of ours that hangs.
    unsafe { libc::kill(pid, libc::SIGKILL) };
    None
}

#[test]
fn a_child_never_waits_for_a_lock_it_inherited() {
    fork::watch();
    let core = core(quiet());
    let done = AtomicBool::new(false);
    let shared = core.begin("/shared", None);
    thread::scope(|scope| {
        for _ in 0..3 {
            // These hold every kind of lock now and then: shards, slots, the registry, the snapshots.
            scope.spawn(|| {
                let mut number = 0u64;
                while !done.load(Ordering::Relaxed) {
                    number += 1;
                    let bt = core.begin(&format!("/name/{}", number % 60), None);
                    begin_exit(&bt, &database(&core)).expect("none is active").end();
                    bt.end_with(vec![error("E")]);
                    shared.add_user_data("k", "v");
                    if number.is_multiple_of(100) {
                        drop(core.take_segments(1 << 16));
                        drop(drain(&core));
                    }
                }
            });
        }
        for _ in 0..FORKS {
            let bt = core.begin("/busy", None);
            let exit = begin_exit(&bt, &database(&core)).expect("none is active");
            // SAFETY: the child works on memory of its own, takes no lock of ours, and leaves without
            // running anything of the parent's. The C library makes allocation safe across forks.
            let pid = unsafe { libc::fork() };
            assert!(pid >= 0, "fork works");
            if pid == 0 {
                let status = child(&core, bt, exit);
                // SAFETY: leaves at once.
                unsafe { libc::_exit(status) };
            }
            assert!(bt.is_active() && core.by_key(bt.key()).is_some(), "nothing changed for the parent");
            let status = status_of(pid);
            done.fetch_or(status != Some(0), Ordering::Relaxed);
            assert_eq!(status, Some(0), "None: it hung; a number: the step that went wrong");
            exit.end();
            bt.end();
        }
        done.store(true, Ordering::Relaxed);
    });
}
