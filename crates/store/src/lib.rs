//! Where the controller keeps what agents report.
//!
//! [`Store`] speaks the words of `model` and nothing of any backend. [`sqlite`] is the default;
//! `conformance` is the suite every implementation runs. [`block`] is how numbers and snapshots are packed and
//! [`aggregate`] how numbers are added up, both without a word of any backend.

pub mod aggregate;
pub mod block;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod document;
pub mod entity;
pub mod error;
pub mod health;
pub mod journal;
pub mod limits;
pub mod options;
pub mod query;
pub mod sqlite;
pub mod transfer;
pub mod write;

pub use document::{DocumentChange, DocumentRecord};
pub use entity::{AgentRecord, Application, BackendRecord, BtRecord, Entities, NodeRecord, TierRecord};
pub use error::StoreError;
pub use health::{Quarantined, StoreHealth};
pub use journal::{JournalFilter, JournalRecord};
pub use options::{Retention, StoreOptions};
pub use query::{
    Dimension, Dimensions, LedgerRecord, MetricFamily, MetricFilter, MetricQuery, MetricRow, SegmentFilter,
    SegmentPage, SegmentRecord, SegmentSummary, Step, TimeRange,
};
pub use transfer::{Selection, TransferError, TransferSummary};
pub use write::{NodeReport, NodeSegments, Resolution, WriteBatch};

use std::io::{Read, Write};

use tierline_model::{AppId, Guid};

/// Telemetry and entities of all accounts. Every method blocks; callers on an async runtime use a blocking
/// thread. Implementations are shared between threads.
pub trait Store: Send + Sync + 'static {
    /// Makes a batch durable: when this returns `Ok`, a crash of process or machine loses nothing of it.
    /// Writing the same batch again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it cannot be made durable now (disk full, read-only); nothing of the
    /// batch is then visible.
    fn write(&self, batch: WriteBatch) -> Result<(), StoreError>;

    /// The applications of an account, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn applications(&self, account: &str) -> Result<Vec<Application>, StoreError>;

    /// All entities of one application.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn entities(&self, account: &str, app_id: AppId) -> Result<Entities, StoreError>;

    /// Numbers, grouped and stepped as asked.
    ///
    /// # Errors
    /// When the store cannot be read or the answer would exceed its row limit.
    fn metrics(&self, account: &str, query: &MetricQuery) -> Result<Vec<MetricRow>, StoreError>;

    /// Kept segments, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn segments(&self, account: &str, filter: &SegmentFilter) -> Result<SegmentPage, StoreError>;

    /// Everything kept of one request, over all tiers and applications of the account, by start time.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn execution(&self, account: &str, guid: Guid) -> Result<Vec<SegmentRecord>, StoreError>;

    /// The latest word of an agent about itself; replaces what the same incarnation said before.
    ///
    /// # Errors
    /// When it cannot be written.
    fn put_agent(&self, account: &str, agent: AgentRecord) -> Result<(), StoreError>;

    /// What the agents of an application said about themselves, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn agents(&self, account: &str, app_id: AppId) -> Result<Vec<AgentRecord>, StoreError>;

    /// The text of a small named document (agent configuration, users, keys). `None` when there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn document(&self, account: &str, kind: &str, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.document_record(account, kind, name)?.map(|record| record.text))
    }

    /// A small named document with its version. `None` when there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn document_record(
        &self,
        account: &str,
        kind: &str,
        name: &str,
    ) -> Result<Option<DocumentRecord>, StoreError>;

    /// All documents of a kind, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn documents(&self, account: &str, kind: &str) -> Result<Vec<DocumentRecord>, StoreError>;

    /// Writes a small named document durably. Answers its new version.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another version is there than was expected; [`StoreError::TooLarge`];
    /// when it cannot be written.
    fn put_document(&self, account: &str, change: DocumentChange<'_>) -> Result<u64, StoreError>;

    /// Deletes a document; its former versions stay for a while. Answers whether it was there.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another version is there than was expected; when it cannot be written.
    fn delete_document(
        &self,
        account: &str,
        kind: &str,
        name: &str,
        changed_by: &str,
        expected_version: Option<u64>,
    ) -> Result<bool, StoreError>;

    /// The versions of a document that are still kept, newest first, deletions among them.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn document_history(
        &self,
        account: &str,
        kind: &str,
        name: &str,
    ) -> Result<Vec<DocumentRecord>, StoreError>;

    /// Writes records into the journal durably, all or none. Answers their ids, which grow.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`]; when they cannot be written.
    fn append(&self, account: &str, records: &[JournalRecord]) -> Result<Vec<u64>, StoreError>;

    /// Records of the journal with their ids, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn journal(&self, account: &str, filter: &JournalFilter)
    -> Result<Vec<(u64, JournalRecord)>, StoreError>;

    /// The names of all accounts that were created or ever written to.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn accounts(&self) -> Result<Vec<String>, StoreError>;

    /// Makes an account known. Answers whether it is new.
    ///
    /// # Errors
    /// When it cannot be written.
    fn create_account(&self, name: &str) -> Result<bool, StoreError>;

    /// The conservation lines and process samples of an application's agents whose intervals start within
    /// `range`, by start, node and incarnation.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn ledgers(
        &self,
        account: &str,
        app_id: AppId,
        range: TimeRange,
    ) -> Result<Vec<LedgerRecord>, StoreError>;

    /// Puts the store in order: packs and adds up hours that are over, drops what is older than its retention and
    /// what there is no room for. A store does this by itself, too. `now_ms` is milliseconds since 1970.
    ///
    /// # Errors
    /// When something of it cannot be done now.
    fn drop_expired(&self, now_ms: u64) -> Result<(), StoreError>;

    /// Keeps all segments of a request for ever, or no longer. Answers how many there are.
    ///
    /// # Errors
    /// When it cannot be written.
    fn archive(&self, account: &str, guid: Guid, archived: bool) -> Result<usize, StoreError>;

    /// Writes what is selected into one file ([`transfer`]). Packing and dropping wait meanwhile, nothing else does.
    ///
    /// # Errors
    /// When the store cannot be read or the file cannot be written.
    fn export(&self, selection: &Selection, out: &mut dyn Write) -> Result<TransferSummary, TransferError>;

    /// Takes in what an export holds. Importing again changes nothing; documents that are there stay.
    ///
    /// # Errors
    /// When the file is damaged or newer, or it cannot be written; what was taken in until then stays.
    fn import(&self, from: &mut dyn Read) -> Result<TransferSummary, TransferError>;

    /// What the store says about itself.
    ///
    /// # Errors
    /// When its directory cannot be looked at.
    fn health(&self) -> Result<StoreHealth, StoreError>;

    /// The same without looking at the disk: bytes are those of the last look, at most some
    /// [`limits::UPKEEP_PERIOD_SECONDS`] ago, everything else is as it is now. For what is asked often.
    ///
    /// # Errors
    /// As [`Store::health`].
    fn health_lately(&self) -> Result<StoreHealth, StoreError> {
        self.health()
    }
}
