//! What an export holds, into this store. Importing again changes nothing.

use std::io::Read;
use std::sync::Arc;

use tierline_model::Incarnation;

use super::SqliteStore;
use super::documents::DocumentWrite;
use super::file::{DAY_MS, DataFile};
use super::prepare::{
    ARCHIVED, MetaChange, Outcome, Prepared, PreparedBlock, PreparedReport, PreparedSums, SegmentRow,
    prepare_records,
};
use crate::aggregate::{MINUTE_MS, Source};
use crate::block::{ledger, numbers, rollup, segments};
use crate::journal::JournalRecord;
use crate::limits::{GROUP_BYTES_MAX, IMPORT_FRAMES_PER_WRITE};
use crate::transfer::{FrameReader, Header, Reporter, TransferError, TransferSummary};
use crate::{Entities, StoreError};

pub(super) fn import(store: &SqliteStore, from: &mut dyn Read) -> Result<TransferSummary, TransferError> {
    let mut frames = FrameReader::new(from)?;
    let mut import =
        Import { store, waiting: Prepared::default(), frames: 0, summary: TransferSummary::default() };
    while let Some((header, blobs)) = frames.next()? {
        import.take(header, &blobs)?;
    }
    import.write()?;
    Ok(import.summary)
}

struct Import<'i> {
    store: &'i SqliteStore,
    waiting: Prepared,
    frames: usize,
    summary: TransferSummary,
}

fn damaged(error: impl ToString) -> TransferError {
    TransferError::Damaged(error.to_string())
}

fn text(blobs: &[Vec<u8>]) -> Result<String, TransferError> {
    String::from_utf8(blobs.first().cloned().unwrap_or_default()).map_err(damaged)
}

const fn source(from: Reporter) -> Source {
    Source { app_id: from.app_id, tier_id: from.tier_id, node_id: from.node_id }
}

impl Import<'_> {
    fn take(&mut self, header: Header, blobs: &[Vec<u8>]) -> Result<(), TransferError> {
        self.frames += 1;
        let mut entities = Entities::default();
        match header {
            Header::Account { name } => {
                self.write()?;
                self.summary.accounts += 1;
                self.waiting.account = Arc::from(name);
                self.waiting.changes.push(MetaChange::Account);
            }
            Header::Application { record } => entities.applications.push(record),
            Header::Tier { record } => entities.tiers.push(record),
            Header::Node { record } => entities.nodes.push(record),
            Header::Bt { record } => entities.bts.push(record),
            Header::Backend { record } => entities.backends.push(record),
            Header::Agent { record } => self.waiting.changes.push(MetaChange::Agent(Box::new(record))),
            Header::Document { kind, name, changed_by, changed_ms, secret } => {
                let text = Some(text(blobs)?);
                let expected_version = Some(0);
                let write =
                    DocumentWrite { kind, name, text, changed_by, changed_ms, expected_version, secret };
                self.waiting.changes.push(MetaChange::Document(Box::new(write)));
            }
            Header::Journal { time_ms, stream, app_id, kind, severity, subject } => {
                self.summary.journal += 1;
                let text = text(blobs)?;
                let record = JournalRecord { time_ms, stream, app_id, kind, severity, subject, text };
                self.waiting.changes.push(MetaChange::JournalOnce(Box::new(record)));
            }
            Header::Report { from, incarnation, start_ms } => {
                let incarnation = incarnation.parse().map_err(damaged)?;
                self.report(from, incarnation, start_ms, blobs)?;
            }
            Header::Sums { from, start_minute, minutes } => self.sums(from, start_minute, minutes, blobs)?,
            Header::Segments { archived, .. } => self.segments(archived, blobs)?,
            Header::End { .. } => {}
        }
        if entities != Entities::default() {
            self.waiting.changes.push(MetaChange::Entities(entities));
        }
        if self.frames >= IMPORT_FRAMES_PER_WRITE || self.waiting.bytes() >= GROUP_BYTES_MAX {
            self.write()?;
        }
        Ok(())
    }

    fn report(
        &mut self,
        from: Reporter,
        incarnation: Incarnation,
        start_ms: u64,
        blobs: &[Vec<u8>],
    ) -> Result<(), TransferError> {
        let [line, packed, sketched] = blobs else { return Err(damaged("a report is not whole")) };
        ledger::decode(line).map_err(damaged)?;
        self.summary.reports += 1;
        self.waiting.reports.push(PreparedReport {
            day: start_ms / DAY_MS,
            start_ms,
            source: source(from),
            incarnation,
            ledger: line.clone(),
            numbers: Arc::new(numbers::decode(packed).map_err(damaged)?),
            packed: packed.clone(),
            sketches: Arc::from(sketched.as_slice()),
        });
        Ok(())
    }

    fn sums(
        &mut self,
        from: Reporter,
        start_minute: u64,
        minutes: u64,
        blobs: &[Vec<u8>],
    ) -> Result<(), TransferError> {
        let [numbers, sketches] = blobs else { return Err(damaged("a sum is not whole")) };
        rollup::decode(numbers).map_err(damaged)?;
        let day = start_minute / (DAY_MS / MINUTE_MS);
        let file = match minutes {
            10 => DataFile::Tens(day),
            60 => DataFile::hours_of(day),
            _ => return Err(damaged("a sum of unknown width")),
        };
        let first = file.day().unwrap_or_default() * DAY_MS / MINUTE_MS;
        self.summary.sums += 1;
        self.waiting.sums.push(PreparedSums {
            file,
            window: (start_minute - first) / minutes,
            source: source(from),
            numbers: numbers.clone(),
            sketches: sketches.clone(),
        });
        Ok(())
    }

    fn segments(&mut self, archived: bool, blobs: &[Vec<u8>]) -> Result<(), TransferError> {
        let [block] = blobs else { return Err(damaged("a block of segments is not whole")) };
        let records = segments::decode(block).map_err(damaged)?;
        self.summary.segments += records.len() as u64;
        if archived {
            let mut rows: Vec<SegmentRow> =
                records.iter().map(|record| SegmentRow::of(record.source(), &record.segment)).collect();
            rows.iter_mut().for_each(|row| row.flags |= ARCHIVED);
            self.waiting.blocks.push(PreparedBlock { day: 0, archive: true, body: block.clone(), rows });
        } else {
            self.waiting.blocks.extend(prepare_records(&records).map_err(damaged)?);
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), TransferError> {
        let account = Arc::clone(&self.waiting.account);
        let waiting = std::mem::replace(&mut self.waiting, Prepared { account, ..Prepared::default() });
        self.frames = 0;
        let outcomes: Result<Vec<Outcome>, StoreError> = self.store.write_prepared(waiting);
        for outcome in outcomes? {
            match outcome {
                Outcome::Version(_) => self.summary.documents += 1,
                Outcome::Conflict { .. } => self.summary.documents_kept += 1,
                Outcome::Done | Outcome::Ids(_) | Outcome::New(_) => {}
            }
        }
        Ok(())
    }
}
