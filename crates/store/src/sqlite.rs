//! The default store: SQLite as a transactional container of compressed blocks.
//!
//! One directory: `meta.db`, `metrics/<day>.db`, `metrics-10m/<day>.db`, `metrics-1h/<first of 30 days>.db`,
//! `snapshots/<day>.db`, `archive.db`, `quarantine/`, `lock`. Blocks, not rows, are what makes
//! it fast and small (facts/storage 3); a file per day makes retention an unlink. One thread writes, callers
//! share its commits; readers have their own connections and are never blocked by ingest. `synchronous=FULL`.

mod backup;
#[cfg(feature = "conformance")]
pub mod crash;
mod decoded;
mod documents;
mod export;
mod file;
mod import;
mod journal;
mod known;
mod meta;
mod metric_query;
mod metrics;
mod names;
mod prepare;
mod quarantine;
mod readers;
mod retire;
mod room;
mod seal;
mod seen;
mod segment_list;
mod shared;
mod snapshots;
mod upkeep;
mod windows;
mod writer;

use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::Connection;
use tierline_model::{AppId, Guid};

pub use self::backup::{BackupSummary, backup, restore};
use self::documents::DocumentWrite;
pub use self::export::export_directory;
use self::file::{DataFile, io_error, sync_directory};
use self::prepare::{MetaChange, Outcome, Prepared, PreparedBlock, SegmentRow, prepare};
use self::readers::ReadError;
use self::shared::Shared;
use self::upkeep::Upkeep;
use self::writer::WriterHandle;
use crate::block::segments::SegmentBlockWriter;
use crate::document::{DocumentChange, DocumentRecord};
use crate::entity::{AgentRecord, Application, Entities};
use crate::health::StoreHealth;
use crate::journal::{JournalFilter, JournalRecord};
use crate::limits::{
    BLOCK_CONTENT_BYTES_MAX, DOCUMENT_BYTES_MAX, JOURNAL_RECORD_BYTES_MAX, JOURNAL_RECORDS_PER_APPEND_MAX,
};
use crate::options::StoreOptions;
use crate::query::{
    LedgerRecord, MetricQuery, MetricRow, SegmentFilter, SegmentPage, SegmentRecord, TimeRange,
};
use crate::transfer::{Selection, TransferError, TransferSummary};
use crate::write::WriteBatch;
use crate::{Store, StoreError};

/// A store in one directory of this machine.
pub struct SqliteStore {
    shared: Arc<Shared>,
    /// Before the writer, whom it asks.
    _upkeep: Upkeep,
    writer: Arc<WriterHandle>,
    /// Held for as long as the store is open; the operating system lets go of it even after `kill -9`.
    _lock: File,
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
    }
}

impl SqliteStore {
    /// Opens the store in `directory` with the default settings, making it when there is none.
    ///
    /// # Errors
    /// As [`SqliteStore::open_with`].
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        Self::open_with(directory, StoreOptions::default())
    }

    /// Opens the store in `directory`, making it when there is none. A damaged file of a day is put aside and
    /// listed in [`Store::health`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when another process uses the directory or it cannot be written,
    /// [`StoreError::Damaged`] when `meta.db` is damaged or a file was written by a newer version.
    pub fn open_with(directory: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        for folder in file::folders(directory) {
            std::fs::create_dir_all(&folder).map_err(|error| io_error("cannot make", &folder, &error))?;
        }
        let lock = lock(directory)?;
        sync_directory(directory)?;
        let mut files = file::files_in(directory)?;
        let mut put_aside = Vec::new();
        for file in files.clone() {
            // Checks and migrates it; after a crash this also puts its log in order.
            let (_, damaged) = quarantine::open(file, directory, &options)?;
            if let Some(damaged) = damaged {
                files.remove(&file);
                put_aside.push((file, damaged));
            }
        }
        let shared = Arc::new(Shared::new(directory.to_owned(), options, files));
        retire::read_marks(&shared)?;
        shared.decoded.advance(now_ms());
        let writer = Arc::new(WriterHandle::start(Arc::clone(&shared))?);
        for (file, damaged) in put_aside {
            shared.counters.note_quarantined(damaged);
            writer.make_sums_again(file)?;
        }
        let upkeep = Upkeep::start(Arc::clone(&shared), Arc::clone(&writer))?;
        Ok(Self { shared, _upkeep: upkeep, writer, _lock: lock })
    }

    /// Writes what is prepared already.
    fn write_prepared(&self, prepared: Prepared) -> Result<Vec<Outcome>, StoreError> {
        self.writer.write(prepared)
    }

    fn change(&self, account: &str, change: MetaChange) -> Result<Outcome, StoreError> {
        let changes = vec![change];
        let prepared = Prepared { account: Arc::from(account), changes, ..Prepared::default() };
        Ok(self.writer.write(prepared)?.pop().unwrap_or(Outcome::Done))
    }

    /// Writes or deletes a document; answers its version from now on, 0 when there was nothing to delete.
    fn change_document(&self, account: &str, write: DocumentWrite) -> Result<u64, StoreError> {
        let bytes = write.text.as_ref().map_or(0, String::len) + write.kind.len() + write.name.len();
        if bytes > DOCUMENT_BYTES_MAX {
            return Err(StoreError::TooLarge { what: "bytes in a document", limit: DOCUMENT_BYTES_MAX });
        }
        let what = format!("{} \"{}\"", write.kind, write.name);
        let expected = write.expected_version.unwrap_or_default();
        match self.change(account, MetaChange::Document(Box::new(write)))? {
            Outcome::Version(version) => Ok(version),
            Outcome::Conflict { found } => Err(StoreError::Conflict { what, expected, found }),
            Outcome::Done | Outcome::Ids(_) | Outcome::New(_) => Ok(0),
        }
    }

    fn read_meta<T: Default>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ReadError>,
    ) -> Result<T, StoreError> {
        Ok(self.shared.readers.with(DataFile::Meta, read)?.unwrap_or_default())
    }
}

/// Segments for the archive.
fn archive_block(records: &[SegmentRecord]) -> Result<PreparedBlock, StoreError> {
    let mut writer = SegmentBlockWriter::default();
    let mut rows = Vec::new();
    for record in records {
        writer.push(record.app_id, record.tier_id, record.node_id, &record.segment);
        let mut row = SegmentRow::of(record.source(), &record.segment);
        row.flags |= prepare::ARCHIVED;
        rows.push(row);
    }
    let body = writer
        .finish()
        .map_err(|_| StoreError::TooLarge { what: "bytes in one request", limit: BLOCK_CONTENT_BYTES_MAX })?;
    Ok(PreparedBlock { day: 0, archive: true, body, rows })
}

fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64
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
        self.writer.write(prepare(batch)?).map(drop)
    }

    fn applications(&self, account: &str) -> Result<Vec<Application>, StoreError> {
        self.read_meta(|connection| meta::applications(connection, account))
    }

    fn entities(&self, account: &str, app_id: AppId) -> Result<Entities, StoreError> {
        self.read_meta(|connection| meta::entities(connection, account, app_id))
    }

    fn metrics(&self, account: &str, query: &MetricQuery) -> Result<Vec<MetricRow>, StoreError> {
        metric_query::query(&self.shared, account, query)
    }

    fn segments(&self, account: &str, filter: &SegmentFilter) -> Result<SegmentPage, StoreError> {
        segment_list::segments(&self.shared, account, filter)
    }

    fn execution(&self, account: &str, guid: Guid) -> Result<Vec<SegmentRecord>, StoreError> {
        snapshots::execution(&self.shared, account, guid)
    }

    fn put_agent(&self, account: &str, agent: AgentRecord) -> Result<(), StoreError> {
        self.change(account, MetaChange::Agent(Box::new(agent))).map(drop)
    }

    fn agents(&self, account: &str, app_id: AppId) -> Result<Vec<AgentRecord>, StoreError> {
        self.read_meta(|connection| meta::agents(connection, account, app_id))
    }

    fn document_record(
        &self,
        account: &str,
        kind: &str,
        name: &str,
    ) -> Result<Option<DocumentRecord>, StoreError> {
        self.read_meta(|connection| documents::one(connection, account, kind, name))
    }

    fn documents(&self, account: &str, kind: &str) -> Result<Vec<DocumentRecord>, StoreError> {
        self.read_meta(|connection| documents::all(connection, account, kind))
    }

    fn put_document(&self, account: &str, change: DocumentChange<'_>) -> Result<u64, StoreError> {
        self.change_document(
            account,
            DocumentWrite {
                kind: change.kind.to_owned(),
                name: change.name.to_owned(),
                text: Some(change.text.to_owned()),
                changed_by: change.changed_by.to_owned(),
                changed_ms: now_ms(),
                expected_version: change.expected_version,
                secret: change.secret,
            },
        )
    }

    fn delete_document(
        &self,
        account: &str,
        kind: &str,
        name: &str,
        changed_by: &str,
        expected_version: Option<u64>,
    ) -> Result<bool, StoreError> {
        let write = DocumentWrite {
            kind: kind.to_owned(),
            name: name.to_owned(),
            text: None,
            changed_by: changed_by.to_owned(),
            changed_ms: now_ms(),
            expected_version,
            secret: false,
        };
        Ok(self.change_document(account, write)? > 0)
    }

    fn document_history(
        &self,
        account: &str,
        kind: &str,
        name: &str,
    ) -> Result<Vec<DocumentRecord>, StoreError> {
        self.read_meta(|connection| documents::history(connection, account, kind, name))
    }

    fn append(&self, account: &str, records: &[JournalRecord]) -> Result<Vec<u64>, StoreError> {
        let bytes = |r: &JournalRecord| {
            r.stream.len() + r.kind.len() + r.severity.len() + r.subject.len() + r.text.len()
        };
        if records.iter().any(|record| bytes(record) > JOURNAL_RECORD_BYTES_MAX) {
            let limit = JOURNAL_RECORD_BYTES_MAX;
            return Err(StoreError::TooLarge { what: "bytes in a record of the journal", limit });
        }
        if records.len() > JOURNAL_RECORDS_PER_APPEND_MAX {
            let limit = JOURNAL_RECORDS_PER_APPEND_MAX;
            return Err(StoreError::TooLarge { what: "records for the journal at once", limit });
        }
        match self.change(account, MetaChange::Journal(records.to_vec()))? {
            Outcome::Ids(ids) => Ok(ids),
            _ => Ok(Vec::new()),
        }
    }

    fn journal(
        &self,
        account: &str,
        filter: &JournalFilter,
    ) -> Result<Vec<(u64, JournalRecord)>, StoreError> {
        self.read_meta(|connection| journal::read(connection, account, filter))
    }

    fn accounts(&self) -> Result<Vec<String>, StoreError> {
        self.read_meta(meta::accounts)
    }

    fn create_account(&self, name: &str) -> Result<bool, StoreError> {
        Ok(self.change(name, MetaChange::Account)? == Outcome::New(true))
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
        upkeep::keep(&self.shared, &self.writer, now_ms)
    }

    fn archive(&self, account: &str, guid: Guid, archived: bool) -> Result<usize, StoreError> {
        let records = snapshots::execution(&self.shared, account, guid)?;
        if records.is_empty() {
            return Ok(0);
        }
        let mut prepared = Prepared { account: Arc::from(account), ..Prepared::default() };
        prepared.archive = Some((guid, archived));
        if archived {
            prepared.blocks.push(archive_block(&records)?);
        }
        self.writer.write(prepared)?;
        Ok(records.len())
    }

    fn export(&self, selection: &Selection, out: &mut dyn Write) -> Result<TransferSummary, TransferError> {
        export::export(&self.shared, selection, out)
    }

    fn import(&self, from: &mut dyn Read) -> Result<TransferSummary, TransferError> {
        import::import(self, from)
    }

    fn health(&self) -> Result<StoreHealth, StoreError> {
        self.shared.health()
    }

    fn health_lately(&self) -> Result<StoreHealth, StoreError> {
        self.shared.health_lately()
    }
}
