//! One thread's share of the numbers.
//!
//! Only its thread writes to a shard; the reporter empties all of them once per interval. The lock is
//! therefore free nearly always.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tierline_model::{Histogram, Moments, Verdict, VerdictCounts};

use crate::hot_names::HotNames;
use crate::limits::EXIT_SERIES_PER_THREAD_MAX;
use crate::lock::ShortLock;
use crate::registry::BtEntry;
use crate::text_hash::NumberMap;

/// Bytes one series takes, about: the struct, its place in the table, and 24 buckets.
const SERIES_BYTES: usize = 400;

/// Executions of one BT in this interval.
#[derive(Debug)]
pub(crate) struct SegmentSums {
    pub(crate) entry: Arc<BtEntry>,
    pub(crate) verdicts: VerdictCounts,
    pub(crate) duration: Histogram,
    pub(crate) moments: Moments,
}

/// Calls of one BT to one backend in this interval.
#[derive(Debug)]
pub(crate) struct ExitSums {
    pub(crate) entry: Arc<BtEntry>,
    pub(crate) backend: u32,
    pub(crate) errors: u64,
    pub(crate) duration: Histogram,
}

/// What one thread saw in this interval.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    /// By serial of the BT's entry.
    pub(crate) segments: NumberMap<u32, SegmentSums>,
    /// By serial of the BT's entry (high half) and index of the backend.
    pub(crate) exits: NumberMap<u64, ExitSums>,
    pub(crate) ended: u64,
    pub(crate) abandoned: u64,
    pub(crate) exit_calls: u64,
    pub(crate) other_traffic: u64,
    pub(crate) hot_names: HotNames,
}

impl Sums {
    /// Counts an execution.
    #[inline]
    pub(crate) fn count_segment(&mut self, entry: &Arc<BtEntry>, verdict: Verdict, ns: u64, abandoned: bool) {
        self.ended += 1;
        self.abandoned += u64::from(abandoned);
        self.other_traffic += u64::from(entry.other_traffic);
        let sums = self.segments.entry(entry.serial).or_insert_with(|| SegmentSums {
            entry: entry.clone(),
            verdicts: VerdictCounts::default(),
            duration: Histogram::new(),
            moments: Moments::default(),
        });
        sums.verdicts.add(verdict);
        sums.duration.record(ns);
        sums.moments.add(ns as f64 / 1e6);
    }

    /// Counts an exit call to `backend`, or to `other` when there are too many series. Returns whether it
    /// went to the backend meant.
    #[inline]
    pub(crate) fn count_exit(
        &mut self,
        entry: &Arc<BtEntry>,
        backend: u32,
        other: impl FnOnce() -> u32,
        ns: u64,
        failed: bool,
    ) -> bool {
        self.exit_calls += 1;
        let key = |backend: u32| (u64::from(entry.serial) << 32) | u64::from(backend);
        if let Some(sums) = self.exits.get_mut(&key(backend)) {
            sums.errors += u64::from(failed);
            sums.duration.record(ns);
            return true;
        }
        let there_is_room = self.exits.len() < EXIT_SERIES_PER_THREAD_MAX;
        let counted_as = if there_is_room { backend } else { other() };
        let sums = self.exits.entry(key(counted_as)).or_insert_with(|| ExitSums {
            entry: entry.clone(),
            backend: counted_as,
            errors: 0,
            duration: Histogram::new(),
        });
        sums.errors += u64::from(failed);
        sums.duration.record(ns);
        counted_as == backend
    }

    /// Bytes held, about.
    pub(crate) fn bytes(&self) -> usize {
        (self.segments.len() + self.exits.len()) * SERIES_BYTES
    }
}

/// A thread's sums, and what else the drain needs from it.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    /// BTs begun since the core was made. Written by the thread that owns the shard only (the one shard
    /// without an owner is written by read-modify-write).
    begun: AtomicU64,
    owned: AtomicBool,
    pub(crate) sums: ShortLock<Sums>,
}

impl Shard {
    /// Takes the shard for the calling thread; `false` when another has it.
    pub(crate) fn take(&self) -> bool {
        self.owned.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Leaves the shard to the next thread that needs one.
    pub(crate) fn leave(&self) {
        self.owned.store(false, Ordering::Release);
    }

    /// Counts a BT begun by the owner.
    #[inline]
    pub(crate) fn count_begun(&self) {
        self.begun.store(self.begun.load(Ordering::Relaxed) + 1, Ordering::Release);
    }

    /// Counts BTs begun by the owner and recorded outside of the core.
    pub(crate) fn count_begun_many(&self, count: u64) {
        self.begun.store(self.begun.load(Ordering::Relaxed).wrapping_add(count), Ordering::Release);
    }

    /// Counts a BT begun by any thread, on the shard that nobody owns.
    pub(crate) fn count_begun_shared(&self) {
        self.count_begun_many_shared(1);
    }

    pub(crate) fn count_begun_many_shared(&self, count: u64) {
        self.begun.fetch_add(count, Ordering::Release);
    }

    pub(crate) fn begun(&self) -> u64 {
        self.begun.load(Ordering::Acquire)
    }
}
