//! What the writer and all readers of a store share.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use super::decoded::Decoded;
use super::file::{DAY_MS, DataFile};
use super::readers::Readers;
use super::windows::Windows;
use super::{retire, room};
use crate::StoreError;
use crate::health::{Quarantined, StoreHealth};
use crate::limits::QUARANTINED_LISTED_MAX;
use crate::options::StoreOptions;
use crate::query::TimeRange;

/// What is counted for [`StoreHealth`].
#[derive(Default)]
pub(super) struct Counters {
    pub(super) reports_late: AtomicU64,
    pub(super) segments_late: AtomicU64,
    pub(super) segments_dropped: AtomicU64,
    pub(super) metric_days_dropped: AtomicU64,
    texts: Mutex<Texts>,
}

#[derive(Default)]
struct Texts {
    refusing: Option<String>,
    upkeep_error: Option<String>,
    quarantined: Vec<Quarantined>,
}

impl Counters {
    fn texts(&self) -> MutexGuard<'_, Texts> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the last write was refused, and why.
    pub(super) fn note_write(&self, error: Option<&StoreError>) {
        self.texts().refusing = error.map(ToString::to_string);
    }

    pub(super) fn note_upkeep(&self, error: Option<StoreError>) {
        self.texts().upkeep_error = error.map(|error| error.to_string());
    }

    pub(super) fn note_quarantined(&self, file: Quarantined) {
        let texts = &mut self.texts().quarantined;
        if texts.len() < QUARANTINED_LISTED_MAX {
            texts.push(file);
        }
    }
}

pub(super) struct Shared {
    pub(super) options: StoreOptions,
    pub(super) counters: Counters,
    /// The first day whose minutes were not dropped; what comes for an earlier one is too late.
    pub(super) minutes_from: AtomicU64,
    /// The first day whose snapshots were not dropped.
    pub(super) snapshots_from: AtomicU64,
    /// The store is being closed.
    pub(super) stopping: AtomicBool,
    pub(super) directory: PathBuf,
    pub(super) readers: Readers,
    pub(super) decoded: Decoded,
    pub(super) windows: Windows,
    files: RwLock<BTreeSet<DataFile>>,
    look: Mutex<Option<Look>>,
}

/// Bytes, when somebody looked.
#[derive(Clone, Copy)]
struct Look {
    bytes: u64,
    free_bytes: u64,
}

impl Shared {
    pub(super) fn new(directory: PathBuf, options: StoreOptions, files: BTreeSet<DataFile>) -> Self {
        Self {
            options,
            counters: Counters::default(),
            minutes_from: AtomicU64::new(0),
            snapshots_from: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
            readers: Readers::new(directory.clone()),
            decoded: Decoded::default(),
            windows: Windows::default(),
            files: RwLock::new(files),
            look: Mutex::default(),
            directory,
        }
    }

    /// Whether every file has the format of this version; for reading without opening the store.
    pub(super) fn check_formats(&self) -> Result<(), StoreError> {
        for file in self.files() {
            self.readers.with(file, |connection| Ok(file.check_format(connection, &self.directory)?))?;
        }
        retire::read_marks(self)
    }

    /// What the store says about itself, after a look at its files and its disk.
    pub(super) fn health(&self) -> Result<StoreHealth, StoreError> {
        let look =
            Look { bytes: room::bytes_of(&self.directory)?, free_bytes: room::disk(&self.directory)?.0 };
        *self.look.lock().unwrap_or_else(PoisonError::into_inner) = Some(look);
        Ok(self.health_of(look))
    }

    /// The same of the last look.
    pub(super) fn health_lately(&self) -> Result<StoreHealth, StoreError> {
        let look = *self.look.lock().unwrap_or_else(PoisonError::into_inner);
        look.map_or_else(|| self.health(), |look| Ok(self.health_of(look)))
    }

    fn health_of(&self, look: Look) -> StoreHealth {
        let texts = self.counters.texts();
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        StoreHealth {
            bytes: look.bytes,
            bytes_max: self.options.bytes_max,
            retention: self.options.retention,
            disk_free_bytes: look.free_bytes,
            refusing: texts.refusing.clone(),
            upkeep_error: texts.upkeep_error.clone(),
            reports_late: count(&self.counters.reports_late),
            segments_late: count(&self.counters.segments_late),
            segments_dropped_for_room: count(&self.counters.segments_dropped),
            metric_days_dropped_for_room: count(&self.counters.metric_days_dropped),
            quarantined: texts.quarantined.clone(),
        }
    }

    /// The days of `range` that have a file of this kind, oldest first.
    pub(super) fn days(&self, kind: fn(u64) -> DataFile, range: TimeRange) -> Vec<u64> {
        if range.start_ms >= range.end_ms {
            return Vec::new();
        }
        let (first, last) = (kind(range.start_ms / DAY_MS), kind((range.end_ms - 1) / DAY_MS));
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.range(first..=last).filter_map(|file| file.day()).collect()
    }

    /// The days of `range` that have numbers in any form, oldest first.
    pub(super) fn metric_days(&self, range: TimeRange) -> BTreeSet<u64> {
        if range.start_ms >= range.end_ms {
            return BTreeSet::new();
        }
        let (first, behind) = (range.start_ms / DAY_MS, (range.end_ms - 1) / DAY_MS + 1);
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        let of_metrics = |file: &&DataFile| !matches!(file, DataFile::Snapshots(_));
        let days = files.iter().filter(of_metrics).filter_map(|file| Some((file.day()?, file.day_behind()?)));
        days.flat_map(|(start, end)| start.max(first)..end.min(behind)).collect()
    }

    /// Whether there is such a file.
    pub(super) fn has(&self, file: DataFile) -> bool {
        self.files.read().unwrap_or_else(PoisonError::into_inner).contains(&file)
    }

    /// All files there are.
    pub(super) fn files(&self) -> BTreeSet<DataFile> {
        self.files.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn add_file(&self, file: DataFile) {
        self.files.write().unwrap_or_else(PoisonError::into_inner).insert(file);
    }

    pub(super) fn remove_file(&self, file: DataFile) {
        self.files.write().unwrap_or_else(PoisonError::into_inner).remove(&file);
    }
}
