//! What the writer remembers of an open file: small numbers for accounts, incarnations, sources and BTs, and
//! which segments may be there.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, ToSql};
use tierline_model::Incarnation;

use super::known::KnownEntities;
use super::prepare::integer;
use super::seen::Seen;
use crate::aggregate::Source;
use crate::limits::NAMES_REMEMBERED_MAX;

/// What the writer knows of one open file. Must be forgotten when a transaction is rolled back.
#[derive(Default)]
pub(super) struct Names {
    accounts: HashMap<Arc<str>, i64>,
    incarnations: HashMap<(i64, Incarnation), i64>,
    sources: HashMap<(i64, Source), i64>,
    bts: HashMap<i64, i64>,
    /// For `meta.db`.
    pub(super) entities: KnownEntities,
    /// For files of snapshots, once something was written.
    seen: Option<Seen>,
}

/// The value remembered for `key`, or found.
fn remember<K: Hash + Eq>(
    known: &mut HashMap<K, i64>,
    key: K,
    find: impl FnOnce(&K) -> rusqlite::Result<i64>,
) -> rusqlite::Result<i64> {
    if let Some(id) = known.get(&key) {
        return Ok(*id);
    }
    let id = find(&key)?;
    if known.len() >= NAMES_REMEMBERED_MAX {
        known.clear();
    }
    known.insert(key, id);
    Ok(id)
}

fn find_or_insert(
    connection: &Connection,
    find: &str,
    insert: &str,
    values: &[&dyn ToSql],
) -> rusqlite::Result<i64> {
    let found = connection.prepare_cached(find)?.query_row(values, |row| row.get(0)).optional()?;
    match found {
        Some(id) => Ok(id),
        None => connection.prepare_cached(insert)?.insert(values),
    }
}

impl Names {
    pub(super) fn account(&mut self, connection: &Connection, name: &Arc<str>) -> rusqlite::Result<i64> {
        remember(&mut self.accounts, Arc::clone(name), |name| {
            find_or_insert(
                connection,
                "SELECT id FROM account WHERE name = ?1",
                "INSERT INTO account (name) VALUES (?1)",
                &[&&**name],
            )
        })
    }

    pub(super) fn incarnation(
        &mut self,
        connection: &Connection,
        account: i64,
        incarnation: Incarnation,
    ) -> rusqlite::Result<i64> {
        remember(&mut self.incarnations, (account, incarnation), |_| {
            find_or_insert(
                connection,
                "SELECT id FROM incarnation WHERE account_id = ?1 AND bytes = ?2",
                "INSERT INTO incarnation (account_id, bytes) VALUES (?1, ?2)",
                &[&account, &incarnation.0],
            )
        })
    }

    pub(super) fn source(
        &mut self,
        connection: &Connection,
        account: i64,
        source: Source,
    ) -> rusqlite::Result<i64> {
        remember(&mut self.sources, (account, source), |_| {
            find_or_insert(
                connection,
                "SELECT id FROM source WHERE account_id = ?1 AND app_id = ?2 AND tier_id = ?3 AND node_id = ?4",
                "INSERT INTO source (account_id, app_id, tier_id, node_id) VALUES (?1, ?2, ?3, ?4)",
                &[
                    &account,
                    &integer(source.app_id.get()),
                    &integer(source.tier_id.get()),
                    &integer(source.node_id.get()),
                ],
            )
        })
    }

    /// Whether a segment may have been written before; from now on it was.
    pub(super) fn seen(
        &mut self,
        connection: &Connection,
        guid_low: i64,
        span_id: i64,
    ) -> rusqlite::Result<bool> {
        let seen = match &mut self.seen {
            Some(seen) => seen,
            none => none.insert(Seen::read(connection)?),
        };
        Ok(seen.insert(guid_low, span_id))
    }

    pub(super) fn bt(&mut self, connection: &Connection, bt_id: i64) -> rusqlite::Result<i64> {
        remember(&mut self.bts, bt_id, |_| {
            find_or_insert(
                connection,
                "SELECT id FROM bt WHERE bt_id = ?1",
                "INSERT INTO bt (bt_id) VALUES (?1)",
                &[&bt_id],
            )
        })
    }
}
