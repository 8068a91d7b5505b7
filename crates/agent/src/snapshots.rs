//! Snapshots that wait to be sent. Under pressure the oldest go first; numbers never do.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tierline_model::Segment;

use crate::limits::{WAKEUP_BYTES, WAKEUP_SEGMENTS};
use crate::segment::bytes_of;

/// The queue of kept segments.
#[derive(Debug, Default)]
pub(crate) struct Snapshots(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    queue: VecDeque<(Box<Segment>, usize)>,
    bytes: usize,
    woken: bool,
}

/// What happened when a segment was added.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Added {
    /// Segments dropped to make room, possibly the new one.
    pub(crate) dropped: u64,
    /// Whether it is time to wake the reporter.
    pub(crate) wake: bool,
}

impl Snapshots {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a segment. `replaces`: an earlier record of the same execution may wait, and leaves.
    pub(crate) fn add(&self, segment: Segment, replaces: bool, bytes_max: usize) -> Added {
        let bytes = bytes_of(&segment);
        let mut waiting = self.waiting();
        if replaces
            && let Some(position) = waiting.queue.iter().position(|(s, _)| s.span_id == segment.span_id)
            && let Some((_, old_bytes)) = waiting.queue.remove(position)
        {
            waiting.bytes -= old_bytes;
        }
        waiting.queue.push_back((Box::new(segment), bytes));
        waiting.bytes += bytes;
        let dropped = waiting.shrink(bytes_max);
        let enough = waiting.queue.len() >= WAKEUP_SEGMENTS || waiting.bytes >= WAKEUP_BYTES;
        let wake = enough && !waiting.woken;
        waiting.woken |= wake;
        Added { dropped, wake }
    }

    /// Drops the oldest until at most `bytes_max` are left. Returns how many went.
    pub(crate) fn shrink(&self, bytes_max: usize) -> u64 {
        self.waiting().shrink(bytes_max)
    }

    /// Takes segments, oldest first: about `bytes_max` of them, at least one if there is one.
    pub(crate) fn take(&self, bytes_max: usize) -> Vec<Segment> {
        let mut waiting = self.waiting();
        let mut taken = Vec::new();
        let mut bytes = 0usize;
        while let Some((_, next)) = waiting.queue.front() {
            if !taken.is_empty() && bytes.saturating_add(*next) > bytes_max {
                break;
            }
            if let Some((segment, size)) = waiting.queue.pop_front() {
                bytes = bytes.saturating_add(size);
                waiting.bytes -= size;
                taken.push(*segment);
            }
        }
        waiting.woken = false;
        if waiting.queue.is_empty() && waiting.queue.capacity() > 2 * WAKEUP_SEGMENTS {
            waiting.queue = VecDeque::new();
        }
        taken
    }

    /// How many wait, and their bytes.
    pub(crate) fn len_and_bytes(&self) -> (usize, usize) {
        let waiting = self.waiting();
        (waiting.queue.len(), waiting.bytes)
    }
}

impl Waiting {
    fn shrink(&mut self, bytes_max: usize) -> u64 {
        let mut dropped = 0;
        while self.bytes > bytes_max {
            let Some((_, bytes)) = self.queue.pop_front() else {
                break;
            };
            self.bytes -= bytes;
            dropped += 1;
        }
        dropped
    }
}
