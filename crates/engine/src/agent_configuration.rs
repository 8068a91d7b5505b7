//! What agents are told: for an application, and for single tiers of it.
//!
//! People write only what differs: a JSON merge patch (RFC 7396) of [`AgentConfig`]. What holds for a tier is the
//! defaults, changed by the application's patch, changed by the tier's patch, with the diagnostic sessions that run and
//! the business transactions that were excluded. Every version is kept with who wrote it, and can be brought back.

use serde_json::{Map, Value};
use tierline_model::limits::DATA_COLLECTORS_MAX;
use tierline_model::{
    AgentConfig, AppId, Detector, EntryType, ErrorFilter, Threshold, ThresholdPolicy, TierId,
};
use tierline_store::{BtRecord, DocumentChange, DocumentRecord, Entities, Store, StoreError};

use crate::events::{self, Event, Severity, kinds};
use crate::limits::{AGENT_CONFIGURATION_BYTES_MAX, PROMOTED_BTS_MAX};
use crate::transactions_admin::BtAdmin;
use crate::{diagnostic_sessions, transactions_admin};

/// The kind of document, named by the application's id, for a tier by `<application>/<tier>`.
pub const KIND: &str = "agent-config";

/// Keys that are not for people: they follow from other things.
const OURS: [&str; 2] = ["version", "diagnostic_sessions"];

/// Levels of a patch.
const DEPTH_MAX: usize = 20;

/// One version of what people wrote.
#[derive(Clone, PartialEq, Debug)]
pub struct Patch {
    /// What differs.
    pub patch: Value,
    /// 0 when nobody wrote anything.
    pub version: u64,
    /// When, milliseconds since 1970.
    pub changed_ms: u64,
    /// Who.
    pub changed_by: String,
}

/// Why a configuration cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// It cannot mean anything.
    #[error("the configuration cannot be used: {0}")]
    Invalid(String),
    /// There is no such version any more.
    #[error("version {0} of the configuration is not kept any more")]
    NoVersion(u64),
    /// The store; [`StoreError::Conflict`] when somebody else changed it meanwhile.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn document_name(app_id: AppId, tier: Option<TierId>) -> String {
    tier.map_or_else(|| app_id.to_string(), |tier| format!("{app_id}/{tier}"))
}

fn parse(record: DocumentRecord) -> Result<Patch, StoreError> {
    let patch = if record.deleted || record.text.is_empty() {
        Value::Object(Map::new())
    } else {
        serde_json::from_str(&record.text)
            .map_err(|error| StoreError::Damaged(format!("agent configuration {}: {error}", record.name)))?
    };
    Ok(Patch { patch, version: record.version, changed_ms: record.changed_ms, changed_by: record.changed_by })
}

/// What people wrote for an application, or for a tier of it.
///
/// # Errors
/// When the store cannot be read.
pub fn get(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    tier: Option<TierId>,
) -> Result<Patch, StoreError> {
    match store.document_record(account, KIND, &document_name(app_id, tier))? {
        Some(record) => parse(record),
        None => {
            let patch = Value::Object(Map::new());
            Ok(Patch { patch, version: 0, changed_ms: 0, changed_by: String::new() })
        }
    }
}

/// The versions that are kept, newest first.
///
/// # Errors
/// When the store cannot be read.
pub fn history(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    tier: Option<TierId>,
) -> Result<Vec<Patch>, StoreError> {
    let records = store.document_history(account, KIND, &document_name(app_id, tier))?;
    records.into_iter().map(parse).collect()
}

/// Replaces what people wrote. With `expected_version` only when that is what is there (0: nothing).
///
/// # Errors
/// When it cannot mean anything, somebody else changed it, or the store cannot be written.
pub fn put(
    store: &dyn Store,
    account: &str,
    (app_id, tier): (AppId, Option<TierId>),
    patch: &Value,
    expected_version: Option<u64>,
    (changed_by, now_ms): (&str, u64),
) -> Result<(Patch, Event), ConfigurationError> {
    let patch = cleaned(patch)?;
    let mut config = serde_json::to_value(AgentConfig::default()).map_err(|e| invalid(&e))?;
    if tier.is_some() {
        merge(&mut config, &cleaned(&get(store, account, app_id, None)?.patch)?);
    }
    merge(&mut config, &patch);
    understood(config)?;
    let text = patch.to_string();
    if text.len() > AGENT_CONFIGURATION_BYTES_MAX {
        let reason = format!("it is longer than {AGENT_CONFIGURATION_BYTES_MAX} bytes");
        return Err(ConfigurationError::Invalid(reason));
    }
    let name = document_name(app_id, tier);
    let change =
        DocumentChange { kind: KIND, name: &name, text: &text, changed_by, expected_version, secret: false };
    let version = store.put_document(account, change)?;
    let of = tier.map_or_else(|| "the application".to_owned(), |tier| format!("tier {tier}"));
    let summary = format!("{changed_by} changed the agent configuration of {of} (version {version}).");
    let mut event = [Event {
        time_ms: now_ms,
        comment: text,
        properties: [("version".to_owned(), version.to_string())].into(),
        ..Event::new(app_id, kinds::CONFIGURATION, Severity::Info, summary)
    }];
    events::record(store, account, &mut event)?;
    let [event] = event;
    Ok((Patch { patch, version, changed_ms: now_ms, changed_by: changed_by.to_owned() }, event))
}

/// Brings a former version back, as a new one.
///
/// # Errors
/// When the version is not kept any more, or as [`put`].
pub fn roll_back(
    store: &dyn Store,
    account: &str,
    (app_id, tier): (AppId, Option<TierId>),
    version: u64,
    (changed_by, now_ms): (&str, u64),
) -> Result<(Patch, Event), ConfigurationError> {
    let former = history(store, account, app_id, tier)?.into_iter().find(|patch| patch.version == version);
    let former = former.ok_or(ConfigurationError::NoVersion(version))?;
    put(store, account, (app_id, tier), &former.patch, None, (changed_by, now_ms))
}

/// What the agents of a tier are told; without tier, what holds for the application.
///
/// # Errors
/// When the store cannot be read or what is there cannot be understood.
pub fn effective(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    tier: Option<TierId>,
) -> Result<AgentConfig, StoreError> {
    effective_with(store, account, app_id, tier, None).map_err(|error| match error {
        ConfigurationError::Store(error) => error,
        error => StoreError::Damaged(format!("agent configuration of {app_id}: {error}")),
    })
}

/// What the agents of a tier would be told if `instead` were what people wrote for an application or a tier of it.
///
/// # Errors
/// When it cannot mean anything, the store cannot be read or what is there cannot be understood.
pub fn effective_with(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    tier: Option<TierId>,
    instead: Option<(Option<TierId>, &Value)>,
) -> Result<AgentConfig, ConfigurationError> {
    let mut config = serde_json::to_value(AgentConfig::default()).map_err(|e| invalid(&e))?;
    let mut version = 1;
    for of in [Some(None), tier.map(Some)].into_iter().flatten() {
        let written = get(store, account, app_id, of)?;
        let other = instead.filter(|(place, _)| *place == of).map(|(_, patch)| patch);
        merge(&mut config, &cleaned(other.unwrap_or(&written.patch))?);
        version += written.version;
    }
    let mut config: AgentConfig = match instead {
        Some(_) => understood(config)?,
        None => serde_json::from_value(config).map_err(|e| invalid(&e))?,
    };
    let (sessions, sessions_version) = diagnostic_sessions::for_agents(store, account, app_id)?;
    config.diagnostic_sessions = sessions;
    let admin = transactions_admin::load(store, account, app_id)?;
    let entities = store.entities(account, app_id)?;
    // Agents know the names BTs have there, not those people gave them.
    for bt in entities.bts.iter().filter(|bt| admin.is_excluded(bt.id)) {
        config.detection.excluded_bts.push(bt.name.to_string());
    }
    let known = registered(&entities, &admin);
    if config.lock_down || known.len() >= config.limits.application_bts_max {
        let most = if config.lock_down { PROMOTED_BTS_MAX } else { config.limits.application_bts_max };
        let own = known.iter().take(most).filter(|bt| tier.is_none_or(|tier| bt.tier_id == tier));
        let mut names: Vec<String> = own.map(|bt| bt.name.to_string()).collect();
        names.retain(|name| !config.promoted_bts.contains(name));
        config.promoted_bts.extend(names);
        config.promoted_bts.truncate(PROMOTED_BTS_MAX);
        config.lock_down = true;
    }
    let decided =
        config.detection.excluded_bts.len() + usize::from(config.lock_down) * config.promoted_bts.len();
    config.version = version + sessions_version + decided as u64;
    Ok(config)
}

/// The BTs that have a line of their own, the oldest first: with as many as the application may have, no more come.
fn registered<'e>(entities: &'e Entities, admin: &BtAdmin) -> Vec<&'e BtRecord> {
    let mut known: Vec<&BtRecord> =
        entities.bts.iter().filter(|bt| !bt.other_traffic && !admin.is_deleted(bt)).collect();
    known.sort_by_key(|bt| (bt.first_seen_ms, bt.id));
    known
}

/// Whether new BTs get a line of their own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LockDown {
    /// Somebody wants no new ones.
    pub wanted: bool,
    /// None come: somebody wants it, or there are as many as there may be.
    pub active: bool,
    /// How many there are.
    pub bts: usize,
    /// How many there may be.
    pub bts_max: usize,
}

/// Whether new BTs of an application get a line of their own, and the names that people promoted.
///
/// # Errors
/// When the store cannot be read or what people wrote cannot be understood.
pub fn lock_down(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
) -> Result<(LockDown, Vec<String>), ConfigurationError> {
    let mut config = serde_json::to_value(AgentConfig::default()).map_err(|e| invalid(&e))?;
    merge(&mut config, &cleaned(&get(store, account, app_id, None)?.patch)?);
    let config = understood(config)?;
    let admin = transactions_admin::load(store, account, app_id)?;
    let bts = registered(&store.entities(account, app_id)?, &admin).len();
    let bts_max = config.limits.application_bts_max;
    let active = config.lock_down || bts >= bts_max;
    Ok((LockDown { wanted: config.lock_down, active, bts, bts_max }, config.promoted_bts))
}

/// Adds a BT's name to those that agents report apart although their limit is reached, or takes it away again.
///
/// # Errors
/// When there are too many or the store cannot be written.
pub fn promote(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    name: &str,
    wanted: bool,
    by_and_when: (&str, u64),
) -> Result<(Patch, Event), ConfigurationError> {
    let there = get(store, account, app_id, None)?;
    let mut names: Vec<String> = there
        .patch
        .get("promoted_bts")
        .and_then(|names| serde_json::from_value(names.clone()).ok())
        .unwrap_or_default();
    names.retain(|known| known != name);
    if wanted {
        names.push(name.to_owned());
    }
    let mut patch = there.patch;
    merge(&mut patch, &serde_json::json!({ "promoted_bts": names }));
    put(store, account, (app_id, None), &patch, Some(there.version), by_and_when)
}

fn invalid(reason: &impl ToString) -> ConfigurationError {
    ConfigurationError::Invalid(reason.to_string())
}

/// An object without the keys that are not for people.
fn cleaned(patch: &Value) -> Result<Value, ConfigurationError> {
    let Value::Object(keys) = patch else { return Err(invalid(&"it is not a JSON object")) };
    if depth(patch) > DEPTH_MAX {
        return Err(invalid(&"it is too deep"));
    }
    let mut keys = keys.clone();
    OURS.iter().for_each(|key| drop(keys.remove(*key)));
    Ok(Value::Object(keys))
}

/// serde_json reads at most 128 levels, so this ends.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(depth).max().unwrap_or(0),
        Value::Object(values) => 1 + values.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Keys whose object is one of several kinds: it is replaced as a whole, half of each would mean nothing.
fn is_variant(value: &Value) -> bool {
    value.get("kind").is_some()
}

/// RFC 7396: objects are merged, null takes away, everything else replaces.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if is_variant(patch) || !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(keys) = target.as_object_mut() else { return };
    for (key, change) in changes {
        if change.is_null() {
            keys.remove(key);
        } else {
            merge(keys.entry(key.clone()).or_insert(Value::Null), change);
        }
    }
}

/// The configuration that a merged text means; nothing of it may be misspelt or out of range.
fn understood(merged: Value) -> Result<AgentConfig, ConfigurationError> {
    let config: AgentConfig = serde_json::from_value(merged.clone()).map_err(|e| invalid(&e))?;
    let known = serde_json::to_value(&config).map_err(|e| invalid(&e))?;
    if let Some(key) = unknown_key(&merged, &known, "") {
        return Err(invalid(&format!("nobody knows the key {key:?}")));
    }
    for policy in config.bt_thresholds.values().chain([&config.thresholds]) {
        thresholds_usable(policy)?;
    }
    for entry_type in
        [EntryType::PythonWeb, EntryType::NodejsWeb, EntryType::RustWeb, EntryType::OpenTelemetry]
    {
        Detector::new(&config.detection, entry_type).map_err(|e| invalid(&e))?;
    }
    ErrorFilter::new(&config.errors).map_err(|e| invalid(&e))?;
    if config.data_collectors.len() > DATA_COLLECTORS_MAX {
        return Err(invalid(&format!("there are more than {DATA_COLLECTORS_MAX} data collectors")));
    }
    if config.promoted_bts.len() > PROMOTED_BTS_MAX {
        return Err(invalid(&format!("more than {PROMOTED_BTS_MAX} business transactions are promoted")));
    }
    if !(1..=7 * 86_400).contains(&config.transaction_timeout_s) {
        return Err(invalid(&"transaction_timeout_s must be between one second and seven days"));
    }
    let limits = &config.limits;
    let memory = 1 << 20..=4usize << 30;
    let names = [limits.bts_max, limits.application_bts_max, limits.backends_max];
    if names.iter().any(|most| *most > 10_000) || !memory.contains(&limits.memory_bytes_max) {
        return Err(invalid(
            &"limits: bts_max, application_bts_max and backends_max are at most 10,000, memory_bytes_max is between 1 MiB and 4 GiB",
        ));
    }
    Ok(config)
}

fn thresholds_usable(policy: &ThresholdPolicy) -> Result<(), ConfigurationError> {
    let number = |threshold: &Threshold| match threshold {
        Threshold::Static { ms } => *ms,
        Threshold::PercentOverAverage { percent } => *percent,
        Threshold::StandardDeviations { count } => *count,
        Threshold::Off => 0.0,
    };
    let minimums = [policy.slow_minimum_ms, policy.very_slow_minimum_ms, policy.stall_minimum_ms];
    let all = [number(&policy.slow), number(&policy.very_slow), number(&policy.stall)];
    if minimums.iter().chain(&all).all(|number| number.is_finite() && *number >= 0.0) {
        Ok(())
    } else {
        Err(invalid(&"thresholds are not negative"))
    }
}

/// The first key of `given` that `known` does not have, as a path.
fn unknown_key(given: &Value, known: &Value, path: &str) -> Option<String> {
    match (given, known) {
        (Value::Object(given), Value::Object(known)) => given.iter().find_map(|(key, value)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            match known.get(key) {
                None => Some(path),
                Some(known) => unknown_key(value, known, &path),
            }
        }),
        (Value::Array(given), Value::Array(known)) => given
            .iter()
            .zip(known)
            .enumerate()
            .find_map(|(index, (given, known))| unknown_key(given, known, &format!("{path}[{index}]"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(patch: Value) -> Result<AgentConfig, String> {
        let mut config = serde_json::to_value(AgentConfig::default()).unwrap();
        merge(&mut config, &cleaned(&patch).map_err(|e| e.to_string())?);
        understood(config).map_err(|e| e.to_string())
    }

    #[test]
    fn only_what_differs_is_written() {
        let config = check(json!({
            "thresholds": {"slow": {"kind": "static", "ms": 50}},
            "bt_thresholds": {"5": {"stall": {"kind": "off"}}},
            "limits": {"bts_max": 7},
            "version": 99
        }))
        .unwrap();
        assert_eq!(config.thresholds.slow, Threshold::Static { ms: 50.0 });
        assert_eq!(config.thresholds.very_slow, Threshold::StandardDeviations { count: 4.0 });
        assert_eq!((config.limits.bts_max, config.limits.backends_max), (7, 300));
        assert_eq!(config.bt_thresholds.len(), 1);
        assert_eq!(config.version, 0, "not for people");
        assert_eq!(check(json!({"limits": null})).unwrap(), AgentConfig::default());
    }

    #[test]
    fn mistakes_are_named() {
        for (patch, wanted) in [
            (json!({"treshholds": {}}), "treshholds"),
            (json!({"limits": {"bts": 1}}), "limits.bts"),
            (
                json!({"detection": {"match_rules": [{"name": "a", "prio": 1}]}}),
                "detection.match_rules[0].prio",
            ),
            (json!({"thresholds": {"slow": {"kind": "static", "ms": -1}}}), "not negative"),
            (
                json!({"errors": {"ignored": [{"type_name": {"comparison": "regex", "value": "("}}]}}),
                "regular",
            ),
            (json!({"limits": {"memory_bytes_max": 5}}), "memory_bytes_max"),
            (json!([]), "not a JSON object"),
            (json!({"thresholds": {"slow": {"kind": "wish"}}}), "wish"),
        ] {
            let error = check(patch).unwrap_err();
            assert!(error.contains(wanted), "{error} should say {wanted}");
        }
    }
}
