//! What the children do.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tierline::process;
use tierline::settings::{LanguageRuntime, Settings, SettingsSource};
use tierline_model::ErrorRecord;

pub fn run(arguments: &[String]) {
    let number = |index: usize| arguments.get(index).map_or(0, |text| text.parse::<u64>().unwrap());
    match arguments[0].as_str() {
        "work" => work(number(1), number(2)),
        "leave" => leave(number(1), number(2)),
        "steady" => steady(number(1), number(2)),
        "lazy" => lazy(),
        "cycles" => cycles(number(1), number(2)),
        "fork" => fork_once(number(1), number(2)),
        "master" => master(number(1), number(2)),
        "start" => start(),
        "configured" => configured(number(1)),
        "flush" => flush(number(1)),
        "forget" => forget(number(1)),
        "errors" => errors(number(1), number(2)),
        other => panic!("no scenario {other}"),
    }
}

fn say(name: &str, number: u64) {
    // The parent may be gone; then nobody listens.
    let _ = writeln!(std::io::stdout().lock(), "{name} {number}");
}

fn settings() -> Settings {
    Settings::resolve(&SettingsSource::of_process(BTreeMap::new(), LanguageRuntime::rust()))
}

fn begin() {
    assert!(process::init(settings()));
}

/// So many BTs, over five names.
fn bts(count: u64) {
    for number in 0..count {
        let core = process::current().expect("an agent");
        let bt = core.begin(&format!("bt-{}", number % 5), None);
        bt.add_user_data("number", &number.to_string());
        bt.end();
    }
}

fn end(timeout_ms: u64) {
    end_by(|| process::shutdown(Some(Duration::from_millis(timeout_ms))));
}

fn end_by(shutdown: impl FnOnce() -> bool) {
    let begun = Instant::now();
    let delivered = shutdown();
    say("shutdown_ms", u64::try_from(begun.elapsed().as_millis()).unwrap());
    say("delivered", u64::from(delivered));
}

/// BTs and an orderly end.
fn work(count: u64, timeout_ms: u64) {
    begin();
    bts(count);
    end(timeout_ms);
}

/// BTs and the end of a process in a hurry.
fn leave(count: u64, timeout_ms: u64) {
    begin();
    bts(count);
    end_by(|| process::close(Duration::from_millis(timeout_ms)));
}

/// BTs, and `main` returns without a word to the agent; a forked child does the same.
fn forget(count: u64) {
    begin();
    bts(count);
    // SAFETY: the child uses this crate, which is made for it.
    if unsafe { libc::fork() } == 0 {
        bts(count);
        std::process::exit(0);
    }
}

/// BTs that all are kept.
fn errors(count: u64, timeout_ms: u64) {
    begin();
    for number in 0..count {
        let bt = process::current().expect("an agent").begin("failing", None);
        bt.add_user_data("number", &number.to_string());
        bt.end_with(vec![ErrorRecord {
            type_name: "ValueError".into(),
            message: format!("number {number}").into(),
            stack: "line 1\nline 2".repeat(20).into(),
        }]);
    }
    end(timeout_ms);
}

/// Ten BTs every 10 ms for so long; says after every one how many there were.
fn steady(for_ms: u64, timeout_ms: u64) {
    begin();
    let until = Instant::now() + Duration::from_millis(for_ms);
    let mut count = 0;
    let mut longest = Duration::ZERO;
    while Instant::now() < until {
        let begun = Instant::now();
        bts(10);
        longest = longest.max(begun.elapsed());
        count += 10;
        say("ended", count);
        say(
            "at_ms",
            u64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap(),
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    say("longest_us", u64::try_from(longest.as_micros()).unwrap());
    end(timeout_ms);
}

fn threads() -> u64 {
    std::fs::read_dir("/proc/self/task").unwrap().count() as u64
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// Nothing is started before it is needed, and nothing is left.
fn lazy() {
    assert!(process::current().is_none());
    assert!(process::shutdown(None), "without an agent there is nothing to deliver");
    assert!(!process::wait_for_config(Some(Duration::from_millis(1))));
    let before_kib = resident_kib();
    let begun = Instant::now();
    begin();
    say("init_us", u64::try_from(begun.elapsed().as_micros()).unwrap());
    say("threads_after_init", threads());
    bts(1);
    say("threads_after_use", threads());
    process::flush(Duration::from_secs(5));
    say("grown_kib", resident_kib().saturating_sub(before_kib));
    end(2_000);
    let until = Instant::now() + Duration::from_secs(2);
    while threads() > 1 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    say("threads_after_shutdown", threads());
    assert!(process::current().is_none());
    process::count_misuse("too late");
}

/// Begin, work, end, and again.
fn cycles(count: u64, each: u64) {
    let mut grown = 0;
    for cycle in 0..count {
        begin();
        begin();
        bts(each);
        assert!(process::shutdown(Some(Duration::from_secs(5))));
        assert!(process::shutdown(Some(Duration::from_secs(5))));
        assert!(process::current().is_none());
        if cycle == count / 2 {
            grown = resident_kib();
        }
    }
    say("grown_kib", resident_kib().saturating_sub(grown));
    say("threads", threads());
}

/// Forks while other threads are inside the agent; the child counts too.
fn fork_once(threads: u64, children: u64) {
    begin();
    bts(1);
    let stop = Arc::new(AtomicBool::new(false));
    let counted = Arc::new(AtomicU64::new(1));
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            let (stop, counted) = (stop.clone(), counted.clone());
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    bts(10);
                    counted.fetch_add(10, Ordering::SeqCst);
                }
            })
        })
        .collect();
    let open = process::current().unwrap().begin("open across the fork", None);
    let mut pids = Vec::new();
    for _ in 0..children {
        std::thread::sleep(Duration::from_millis(1));
        // SAFETY: the child uses this crate, which is made for it, and leaves by _exit.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            forked_child(&open);
        }
        pids.push(pid);
    }
    for pid in pids {
        let mut status = 0;
        // SAFETY: our own child.
        unsafe { libc::waitpid(pid, &mut status, 0) };
        assert_eq!(status, 0);
    }
    stop.store(true, Ordering::SeqCst);
    for worker in workers {
        worker.join().unwrap();
    }
    open.end();
    say("ended", counted.load(Ordering::SeqCst) + 1);
    end(5_000);
}

/// CPU time of this thread: the clock on the wall also tells what else the machine does.
fn cpu_us() -> u64 {
    // SAFETY: all zeros is a timespec, and the pointer is to it.
    let time = unsafe {
        let mut time: libc::timespec = std::mem::zeroed();
        assert_eq!(libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time), 0);
        time
    };
    u64::try_from(time.tv_sec * 1_000_000 + time.tv_nsec / 1_000).unwrap()
}

fn forked_child(inherited: &tierline::BtHandle) -> ! {
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let begun_us = cpu_us();
        let core = process::current().expect("an agent in the child");
        say("fork_us", cpu_us() - begun_us);
        inherited.add_user_data("of", "the parent");
        inherited.end();
        core.begin("in the child", None).end();
        bts(9);
        let worker = std::thread::spawn(|| bts(10));
        worker.join().unwrap();
        say("ended", 20);
        end(5_000);
    }));
    // SAFETY: ends the child without running what is the parent's.
    unsafe { libc::_exit(i32::from(done.is_err())) };
}

/// A master that begins the agent, never uses it, and forks workers that do; one of them does not.
fn master(workers: u64, each: u64) {
    begin();
    assert_eq!(threads(), 1);
    let mut pids = Vec::new();
    for worker in 0..workers {
        // SAFETY: as above.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            if worker > 0 {
                bts(each);
                say("ended", each);
            }
            end(5_000);
            // SAFETY: ends the child.
            unsafe { libc::_exit(0) };
        }
        pids.push(pid);
    }
    for pid in pids {
        let mut status = 0;
        // SAFETY: our own child.
        unsafe { libc::waitpid(pid, &mut status, 0) };
        assert_eq!(status, 0);
    }
    assert_eq!(threads(), 1);
    end(5_000);
}

/// What `init` costs.
fn start() {
    let begun = Instant::now();
    let ready = process::init(settings());
    say("init_us", u64::try_from(begun.elapsed().as_micros()).unwrap());
    say("ready", u64::from(ready));
    if ready {
        bts(1);
    }
    let warnings = process::diagnostics().map_or(0, |diagnostics| diagnostics.warnings.len());
    say("warnings", warnings as u64);
    end(2_000);
}

/// Waits for the configuration and says which one it is.
fn configured(timeout_ms: u64) {
    begin();
    let begun = Instant::now();
    let came = process::wait_for_config(Some(Duration::from_millis(timeout_ms)));
    say("came", u64::from(came));
    say("waited_ms", u64::try_from(begun.elapsed().as_millis()).unwrap());
    say("version", process::current().unwrap().config().version);
    bts(1);
    end(2_000);
}

/// BTs, flushed without an end, and more BTs.
fn flush(count: u64) {
    begin();
    bts(count);
    let begun = Instant::now();
    say("flushed", u64::from(process::flush(Duration::from_millis(500))));
    say("flush_ms", u64::try_from(begun.elapsed().as_millis()).unwrap());
    say("flushed_again", u64::from(process::flush(Duration::from_millis(500))));
    bts(count);
    end(500);
}
