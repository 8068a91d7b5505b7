//! Documents and their former versions in `meta.db`.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::meta::{ACCOUNT, collect, time};
use super::prepare::{Outcome, integer};
use super::readers::ReadError;
use crate::document::DocumentRecord;
use crate::limits::{DOCUMENT_HISTORY_BYTES_MAX, DOCUMENT_VERSIONS_MAX};

/// A document that is to be written or, without a text, deleted.
pub(super) struct DocumentWrite {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) text: Option<String>,
    pub(super) changed_by: String,
    pub(super) changed_ms: u64,
    pub(super) expected_version: Option<u64>,
    pub(super) secret: bool,
}

struct Current {
    version: u64,
    deleted: bool,
    secret: bool,
}

pub(super) fn write(
    connection: &Connection,
    account: i64,
    write: &DocumentWrite,
) -> rusqlite::Result<Outcome> {
    let key = params![account, write.kind, write.name];
    let current = connection
        .prepare_cached(
            "SELECT version, deleted, secret FROM document WHERE account_id = ?1 AND kind = ?2 AND name = ?3",
        )?
        .query_row(key, |row| {
            Ok(Current {
                version: row.get::<_, i64>(0)?.max(0) as u64,
                deleted: row.get(1)?,
                secret: row.get(2)?,
            })
        })
        .optional()?;
    let found = current.as_ref().filter(|current| !current.deleted).map_or(0, |current| current.version);
    if let Some(expected) = write.expected_version
        && expected != found
    {
        return Ok(Outcome::Conflict { found });
    }
    if write.text.is_none() && found == 0 {
        return Ok(Outcome::Version(0));
    }
    let secret = write.secret || current.as_ref().is_some_and(|current| current.secret);
    if secret {
        connection
            .prepare_cached("DELETE FROM document_version WHERE account_id = ?1 AND kind = ?2 AND name = ?3")?
            .execute(key)?;
    } else if current.is_some() {
        connection
            .prepare_cached(
                "INSERT INTO document_version \
                 SELECT account_id, kind, name, version, changed_ms, changed_by, deleted, text FROM document \
                 WHERE account_id = ?1 AND kind = ?2 AND name = ?3",
            )?
            .execute(key)?;
        forget_old_versions(connection, account, write)?;
    }
    let version = current.map_or(0, |current| current.version) + 1;
    connection
        .prepare_cached(
            "INSERT INTO document (account_id, kind, name, text, version, changed_ms, changed_by, deleted, secret) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET text = excluded.text, \
             version = excluded.version, changed_ms = excluded.changed_ms, changed_by = excluded.changed_by, \
             deleted = excluded.deleted, secret = excluded.secret",
        )?
        .execute(params![
            account,
            write.kind,
            write.name,
            write.text.as_deref().unwrap_or(""),
            integer(version),
            integer(write.changed_ms),
            write.changed_by,
            write.text.is_none(),
            secret,
        ])?;
    Ok(Outcome::Version(version))
}

/// Keeps the newest former versions, so many and so many bytes of them.
fn forget_old_versions(connection: &Connection, account: i64, write: &DocumentWrite) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM document_version WHERE account_id = ?1 AND kind = ?2 AND name = ?3 AND version IN ( \
             SELECT version FROM (SELECT version, row_number() OVER newest AS n, \
             sum(octet_length(text)) OVER newest AS bytes FROM document_version \
             WHERE account_id = ?1 AND kind = ?2 AND name = ?3 WINDOW newest AS (ORDER BY version DESC)) \
             WHERE n >= ?4 OR bytes > ?5)",
        )?
        .execute(params![
            account,
            write.kind,
            write.name,
            DOCUMENT_VERSIONS_MAX as i64,
            DOCUMENT_HISTORY_BYTES_MAX as i64
        ])?;
    Ok(())
}

/// Forgets what was deleted before.
pub(super) fn drop_deleted(connection: &Connection, before_ms: u64) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM document_version WHERE (account_id, kind, name) IN \
         (SELECT account_id, kind, name FROM document WHERE deleted AND changed_ms < ?1)",
        [integer(before_ms)],
    )?;
    connection.execute("DELETE FROM document WHERE deleted AND changed_ms < ?1", [integer(before_ms)])?;
    Ok(())
}

const COLUMNS: &str = "name, text, version, changed_ms, changed_by, deleted";

fn record_of(row: &Row<'_>) -> Result<DocumentRecord, ReadError> {
    Ok(DocumentRecord {
        name: row.get(0)?,
        text: row.get(1)?,
        version: time(row, 2)?,
        changed_ms: time(row, 3)?,
        changed_by: row.get(4)?,
        deleted: row.get(5)?,
    })
}

pub(super) fn one(
    connection: &Connection,
    account: &str,
    kind: &str,
    name: &str,
) -> Result<Option<DocumentRecord>, ReadError> {
    let sql =
        format!("SELECT {COLUMNS} FROM document WHERE {ACCOUNT} AND kind = ?2 AND name = ?3 AND NOT deleted");
    Ok(collect(connection, &sql, params![account, kind, name], record_of)?.pop())
}

pub(super) fn all(
    connection: &Connection,
    account: &str,
    kind: &str,
) -> Result<Vec<DocumentRecord>, ReadError> {
    let sql =
        format!("SELECT {COLUMNS} FROM document WHERE {ACCOUNT} AND kind = ?2 AND NOT deleted ORDER BY name");
    collect(connection, &sql, params![account, kind], record_of)
}

pub(super) fn history(
    connection: &Connection,
    account: &str,
    kind: &str,
    name: &str,
) -> Result<Vec<DocumentRecord>, ReadError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM document WHERE {ACCOUNT} AND kind = ?2 AND name = ?3 UNION ALL \
         SELECT {COLUMNS} FROM document_version WHERE {ACCOUNT} AND kind = ?2 AND name = ?3 \
         ORDER BY version DESC"
    );
    collect(connection, &sql, params![account, kind, name], record_of)
}

/// All documents of an account, with their kinds and whether they are secrets.
pub(super) fn everything(
    connection: &Connection,
    account: &str,
) -> Result<Vec<(DocumentRecord, String, bool)>, ReadError> {
    let sql = format!(
        "SELECT {COLUMNS}, kind, secret FROM document WHERE {ACCOUNT} AND NOT deleted ORDER BY kind, name"
    );
    collect(connection, &sql, params![account], |row| Ok((record_of(row)?, row.get(6)?, row.get(7)?)))
}
