//! The agent lives inside this process. Locks on files do not exclude their own process, so a new life asks here
//! whether the owner of a file is an old one that is still at work. Without a lock: a fork must not inherit one.

use std::sync::atomic::{AtomicU64, Ordering};

/// More lives at once than any test has. One that finds no place is only not protected from its own process.
const LIVES_MAX: usize = 64;

static LIVES: [AtomicU64; LIVES_MAX] = [const { AtomicU64::new(0) }; LIVES_MAX];

/// Never 0. With the process id, so that a forked child does not take its parent's lives for its own.
fn key(incarnation: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(incarnation.as_bytes(), u64::from(std::process::id())) | 1
}

/// A life begins.
pub fn add(incarnation: &str) {
    let key = key(incarnation);
    let free = |life: &&AtomicU64| life.compare_exchange(0, key, Ordering::SeqCst, Ordering::SeqCst).is_ok();
    let _ = LIVES.iter().find(free);
}

/// Whether it is at work in this process.
#[must_use]
pub fn contains(incarnation: &str) -> bool {
    let key = key(incarnation);
    LIVES.iter().any(|life| life.load(Ordering::SeqCst) == key)
}

/// A life is over.
pub fn remove(incarnation: &str) {
    let key = key(incarnation);
    for life in &LIVES {
        let _ = life.compare_exchange(key, 0, Ordering::SeqCst, Ordering::SeqCst);
    }
}
