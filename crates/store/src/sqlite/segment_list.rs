//! Lists of segments: newest first, filtered, page by page.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use tierline_model::{AppId, BtId, Guid, NodeId, SpanId, TierId, Verdict};

use super::file::{DAY_MS, DataFile};
use super::metrics::id_of;
use super::prepare::{ARCHIVED, FIRST_IN_CHAIN, guid_halves, guid_of, integer, ordered, span_of};
use super::readers::ReadError;
use super::shared::Shared;
use super::snapshots::{PARTS, read_block};
use crate::StoreError;
use crate::block::segments::{policy_code, policy_of, verdict_code, verdict_of};
use crate::limits::{SEARCH_BLOCK_BYTES_MAX, SEARCH_BLOCKS_DECODED_MAX, SEGMENTS_PER_PAGE_MAX};
use crate::query::{SegmentFilter, SegmentPage, SegmentRecord, SegmentSummary, TimeRange};

/// Segments are ordered by start, request and span, so a position is exactly these three.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Position {
    start_ns: u64,
    guid: Guid,
    span_id: SpanId,
}

impl Position {
    fn of(summary: &SegmentSummary) -> Self {
        Self { start_ns: summary.start_unix_ns, guid: summary.guid, span_id: summary.span_id }
    }

    fn write(self) -> String {
        format!("{:016x}{}{}", self.start_ns, self.guid.to_hex(), self.span_id)
    }

    fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        Some(Self {
            start_ns: u64::from_str_radix(&text[..16], 16).ok()?,
            guid: text[16..48].parse().ok()?,
            span_id: SpanId::from_u64(u64::from_str_radix(&text[48..], 16).ok()?)?,
        })
    }
}

pub(super) fn segments(
    shared: &Shared,
    account: &str,
    filter: &SegmentFilter,
) -> Result<SegmentPage, StoreError> {
    let limit = match filter.limit {
        0 => SEGMENTS_PER_PAGE_MAX,
        limit => limit.min(SEGMENTS_PER_PAGE_MAX),
    };
    let mut range = filter.range.unwrap_or(TimeRange { start_ms: 0, end_ms: u64::MAX });
    let mut after = None;
    if let Some(text) = &filter.after {
        // A position nobody was given has nothing behind it.
        let Some(position) = Position::parse(text) else { return Ok(SegmentPage::default()) };
        range.end_ms = range.end_ms.min((position.start_ns / 1_000_000).saturating_add(1));
        after = Some(position);
    }
    let mut page = Page {
        filter,
        limit,
        found: Vec::new(),
        bytes_left: SEARCH_BLOCK_BYTES_MAX,
        last: after,
        more: None,
    };
    for day in shared.days(DataFile::Snapshots, range).into_iter().rev() {
        shared
            .readers
            .with(DataFile::Snapshots(day), |connection| page.read_day(connection, account, range, after))?;
        if page.more.is_some() {
            break;
        }
    }
    // Archived segments of days that were dropped; those of the others are in the files of their days, too.
    let dropped_ms = shared.snapshots_from.load(Ordering::Relaxed).saturating_mul(DAY_MS);
    let range = TimeRange { end_ms: range.end_ms.min(dropped_ms), ..range };
    if page.more.is_none() && range.start_ms < range.end_ms {
        shared
            .readers
            .with(DataFile::Archive, |connection| page.read_day(connection, account, range, after))?;
    }
    Ok(SegmentPage { next: page.more.map(Position::write), segments: page.found })
}

/// A page that is being filled.
struct Page<'f> {
    filter: &'f SegmentFilter,
    limit: usize,
    found: Vec<SegmentSummary>,
    /// Bytes of blocks that may still be read.
    bytes_left: usize,
    /// What was looked at last.
    last: Option<Position>,
    /// Set when there is more: where to go on.
    more: Option<Position>,
}

/// Where a segment is in its block.
type Place = (i64, usize);

impl Page<'_> {
    fn read_day(
        &mut self,
        connection: &Connection,
        account: &str,
        range: TimeRange,
        after: Option<Position>,
    ) -> Result<(), ReadError> {
        let Some((sql, values)) = self.statement(connection, account, range, after)? else { return Ok(()) };
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut blocks = DecodedBlocks::default();
        while let Some(row) = rows.next()? {
            if self.found.len() >= self.limit {
                self.more = self.last;
                return Ok(());
            }
            let (summary, place) = summary_of(row)?;
            if !self.looks_inside() {
                self.last = Some(Position::of(&summary));
                self.found.push(summary);
                continue;
            }
            let record = match blocks.get(connection, place, &mut self.bytes_left)? {
                Some(record) => record,
                None => {
                    self.more = self.last;
                    return Ok(());
                }
            };
            self.last = Some(Position::of(&summary));
            if self.matches_inside(record) {
                self.found.push(summary);
            }
        }
        Ok(())
    }

    /// Whether the filter asks for what only the segment itself knows.
    const fn looks_inside(&self) -> bool {
        self.filter.user_data.is_some() || self.filter.backend_id.is_some()
    }

    fn matches_inside(&self, record: &SegmentRecord) -> bool {
        let segment = &record.segment;
        let calls_it = self
            .filter
            .backend_id
            .is_none_or(|id| segment.exit_calls.iter().any(|call| call.backend.id == id));
        calls_it
            && self.filter.user_data.as_ref().is_none_or(|(key, value)| {
                segment
                    .user_data
                    .iter()
                    .any(|(k, v)| **k == **key && value.as_ref().is_none_or(|value| **v == **value))
            })
    }

    /// The question in SQL; `None` when this file cannot have an answer.
    fn statement(
        &self,
        connection: &Connection,
        account: &str,
        range: TimeRange,
        after: Option<Position>,
    ) -> Result<Option<(String, Vec<Value>)>, ReadError> {
        let filter = self.filter;
        let mut sql = String::from(
            "SELECT g.guid_high, g.guid_low, g.span_id, s.app_id, s.tier_id, s.node_id, b.bt_id, g.start_ns, \
             g.duration_ns, g.verdict, g.policy, g.flags, g.exit_calls, g.errors, g.error_summary, g.block_id, \
             g.position FROM segment g CROSS JOIN source s ON s.id = g.source_id CROSS JOIN bt b ON b.id = g.bt \
             WHERE g.source_id IN (SELECT id FROM source WHERE account_id = (SELECT id FROM account WHERE name = ?1)",
        );
        push_list(&mut sql, "app_id", filter.app_id.iter().map(|id| integer(id.get())));
        push_list(&mut sql, "tier_id", filter.tier_ids.iter().map(|id| integer(id.get())));
        push_list(&mut sql, "node_id", filter.node_ids.iter().map(|id| integer(id.get())));
        sql.push(')');
        if !filter.bt_ids.is_empty() {
            // The file's own small numbers, so that one BT is one range of the index of slow ones.
            let mut find = String::from("SELECT id FROM bt WHERE 1");
            push_list(&mut find, "bt_id", filter.bt_ids.iter().map(|id| integer(id.get())));
            let ids: Vec<i64> =
                connection.prepare(&find)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            if ids.is_empty() {
                return Ok(None);
            }
            push_list(&mut sql, "g.bt", ids.into_iter());
        }
        self.push_conditions(&mut sql);
        let ns = |ms: u64| integer(ms.saturating_mul(1_000_000));
        let mut values = vec![Value::Text(account.to_owned()), Value::Integer(ns(range.start_ms))];
        sql.push_str(" AND g.start_ns >= ?2");
        if range.end_ms != u64::MAX {
            sql.push_str(" AND g.start_ns < ?3");
            values.push(Value::Integer(ns(range.end_ms)));
        }
        if let Some(after) = after {
            let (high, low) = guid_halves(after.guid);
            let span_id = ordered(u64::from_be_bytes(after.span_id.to_bytes()));
            let _ = write!(
                sql,
                " AND (g.start_ns, g.guid_high, g.guid_low, g.span_id) < ({}, {high}, {low}, {span_id})",
                integer(after.start_ns)
            );
        }
        sql.push_str(" ORDER BY g.start_ns DESC, g.guid_high DESC, g.guid_low DESC, g.span_id DESC");
        if !self.looks_inside() {
            let _ = write!(sql, " LIMIT {}", self.limit - self.found.len() + 1);
        }
        Ok(Some((sql, values)))
    }

    fn push_conditions(&self, sql: &mut String) {
        let filter = self.filter;
        if !filter.guids.is_empty() {
            sql.push_str(" AND g.id IN (");
            sql.push_str(PARTS);
            sql.push_str("SELECT q.id FROM part CROSS JOIN segment q ON q.id >> 15 = part.n");
            let parts = filter.guids.iter().map(|guid| guid_halves(*guid).1 & 0x7fff_ffff);
            push_list(sql, "q.guid_low & 2147483647", parts);
            sql.push_str(" WHERE 0");
            for guid in &filter.guids {
                let (high, low) = guid_halves(*guid);
                let _ = write!(sql, " OR (+q.guid_low = {low} AND q.guid_high = {high})");
            }
            sql.push(')');
        }
        push_list(sql, "g.verdict", filter.verdicts.iter().map(|v| i64::from(verdict_code(*v))));
        if !filter.verdicts.is_empty() && !filter.verdicts.contains(&Verdict::Normal) {
            sql.push_str(" AND g.verdict > 0"); // word for word the condition of the partial index
        }
        push_list(sql, "g.policy", filter.policies.iter().map(|p| i64::from(policy_code(*p))));
        if let Some(wanted) = filter.has_errors {
            sql.push_str(if wanted { " AND g.errors > 0" } else { " AND g.errors = 0" });
        }
        if let Some(wanted) = filter.first_in_chain {
            let _ =
                write!(sql, " AND g.flags & {FIRST_IN_CHAIN} = {}", if wanted { FIRST_IN_CHAIN } else { 0 });
        }
        if let Some(wanted) = filter.archived {
            let _ = write!(sql, " AND g.flags & {ARCHIVED} = {}", if wanted { ARCHIVED } else { 0 });
        }
        if let Some(ns) = filter.duration_ns_min {
            let _ = write!(sql, " AND g.duration_ns >= {}", integer(ns));
        }
    }
}

/// `AND column IN (…)`, or nothing without values. Numbers only, so nothing can break out of the text.
fn push_list(sql: &mut String, column: &str, values: impl Iterator<Item = i64>) {
    let mut separator = "";
    for value in values {
        if separator.is_empty() {
            let _ = write!(sql, " AND {column} IN (");
        }
        let _ = write!(sql, "{separator}{value}");
        separator = ", ";
    }
    if !separator.is_empty() {
        sql.push(')');
    }
}

fn summary_of(row: &Row<'_>) -> Result<(SegmentSummary, Place), ReadError> {
    let unsigned = |column: usize| -> Result<u64, ReadError> {
        let value: i64 = row.get(column)?;
        u64::try_from(value)
            .map_err(|_| ReadError::Sqlite(rusqlite::Error::IntegralValueOutOfRange(column, value)))
    };
    let empty = |column: usize| ReadError::Sqlite(rusqlite::Error::IntegralValueOutOfRange(column, 0));
    let flags: i64 = row.get(11)?;
    let summary = SegmentSummary {
        guid: guid_of(row.get(0)?, row.get(1)?).ok_or_else(|| empty(0))?,
        span_id: span_of(row.get(2)?).ok_or_else(|| empty(2))?,
        app_id: id_of(row, 3, AppId::from_u64)?,
        tier_id: id_of(row, 4, TierId::from_u64)?,
        node_id: id_of(row, 5, NodeId::from_u64)?,
        bt_id: id_of(row, 6, BtId::from_u64)?,
        start_unix_ns: unsigned(7)?,
        duration_ns: unsigned(8)?,
        verdict: verdict_of(row.get(9)?)?,
        policy: policy_of(row.get(10)?)?,
        first_in_chain: flags & FIRST_IN_CHAIN != 0,
        archived: flags & ARCHIVED != 0,
        exit_calls: unsigned(12)?,
        errors: unsigned(13)?,
        error_summary: Arc::from(row.get_ref(14)?.as_str().map_err(rusqlite::Error::from)?),
    };
    Ok((summary, (row.get(15)?, row.get::<_, u32>(16)? as usize)))
}

/// The blocks looked into last: neighbours in time are mostly neighbours in a block.
#[derive(Default)]
struct DecodedBlocks {
    blocks: Vec<(i64, Vec<SegmentRecord>)>,
}

impl DecodedBlocks {
    /// A segment; `None` when its block has to be read and the budget is used up.
    fn get(
        &mut self,
        connection: &Connection,
        (block_id, position): Place,
        bytes_left: &mut usize,
    ) -> Result<Option<&SegmentRecord>, ReadError> {
        let index = match self.blocks.iter().position(|(id, _)| *id == block_id) {
            Some(index) => index,
            None => {
                if *bytes_left == 0 {
                    return Ok(None);
                }
                let (bytes, records) = read_block(connection, block_id)?;
                *bytes_left = bytes_left.saturating_sub(bytes);
                if self.blocks.len() >= SEARCH_BLOCKS_DECODED_MAX {
                    self.blocks.remove(0);
                }
                self.blocks.push((block_id, records));
                self.blocks.len() - 1
            }
        };
        let record = self.blocks[index].1.get(position);
        record.map(Some).ok_or(ReadError::Block(crate::block::BlockError::Damaged("a segment is missing")))
    }
}
