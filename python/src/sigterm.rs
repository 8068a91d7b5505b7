//! `SIGTERM` by default ends a Python process at once, without `atexit`. So that nothing that had ended is lost,
//! the default action is preceded by a flush.
//!
//! Only the *default* action: a handler the program has, or sets later, is never touched, and Python's own
//! `signal.getsignal` keeps telling `SIG_DFL`. The handler installed here does one async-signal-safe thing, it
//! posts a semaphore. A thread waits for it, flushes, restores the default and sends the signal again, so that
//! the process dies of `SIGTERM` as it would have. A semaphore and not a pipe: programs that become daemons close
//! descriptors they do not know.

#[cfg(target_os = "linux")]
pub use linux::{arm, watch};
#[cfg(not(target_os = "linux"))]
pub use other::{arm, watch};

use pyo3::prelude::*;

use crate::guard::quietly;

/// Puts the flush before the default action again, after the program has set `SIGTERM` back to `SIG_DFL`.
#[pyfunction]
pub fn rearm() {
    quietly((), arm);
}

#[cfg(not(target_os = "linux"))]
mod other {
    /// Elsewhere the default action stays alone.
    pub fn arm() {}
    /// See [`arm`].
    pub fn watch() {}
}

#[cfg(target_os = "linux")]
mod linux {
    use std::cell::UnsafeCell;
    use std::mem::MaybeUninit;
    use std::ptr;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    use std::time::Instant;

    use tierline::{fork, process};

    use crate::guard::quietly;
    use crate::lifecycle;
    use crate::limits::{EXIT_FLUSH_MAX, WAIT_STEP_MIN};

    /// Whether [`arm`] ever installed the handler in this process or an ancestor.
    static ARMED: AtomicBool = AtomicBool::new(false);

    /// One more than the fork generation in which a transaction began; 0 before the first.
    static USED: AtomicU64 = AtomicU64::new(0);

    /// One more than the fork generation in which a thread waits for the semaphore; 0 before the first.
    static WATCHED: AtomicU64 = AtomicU64::new(0);

    struct Semaphore(UnsafeCell<MaybeUninit<libc::sem_t>>);

    // SAFETY: `sem_post` and `sem_wait` may be called from any thread; `sem_init` is called by one only.
    unsafe impl Sync for Semaphore {}

    static REQUESTED: Semaphore = Semaphore(UnsafeCell::new(MaybeUninit::uninit()));

    impl Semaphore {
        const fn pointer(&self) -> *mut libc::sem_t {
            self.0.get().cast()
        }
    }

    /// Installs the handler if the action is the default one.
    pub fn arm() {
        // SAFETY: reads and sets the action of one signal; the handler is an `extern "C" fn` that lives on.
        unsafe {
            let mut action: libc::sigaction = MaybeUninit::zeroed().assume_init();
            if libc::sigaction(libc::SIGTERM, ptr::null(), &raw mut action) != 0
                || action.sa_sigaction != libc::SIG_DFL
            {
                return;
            }
            action.sa_sigaction = on_sigterm as extern "C" fn(libc::c_int) as libc::sighandler_t;
            action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
            libc::sigemptyset(&raw mut action.sa_mask);
            if libc::sigaction(libc::SIGTERM, &raw const action, ptr::null_mut()) == 0 {
                ARMED.store(true, Ordering::Release);
                if USED.load(Ordering::Acquire) == this_generation() {
                    watch_now();
                }
            }
        }
    }

    /// Sees to it that a thread waits, from the first transaction of a process on: a forked child inherits none,
    /// and one that never uses the agent needs none.
    #[inline]
    pub fn watch() {
        if USED.load(Ordering::Relaxed) != this_generation() {
            first_use();
        }
    }

    #[cold]
    fn first_use() {
        USED.store(this_generation(), Ordering::Release);
        if ARMED.load(Ordering::Acquire) {
            watch_now();
        }
    }

    fn this_generation() -> u64 {
        u64::from(fork::generation()) + 1
    }

    #[cold]
    fn watch_now() {
        let before = WATCHED.load(Ordering::Acquire);
        let generation = this_generation();
        if before == generation {
            return;
        }
        // SAFETY: in this process nobody has used the semaphore yet: the first one to come here goes on.
        unsafe {
            if CLAIMED.swap(generation, Ordering::AcqRel) == generation {
                return;
            }
            libc::sem_init(REQUESTED.pointer(), 0, 0);
        }
        if without_signals(|| {
            std::thread::Builder::new()
                .name("tierline-sigterm".into())
                .stack_size(128 << 10)
                .spawn(wait_and_end)
        })
        .is_ok()
        {
            WATCHED.store(generation, Ordering::Release);
        }
    }

    /// The generation whose thread is being started.
    static CLAIMED: AtomicU64 = AtomicU64::new(0);

    extern "C" fn on_sigterm(signal: libc::c_int) {
        // Only async-signal-safe calls from here on.
        // SAFETY: `sem_post`, `signal` and `raise` are on POSIX's list; errno is kept for what was interrupted.
        unsafe {
            let errno = *libc::__errno_location();
            if WATCHED.load(Ordering::Acquire) == this_generation() {
                libc::sem_post(REQUESTED.pointer());
            } else {
                // A forked child that never used the agent has nothing to flush.
                libc::signal(signal, libc::SIG_DFL);
                libc::raise(signal);
            }
            *libc::__errno_location() = errno;
        }
    }

    fn wait_and_end() {
        loop {
            // SAFETY: initialised before this thread was started.
            if unsafe { libc::sem_wait(REQUESTED.pointer()) } != 0 {
                continue; // interrupted
            }
            let begun = Instant::now();
            quietly((), || {
                process::flush(EXIT_FLUSH_MAX);
            });
            // The program goes on meanwhile and may have come to its end, where `atexit` does the same.
            while lifecycle::is_ending() && begun.elapsed() < 2 * EXIT_FLUSH_MAX {
                std::thread::sleep(WAIT_STEP_MIN);
            }
            // SAFETY: as in `arm`. A handler that the program has set meanwhile decides what happens.
            unsafe {
                let mut action: libc::sigaction = MaybeUninit::zeroed().assume_init();
                libc::sigaction(libc::SIGTERM, ptr::null(), &raw mut action);
                if action.sa_sigaction == on_sigterm as extern "C" fn(libc::c_int) as libc::sighandler_t {
                    libc::signal(libc::SIGTERM, libc::SIG_DFL);
                }
                libc::kill(libc::getpid(), libc::SIGTERM);
            }
            // Still here: process 1 of a container, to which the default action does nothing. Serve the next one.
            std::thread::sleep(std::time::Duration::from_millis(100));
            arm();
        }
    }

    /// Runs `spawn` with all signals blocked, which the new thread inherits: the program's signals go to the
    /// program's threads.
    fn without_signals<T>(spawn: impl FnOnce() -> T) -> T {
        // SAFETY: sets and restores the calling thread's own mask.
        unsafe {
            let mut all: libc::sigset_t = MaybeUninit::zeroed().assume_init();
            let mut before: libc::sigset_t = MaybeUninit::zeroed().assume_init();
            libc::sigfillset(&raw mut all);
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
            let result = spawn();
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, ptr::null_mut());
            result
        }
    }
}
