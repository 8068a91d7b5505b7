//! What the writer and all readers of a store share.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};

use super::file::{DAY_MS, DataFile};
use super::minute_cache::MinuteCache;
use super::readers::Readers;
use crate::query::TimeRange;

pub(super) struct Shared {
    pub(super) directory: PathBuf,
    pub(super) readers: Readers,
    pub(super) minutes: MinuteCache,
    files: RwLock<BTreeSet<DataFile>>,
}

impl Shared {
    pub(super) fn new(directory: PathBuf, files: BTreeSet<DataFile>) -> Self {
        Self {
            readers: Readers::new(directory.clone()),
            minutes: MinuteCache::default(),
            files: RwLock::new(files),
            directory,
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
