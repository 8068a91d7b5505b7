//! A batch made ready for the writer on the thread of the caller: packed, compressed and sorted by file.

use std::collections::BTreeMap;
use std::sync::Arc;

use tierline_model::{Guid, Incarnation, Segment, SpanId};

use super::documents::DocumentWrite;
use super::file::{DAY_MS, DataFile};
use crate::aggregate::Source;
use crate::block::segments::{SegmentBlockWriter, policy_code, verdict_code};
use crate::block::{BlockError, ExitPoint, Numbers, SegmentPoint, ledger, numbers, sketches};
use crate::limits::{BLOCK_CONTENT_BYTES_MAX, DAY_MAX, ERROR_SUMMARY_CHARS_MAX, SEGMENT_BLOCK_CONTENT_BYTES};
use crate::query::SegmentRecord;
use crate::write::{NodeReport, NodeSegments, Resolution, WriteBatch};
use crate::{AgentRecord, Entities, JournalRecord, StoreError};

/// Bits of `segment.flags`.
pub(super) const FIRST_IN_CHAIN: i64 = 1;
pub(super) const IN_FLIGHT: i64 = 2;
pub(super) const ARCHIVED: i64 = 4;

/// One durable write.
#[derive(Default)]
pub(super) struct Prepared {
    pub(super) account: Arc<str>,
    pub(super) received_ms: u64,
    pub(super) reports: Vec<PreparedReport>,
    /// Sums whose minutes are not there, from an import.
    pub(super) sums: Vec<PreparedSums>,
    pub(super) blocks: Vec<PreparedBlock>,
    /// A request whose segments are archived from now on, or no longer.
    pub(super) archive: Option<(Guid, bool)>,
    pub(super) changes: Vec<MetaChange>,
}

/// Something for `meta.db`.
pub(super) enum MetaChange {
    Entities(Entities),
    Resolutions(Vec<Resolution>),
    Agent(Box<AgentRecord>),
    Document(Box<DocumentWrite>),
    Journal(Vec<JournalRecord>),
    /// Unless the same one is there.
    JournalOnce(Box<JournalRecord>),
    /// The account itself.
    Account,
}

/// What a change answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// Nothing to say.
    Done,
    /// The version of a document from now on; 0 when it was not there to be deleted.
    Version(u64),
    /// The ids of records.
    Ids(Vec<u64>),
    /// Whether something is new.
    New(bool),
    /// Not done: another version is there.
    Conflict { found: u64 },
}

pub(super) struct PreparedReport {
    pub(super) day: u64,
    pub(super) start_ms: u64,
    pub(super) source: Source,
    pub(super) incarnation: Incarnation,
    pub(super) ledger: Vec<u8>,
    pub(super) packed: Vec<u8>,
    pub(super) numbers: Arc<Numbers>,
    pub(super) sketches: Arc<[u8]>,
}

/// One row of sums.
pub(super) struct PreparedSums {
    pub(super) file: DataFile,
    /// Since the start of the file.
    pub(super) window: u64,
    pub(super) source: Source,
    pub(super) numbers: Vec<u8>,
    pub(super) sketches: Vec<u8>,
}

pub(super) struct PreparedBlock {
    pub(super) day: u64,
    /// Whether it is kept for ever.
    pub(super) archive: bool,
    pub(super) body: Vec<u8>,
    /// In the order of the block.
    pub(super) rows: Vec<SegmentRow>,
}

/// What lists show and filters ask.
pub(super) struct SegmentRow {
    pub(super) source: Source,
    pub(super) bt_id: i64,
    pub(super) guid: (i64, i64),
    pub(super) span_id: i64,
    pub(super) start_ns: i64,
    pub(super) duration_ns: i64,
    pub(super) verdict: u8,
    pub(super) policy: u8,
    pub(super) flags: i64,
    pub(super) exit_calls: i64,
    pub(super) errors: i64,
    pub(super) error_summary: String,
}

impl Prepared {
    /// Bytes that go to disk, about.
    pub(super) fn bytes(&self) -> usize {
        let reports = self.reports.iter().map(|r| r.ledger.len() + r.packed.len() + r.sketches.len() + 64);
        let blocks = self.blocks.iter().map(|b| b.body.len() + 256 * b.rows.len());
        let sums = self.sums.iter().map(|sums| sums.numbers.len() + sums.sketches.len() + 64).sum::<usize>();
        sums + reports.sum::<usize>()
            + blocks.sum::<usize>()
            + self.changes.iter().map(MetaChange::bytes).sum::<usize>()
    }
}

impl MetaChange {
    fn bytes(&self) -> usize {
        4_096
            + match self {
                // The version that was there is copied.
                Self::Document(write) => 2 * write.text.as_ref().map_or(0, String::len),
                Self::JournalOnce(record) => 256 + record.text.len(),
                Self::Journal(records) => records.iter().map(|r| 256 + r.subject.len() + r.text.len()).sum(),
                _ => 0,
            }
    }
}

pub(super) fn prepare(batch: WriteBatch) -> Result<Prepared, StoreError> {
    let mut prepared =
        Prepared { account: Arc::from(batch.account), received_ms: batch.received_ms, ..Prepared::default() };
    for report in &batch.reports {
        prepared.reports.extend(prepare_report(report).map_err(|error| too_large(&error))?);
    }
    prepared.blocks = prepare_segments(&batch.segments).map_err(|error| too_large(&error))?;
    if batch.entities != Entities::default() {
        prepared.changes.push(MetaChange::Entities(batch.entities));
    }
    if !batch.resolutions.is_empty() {
        prepared.changes.push(MetaChange::Resolutions(batch.resolutions));
    }
    Ok(prepared)
}

/// Packing fails only where something exceeds a block.
fn too_large(_: &BlockError) -> StoreError {
    StoreError::TooLarge { what: "bytes in one report or segment", limit: BLOCK_CONTENT_BYTES_MAX }
}

/// `None` when the report claims to be from a time that is no time.
fn prepare_report(node: &NodeReport) -> Result<Option<PreparedReport>, BlockError> {
    let (report, identity) = (&node.report, &node.identity);
    let day = report.start_ms / DAY_MS;
    if day > DAY_MAX {
        return Ok(None);
    }
    let points = Numbers {
        segments: report.segments.iter().map(SegmentPoint::of).collect(),
        exits: report.exits.iter().map(ExitPoint::of).collect(),
    };
    let histograms =
        report.segments.iter().map(|s| &s.duration).chain(report.exits.iter().map(|e| &e.duration));
    Ok(Some(PreparedReport {
        day,
        start_ms: report.start_ms,
        source: Source {
            app_id: identity.app_id(),
            tier_id: identity.tier_id(),
            node_id: identity.node_id(),
        },
        incarnation: identity.incarnation,
        ledger: ledger::encode(&report.ledger, &report.runtime),
        packed: numbers::encode(&points)?,
        numbers: Arc::new(points),
        sketches: Arc::from(sketches::encode(histograms)?),
    }))
}

#[derive(Default)]
struct OpenBlock {
    writer: SegmentBlockWriter,
    rows: Vec<SegmentRow>,
}

fn prepare_segments(batches: &[NodeSegments]) -> Result<Vec<PreparedBlock>, BlockError> {
    let segments = batches.iter().flat_map(|batch| {
        let identity = &batch.identity;
        let source =
            Source { app_id: identity.app_id(), tier_id: identity.tier_id(), node_id: identity.node_id() };
        batch.segments.iter().map(move |segment| (source, segment))
    });
    prepare_blocks(segments)
}

/// Segments that were stored before, made ready once more.
pub(super) fn prepare_records(records: &[SegmentRecord]) -> Result<Vec<PreparedBlock>, BlockError> {
    prepare_blocks(records.iter().map(|record| (record.source(), &record.segment)))
}

fn prepare_blocks<'s>(
    segments: impl Iterator<Item = (Source, &'s Segment)>,
) -> Result<Vec<PreparedBlock>, BlockError> {
    let mut open: BTreeMap<u64, OpenBlock> = BTreeMap::new();
    let mut done = Vec::new();
    {
        for (source, segment) in segments {
            let day = segment.start_unix_ns / 1_000_000 / DAY_MS;
            let block = open.entry(day).or_default();
            block.writer.push(source.app_id, source.tier_id, source.node_id, segment);
            block.rows.push(SegmentRow::of(source, segment));
            if block.writer.content_bytes() >= SEGMENT_BLOCK_CONTENT_BYTES
                && let Some(full) = open.remove(&day)
            {
                done.push(full.finish(day)?);
            }
        }
    }
    for (day, block) in open {
        done.push(block.finish(day)?);
    }
    Ok(done)
}

impl PreparedBlock {
    pub(super) const fn file(&self) -> DataFile {
        if self.archive { DataFile::Archive } else { DataFile::Snapshots(self.day) }
    }
}

impl OpenBlock {
    fn finish(self, day: u64) -> Result<PreparedBlock, BlockError> {
        Ok(PreparedBlock { day, archive: false, body: self.writer.finish()?, rows: self.rows })
    }
}

impl SegmentRow {
    pub(super) fn of(source: Source, segment: &Segment) -> Self {
        let mut errors = segment.errors.iter().chain(segment.exit_calls.iter().flat_map(|call| &call.errors));
        let count = errors.clone().count();
        let error_summary = errors.next().map_or_else(String::new, |error| {
            let text = if error.message.is_empty() {
                error.type_name.to_string()
            } else if error.type_name.is_empty() {
                error.message.to_string()
            } else {
                format!("{}: {}", error.type_name, error.message)
            };
            tierline_model::name::cut(&text, ERROR_SUMMARY_CHARS_MAX).into_owned()
        });
        Self {
            source,
            bt_id: integer(segment.bt.id.get()),
            guid: guid_halves(segment.guid),
            span_id: ordered(u64::from_be_bytes(segment.span_id.to_bytes())),
            start_ns: integer(segment.start_unix_ns),
            duration_ns: integer(segment.duration_ns),
            verdict: verdict_code(segment.verdict),
            policy: policy_code(segment.policy),
            flags: if segment.first_in_chain() { FIRST_IN_CHAIN } else { 0 }
                | if segment.in_flight { IN_FLIGHT } else { 0 },
            exit_calls: integer(segment.exit_calls_dropped.saturating_add(segment.exit_calls.len() as u64)),
            errors: integer(count as u64),
            error_summary,
        }
    }
}

/// SQLite's integers have a sign. Times up to 2262 and durations up to 292 years fit; what claims more is shown
/// as that in lists (the segment itself keeps its numbers).
pub(super) fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// All 64 bits as a signed integer that sorts the same.
pub(super) const fn ordered(value: u64) -> i64 {
    (value ^ (1 << 63)) as i64
}

/// The number [`ordered`] was made of.
pub(super) const fn from_ordered(value: i64) -> u64 {
    value as u64 ^ (1 << 63)
}

pub(super) fn guid_halves(guid: Guid) -> (i64, i64) {
    let number = u128::from_be_bytes(*guid.as_bytes());
    (ordered((number >> 64) as u64), ordered(number as u64))
}

pub(super) fn guid_of(high: i64, low: i64) -> Option<Guid> {
    let number = u128::from(from_ordered(high)) << 64 | u128::from(from_ordered(low));
    Guid::from_bytes(number.to_be_bytes())
}

pub(super) fn span_of(value: i64) -> Option<SpanId> {
    SpanId::from_u64(from_ordered(value))
}
