//! Reports of the most recent minutes, decoded, so that live charts do not unpack the same blocks again and again.
//!
//! What is there is always asked of the file, in one snapshot of it; this only saves decoding what the snapshot
//! says. An entry is found by day, row and version, and every writing of a row has a version of its own, so an
//! entry is right or not found, and numbers are visible exactly when they are durable.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::aggregate::MINUTE_MS;
use crate::block::{ExitPoint, Numbers, SegmentPoint};
use crate::limits::{DECODED_BYTES_MAX, DECODED_MINUTES};

/// A report, decoded but for its histograms.
#[derive(Clone)]
pub(super) struct DecodedReport {
    pub(super) start_ms: u64,
    pub(super) numbers: Arc<Numbers>,
    pub(super) sketches: Arc<[u8]>,
}

impl DecodedReport {
    fn bytes(&self) -> usize {
        256 + self.sketches.len()
            + self.numbers.segments.len() * size_of::<SegmentPoint>()
            + self.numbers.exits.len() * size_of::<ExitPoint>()
    }
}

/// Day and id of a row. Ids grow with time.
pub(super) type RowKey = (u64, i64);

#[derive(Default)]
struct State {
    reports: BTreeMap<RowKey, (i64, DecodedReport)>,
    bytes: usize,
    newest_minute: u64,
}

#[derive(Default)]
pub(super) struct Decoded {
    state: Mutex<State>,
}

impl Decoded {
    /// Time goes on: minutes too far behind are forgotten.
    pub(super) fn advance(&self, now_ms: u64) {
        let mut state = self.lock();
        state.newest_minute = state.newest_minute.max(now_ms / MINUTE_MS);
        state.shrink();
    }

    /// Whether reports of this time are kept.
    pub(super) fn keeps(&self, start_ms: u64) -> bool {
        start_ms / MINUTE_MS >= self.lock().oldest_minute()
    }

    pub(super) fn get(&self, row: RowKey, version: i64) -> Option<DecodedReport> {
        let state = self.lock();
        state.reports.get(&row).filter(|(found, _)| *found == version).map(|(_, report)| report.clone())
    }

    /// Keeps a report, unless it is too old or a newer version is there.
    pub(super) fn put(&self, row: RowKey, version: i64, report: DecodedReport) {
        let mut state = self.lock();
        let known = state.reports.get(&row).is_some_and(|(found, _)| *found >= version);
        if known || report.start_ms / MINUTE_MS < state.oldest_minute() {
            return;
        }
        state.bytes += report.bytes();
        if let Some((_, replaced)) = state.reports.insert(row, (version, report)) {
            state.bytes -= replaced.bytes();
        }
        state.shrink();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in there can be half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    const fn oldest_minute(&self) -> u64 {
        self.newest_minute.saturating_sub(DECODED_MINUTES)
    }

    /// The oldest go first.
    fn shrink(&mut self) {
        let oldest_minute = self.oldest_minute();
        while let Some(entry) = self.reports.first_entry()
            && (self.bytes > DECODED_BYTES_MAX || entry.get().1.start_ms / MINUTE_MS < oldest_minute)
        {
            let (_, report) = entry.remove();
            self.bytes -= report.bytes();
        }
    }
}
