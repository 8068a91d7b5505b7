//! The journal in `meta.db`.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use tierline_model::AppId;

use super::meta::{ACCOUNT, collect, time};
use super::metrics::id_of;
use super::prepare::integer;
use super::readers::ReadError;
use crate::journal::{AUDIT, JournalFilter, JournalRecord};
use crate::limits::JOURNAL_RECORDS_PER_PAGE_MAX;

pub(super) fn append(
    connection: &Connection,
    account: i64,
    records: &[JournalRecord],
) -> rusqlite::Result<Vec<u64>> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO journal (account_id, stream, time_ms, app_id, kind, severity, subject, text) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    records
        .iter()
        .map(|record| {
            let id = insert.insert(params![
                account,
                record.stream,
                integer(record.time_ms),
                record.app_id.map(|id| integer(id.get())),
                record.kind,
                record.severity,
                record.subject,
                record.text,
            ])?;
            Ok(id as u64)
        })
        .collect()
}

/// Forgets what happened before: events, and what people changed.
pub(super) fn drop_before(connection: &Connection, events_ms: u64, audit_ms: u64) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM journal WHERE time_ms < CASE WHEN stream = ?1 THEN ?2 ELSE ?3 END",
        params![AUDIT, integer(audit_ms), integer(events_ms)],
    )?;
    Ok(())
}

pub(super) fn read(
    connection: &Connection,
    account: &str,
    filter: &JournalFilter,
) -> Result<Vec<(u64, JournalRecord)>, ReadError> {
    let mut values = vec![
        Value::Text(account.to_owned()),
        Value::Text(filter.stream.clone()),
        Value::Integer(integer(filter.range.start_ms)),
        Value::Integer(integer(filter.range.end_ms)),
    ];
    let mut sql = format!(
        "SELECT id, time_ms, app_id, kind, severity, subject, text FROM journal WHERE {ACCOUNT} \
         AND stream = ?2 AND time_ms >= ?3 AND time_ms < ?4"
    );
    if let Some(app_id) = filter.app_id {
        values.push(Value::Integer(integer(app_id.get())));
        sql.push_str(&format!(" AND app_id = ?{}", values.len()));
    }
    for (column, wanted) in [("kind", &filter.kinds), ("severity", &filter.severities)] {
        if !wanted.is_empty() {
            let places: Vec<String> =
                (1..=wanted.len()).map(|place| format!("?{}", values.len() + place)).collect();
            sql.push_str(&format!(" AND {column} IN ({})", places.join(", ")));
            values.extend(wanted.iter().cloned().map(Value::Text));
        }
    }
    if let Some(before_id) = filter.before_id {
        let before_id = integer(before_id);
        let before_ms: Option<i64> = connection
            .prepare_cached("SELECT time_ms FROM journal WHERE id = ?1")?
            .query_row([before_id], |row| row.get(0))
            .optional()?;
        // What is not there any more was the oldest, and nothing is behind it.
        let Some(before_ms) = before_ms else { return Ok(Vec::new()) };
        sql.push_str(&format!(" AND (time_ms, id) < ({before_ms}, {before_id})"));
    }
    let limit = match filter.limit {
        0 => JOURNAL_RECORDS_PER_PAGE_MAX,
        limit => limit.min(JOURNAL_RECORDS_PER_PAGE_MAX),
    };
    sql.push_str(&format!(" ORDER BY time_ms DESC, id DESC LIMIT {limit}"));
    collect(connection, &sql, params_from_iter(values), |row| {
        let app_id = match row.get::<_, Option<i64>>(2)? {
            Some(_) => Some(id_of(row, 2, AppId::from_u64)?),
            None => None,
        };
        let record = JournalRecord {
            time_ms: time(row, 1)?,
            stream: filter.stream.clone(),
            app_id,
            kind: row.get(3)?,
            severity: row.get(4)?,
            subject: row.get(5)?,
            text: row.get(6)?,
        };
        Ok((time(row, 0)?, record))
    })
}

/// The lists of an account.
pub(super) fn streams(connection: &Connection, account: &str) -> Result<Vec<String>, ReadError> {
    let sql = format!("SELECT DISTINCT stream FROM journal WHERE {ACCOUNT}");
    collect(connection, &sql, params![account], |row| Ok(row.get(0)?))
}

/// Writes a record unless the same one is there.
pub(super) fn append_once(
    connection: &Connection,
    account: i64,
    record: &JournalRecord,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO journal (account_id, stream, time_ms, app_id, kind, severity, subject, text) \
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE NOT EXISTS (SELECT 1 FROM journal \
             WHERE account_id = ?1 AND stream = ?2 AND time_ms = ?3 AND app_id IS ?4 AND kind = ?5 \
             AND severity = ?6 AND subject = ?7 AND text = ?8)",
        )?
        .execute(params![
            account,
            record.stream,
            integer(record.time_ms),
            record.app_id.map(|id| integer(id.get())),
            record.kind,
            record.severity,
            record.subject,
            record.text,
        ])?;
    Ok(())
}
