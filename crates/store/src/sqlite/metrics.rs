//! Numbers in `metrics/<day>.db`: one row of blocks per report.
//!
//! The key leads with time, so writing appends and a chart reads a range. Rolling up is for later and needs no
//! other layout: an hourly job can read the rows of an hour, write them per series into tables of its own beside
//! `report` (facts/storage 4.2: `mc`, `m10`, `mh`) and delete them, in the same file and one transaction.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};
use tierline_model::{AppId, Incarnation, NodeId, TierId};

use super::file::{DAY_MS, DataFile};
use super::minute_cache::{CachedReport, Lookup};
use super::names::Names;
use super::prepare::{PreparedReport, integer};
use super::readers::ReadError;
use super::shared::Shared;
use crate::aggregate::{Aggregation, MINUTE_MS, Source, whole_minutes};
use crate::block::sketches::Wanted;
use crate::block::{ledger, numbers, sketches};
use crate::query::{LedgerRecord, MetricQuery, MetricRow, TimeRange};
use crate::{StoreError, limits};

/// What writing a report replaced.
#[derive(PartialEq, Eq)]
pub(super) enum Replaced {
    /// Nothing, or a report of the same source.
    SameSource,
    /// A report the same incarnation made under another identity.
    OtherSource,
}

pub(super) fn write(
    connection: &Connection,
    names: &mut Names,
    account: &Arc<str>,
    report: &PreparedReport,
) -> rusqlite::Result<Replaced> {
    let account = names.account(connection, account)?;
    let incarnation = names.incarnation(connection, account, report.incarnation)?;
    let source = names.source(connection, account, report.source)?;
    let id = integer(report.start_ms % DAY_MS) << 32 | incarnation;
    let before: Option<i64> = connection
        .prepare_cached("SELECT source_id FROM report WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO report (id, source_id, ledger, numbers, sketches) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![id, source, report.ledger, report.packed, &*report.sketches])?;
    Ok(if before.is_none_or(|before| before == source) {
        Replaced::SameSource
    } else {
        Replaced::OtherSource
    })
}

pub(super) fn query(
    shared: &Shared,
    account: &str,
    query: &MetricQuery,
) -> Result<Vec<MetricRow>, StoreError> {
    let account: Arc<str> = Arc::from(account);
    let mut aggregation = Aggregation::new(query);
    let (first, behind) = whole_minutes(query.range);
    let minutes_of_day = DAY_MS / MINUTE_MS;
    for day in shared.days(DataFile::Metrics, query.range) {
        let from = first.max(day * minutes_of_day);
        let to = behind.min((day + 1) * minutes_of_day);
        let scan =
            Scan { shared, account: &account, app_id: query.app_id, day, sketches: query.with_histogram };
        let mut visit = |report: &CachedReport| {
            let unpack = |wanted: Wanted<'_>| {
                sketches::decode(&report.sketches, &report.numbers, wanted).map_err(|error| {
                    ReadError::Block(error).at(&DataFile::Metrics(day).path(&shared.directory))
                })
            };
            aggregation.add(report.source, report.start_ms, &report.numbers, &unpack)
        };
        // Old minutes are read for this answer only, and without histograms nobody asked for.
        let kept_from = shared.minutes.oldest_minute().clamp(from, to);
        scan.minutes(from, kept_from, &mut visit)?;
        scan.minutes(kept_from, to, &mut visit)?;
    }
    Ok(aggregation.finish())
}

type Visit<'v> = dyn FnMut(&CachedReport) -> Result<(), StoreError> + 'v;

/// Reading the reports of one application on one day, minute by minute.
struct Scan<'s> {
    shared: &'s Shared,
    account: &'s Arc<str>,
    app_id: AppId,
    day: u64,
    /// Whether minutes that are not kept need their histograms.
    sketches: bool,
}

/// Minutes the cache asked for, being read.
struct Loads<'s> {
    scan: &'s Scan<'s>,
    tickets: Vec<(u64, u64)>,
}

impl Drop for Loads<'_> {
    fn drop(&mut self) {
        for (minute, ticket) in &self.tickets {
            self.scan.shared.minutes.abandon(self.scan.account, self.scan.app_id, *minute, *ticket);
        }
    }
}

impl Scan<'_> {
    /// Visits the reports of `[from, to)` in the order of their minutes.
    fn minutes(&self, from: u64, to: u64, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let mut minute = from;
        while minute < to {
            let mut run = Loads { scan: self, tickets: Vec::new() };
            let start = minute;
            let mut ready = None;
            // A run of minutes that are not kept and shall not be, or of minutes that shall: one read each.
            while minute < to {
                match self.shared.minutes.lookup(self.account, self.app_id, minute) {
                    Lookup::Ready(reports) => {
                        ready = Some(reports);
                        break;
                    }
                    Lookup::Load(ticket) => run.tickets.push((minute, ticket)),
                    Lookup::Bypass => {}
                }
                minute += 1;
            }
            if start < minute {
                self.read(start, minute, &mut run, visit)?;
            }
            if let Some(reports) = ready {
                for report in reports.iter() {
                    visit(report)?;
                }
                minute += 1;
            }
        }
        Ok(())
    }

    /// Reads `[from, to)` from disk, keeping the minutes that are asked for.
    fn read(&self, from: u64, to: u64, run: &mut Loads<'_>, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let with_sketches = self.sketches || !run.tickets.is_empty();
        let sql = format!(
            "SELECT r.id, i.bytes, s.tier_id, s.node_id, r.numbers{} FROM report r \
             JOIN source s ON s.id = r.source_id JOIN incarnation i ON i.id = r.id & 4294967295 \
             WHERE r.id >= ?1 AND r.id < ?2 AND +s.account_id = (SELECT id FROM account WHERE name = ?3) \
             AND +s.app_id = ?4 ORDER BY r.id",
            if with_sketches { ", r.sketches" } else { "" }
        );
        let mut kept: Vec<Vec<CachedReport>> = vec![Vec::new(); run.tickets.len()];
        self.shared.readers.with(DataFile::Metrics(self.day), |connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let day_minute = self.day * (DAY_MS / MINUTE_MS);
            let key = |minute: u64| integer((minute - day_minute) * MINUTE_MS) << 32;
            let mut rows =
                statement.query(params![key(from), key(to), &**self.account, integer(self.app_id.get())])?;
            while let Some(row) = rows.next()? {
                let report = self.report_of(row, with_sketches)?;
                visit(&report)?;
                let minute = report.start_ms / MINUTE_MS;
                if let Ok(position) = run.tickets.binary_search_by_key(&minute, |(minute, _)| *minute) {
                    kept[position].push(report);
                }
            }
            Ok(())
        })?;
        for ((minute, ticket), mut reports) in run.tickets.drain(..).zip(kept) {
            reports.sort_unstable_by_key(|report| (report.start_ms, report.incarnation));
            self.shared.minutes.loaded(self.account, self.app_id, minute, ticket, reports);
        }
        Ok(())
    }

    fn report_of(&self, row: &Row<'_>, with_sketches: bool) -> Result<CachedReport, ReadError> {
        let id: i64 = row.get(0)?;
        let source = Source {
            app_id: self.app_id,
            tier_id: id_of(row, 2, TierId::from_u64)?,
            node_id: id_of(row, 3, NodeId::from_u64)?,
        };
        Ok(CachedReport {
            source,
            start_ms: start_of(self.day, id),
            incarnation: Incarnation(row.get(1)?),
            numbers: Arc::new(numbers::decode(row.get_ref(4)?.as_blob().map_err(rusqlite::Error::from)?)?),
            sketches: if with_sketches {
                Arc::from(row.get_ref(5)?.as_blob().map_err(rusqlite::Error::from)?)
            } else {
                Arc::from([])
            },
        })
    }
}

fn start_of(day: u64, id: i64) -> u64 {
    day * DAY_MS + (id >> 32) as u64
}

/// An id out of a column.
pub(super) fn id_of<T>(row: &Row<'_>, column: usize, make: fn(u64) -> Option<T>) -> Result<T, ReadError> {
    let value: i64 = row.get(column)?;
    u64::try_from(value)
        .ok()
        .and_then(make)
        .ok_or_else(|| ReadError::Sqlite(rusqlite::Error::IntegralValueOutOfRange(column, value)))
}

pub(super) fn ledgers(
    shared: &Shared,
    account: &str,
    app_id: AppId,
    range: TimeRange,
) -> Result<Vec<LedgerRecord>, StoreError> {
    const SQL: &str = "SELECT r.id, i.bytes, s.node_id, r.ledger FROM report r \
         JOIN source s ON s.id = r.source_id JOIN incarnation i ON i.id = r.id & 4294967295 \
         WHERE r.id >= ?1 AND r.id < ?2 AND +s.account_id = (SELECT id FROM account WHERE name = ?3) \
         AND +s.app_id = ?4 ORDER BY r.id";
    let mut records = Vec::new();
    for day in shared.days(DataFile::Metrics, range) {
        let from = range.start_ms.max(day * DAY_MS) - day * DAY_MS;
        let to = range.end_ms.min((day + 1) * DAY_MS) - day * DAY_MS;
        shared.readers.with(DataFile::Metrics(day), |connection| {
            let mut statement = connection.prepare_cached(SQL)?;
            let mut rows = statement.query(params![
                integer(from) << 32,
                integer(to) << 32,
                account,
                integer(app_id.get())
            ])?;
            while let Some(row) = rows.next()? {
                let (ledger, runtime) =
                    ledger::decode(row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?)?;
                if records.len() >= limits::METRIC_ROWS_MAX {
                    let limit = limits::METRIC_ROWS_MAX;
                    return Err(StoreError::TooLarge { what: "conservation lines", limit }.into());
                }
                records.push(LedgerRecord {
                    node_id: id_of(row, 2, NodeId::from_u64)?,
                    incarnation: Incarnation(row.get(1)?),
                    start_ms: start_of(day, row.get(0)?),
                    ledger,
                    runtime,
                });
            }
            Ok(())
        })?;
    }
    records.sort_by_key(|record| (record.start_ms, record.node_id, record.incarnation));
    Ok(records)
}
