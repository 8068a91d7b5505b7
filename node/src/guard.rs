//! Nothing unwinds into Node.js, and nothing is printed when something tries.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use napi_derive::napi;
use tierline::limits::MISUSE_KINDS_MAX;
use tierline::process;

/// Runs an entry. Should the agent panic, the program gets `fallback` and sees nothing.
#[inline]
pub fn quietly<T>(fallback: T, entry: impl FnOnce() -> T) -> T {
    // What a panic leaves half done is only the agent's own state, which its locks recover from poisoning.
    catch_unwind(AssertUnwindSafe(entry)).unwrap_or(fallback)
}

/// Keeps panic messages out of the program's standard error. The hook belongs to this library's copy of the Rust
/// runtime.
pub fn silence_panics() {
    std::panic::set_hook(Box::new(|_| {
        // The hook runs on the panicking thread before the unwind, when locks may be held: count, do not look.
        PANICS.fetch_add(1, Ordering::Relaxed);
    }));
}

/// Panics caught since the library was loaded. Always 0, or a bug to report.
pub static PANICS: AtomicU64 = AtomicU64::new(0);

/// The kinds of misuse seen, for ever: there are as many as `lib/` has texts for them.
static KINDS: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

/// Counts an odd call for `tierline doctor` and the node's page.
#[napi]
pub fn misuse(what: String) {
    quietly((), || {
        let mut kinds = KINDS.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kinds.iter().find(|known| ***known == *what).copied();
        let kind = match known {
            Some(known) => known,
            None if kinds.len() < MISUSE_KINDS_MAX => {
                let kind: &'static str = Box::leak(what.into_boxed_str());
                kinds.push(kind);
                kind
            }
            None => return,
        };
        drop(kinds);
        process::count_misuse(kind);
    });
}
