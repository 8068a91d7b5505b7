//! Packing hours that are over and adding them up.
//!
//! The work is done beside the writer, from one snapshot of the day's file. The writer then looks whether the rows
//! are still those that were read, writes the sums into their files and last puts the chunk in the place of the
//! rows, which is what makes the sums count. A crash in between leaves sums nobody reads, which are written again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rusqlite::{Connection, params};
use tierline_model::{AppId, Histogram, Incarnation, NodeId, TierId};

use super::file::{DAY_MS, DataFile};
use super::metrics::{Chunk, HOUR_MS, LOW_HALF, blob, chunks_of_hour, id_of, rows_of_hour, start_of};
use super::names::Names;
use super::prepare::{PreparedSums, integer};
use super::readers::ReadError;
use crate::aggregate::{MINUTE_MS, Source};
use crate::block::chunk::{self, ChunkReport};
use crate::block::rollup::Sum;
use crate::block::sketches::Wanted;
use crate::block::{Numbers, numbers, sketches};
use crate::limits::CHUNK_POINTS_MAX;

/// An hour of a source: hour of the day and the source's number in the day's file.
pub(super) type Unit = (i64, i64);

/// What is to be packed or added up, of reports that end before `before_ms`.
pub(super) fn due(connection: &Connection, day: u64, before_ms: u64) -> Result<Vec<Unit>, ReadError> {
    let hours = integer(before_ms.saturating_sub(day * DAY_MS) / HOUR_MS).min(24);
    let mut statement = connection.prepare_cached(
        "SELECT (id >> 32) / 3600000 AS hour, source_id FROM report INDEXED BY report_version WHERE id < ?1 \
         UNION SELECT hour, source_id FROM stale WHERE hour < ?2 ORDER BY 1, 2",
    )?;
    let mut rows = statement.query([rows_of_hour(hours).0, hours])?;
    let mut units = Vec::new();
    while let Some(row) = rows.next()? {
        units.push((row.get(0)?, row.get(1)?));
    }
    Ok(units)
}

/// Rows of a unit with their versions.
fn versions(connection: &Connection, (hour, source): Unit) -> rusqlite::Result<Vec<(i64, i64)>> {
    let (from, to) = rows_of_hour(hour);
    connection
        .prepare_cached(
            "SELECT id, version FROM report INDEXED BY report_version WHERE id >= ?1 AND id < ?2 AND source_id = ?3",
        )?
        .query_map([from, to, source], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// A unit, packed and added up.
pub(super) struct Sealed {
    pub(super) day: u64,
    pub(super) unit: Unit,
    pub(super) account: Arc<str>,
    pub(super) source: Source,
    /// What it was made of.
    rows: Vec<(i64, i64)>,
    /// Lives that reported, by their number in the day's file.
    lives: BTreeSet<i64>,
    /// Head, numbers and histograms; empty when the unit was packed already.
    chunks: Vec<[Vec<u8>; 3]>,
    /// Numbers and histograms of ten minutes, by window of the day.
    tens: Vec<(u64, Vec<u8>, Vec<u8>)>,
    /// Numbers and histograms of the hour.
    hour: Option<(Vec<u8>, Vec<u8>)>,
}

impl Sealed {
    pub(super) fn bytes(&self) -> usize {
        let chunks = self.chunks.iter().flatten().map(Vec::len).sum::<usize>();
        let tens =
            self.tens.iter().map(|(_, numbers, sketches)| numbers.len() + sketches.len()).sum::<usize>();
        chunks + tens + self.hour.as_ref().map_or(0, |(numbers, sketches)| numbers.len() + sketches.len())
    }
}

/// Points that are collected for a chunk.
#[derive(Default)]
struct OpenChunk {
    reports: Vec<ChunkReport>,
    numbers: Numbers,
    segment_histograms: Vec<Histogram>,
    exit_histograms: Vec<Histogram>,
}

impl OpenChunk {
    fn points(&self) -> usize {
        self.numbers.segments.len() + self.numbers.exits.len()
    }

    fn pack(&self) -> Result<[Vec<u8>; 3], ReadError> {
        let histograms: Vec<&Histogram> =
            self.segment_histograms.iter().chain(&self.exit_histograms).collect();
        Ok([
            chunk::encode(&self.reports)?,
            numbers::encode_thoroughly(&self.numbers)?,
            sketches::encode_by_series(&self.numbers, &histograms)?,
        ])
    }
}

/// Reads a unit and packs it.
pub(super) fn seal(connection: &Connection, day: u64, unit: Unit) -> Result<Sealed, ReadError> {
    let transaction = connection.unchecked_transaction()?;
    let (account, source) = account_and_source(&transaction, unit.1)?;
    let mut sealed = Sealed {
        day,
        unit,
        account,
        source,
        rows: versions(&transaction, unit)?,
        lives: BTreeSet::new(),
        chunks: Vec::new(),
        tens: Vec::new(),
        hour: None,
    };
    let mut sums: BTreeMap<u64, Sum> = BTreeMap::new();
    pack_rows(&transaction, &mut sealed, &mut sums)?;
    if sealed.rows.is_empty() {
        add_chunks(&transaction, unit, &mut sums)?;
    }
    let mut hour = Sum::default();
    for (window, sum) in &sums {
        let (numbers, sketches) = sum.pack()?;
        sealed.tens.push((window - day * 144, numbers, sketches));
        hour.add(sum);
    }
    if !hour.is_empty() {
        sealed.hour = Some(hour.pack()?);
    }
    Ok(sealed)
}

fn account_and_source(connection: &Connection, source: i64) -> Result<(Arc<str>, Source), ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT a.name, s.app_id, s.tier_id, s.node_id FROM source s JOIN account a ON a.id = s.account_id \
         WHERE s.id = ?1",
    )?;
    let mut rows = statement.query([source])?;
    let Some(row) = rows.next()? else {
        return Err(ReadError::Sqlite(rusqlite::Error::QueryReturnedNoRows));
    };
    let account: String = row.get(0)?;
    let source = Source {
        app_id: id_of(row, 1, AppId::from_u64)?,
        tier_id: id_of(row, 2, TierId::from_u64)?,
        node_id: id_of(row, 3, NodeId::from_u64)?,
    };
    Ok((Arc::from(account), source))
}

fn pack_rows(
    connection: &Connection,
    sealed: &mut Sealed,
    sums: &mut BTreeMap<u64, Sum>,
) -> Result<(), ReadError> {
    let mut open = OpenChunk::default();
    let mut statement = connection.prepare_cached(
        "SELECT r.ledger, r.numbers, r.sketches, i.bytes FROM report r \
         JOIN incarnation i ON i.id = r.id & 4294967295 WHERE r.id = ?1",
    )?;
    for (id, _) in &sealed.rows {
        let mut rows = statement.query([id])?;
        let Some(row) = rows.next()? else {
            return Err(ReadError::Sqlite(rusqlite::Error::QueryReturnedNoRows));
        };
        let start_ms = start_of(sealed.day, *id);
        let numbers = numbers::decode(blob(row, 1)?)?;
        let sketched = blob(row, 2)?;
        let mut segments = sketches::decode(sketched, &numbers, Wanted::All)?;
        let exits = segments.split_off(numbers.segments.len());
        let minute = start_ms / MINUTE_MS;
        let sum = sums.entry(minute / 10).or_default();
        for (point, histogram) in numbers.segments.iter().zip(&segments) {
            sum.add_segment(point, 1 << (minute % 60), histogram);
        }
        for (point, histogram) in numbers.exits.iter().zip(&exits) {
            sum.add_exit(point, 1 << (minute % 60), histogram);
        }
        open.reports.push(ChunkReport {
            start_ms,
            incarnation: Incarnation(row.get(3)?),
            executions: numbers.segments.iter().map(|point| point.count).sum(),
            ledger: blob(row, 0)?.to_vec(),
            segments: numbers.segments.len(),
            exits: numbers.exits.len(),
        });
        open.numbers.segments.extend(numbers.segments);
        open.numbers.exits.extend(numbers.exits);
        open.segment_histograms.extend(segments);
        open.exit_histograms.extend(exits);
        sealed.lives.insert(id & LOW_HALF);
        if open.points() >= CHUNK_POINTS_MAX {
            sealed.chunks.push(std::mem::take(&mut open).pack()?);
        }
    }
    if !open.reports.is_empty() {
        sealed.chunks.push(open.pack()?);
    }
    Ok(())
}

/// Adds up what is packed already.
fn add_chunks(
    connection: &Connection,
    (hour, source): Unit,
    sums: &mut BTreeMap<u64, Sum>,
) -> Result<(), ReadError> {
    let (from, to) = chunks_of_hour(hour);
    let mut statement = connection.prepare_cached(
        "SELECT head, numbers, sketches FROM chunk WHERE id >= ?1 AND id < ?2 AND id & 4294967295 = ?3",
    )?;
    let mut rows = statement.query([from, to, source])?;
    while let Some(row) = rows.next()? {
        let chunk = Chunk::decode(blob(row, 0)?, blob(row, 1)?)?;
        let (segments, exits) = chunk.histograms(blob(row, 2)?)?;
        let minutes = chunk.minutes();
        let (of_segments, of_exits) = minutes.split_at(chunk.numbers.segments.len());
        for ((point, histogram), minute) in chunk.numbers.segments.iter().zip(&segments).zip(of_segments) {
            sums.entry(minute / 10).or_default().add_segment(point, 1 << (minute % 60), histogram);
        }
        for ((point, histogram), minute) in chunk.numbers.exits.iter().zip(&exits).zip(of_exits) {
            sums.entry(minute / 10).or_default().add_exit(point, 1 << (minute % 60), histogram);
        }
    }
    Ok(())
}

/// Whether the rows are still those that were read. Asked by the writer.
pub(super) fn is_current(connection: &Connection, sealed: &Sealed) -> rusqlite::Result<bool> {
    Ok(versions(connection, sealed.unit)? == sealed.rows)
}

/// Writes the sums of one width into their file.
pub(super) fn write_sums(
    connection: &Connection,
    names: &mut Names,
    file: DataFile,
    sealed: &Sealed,
) -> rusqlite::Result<()> {
    let account = names.account(connection, &sealed.account)?;
    let source = names.source(connection, account, sealed.source)?;
    let hour = integer((sealed.day - file.day().unwrap_or(sealed.day)) * 24) + sealed.unit.0;
    let windows = if matches!(file, DataFile::Tens(_)) { hour * 6..(hour + 1) * 6 } else { hour..hour + 1 };
    let mut delete = connection.prepare_cached("DELETE FROM rollup WHERE id = ?1")?;
    for window in windows {
        delete.execute([window << 32 | source])?;
    }
    let mut insert =
        connection.prepare_cached("INSERT INTO rollup (id, numbers, sketches) VALUES (?1, ?2, ?3)")?;
    if matches!(file, DataFile::Tens(_)) {
        for (window, numbers, sketches) in &sealed.tens {
            insert.execute(params![integer(*window) << 32 | source, numbers, sketches])?;
        }
    } else if let Some((numbers, sketches)) = &sealed.hour {
        insert.execute(params![hour << 32 | source, numbers, sketches])?;
    }
    Ok(())
}

/// Writes a row of sums whose minutes are not there.
pub(super) fn import_sums(
    connection: &Connection,
    names: &mut Names,
    account: &Arc<str>,
    sums: &PreparedSums,
) -> rusqlite::Result<()> {
    let account = names.account(connection, account)?;
    let source = names.source(connection, account, sums.source)?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO rollup (id, numbers, sketches) VALUES (?1, ?2, ?3)")?
        .execute(params![integer(sums.window) << 32 | source, sums.numbers, sums.sketches])?;
    Ok(())
}

/// Puts the chunk in the place of the rows.
pub(super) fn write_chunks(connection: &Connection, sealed: &Sealed) -> rusqlite::Result<()> {
    let (hour, source) = sealed.unit;
    if !sealed.chunks.is_empty() {
        let mut delete = connection.prepare_cached("DELETE FROM report WHERE id = ?1")?;
        for (id, _) in &sealed.rows {
            delete.execute([id])?;
        }
        let mut insert = connection
            .prepare_cached("INSERT INTO chunk (id, head, numbers, sketches) VALUES (?1, ?2, ?3, ?4)")?;
        for (part, [head, numbers, sketches]) in sealed.chunks.iter().enumerate() {
            let id = chunks_of_hour(hour).0 | integer(part as u64) << 32 | source;
            insert.execute(params![id, head, numbers, sketches])?;
        }
        let mut insert = connection
            .prepare_cached("INSERT INTO chunk_life (hour, incarnation_id, source_id) VALUES (?1, ?2, ?3)")?;
        for life in &sealed.lives {
            insert.execute([hour, *life, source])?;
        }
    }
    connection
        .prepare_cached("DELETE FROM stale WHERE hour = ?1 AND source_id = ?2")?
        .execute([hour, source])?;
    Ok(())
}
