//! One-minute numbers in `metrics/<day>.db`: rows of reports, and hours that are packed.
//!
//! The key of a report leads with time, so writing appends and a chart reads a range. An hour that is over is packed
//! per source ([`super::seal`]); a report that comes late or once more unpacks it again, and it is packed anew.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rusqlite::{Connection, OptionalExtension, Row, params};
use tierline_model::{AppId, Histogram, Incarnation, NodeId, TierId};

use super::decoded::RowKey;
use super::file::{DAY_MS, DataFile};
use super::names::Names;
use super::prepare::{PreparedReport, integer};
use super::readers::ReadError;
use super::shared::Shared;
use crate::aggregate::Source;
use crate::block::chunk::{self, ChunkReport};
use crate::block::sketches::Wanted;
use crate::block::{BlockError, Numbers, ledger, numbers, sketches};
use crate::query::{LedgerRecord, TimeRange};
use crate::{StoreError, limits};

/// Milliseconds of an hour.
pub(super) const HOUR_MS: u64 = 3_600_000;

/// The low half of ids: a source or an incarnation.
pub(super) const LOW_HALF: i64 = 0xffff_ffff;

/// Another one at every writing of a row, also over restarts: see [`super::decoded`].
pub(super) fn next_version() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(0);
    if NEXT.load(Ordering::Relaxed) == 0 {
        let started = integer(super::now_ms()) << 20;
        let _ = NEXT.compare_exchange(0, started, Ordering::Relaxed, Ordering::Relaxed);
    }
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The row of a report.
pub(super) const fn row_id(start_ms: u64, incarnation: i64) -> i64 {
    ((start_ms % DAY_MS) as i64) << 32 | incarnation
}

/// When the report of a row starts.
pub(super) const fn start_of(day: u64, id: i64) -> u64 {
    day * DAY_MS + (id >> 32) as u64
}

/// The rows of an hour of the day.
pub(super) const fn rows_of_hour(hour: i64) -> (i64, i64) {
    let ms = hour * HOUR_MS as i64;
    (ms << 32, (ms + HOUR_MS as i64) << 32)
}

/// The chunks of an hour of the day.
pub(super) const fn chunks_of_hour(hour: i64) -> (i64, i64) {
    (hour << 40, (hour + 1) << 40)
}

/// Writes a report. Answers its row and version.
pub(super) fn write(
    connection: &Connection,
    names: &mut Names,
    account: &Arc<str>,
    report: &PreparedReport,
) -> rusqlite::Result<(RowKey, i64)> {
    let account = names.account(connection, account)?;
    let incarnation = names.incarnation(connection, account, report.incarnation)?;
    let source = names.source(connection, account, report.source)?;
    let hour = integer(report.start_ms % DAY_MS / HOUR_MS);
    unpack_touched(connection, report.day, hour, incarnation, source)?;
    let row = Report {
        id: row_id(report.start_ms, incarnation),
        source,
        executions: integer(report.numbers.segments.iter().map(|point| point.count).sum()),
        ledger: &report.ledger,
        numbers: &report.packed,
        sketches: &report.sketches,
    };
    let replaced_source = source_of(connection, row.id)?.filter(|before| *before != source);
    if let Some(before) = replaced_source {
        mark_stale(connection, hour, before)?;
    }
    Ok(((report.day, row.id), row.insert(connection)?))
}

struct Report<'r> {
    id: i64,
    source: i64,
    executions: i64,
    ledger: &'r [u8],
    numbers: &'r [u8],
    sketches: &'r [u8],
}

impl Report<'_> {
    fn insert(&self, connection: &Connection) -> rusqlite::Result<i64> {
        let version = next_version();
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO report (id, source_id, ledger, numbers, sketches, version, executions) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                self.id,
                self.source,
                self.ledger,
                self.numbers,
                self.sketches,
                version,
                self.executions
            ])?;
        Ok(version)
    }
}

fn source_of(connection: &Connection, id: i64) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT source_id FROM report INDEXED BY report_version WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()
}

pub(super) fn mark_stale(connection: &Connection, hour: i64, source: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO stale (hour, source_id) VALUES (?1, ?2)")?
        .execute([hour, source])?;
    Ok(())
}

/// Unpacks what a report of this life and source would change.
fn unpack_touched(
    connection: &Connection,
    day: u64,
    hour: i64,
    incarnation: i64,
    source: i64,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT source_id FROM chunk_life WHERE hour = ?1 AND (incarnation_id = ?2 OR source_id = ?3)",
    )?;
    let sources: Vec<i64> = statement
        .query_map([hour, incarnation, source], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    sources.into_iter().try_for_each(|source| unpack(connection, day, hour, source))
}

/// A chunk, decoded but for its histograms.
pub(super) struct Chunk {
    pub(super) reports: Vec<ChunkReport>,
    pub(super) numbers: Numbers,
}

impl Chunk {
    pub(super) fn decode(head: &[u8], packed: &[u8]) -> Result<Self, BlockError> {
        let chunk = Self { reports: chunk::decode(head)?, numbers: numbers::decode(packed)? };
        let count = |of: fn(&ChunkReport) -> usize| {
            chunk.reports.iter().fold(0usize, |sum, report| sum.saturating_add(of(report)))
        };
        if count(|r| r.segments) != chunk.numbers.segments.len()
            || count(|r| r.exits) != chunk.numbers.exits.len()
        {
            return Err(BlockError::Damaged("a chunk and its numbers do not belong together"));
        }
        Ok(chunk)
    }

    /// Histograms of all its points: those of the segments, those of the exits.
    pub(super) fn histograms(&self, bytes: &[u8]) -> Result<(Vec<Histogram>, Vec<Histogram>), BlockError> {
        let mut segments = sketches::decode(bytes, &self.numbers, Wanted::All)?;
        let exits = segments.split_off(self.numbers.segments.len());
        Ok((segments, exits))
    }
}

/// A report of a chunk, by itself.
pub(super) struct Part<'c> {
    pub(super) report: &'c ChunkReport,
    pub(super) numbers: Numbers,
    /// Of its segments, then of its exits.
    pub(super) histograms: Vec<Histogram>,
}

impl Chunk {
    /// Its reports, each by itself.
    pub(super) fn split(&self, sketches: &[u8]) -> Result<Vec<Part<'_>>, BlockError> {
        let (of_segments, of_exits) = self.histograms(sketches)?;
        let (mut segments, mut exits) = (0, 0);
        let mut parts = Vec::with_capacity(self.reports.len());
        for report in &self.reports {
            let (next_segments, next_exits) = (segments + report.segments, exits + report.exits);
            let histograms = of_segments[segments..next_segments].iter().chain(&of_exits[exits..next_exits]);
            parts.push(Part {
                report,
                numbers: Numbers {
                    segments: self.numbers.segments[segments..next_segments].to_vec(),
                    exits: self.numbers.exits[exits..next_exits].to_vec(),
                },
                histograms: histograms.cloned().collect(),
            });
            (segments, exits) = (next_segments, next_exits);
        }
        Ok(parts)
    }
}

/// An error of a block, as SQLite's: what is packed cannot be unpacked.
pub(super) fn damaged(error: BlockError) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, error.into())
}

/// Makes rows of a packed hour again.
fn unpack(connection: &Connection, day: u64, hour: i64, source: i64) -> rusqlite::Result<()> {
    let account: i64 = connection
        .prepare_cached("SELECT account_id FROM source WHERE id = ?1")?
        .query_row([source], |row| row.get(0))?;
    let (from, to) = chunks_of_hour(hour);
    let ids: Vec<i64> = connection
        .prepare_cached("SELECT id FROM chunk WHERE id >= ?1 AND id < ?2 AND id & 4294967295 = ?3")?
        .query_map([from, to, source], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for id in ids {
        let (head, packed, sketched): (Vec<u8>, Vec<u8>, Vec<u8>) = connection
            .prepare_cached("SELECT head, numbers, sketches FROM chunk WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let chunk = Chunk::decode(&head, &packed).map_err(damaged)?;
        for part in chunk.split(&sketched).map_err(damaged)? {
            let report = part.report;
            let incarnation: i64 = connection
                .prepare_cached("SELECT id FROM incarnation WHERE account_id = ?1 AND bytes = ?2")?
                .query_row(params![account, report.incarnation.0], |row| row.get(0))?;
            debug_assert_eq!(report.start_ms / DAY_MS, day);
            Report {
                id: row_id(report.start_ms, incarnation),
                source,
                executions: integer(report.executions),
                ledger: &report.ledger,
                numbers: &numbers::encode(&part.numbers).map_err(damaged)?,
                sketches: &sketches::encode(part.histograms.iter()).map_err(damaged)?,
            }
            .insert(connection)?;
        }
        connection.prepare_cached("DELETE FROM chunk WHERE id = ?1")?.execute([id])?;
    }
    connection
        .prepare_cached("DELETE FROM chunk_life WHERE hour = ?1 AND source_id = ?2")?
        .execute([hour, source])?;
    mark_stale(connection, hour, source)
}

/// The sources of an application in a file, by their number there.
pub(super) fn sources(
    connection: &Connection,
    account: &str,
    app_id: AppId,
) -> Result<HashMap<i64, Source>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, tier_id, node_id FROM source \
         WHERE account_id = (SELECT id FROM account WHERE name = ?1) AND app_id = ?2",
    )?;
    let mut rows = statement.query(params![account, integer(app_id.get())])?;
    let mut sources = HashMap::new();
    while let Some(row) = rows.next()? {
        let tier_id = id_of(row, 1, TierId::from_u64)?;
        let node_id = id_of(row, 2, NodeId::from_u64)?;
        sources.insert(row.get(0)?, Source { app_id, tier_id, node_id });
    }
    Ok(sources)
}

/// An id out of a column.
pub(super) fn id_of<T>(row: &Row<'_>, column: usize, make: fn(u64) -> Option<T>) -> Result<T, ReadError> {
    let value: i64 = row.get(column)?;
    u64::try_from(value)
        .ok()
        .and_then(make)
        .ok_or_else(|| ReadError::Sqlite(rusqlite::Error::IntegralValueOutOfRange(column, value)))
}

/// A column's bytes.
pub(super) fn blob<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r [u8], ReadError> {
    Ok(row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?)
}

pub(super) fn ledgers(
    shared: &Shared,
    account: &str,
    app_id: AppId,
    range: TimeRange,
) -> Result<Vec<LedgerRecord>, StoreError> {
    let mut records = Vec::new();
    for day in shared.days(DataFile::Metrics, range) {
        let from = range.start_ms.max(day * DAY_MS) - day * DAY_MS;
        let to = range.end_ms.min((day + 1) * DAY_MS) - day * DAY_MS;
        shared.readers.with(DataFile::Metrics(day), |connection| {
            // One snapshot: between two statements an hour may be packed.
            let transaction = connection.unchecked_transaction()?;
            let sources = sources(&transaction, account, app_id)?;
            let mut lines = Lines { day, from, to, sources, records: &mut records };
            lines.of_rows(&transaction)?;
            lines.of_chunks(&transaction)
        })?;
    }
    records.sort_by_key(|record| (record.start_ms, record.node_id, record.incarnation));
    Ok(records)
}

/// Collects conservation lines of one day.
struct Lines<'l> {
    day: u64,
    /// Milliseconds of the day.
    from: u64,
    to: u64,
    sources: HashMap<i64, Source>,
    records: &'l mut Vec<LedgerRecord>,
}

impl Lines<'_> {
    fn push(
        &mut self,
        source: Source,
        incarnation: Incarnation,
        start_ms: u64,
        executions: u64,
        line: &[u8],
    ) -> Result<(), ReadError> {
        if self.records.len() >= limits::METRIC_ROWS_MAX {
            let limit = limits::METRIC_ROWS_MAX;
            return Err(StoreError::TooLarge { what: "conservation lines", limit }.into());
        }
        let (ledger, runtime) = ledger::decode(line)?;
        let node_id = source.node_id;
        self.records.push(LedgerRecord { node_id, incarnation, start_ms, ledger, runtime, executions });
        Ok(())
    }

    fn of_rows(&mut self, connection: &Connection) -> Result<(), ReadError> {
        let mut statement = connection.prepare_cached(
            "SELECT r.id, r.source_id, i.bytes, r.ledger, v.executions, r.numbers \
             FROM report v INDEXED BY report_version CROSS JOIN report r ON r.id = v.id \
             JOIN incarnation i ON i.id = r.id & 4294967295 WHERE v.id >= ?1 AND v.id < ?2",
        )?;
        let mut rows = statement.query([integer(self.from) << 32, integer(self.to) << 32])?;
        while let Some(row) = rows.next()? {
            let Some(source) = self.sources.get(&row.get(1)?).copied() else { continue };
            let executions = match row.get::<_, Option<i64>>(4)? {
                Some(executions) => executions.max(0) as u64,
                None => numbers::decode(blob(row, 5)?)?.segments.iter().map(|point| point.count).sum(),
            };
            let start_ms = start_of(self.day, row.get(0)?);
            self.push(source, Incarnation(row.get(2)?), start_ms, executions, blob(row, 3)?)?;
        }
        Ok(())
    }

    fn of_chunks(&mut self, connection: &Connection) -> Result<(), ReadError> {
        if self.from >= self.to {
            return Ok(());
        }
        let mut statement =
            connection.prepare_cached("SELECT id, head FROM chunk WHERE id >= ?1 AND id < ?2")?;
        let hours = (self.from / HOUR_MS, (self.to - 1) / HOUR_MS);
        let (first, behind) = (chunks_of_hour(integer(hours.0)).0, chunks_of_hour(integer(hours.1)).1);
        let mut rows = statement.query([first, behind])?;
        while let Some(row) = rows.next()? {
            let Some(source) = self.sources.get(&(row.get::<_, i64>(0)? & LOW_HALF)).copied() else {
                continue;
            };
            for report in chunk::decode(blob(row, 1)?)? {
                if (self.from..self.to).contains(&report.start_ms.saturating_sub(self.day * DAY_MS)) {
                    self.push(
                        source,
                        report.incarnation,
                        report.start_ms,
                        report.executions,
                        &report.ledger,
                    )?;
                }
            }
        }
        Ok(())
    }
}
