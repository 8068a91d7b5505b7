//! Decoded numbers of the most recent minutes, so that live charts do not touch the disk.
//!
//! Keyed by (minute, application, account). A minute is read from disk once, on the first question; from then on
//! the writer adds what it commits. While a minute is being read, commits are put aside and merged behind.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tierline_model::{AppId, Incarnation};

use crate::aggregate::{MINUTE_MS, Source};
use crate::block::{ExitPoint, Numbers, SegmentPoint};
use crate::limits::{MINUTE_CACHE_BYTES_MAX, MINUTE_CACHE_MINUTES};

/// One report, decoded but for its histograms.
#[derive(Clone)]
pub(super) struct CachedReport {
    pub(super) source: Source,
    pub(super) start_ms: u64,
    pub(super) incarnation: Incarnation,
    pub(super) numbers: Arc<Numbers>,
    pub(super) sketches: Arc<[u8]>,
}

impl CachedReport {
    fn bytes(&self) -> usize {
        160 + self.sketches.len()
            + self.numbers.segments.len() * size_of::<SegmentPoint>()
            + self.numbers.exits.len() * size_of::<ExitPoint>()
    }

    fn key(&self) -> (u64, Incarnation) {
        (self.start_ms, self.incarnation)
    }
}

/// The reports of one minute, by start and incarnation.
pub(super) type MinuteReports = Arc<Vec<CachedReport>>;

enum Slot {
    /// Somebody reads it from disk, by their ticket; what is committed meanwhile.
    Loading(u64, Vec<CachedReport>),
    Ready(MinuteReports),
}

type Key = (u64, AppId, Arc<str>);

/// What the cache says about a minute.
pub(super) enum Lookup {
    /// Here it is.
    Ready(MinuteReports),
    /// Read it, then call [`MinuteCache::loaded`] (or [`MinuteCache::abandon`]) with this ticket.
    Load(u64),
    /// Read it for yourself: too old to keep, or somebody else is reading it.
    Bypass,
}

#[derive(Default)]
struct State {
    slots: BTreeMap<Key, Slot>,
    bytes: usize,
    newest_minute: u64,
    tickets: u64,
}

#[derive(Default)]
pub(super) struct MinuteCache {
    state: Mutex<State>,
}

/// What an entry costs beside its reports.
const SLOT_BYTES: usize = 160;

impl MinuteCache {
    /// Time goes on: minutes too far behind are forgotten.
    pub(super) fn advance(&self, now_ms: u64) {
        let mut state = self.lock();
        state.newest_minute = state.newest_minute.max(now_ms / MINUTE_MS);
        state.shrink();
    }

    /// The first minute that may be kept.
    pub(super) fn oldest_minute(&self) -> u64 {
        self.lock().oldest_minute()
    }

    pub(super) fn lookup(&self, account: &Arc<str>, app_id: AppId, minute: u64) -> Lookup {
        let mut state = self.lock();
        if minute < state.oldest_minute() {
            return Lookup::Bypass;
        }
        let key = (minute, app_id, Arc::clone(account));
        match state.slots.get(&key) {
            Some(Slot::Ready(reports)) => Lookup::Ready(Arc::clone(reports)),
            Some(Slot::Loading(..)) => Lookup::Bypass,
            None => {
                state.tickets += 1;
                let ticket = state.tickets;
                state.slots.insert(key, Slot::Loading(ticket, Vec::new()));
                state.bytes += SLOT_BYTES;
                Lookup::Load(ticket)
            }
        }
    }

    /// What was read from disk for a minute that was to be loaded.
    pub(super) fn loaded(
        &self,
        account: &Arc<str>,
        app_id: AppId,
        minute: u64,
        ticket: u64,
        mut reports: Vec<CachedReport>,
    ) {
        let mut state = self.lock();
        let Some(slot) = state.slots.get_mut(&(minute, app_id, Arc::clone(account))) else { return };
        // The slot may have been evicted and begun anew by somebody else: theirs saw more commits than ours.
        let Slot::Loading(holder, meanwhile) = slot else { return };
        if *holder != ticket {
            return;
        }
        for report in meanwhile.drain(..) {
            put(&mut reports, report);
        }
        let bytes: usize = reports.iter().map(CachedReport::bytes).sum();
        *slot = Slot::Ready(Arc::new(reports));
        state.bytes += bytes;
        state.shrink();
    }

    /// Reading failed: the next question tries again.
    pub(super) fn abandon(&self, account: &Arc<str>, app_id: AppId, minute: u64, ticket: u64) {
        let mut state = self.lock();
        let key = (minute, app_id, Arc::clone(account));
        if matches!(state.slots.get(&key), Some(Slot::Loading(holder, _)) if *holder == ticket) {
            state.remove(&key);
        }
    }

    /// Adds or replaces a report that was committed.
    pub(super) fn committed(&self, account: &Arc<str>, report: &CachedReport) {
        let mut state = self.lock();
        let key = (report.start_ms / MINUTE_MS, report.source.app_id, Arc::clone(account));
        let grown = match state.slots.get_mut(&key) {
            None => return,
            Some(Slot::Loading(_, meanwhile)) => {
                meanwhile.push(report.clone());
                0
            }
            Some(Slot::Ready(reports)) => {
                // Readers that hold the minute keep what they saw.
                let replaced = put(Arc::make_mut(reports), report.clone());
                report.bytes() as isize - replaced as isize
            }
        };
        state.bytes = state.bytes.saturating_add_signed(grown);
        state.shrink();
    }

    /// Forgets everything, also what is being read at the moment.
    pub(super) fn clear(&self) {
        let mut state = self.lock();
        state.slots.clear();
        state.bytes = 0;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Inserts by key; answers the bytes of what it replaced.
fn put(reports: &mut Vec<CachedReport>, report: CachedReport) -> usize {
    match reports.binary_search_by_key(&report.key(), CachedReport::key) {
        Ok(position) => {
            let replaced = reports[position].bytes();
            reports[position] = report;
            replaced
        }
        Err(position) => {
            reports.insert(position, report);
            0
        }
    }
}

impl State {
    const fn oldest_minute(&self) -> u64 {
        self.newest_minute.saturating_sub(MINUTE_CACHE_MINUTES)
    }

    fn remove(&mut self, key: &Key) {
        if let Some(slot) = self.slots.remove(key) {
            let reports: usize = match slot {
                Slot::Ready(reports) => reports.iter().map(CachedReport::bytes).sum(),
                Slot::Loading(..) => 0,
            };
            self.bytes = self.bytes.saturating_sub(reports + SLOT_BYTES);
        }
    }

    /// The oldest minutes go first. One that is being read may go too: it is then simply not kept.
    fn shrink(&mut self) {
        let oldest_minute = self.oldest_minute();
        while let Some((key, _)) = self.slots.first_key_value()
            && (self.bytes > MINUTE_CACHE_BYTES_MAX || key.0 < oldest_minute)
        {
            let key = key.clone();
            self.remove(&key);
        }
    }
}
