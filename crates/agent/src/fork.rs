//! Which side of a fork this is.
//!
//! After `fork` only the forking thread lives on in the child, so every lock another thread held is held for
//! ever. The child's handler therefore does one thing: it bumps an atomic. Whoever comes next sees that the
//! generation changed, leaves everything inherited alone and starts afresh.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// High half: the fork generation. Low half: counts `init` and `shutdown`. One load tells whether anything
/// remembered per thread still holds.
static EPOCH: AtomicU64 = AtomicU64::new(0);

/// Whether the handler is registered. Not a `Once`: one that another thread was inside of at the fork would
/// block the child for ever.
static REGISTERED: AtomicBool = AtomicBool::new(false);

const GENERATION: u64 = 1 << 32;

extern "C" fn in_child() {
    EPOCH.fetch_add(GENERATION, Ordering::SeqCst);
}

/// Watches for forks from now on. Cheap, idempotent.
pub fn watch() {
    if !REGISTERED.swap(true, Ordering::SeqCst) {
        // SAFETY: the handler is an `extern "C" fn` that lives as long as the program and only touches an atomic.
        // It fails only without memory; then a forked child goes unnoticed and reports nothing.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    }
}

/// How often this process's ancestors forked since [`watch`]: 0 in the process that first called it, 1 in its
/// children. Whatever carries another number was inherited and may be locked for ever.
#[inline]
#[must_use]
pub fn generation() -> u32 {
    (EPOCH.load(Ordering::Relaxed) >> 32) as u32
}

/// Changes with every fork (in the child), `init` and `shutdown`.
#[inline]
#[must_use]
pub fn epoch() -> u64 {
    EPOCH.load(Ordering::Acquire)
}

/// Makes every thread look again.
pub(crate) fn advance() {
    EPOCH.fetch_add(1, Ordering::SeqCst);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_child_sees_another_generation_and_the_parent_does_not() {
        watch();
        watch();
        let before = generation();
        // SAFETY: the child only reads an atomic and leaves at once.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            let right = generation() == before + 1;
            // SAFETY: leaves without running anything of the parent's.
            unsafe { libc::_exit(i32::from(!right)) };
        }
        let mut status = 0;
        // SAFETY: waits for the child just made.
        unsafe { libc::waitpid(pid, &mut status, 0) };
        assert_eq!(status, 0);
        assert_eq!(generation(), before);
    }
}
