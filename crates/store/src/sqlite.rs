//! The default store: SQLite as a transactional container of compressed blocks.
//!
//! One directory: `meta.db`, `metrics/<day>.db`, `snapshots/<day>.db`, `lock`. Blocks, not rows, are what makes
//! it fast and small (facts/storage 3); a file per day makes retention an unlink. One thread writes, callers
//! share its commits; readers have their own connections and are never blocked by ingest. `synchronous=FULL`.

#[cfg(feature = "conformance")]
pub mod crash;
mod file;
mod meta;
mod metrics;
mod minute_cache;
mod names;
mod prepare;
mod readers;
mod seen;
mod segment_list;
mod shared;
mod snapshots;
mod writer;

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::Connection;
use tierline_model::{AppId, Guid};

use self::file::{DataFile, days_in, io_error, sync_directory};
use self::prepare::{MetaChange, Prepared, prepare};
use self::readers::ReadError;
use self::shared::Shared;
use self::writer::WriterHandle;
use crate::entity::{AgentRecord, Application, Entities};
use crate::query::{
    LedgerRecord, MetricQuery, MetricRow, SegmentFilter, SegmentPage, SegmentRecord, TimeRange,
};
use crate::write::WriteBatch;
use crate::{Store, StoreError};

/// A store in one directory of this machine.
pub struct SqliteStore {
    shared: Arc<Shared>,
    writer: WriterHandle,
    /// Held for as long as the store is open; the operating system lets go of it even after `kill -9`.
    _lock: File,
}

impl SqliteStore {
    /// Opens the store in `directory`, making it when there is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when another process uses the directory or it cannot be written,
    /// [`StoreError::Damaged`] when a file is damaged or was written by a newer version.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        for folder in [directory.to_owned(), directory.join("metrics"), directory.join("snapshots")] {
            std::fs::create_dir_all(&folder).map_err(|error| io_error("cannot make", &folder, &error))?;
        }
        let lock = lock(directory)?;
        sync_directory(directory)?;
        let mut files = BTreeSet::from([DataFile::Meta]);
        files.extend(days_in(&directory.join("metrics"))?.into_iter().map(DataFile::Metrics));
        files.extend(days_in(&directory.join("snapshots"))?.into_iter().map(DataFile::Snapshots));
        for file in &files {
            // Checks and migrates it; after a crash this also puts its log in order.
            drop(file.open_for_writing(directory)?);
        }
        let shared = Arc::new(Shared::new(directory.to_owned(), files));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        shared.minutes.advance(now.as_millis() as u64);
        let writer = WriterHandle::start(Arc::clone(&shared))?;
        Ok(Self { shared, writer, _lock: lock })
    }

    fn change(&self, account: &str, change: MetaChange) -> Result<(), StoreError> {
        self.writer.write(Prepared {
            account: Arc::from(account),
            changes: vec![change],
            ..Prepared::default()
        })
    }

    fn read_meta<T: Default>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ReadError>,
    ) -> Result<T, StoreError> {
        Ok(self.shared.readers.with(DataFile::Meta, read)?.unwrap_or_default())
    }
}

fn lock(directory: &Path) -> Result<File, StoreError> {
    let path = directory.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| io_error("cannot write", &path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Unavailable(format!(
            "{} is in use by another process; stop that one, or give this one another data directory",
            directory.display()
        ))),
        Err(TryLockError::Error(error)) => Err(io_error("cannot lock", &path, &error)),
    }
}

impl Store for SqliteStore {
    fn write(&self, batch: WriteBatch) -> Result<(), StoreError> {
        self.writer.write(prepare(batch)?)
    }

    fn applications(&self, account: &str) -> Result<Vec<Application>, StoreError> {
        self.read_meta(|connection| meta::applications(connection, account))
    }

    fn entities(&self, account: &str, app_id: AppId) -> Result<Entities, StoreError> {
        self.read_meta(|connection| meta::entities(connection, account, app_id))
    }

    fn metrics(&self, account: &str, query: &MetricQuery) -> Result<Vec<MetricRow>, StoreError> {
        metrics::query(&self.shared, account, query)
    }

    fn segments(&self, account: &str, filter: &SegmentFilter) -> Result<SegmentPage, StoreError> {
        segment_list::segments(&self.shared, account, filter)
    }

    fn execution(&self, account: &str, guid: Guid) -> Result<Vec<SegmentRecord>, StoreError> {
        snapshots::execution(&self.shared, account, guid)
    }

    fn put_agent(&self, account: &str, agent: AgentRecord) -> Result<(), StoreError> {
        self.change(account, MetaChange::Agent(Box::new(agent)))
    }

    fn agents(&self, account: &str, app_id: AppId) -> Result<Vec<AgentRecord>, StoreError> {
        self.read_meta(|connection| meta::agents(connection, account, app_id))
    }

    fn document(&self, account: &str, kind: &str, name: &str) -> Result<Option<String>, StoreError> {
        self.read_meta(|connection| meta::document(connection, account, kind, name))
    }

    fn put_document(&self, account: &str, kind: &str, name: &str, text: &str) -> Result<(), StoreError> {
        let (kind, name, text) = (kind.to_owned(), name.to_owned(), text.to_owned());
        self.change(account, MetaChange::Document { kind, name, text })
    }

    fn ledgers(
        &self,
        account: &str,
        app_id: AppId,
        range: TimeRange,
    ) -> Result<Vec<LedgerRecord>, StoreError> {
        metrics::ledgers(&self.shared, account, app_id, range)
    }

    fn drop_expired(&self, now_ms: u64) -> Result<(), StoreError> {
        self.writer.drop_expired(now_ms)
    }
}
