//! For tests only (feature `conformance`): the process dies between the commits of two files.

use std::sync::atomic::{AtomicU32, Ordering};

static COMMITS_LEFT: AtomicU32 = AtomicU32::new(u32::MAX);

/// The process aborts right after so many more files were committed.
pub fn after_commits(commits: u32) {
    COMMITS_LEFT.store(commits, Ordering::SeqCst);
}

#[allow(clippy::disallowed_methods, reason = "dying is what this is for; never compiled into a product")]
pub(super) fn committed() {
    if COMMITS_LEFT.load(Ordering::SeqCst) != u32::MAX && COMMITS_LEFT.fetch_sub(1, Ordering::SeqCst) == 1 {
        std::process::abort();
    }
}
