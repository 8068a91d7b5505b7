//! Everything, a time or one request, into one file.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use rusqlite::{Connection, params};
use tierline_model::{AppId, Incarnation, NodeId, TierId};

use super::file::{DAY_MS, DataFile, files_in};
use super::metrics::{Chunk, blob, id_of, start_of};
use super::prepare::ARCHIVED;
use super::readers::ReadError;
use super::shared::Shared;
use super::upkeep;
use super::{documents, journal, meta, snapshots};
use crate::StoreError;
use crate::aggregate::MINUTE_MS;
use crate::block::segments::SegmentBlockWriter;
use crate::block::{BlockError, numbers, sketches};
use crate::journal::JournalFilter;
use crate::limits::SEGMENT_BLOCK_CONTENT_BYTES;
use crate::options::StoreOptions;
use crate::query::{SegmentRecord, TimeRange};
use crate::transfer::{FrameWriter, Header, Reporter, Selection, TransferError, TransferSummary};

const FOR_EVER: TimeRange = TimeRange { start_ms: 0, end_ms: u64::MAX };

/// Exports from a data directory, also while a controller uses it.
///
/// # Errors
/// When the directory or the file cannot be used.
pub fn export_directory(
    directory: &Path,
    selection: &Selection,
    out: &mut dyn Write,
) -> Result<TransferSummary, TransferError> {
    let files = files_in(directory)?;
    if !DataFile::Meta.path(directory).exists() {
        let text = format!("{} is no data directory (it has no meta.db)", directory.display());
        return Err(StoreError::Unavailable(text).into());
    }
    let shared = Shared::new(directory.to_owned(), StoreOptions::default(), files);
    shared.check_formats()?;
    export(&shared, selection, out)
}

pub(super) fn export(
    shared: &Shared,
    selection: &Selection,
    out: &mut dyn Write,
) -> Result<TransferSummary, TransferError> {
    // Nothing is packed or dropped meanwhile.
    let _turn = upkeep::take_turn(&shared.directory)?;
    let mut export = Export { shared, out: FrameWriter::new(out)?, summary: TransferSummary::default() };
    match selection {
        Selection::Everything => {
            for account in export.accounts()? {
                export.of_account(&account, FOR_EVER)?;
                export.of_people(&account)?;
            }
        }
        Selection::Range { account, range } => {
            for name in export.accounts()? {
                if account.as_ref().is_none_or(|wanted| *wanted == name) {
                    export.of_account(&name, *range)?;
                }
            }
        }
        Selection::Request { account, guid } => {
            let records = snapshots::execution(shared, account, *guid)?;
            export.begin_account(account)?;
            let mut apps: Vec<AppId> = records.iter().map(|record| record.app_id).collect();
            apps.sort_unstable();
            apps.dedup();
            for app_id in apps {
                export.entities(account, app_id)?;
            }
            let mut open = OpenBlock::default();
            for record in &records {
                open.push(&mut export, record, false)?;
            }
            open.finish(&mut export)?;
        }
    }
    let summary = export.summary;
    export.out.finish()?;
    Ok(summary)
}

struct Export<'e, 'w> {
    shared: &'e Shared,
    out: FrameWriter<&'w mut dyn Write>,
    summary: TransferSummary,
}

impl Export<'_, '_> {
    fn meta<T: Default>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ReadError>,
    ) -> Result<T, StoreError> {
        Ok(self.shared.readers.with(DataFile::Meta, read)?.unwrap_or_default())
    }

    /// All accounts, those among them of whom only numbers or segments are there.
    fn accounts(&self) -> Result<BTreeSet<String>, StoreError> {
        let mut accounts = BTreeSet::new();
        for file in self.shared.files() {
            accounts.extend(self.shared.readers.with(file, meta::accounts)?.unwrap_or_default());
        }
        Ok(accounts)
    }

    fn begin_account(&mut self, account: &str) -> Result<(), TransferError> {
        self.summary.accounts += 1;
        self.out.write(&Header::Account { name: account.to_owned() }, &[])
    }

    fn of_account(&mut self, account: &str, range: TimeRange) -> Result<(), TransferError> {
        self.begin_account(account)?;
        for application in self.meta(|connection| meta::applications(connection, account))? {
            self.entities(account, application.id)?;
        }
        for file in self.shared.files() {
            let overlaps = match (file.day(), file.day_behind()) {
                (Some(day), Some(behind)) => {
                    day * DAY_MS < range.end_ms && behind.saturating_mul(DAY_MS) > range.start_ms
                }
                _ => true,
            };
            match file {
                _ if !overlaps => {}
                DataFile::Metrics(day) => self.reports(account, day, range)?,
                DataFile::Tens(_) | DataFile::Hours(_) => self.sums(account, file, range)?,
                DataFile::Snapshots(_) | DataFile::Archive => self.segments(account, file, range)?,
                DataFile::Meta => {}
            }
        }
        Ok(())
    }

    fn entities(&mut self, account: &str, app_id: AppId) -> Result<(), TransferError> {
        let all = self.meta(|connection| meta::entities(connection, account, app_id))?;
        let headers = (all.applications.into_iter().map(|record| Header::Application { record }))
            .chain(all.tiers.into_iter().map(|record| Header::Tier { record }))
            .chain(all.nodes.into_iter().map(|record| Header::Node { record }))
            .chain(all.bts.into_iter().map(|record| Header::Bt { record }))
            .chain(all.backends.into_iter().map(|record| Header::Backend { record }));
        for header in headers {
            self.out.write(&header, &[])?;
        }
        Ok(())
    }

    /// Documents, journal and agents.
    fn of_people(&mut self, account: &str) -> Result<(), TransferError> {
        for (document, kind, secret) in self.meta(|connection| documents::everything(connection, account))? {
            self.summary.documents += 1;
            let (name, changed_by, changed_ms) = (document.name, document.changed_by, document.changed_ms);
            let header = Header::Document { kind, name, changed_by, changed_ms, secret };
            self.out.write(&header, &[document.text.as_bytes()])?;
        }
        for stream in self.meta(|connection| journal::streams(connection, account))? {
            let mut filter = JournalFilter::all(&stream);
            loop {
                let page = self.meta(|connection| journal::read(connection, account, &filter))?;
                let Some((last, _)) = page.last() else { break };
                filter.before_id = Some(*last);
                for (_, record) in page {
                    self.summary.journal += 1;
                    let header = Header::Journal {
                        time_ms: record.time_ms,
                        stream: record.stream,
                        app_id: record.app_id,
                        kind: record.kind,
                        severity: record.severity,
                        subject: record.subject,
                    };
                    self.out.write(&header, &[record.text.as_bytes()])?;
                }
            }
        }
        for application in self.meta(|connection| meta::applications(connection, account))? {
            for record in self.meta(|connection| meta::agents(connection, account, application.id))? {
                self.out.write(&Header::Agent { record }, &[])?;
            }
        }
        Ok(())
    }

    fn report(
        &mut self,
        from: Reporter,
        incarnation: Incarnation,
        start_ms: u64,
        blobs: [&[u8]; 3],
    ) -> Result<(), TransferError> {
        self.summary.reports += 1;
        let header = Header::Report { from, incarnation: incarnation.to_string(), start_ms };
        self.out.write(&header, &blobs)
    }

    fn reports(&mut self, account: &str, day: u64, range: TimeRange) -> Result<(), TransferError> {
        let shared = self.shared;
        let within = |start_ms: u64| (range.start_ms..range.end_ms).contains(&start_ms);
        let answer = shared.readers.with(DataFile::Metrics(day), |connection| {
            let transaction = connection.unchecked_transaction()?;
            let done = self.rows(&transaction, account, day, &within);
            Ok(done.and_then(|()| self.chunks(&transaction, account, &within)))
        })?;
        answer.map_or(Ok(()), |done| {
            done.map_err(|stopped| stopped.at(&DataFile::Metrics(day).path(&shared.directory)))
        })
    }

    fn rows(
        &mut self,
        connection: &Connection,
        account: &str,
        day: u64,
        within: &dyn Fn(u64) -> bool,
    ) -> Result<(), Stopped> {
        let mut statement = connection.prepare_cached(
            "SELECT s.app_id, s.tier_id, s.node_id, r.id, i.bytes, r.ledger, r.numbers, r.sketches FROM report r \
             JOIN source s ON s.id = r.source_id JOIN incarnation i ON i.id = r.id & 4294967295 \
             WHERE +s.account_id = (SELECT id FROM account WHERE name = ?1)",
        )?;
        let mut rows = statement.query([account])?;
        while let Some(row) = rows.next()? {
            let start_ms = start_of(day, row.get(3)?);
            if within(start_ms) {
                let blobs = [blob(row, 5)?, blob(row, 6)?, blob(row, 7)?];
                self.report(reporter(row)?, Incarnation(row.get(4)?), start_ms, blobs)?;
            }
        }
        Ok(())
    }

    fn chunks(
        &mut self,
        connection: &Connection,
        account: &str,
        within: &dyn Fn(u64) -> bool,
    ) -> Result<(), Stopped> {
        let mut statement = connection.prepare_cached(
            "SELECT s.app_id, s.tier_id, s.node_id, c.head, c.numbers, c.sketches FROM chunk c \
             JOIN source s ON s.id = c.id & 4294967295 \
             WHERE +s.account_id = (SELECT id FROM account WHERE name = ?1)",
        )?;
        let mut rows = statement.query([account])?;
        while let Some(row) = rows.next()? {
            let chunk = Chunk::decode(blob(row, 3)?, blob(row, 4)?)?;
            for part in chunk.split(blob(row, 5)?)? {
                if within(part.report.start_ms) {
                    let numbers = numbers::encode_thoroughly(&part.numbers)?;
                    let sketches = sketches::encode_thoroughly(part.histograms.iter())?;
                    let blobs: [&[u8]; 3] = [&part.report.ledger, &numbers, &sketches];
                    self.report(reporter(row)?, part.report.incarnation, part.report.start_ms, blobs)?;
                }
            }
        }
        Ok(())
    }

    /// Sums whose minutes are gone; the others are made again of them.
    fn sums(&mut self, account: &str, file: DataFile, range: TimeRange) -> Result<(), TransferError> {
        let shared = self.shared;
        let minutes = if matches!(file, DataFile::Tens(_)) { 10 } else { 60 };
        let first = file.day().unwrap_or_default() * DAY_MS / MINUTE_MS;
        let done = shared.readers.with(file, |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT s.app_id, s.tier_id, s.node_id, r.id, r.numbers, r.sketches FROM rollup r \
                 JOIN source s ON s.id = r.id & 4294967295 \
                 WHERE +s.account_id = (SELECT id FROM account WHERE name = ?1)",
            )?;
            let mut rows = statement.query([account])?;
            while let Some(row) = rows.next()? {
                let start_minute = first + (row.get::<_, i64>(3)? >> 32) as u64 * minutes;
                let start_ms = start_minute * MINUTE_MS;
                if shared.has(DataFile::Metrics(start_ms / DAY_MS))
                    || !(range.start_ms..range.end_ms).contains(&start_ms)
                {
                    continue;
                }
                self.summary.sums += 1;
                let header = Header::Sums { from: reporter(row)?, start_minute, minutes };
                if let Err(error) = self.out.write(&header, &[blob(row, 4)?, blob(row, 5)?]) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        })?;
        done.unwrap_or(Ok(()))
    }

    fn segments(&mut self, account: &str, file: DataFile, range: TimeRange) -> Result<(), TransferError> {
        let shared = self.shared;
        let done =
            shared.readers.with(file, |connection| Ok(self.segments_of(connection, account, range)))?;
        done.map_or(Ok(()), |done| done.map_err(|stopped| stopped.at(&file.path(&shared.directory))))
    }

    fn segments_of(
        &mut self,
        connection: &Connection,
        account: &str,
        range: TimeRange,
    ) -> Result<(), Stopped> {
        let mut statement = connection.prepare_cached(
            "SELECT g.block_id, g.position, g.flags FROM segment g JOIN source s ON s.id = g.source_id \
             WHERE +s.account_id = (SELECT id FROM account WHERE name = ?1) \
             AND g.start_ns >= ?2 AND g.start_ns < ?3 ORDER BY g.id",
        )?;
        let ns = |ms: u64| super::prepare::integer(ms.saturating_mul(1_000_000));
        let mut rows = statement.query(params![account, ns(range.start_ms), ns(range.end_ms)])?;
        let mut block: (i64, Vec<SegmentRecord>) = (0, Vec::new());
        let (mut kept, mut archived) =
            (OpenBlock::default(), OpenBlock { archived: true, ..OpenBlock::default() });
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            if block.0 != id {
                block = (id, snapshots::read_block(connection, id)?.1);
            }
            let is_archived = row.get::<_, i64>(2)? & ARCHIVED != 0;
            if let Some(record) = block.1.get(row.get::<_, u32>(1)? as usize) {
                let open = if is_archived { &mut archived } else { &mut kept };
                open.push(self, record, is_archived)?;
            }
        }
        kept.finish(self)?;
        archived.finish(self)?;
        Ok(())
    }
}

/// Segments on their way.
#[derive(Default)]
struct OpenBlock {
    writer: SegmentBlockWriter,
    archived: bool,
}

impl OpenBlock {
    fn push(
        &mut self,
        export: &mut Export<'_, '_>,
        record: &SegmentRecord,
        archived: bool,
    ) -> Result<(), TransferError> {
        self.archived = archived;
        self.writer.push(record.app_id, record.tier_id, record.node_id, &record.segment);
        if self.writer.content_bytes() >= SEGMENT_BLOCK_CONTENT_BYTES {
            std::mem::take(self).finish(export)?;
        }
        Ok(())
    }

    fn finish(self, export: &mut Export<'_, '_>) -> Result<(), TransferError> {
        if self.writer.is_empty() {
            return Ok(());
        }
        let count = self.writer.len() as u64;
        export.summary.segments += count;
        let block = self.writer.finish().map_err(|error| TransferError::Damaged(error.to_string()))?;
        export.out.write(&Header::Segments { archived: self.archived, count }, &[&block])
    }
}

/// Why a file was not read to its end.
enum Stopped {
    Read(ReadError),
    Write(TransferError),
}

impl Stopped {
    fn at(self, path: &Path) -> TransferError {
        match self {
            Self::Read(error) => error.at(path).into(),
            Self::Write(error) => error,
        }
    }
}

impl From<ReadError> for Stopped {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<rusqlite::Error> for Stopped {
    fn from(error: rusqlite::Error) -> Self {
        Self::Read(error.into())
    }
}

impl From<BlockError> for Stopped {
    fn from(error: BlockError) -> Self {
        Self::Read(error.into())
    }
}

impl From<TransferError> for Stopped {
    fn from(error: TransferError) -> Self {
        Self::Write(error)
    }
}

fn reporter(row: &rusqlite::Row<'_>) -> Result<Reporter, ReadError> {
    Ok(Reporter {
        app_id: id_of(row, 0, AppId::from_u64)?,
        tier_id: id_of(row, 1, TierId::from_u64)?,
        node_id: id_of(row, 2, NodeId::from_u64)?,
    })
}
