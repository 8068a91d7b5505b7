//! Nothing unwinds into the interpreter, and nothing is printed when something tries.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tierline::process;

/// Runs an entry. Should the agent panic, the host gets `fallback` and sees nothing.
#[inline]
pub fn quietly<T>(fallback: T, entry: impl FnOnce() -> T) -> T {
    // What a panic leaves half done is only the agent's own state, which its locks recover from poisoning.
    catch_unwind(AssertUnwindSafe(entry)).unwrap_or(fallback)
}

/// Counts an odd call for `tierline doctor` and the node's page.
#[cold]
pub fn misuse(what: &'static str) {
    process::count_misuse(what);
}

/// Keeps panic messages out of the host's standard error. The hook belongs to this library's copy of the Rust
/// runtime, so other extension modules keep their own.
pub fn silence_panics() {
    std::panic::set_hook(Box::new(|_| {
        // The hook runs on the panicking thread before the unwind, when locks may be held: count, do not look.
        PANICS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }));
}

/// Panics caught since the module was loaded. Always 0, or a bug to report.
pub static PANICS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
