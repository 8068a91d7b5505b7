//! A lock for sections of a few dozen nanoseconds.
//!
//! A running BT is touched by one thread nearly always, and so is a thread's share of the numbers. Such a lock
//! costs one atomic exchange to take and a plain store to give back: half of what a mutex costs that must also
//! look for sleepers. Whoever meets it held spins shortly, then yields, then sleeps in short naps, so a holder
//! that lost its processor gets it back. Nothing here outlives a fork wrongly: there is no global table of
//! waiters, and inherited objects are never locked (see [`crate::fork`]).

use std::cell::UnsafeCell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const SPINS_MAX: u32 = 64;
const YIELDS_MAX: u32 = 64;
const NAP: Duration = Duration::from_micros(50);

/// Protects a value for short sections.
#[derive(Default)]
pub(crate) struct ShortLock<T> {
    held: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: the value is only reached through a guard, and there is at most one guard at a time.
unsafe impl<T: Send> Sync for ShortLock<T> {}

impl<T> ShortLock<T> {
    #[inline]
    pub(crate) fn lock(&self) -> ShortGuard<'_, T> {
        if self.held.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            self.wait();
        }
        ShortGuard { lock: self, stays: PhantomData }
    }

    #[cold]
    fn wait(&self) {
        let mut rounds = 0u32;
        loop {
            if !self.held.load(Ordering::Relaxed)
                && self.held.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
            {
                return;
            }
            rounds = rounds.saturating_add(1);
            if rounds < SPINS_MAX {
                std::hint::spin_loop();
            } else if rounds < SPINS_MAX + YIELDS_MAX {
                std::thread::yield_now();
            } else {
                std::thread::sleep(NAP);
            }
        }
    }
}

/// Holds the lock; gives it back when dropped, also while unwinding.
pub(crate) struct ShortGuard<'a, T> {
    lock: &'a ShortLock<T>,
    /// A guard stays with its thread: what it protects need not be fit for sharing.
    stays: PhantomData<*const ()>,
}

impl<T> Deref for ShortGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: this guard is the only one.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for ShortGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard is the only one.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for ShortGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.lock.held.store(false, Ordering::Release);
    }
}

impl<T> fmt::Debug for ShortLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShortLock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_threads_never_meet_inside() {
        let lock = ShortLock::<u64>::default();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20_000 {
                        let mut value = lock.lock();
                        let seen = *value;
                        std::hint::black_box(&value);
                        *value = seen + 1;
                    }
                });
            }
        });
        assert_eq!(*lock.lock(), 160_000);
    }
}
