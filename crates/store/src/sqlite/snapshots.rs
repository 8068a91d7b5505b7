//! Segments in `snapshots/<day>.db`: blocks of them, and one row each for lists.
//!
//! Blocks are only ever appended. A second writing of a segment appends its new block and turns its row there;
//! what the old block holds of it is dead and goes with the file.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};
use tierline_model::{Guid, SpanId};

use super::file::DataFile;
use super::names::Names;
use super::prepare::{ARCHIVED, IN_FLIGHT, PreparedBlock, SegmentRow, guid_halves};
use super::readers::ReadError;
use super::shared::Shared;
use crate::StoreError;
use crate::block::segments;
use crate::limits::SEGMENTS_PER_EXECUTION_MAX;
use crate::query::{SegmentRecord, TimeRange};

pub(super) fn write(
    connection: &Connection,
    names: &mut Names,
    account: &Arc<str>,
    block: &PreparedBlock,
) -> rusqlite::Result<()> {
    let account = names.account(connection, account)?;
    let block_id =
        connection.prepare_cached("INSERT INTO block (body) VALUES (?1)")?.insert([&block.body])?;
    for (position, row) in block.rows.iter().enumerate() {
        write_row(connection, names, account, block_id, position, row)?;
    }
    Ok(())
}

fn write_row(
    connection: &Connection,
    names: &mut Names,
    account: i64,
    block_id: i64,
    position: usize,
    row: &SegmentRow,
) -> rusqlite::Result<()> {
    let source = names.source(connection, account, row.source)?;
    let bt = names.bt(connection, row.bt_id)?;
    let before = match names.seen(connection, row.guid.1, row.span_id)? {
        true => find_row(connection, account, row)?,
        false => None,
    };
    // A final record is the last word, whatever a spool delivers late.
    if before.is_some_and(|(_, flags)| flags & IN_FLIGHT == 0 && row.flags & IN_FLIGHT != 0) {
        return Ok(());
    }
    let archived = before.map_or(0, |(_, flags)| flags & ARCHIVED);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO segment (id, block_id, position, source_id, bt, guid_high, guid_low, span_id, \
             start_ns, duration_ns, verdict, policy, flags, exit_calls, errors, error_summary) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .execute(params![
            before.map(|(id, _)| id),
            block_id,
            position as i64,
            source,
            bt,
            row.guid.0,
            row.guid.1,
            row.span_id,
            row.start_ns,
            row.duration_ns,
            row.verdict,
            row.policy,
            row.flags | archived,
            row.exit_calls,
            row.errors,
            row.error_summary,
        ])?;
    Ok(())
}

/// The parts of the index of requests.
pub(super) const PARTS: &str = "WITH RECURSIVE part(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM part \
     WHERE n < (SELECT max(id) >> 15 FROM segment)) ";

/// Id and flags of the row that a second writing replaces.
fn find_row(connection: &Connection, account: i64, row: &SegmentRow) -> rusqlite::Result<Option<(i64, i64)>> {
    // A plus keeps SQLite from putting the constant into the expression that the index knows.
    let sql = format!(
        "{PARTS} SELECT g.id, g.flags FROM part CROSS JOIN segment g ON g.id >> 15 = part.n \
         AND g.guid_low & 2147483647 = ?1 & 2147483647 AND g.span_id & 2147483647 = ?2 & 2147483647 \
         CROSS JOIN source s ON s.id = g.source_id \
         WHERE +g.guid_low = ?1 AND +g.span_id = ?2 AND g.guid_high = ?3 AND +s.account_id = ?4"
    );
    let values = params![row.guid.1, row.span_id, row.guid.0, account];
    connection.prepare_cached(&sql)?.query_row(values, |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// Everything kept of one request.
pub(super) fn execution(
    shared: &Shared,
    account: &str,
    guid: Guid,
) -> Result<Vec<SegmentRecord>, StoreError> {
    let mut found: HashMap<SpanId, SegmentRecord> = HashMap::new();
    let days = shared.days(DataFile::Snapshots, TimeRange { start_ms: 0, end_ms: u64::MAX });
    let files = days.into_iter().map(DataFile::Snapshots);
    for file in std::iter::once(DataFile::Archive).chain(files) {
        let records = shared.readers.with(file, |connection| {
            let places = places_of(connection, account, guid)?;
            let mut records = Vec::new();
            for (block_id, positions) in places {
                let (_, block) = read_block(connection, block_id)?;
                records.extend(positions.into_iter().filter_map(|position| block.get(position).cloned()));
            }
            Ok(records)
        })?;
        for record in records.into_iter().flatten() {
            // A clock that jumped over midnight between two records of one segment: the final one counts.
            match found.get(&record.segment.span_id) {
                Some(before) if !before.segment.in_flight && record.segment.in_flight => {}
                _ => {
                    found.insert(record.segment.span_id, record);
                }
            }
        }
    }
    let mut records: Vec<SegmentRecord> = found.into_values().collect();
    records.sort_by_key(|r| (r.segment.start_unix_ns, r.segment.span_id));
    Ok(records)
}

/// Where the segments of a request are: positions by block.
fn places_of(
    connection: &Connection,
    account: &str,
    guid: Guid,
) -> Result<BTreeMap<i64, Vec<usize>>, ReadError> {
    let (high, low) = guid_halves(guid);
    let mut places: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    let mut statement = connection.prepare_cached(&format!(
        "{PARTS} SELECT g.block_id, g.position FROM part CROSS JOIN segment g ON g.id >> 15 = part.n \
         AND g.guid_low & 2147483647 = ?1 & 2147483647 CROSS JOIN source s ON s.id = g.source_id \
         WHERE +g.guid_low = ?1 AND g.guid_high = ?2 \
         AND +s.account_id = (SELECT id FROM account WHERE name = ?3) LIMIT ?4",
    ))?;
    let mut rows = statement.query(params![low, high, account, SEGMENTS_PER_EXECUTION_MAX as i64])?;
    while let Some(row) = rows.next()? {
        places.entry(row.get(0)?).or_default().push(row.get::<_, u32>(1)? as usize);
    }
    Ok(places)
}

/// The bytes and the segments of a block.
pub(super) fn read_block(connection: &Connection, id: i64) -> Result<(usize, Vec<SegmentRecord>), ReadError> {
    let mut statement = connection.prepare_cached("SELECT body FROM block WHERE id = ?1")?;
    let mut rows = statement.query([id])?;
    match rows.next()? {
        Some(row) => {
            let body = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
            Ok((body.len(), segments::decode(body)?))
        }
        None => Err(ReadError::Sqlite(rusqlite::Error::QueryReturnedNoRows)),
    }
}

/// Marks what a file holds of a request as archived, or no longer so. Answers how many segments there are.
pub(super) fn mark_archived(
    connection: &Connection,
    account: &str,
    guid: Guid,
    archived: bool,
) -> rusqlite::Result<usize> {
    let (high, low) = guid_halves(guid);
    let sql = format!(
        "UPDATE segment SET flags = CASE ?4 WHEN 0 THEN flags & ~?5 ELSE flags | ?5 END WHERE id IN ({PARTS} \
         SELECT g.id FROM part CROSS JOIN segment g ON g.id >> 15 = part.n \
         AND g.guid_low & 2147483647 = ?1 & 2147483647 CROSS JOIN source s ON s.id = g.source_id \
         WHERE +g.guid_low = ?1 AND g.guid_high = ?2 \
         AND +s.account_id = (SELECT id FROM account WHERE name = ?3))",
    );
    connection.prepare_cached(&sql)?.execute(params![low, high, account, archived, ARCHIVED])
}

/// Removes what a file holds of a request.
pub(super) fn delete(connection: &Connection, account: &str, guid: Guid) -> rusqlite::Result<()> {
    let (high, low) = guid_halves(guid);
    connection.execute(
        "DELETE FROM segment WHERE guid_low = ?1 AND guid_high = ?2 AND source_id IN (SELECT id FROM source \
         WHERE account_id = (SELECT id FROM account WHERE name = ?3))",
        params![low, high, account],
    )?;
    connection.execute("DELETE FROM block WHERE id NOT IN (SELECT block_id FROM segment)", [])?;
    Ok(())
}
