//! Entities, agents and accounts in `meta.db`.

use std::sync::Arc;

use rusqlite::{Connection, Row, params};
use tierline_model::{AppId, Backend, BackendId, BackendKey, BtId, Language, NodeId, TierId};

use super::known::Mention;
use super::metrics::id_of;
use super::names::Names;
use super::prepare::{MetaChange, Outcome, integer};
use super::readers::ReadError;
use super::{documents, journal};
use crate::entity::{AgentRecord, Application, BackendRecord, BtRecord, Entities, NodeRecord, TierRecord};
use crate::write::Resolution;

pub(super) fn write(
    connection: &Connection,
    names: &mut Names,
    account: &Arc<str>,
    change: &MetaChange,
) -> rusqlite::Result<Outcome> {
    if let MetaChange::Account = change {
        let added = connection
            .prepare_cached("INSERT INTO account (name) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([&**account])?;
        return Ok(Outcome::New(added > 0));
    }
    let account = names.account(connection, account)?;
    match change {
        MetaChange::Document(write) => return documents::write(connection, account, write),
        MetaChange::Journal(records) => {
            return journal::append(connection, account, records).map(Outcome::Ids);
        }
        MetaChange::JournalOnce(record) => journal::append_once(connection, account, record)?,
        MetaChange::Account => {}
        MetaChange::Entities(entities) => write_entities(connection, names, account, entities)?,
        MetaChange::Resolutions(resolutions) => {
            resolutions.iter().try_for_each(|resolution| write_resolution(connection, account, resolution))?
        }
        MetaChange::Agent(agent) => write_agent(connection, account, agent)?,
    }
    Ok(Outcome::Done)
}

/// The part of an upsert that is the same for all entities: the times only ever grow apart.
macro_rules! seen {
    () => {
        "first_seen_ms = min(first_seen_ms, excluded.first_seen_ms), \
         last_seen_ms = max(last_seen_ms, excluded.last_seen_ms)"
    };
}

/// `column` of whoever was seen later: a spool may deliver what is old.
macro_rules! later {
    ($column:literal) => {
        concat!(
            $column,
            " = CASE WHEN excluded.last_seen_ms >= last_seen_ms THEN excluded.",
            $column,
            " ELSE ",
            $column,
            " END, "
        )
    };
}

/// Writes those that tell something new.
fn write_entities(
    connection: &Connection,
    names: &mut Names,
    account: i64,
    entities: &Entities,
) -> rusqlite::Result<()> {
    let known = &mut names.entities;
    for application in &entities.applications {
        if !known.holds(Mention::of_application(account, application)) {
            write_application(connection, account, application)?;
        }
    }
    for tier in &entities.tiers {
        if !known.holds(Mention::of_tier(account, tier)) {
            write_tier(connection, account, tier)?;
        }
    }
    for node in &entities.nodes {
        if !known.holds(Mention::of_node(account, node)) {
            write_node(connection, account, node)?;
        }
    }
    for bt in &entities.bts {
        if !known.holds(Mention::of_bt(account, bt)) {
            write_bt(connection, account, bt)?;
        }
    }
    for backend in &entities.backends {
        if !Mention::of_backend(account, backend).is_some_and(|mention| known.holds(mention)) {
            write_backend(connection, account, backend)?;
        }
    }
    Ok(())
}

fn write_application(
    connection: &Connection,
    account: i64,
    application: &Application,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(concat!(
            "INSERT INTO application (account_id, id, name, first_seen_ms, last_seen_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET ",
            later!("name"),
            seen!()
        ))?
        .execute(params![
            account,
            integer(application.id.get()),
            &*application.name,
            integer(application.first_seen_ms),
            integer(application.last_seen_ms),
        ])?;
    Ok(())
}

fn write_tier(connection: &Connection, account: i64, tier: &TierRecord) -> rusqlite::Result<()> {
    connection
        .prepare_cached(concat!(
            "INSERT INTO tier (account_id, app_id, id, name, language, first_seen_ms, last_seen_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET ",
            later!("name"),
            seen!()
        ))?
        .execute(params![
            account,
            integer(tier.app_id.get()),
            integer(tier.id.get()),
            &*tier.name,
            tier.language.as_str(),
            integer(tier.first_seen_ms),
            integer(tier.last_seen_ms),
        ])?;
    Ok(())
}

fn write_node(connection: &Connection, account: i64, node: &NodeRecord) -> rusqlite::Result<()> {
    connection
        .prepare_cached(concat!(
            "INSERT INTO node (account_id, app_id, id, tier_id, name, language, agent_version, runtime_version, \
             host_name, os_type, process_id, first_seen_ms, last_seen_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO UPDATE SET ",
            later!("tier_id"),
            later!("name"),
            later!("language"),
            later!("agent_version"),
            later!("runtime_version"),
            later!("host_name"),
            later!("os_type"),
            later!("process_id"),
            seen!()
        ))?
        .execute(params![
            account,
            integer(node.app_id.get()),
            integer(node.id.get()),
            integer(node.tier_id.get()),
            &*node.name,
            node.language.as_str(),
            &*node.agent_version,
            &*node.runtime_version,
            &*node.host_name,
            &*node.os_type,
            node.process_id,
            integer(node.first_seen_ms),
            integer(node.last_seen_ms),
        ])?;
    Ok(())
}

fn write_bt(connection: &Connection, account: i64, bt: &BtRecord) -> rusqlite::Result<()> {
    connection
        .prepare_cached(concat!(
            "INSERT INTO bt (account_id, app_id, id, tier_id, name, entry_type, other_traffic, first_seen_ms, \
             last_seen_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET ",
            later!("tier_id"),
            later!("name"),
            later!("entry_type"),
            later!("other_traffic"),
            seen!()
        ))?
        .execute(params![
            account,
            integer(bt.app_id.get()),
            integer(bt.id.get()),
            integer(bt.tier_id.get()),
            &*bt.name,
            bt.entry_type.as_str(),
            bt.other_traffic,
            integer(bt.first_seen_ms),
            integer(bt.last_seen_ms),
        ])?;
    Ok(())
}

fn write_backend(connection: &Connection, account: i64, record: &BackendRecord) -> rusqlite::Result<()> {
    let backend = &record.backend;
    connection
        .prepare_cached(concat!(
            "INSERT INTO backend (account_id, app_id, id, name, key, first_seen_ms, last_seen_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET ",
            later!("key"),
            seen!()
        ))?
        .execute(params![
            account,
            integer(record.app_id.get()),
            integer(backend.id.get()),
            &*backend.name,
            json(&backend.key)?,
            integer(record.first_seen_ms),
            integer(record.last_seen_ms),
        ])?;
    match record.resolved_tier_id {
        Some(tier_id) => {
            let resolution = Resolution { app_id: record.app_id, backend_id: backend.id, tier_id };
            write_resolution(connection, account, &resolution)
        }
        None => Ok(()),
    }
}

fn write_resolution(connection: &Connection, account: i64, resolution: &Resolution) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO resolution (account_id, app_id, backend_id, tier_id) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT DO UPDATE SET tier_id = excluded.tier_id WHERE tier_id <> excluded.tier_id",
        )?
        .execute(params![
            account,
            integer(resolution.app_id.get()),
            integer(resolution.backend_id.get()),
            integer(resolution.tier_id.get()),
        ])?;
    Ok(())
}

fn write_agent(connection: &Connection, account: i64, agent: &AgentRecord) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO agent (account_id, incarnation, app_id, last_seen_ms, record) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT DO UPDATE SET app_id = excluded.app_id, last_seen_ms = excluded.last_seen_ms, \
             record = excluded.record",
        )?
        .execute(params![
            account,
            agent.incarnation,
            integer(agent.app_id.get()),
            integer(agent.last_seen_ms),
            json(agent)?,
        ])?;
    Ok(())
}

/// Forgets agents that have not spoken since `before_ms`.
pub(super) fn drop_agents(connection: &Connection, before_ms: u64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM agent WHERE last_seen_ms < ?1", [integer(before_ms)])?;
    Ok(())
}

fn json<T: serde::Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn from_json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T, ReadError> {
    let text = row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?;
    serde_json::from_str(text).map_err(|error| {
        let kind = rusqlite::types::Type::Text;
        ReadError::Sqlite(rusqlite::Error::FromSqlConversionFailure(column, kind, error.into()))
    })
}

/// All rows of an answer.
pub(super) fn collect<T>(
    connection: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
    mut read: impl FnMut(&Row<'_>) -> Result<T, ReadError>,
) -> Result<Vec<T>, ReadError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(row)?);
    }
    Ok(all)
}

fn text(row: &Row<'_>, column: usize) -> Result<Arc<str>, ReadError> {
    Ok(Arc::from(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?))
}

pub(super) fn time(row: &Row<'_>, column: usize) -> Result<u64, ReadError> {
    Ok(row.get::<_, i64>(column)?.max(0) as u64)
}

pub(super) const ACCOUNT: &str = "account_id = (SELECT id FROM account WHERE name = ?1)";

pub(super) fn applications(connection: &Connection, account: &str) -> Result<Vec<Application>, ReadError> {
    applications_where(connection, account, None)
}

fn applications_where(
    connection: &Connection,
    account: &str,
    id: Option<AppId>,
) -> Result<Vec<Application>, ReadError> {
    let sql = format!(
        "SELECT id, name, first_seen_ms, last_seen_ms FROM application \
         WHERE {ACCOUNT} AND (?2 IS NULL OR id = ?2) ORDER BY name, id"
    );
    collect(connection, &sql, params![account, id.map(|id| integer(id.get()))], |row| {
        Ok(Application {
            id: id_of(row, 0, AppId::from_u64)?,
            name: text(row, 1)?,
            first_seen_ms: time(row, 2)?,
            last_seen_ms: time(row, 3)?,
        })
    })
}

pub(super) fn entities(connection: &Connection, account: &str, app_id: AppId) -> Result<Entities, ReadError> {
    // One transaction, so that the lists fit together.
    let transaction = connection.unchecked_transaction()?;
    let entities = Entities {
        applications: applications_where(&transaction, account, Some(app_id))?,
        tiers: tiers(&transaction, account, app_id)?,
        nodes: nodes(&transaction, account, app_id)?,
        bts: bts(&transaction, account, app_id)?,
        backends: backends(&transaction, account, app_id)?,
    };
    transaction.commit()?;
    Ok(entities)
}

fn tiers(connection: &Connection, account: &str, app_id: AppId) -> Result<Vec<TierRecord>, ReadError> {
    let sql = format!(
        "SELECT id, name, language, first_seen_ms, last_seen_ms FROM tier WHERE {ACCOUNT} AND app_id = ?2 \
         ORDER BY name, id"
    );
    collect(connection, &sql, params![account, integer(app_id.get())], |row| {
        Ok(TierRecord {
            id: id_of(row, 0, TierId::from_u64)?,
            app_id,
            name: text(row, 1)?,
            language: Language::parse(&text(row, 2)?),
            first_seen_ms: time(row, 3)?,
            last_seen_ms: time(row, 4)?,
        })
    })
}

fn nodes(connection: &Connection, account: &str, app_id: AppId) -> Result<Vec<NodeRecord>, ReadError> {
    let sql = format!(
        "SELECT id, tier_id, name, language, agent_version, runtime_version, host_name, os_type, process_id, \
         first_seen_ms, last_seen_ms FROM node WHERE {ACCOUNT} AND app_id = ?2 ORDER BY name, id"
    );
    collect(connection, &sql, params![account, integer(app_id.get())], |row| {
        Ok(NodeRecord {
            id: id_of(row, 0, NodeId::from_u64)?,
            tier_id: id_of(row, 1, TierId::from_u64)?,
            app_id,
            name: text(row, 2)?,
            language: Language::parse(&text(row, 3)?),
            agent_version: text(row, 4)?,
            runtime_version: text(row, 5)?,
            host_name: text(row, 6)?,
            os_type: text(row, 7)?,
            process_id: row.get(8)?,
            first_seen_ms: time(row, 9)?,
            last_seen_ms: time(row, 10)?,
        })
    })
}

fn bts(connection: &Connection, account: &str, app_id: AppId) -> Result<Vec<BtRecord>, ReadError> {
    let sql = format!(
        "SELECT id, tier_id, name, entry_type, other_traffic, first_seen_ms, last_seen_ms FROM bt \
         WHERE {ACCOUNT} AND app_id = ?2 ORDER BY name, id"
    );
    collect(connection, &sql, params![account, integer(app_id.get())], |row| {
        let entry_type = text(row, 3)?.parse().map_err(|_| {
            let kind = rusqlite::types::Type::Text;
            ReadError::Sqlite(rusqlite::Error::InvalidColumnType(3, "entry_type".to_owned(), kind))
        })?;
        Ok(BtRecord {
            id: id_of(row, 0, BtId::from_u64)?,
            app_id,
            tier_id: id_of(row, 1, TierId::from_u64)?,
            name: text(row, 2)?,
            entry_type,
            other_traffic: row.get(4)?,
            first_seen_ms: time(row, 5)?,
            last_seen_ms: time(row, 6)?,
        })
    })
}

fn backends(connection: &Connection, account: &str, app_id: AppId) -> Result<Vec<BackendRecord>, ReadError> {
    let sql = "SELECT b.id, b.name, b.key, r.tier_id, b.first_seen_ms, b.last_seen_ms FROM backend b \
         LEFT JOIN resolution r ON r.account_id = b.account_id AND r.app_id = b.app_id AND r.backend_id = b.id \
         WHERE b.account_id = (SELECT id FROM account WHERE name = ?1) AND b.app_id = ?2 ORDER BY b.name, b.id";
    collect(connection, sql, params![account, integer(app_id.get())], |row| {
        let key: BackendKey = from_json(row, 2)?;
        Ok(BackendRecord {
            backend: Backend { id: id_of(row, 0, BackendId::from_u64)?, name: text(row, 1)?, key },
            app_id,
            resolved_tier_id: match row.get::<_, Option<i64>>(3)? {
                Some(_) => Some(id_of(row, 3, TierId::from_u64)?),
                None => None,
            },
            first_seen_ms: time(row, 4)?,
            last_seen_ms: time(row, 5)?,
        })
    })
}

pub(super) fn agents(
    connection: &Connection,
    account: &str,
    app_id: AppId,
) -> Result<Vec<AgentRecord>, ReadError> {
    let sql = format!(
        "SELECT record FROM agent WHERE {ACCOUNT} AND app_id = ?2 ORDER BY last_seen_ms DESC, incarnation"
    );
    collect(connection, &sql, params![account, integer(app_id.get())], |row| from_json(row, 0))
}

pub(super) fn accounts(connection: &Connection) -> Result<Vec<String>, ReadError> {
    collect(connection, "SELECT name FROM account ORDER BY name", [], |row| Ok(row.get(0)?))
}

/// A number the store keeps for itself.
pub(super) fn state(connection: &Connection, name: &str) -> Result<Option<u64>, ReadError> {
    Ok(collect(connection, "SELECT value FROM state WHERE name = ?1", [name], |row| time(row, 0))?.pop())
}

pub(super) fn set_state(connection: &Connection, name: &str, value: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO state (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
        )?
        .execute(params![name, integer(value)])?;
    Ok(())
}
