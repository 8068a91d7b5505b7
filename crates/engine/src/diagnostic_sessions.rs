//! Diagnostic sessions: for some minutes agents keep every execution of a BT. Somebody starts them, a policy's action
//! does, or a pattern of slow and failed executions.

use serde::{Deserialize, Serialize};
use tierline_model::config::DiagnosticSession;
use tierline_model::{AppId, BtId};
use tierline_store::{Dimension, Entities, Store, StoreError};

use crate::documents;
use crate::events::{self, EntityRef, Event, Severity, kinds};
use crate::limits::{SESSION_MINUTES_MAX, SESSION_SNAPSHOTS_USUAL, SESSIONS_RUNNING_MAX};
use crate::scope::Scope;
use crate::series::Subject;

const KIND: &str = "diagnostic-sessions";
const POLICY_KIND: &str = "diagnostic-policy";
const MINUTE_MS: u64 = 60_000;

/// Sessions that ended and are still shown.
const ENDED_KEPT: usize = 100;

/// Why a session was started.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Cause {
    /// Somebody wanted it.
    Manual,
    /// Many executions were slow.
    Slow,
    /// Many executions failed.
    Error,
    /// A policy's action.
    Policy,
}

/// A session.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Names the session.
    pub guid: String,
    /// Its name for people.
    pub name: String,
    /// The BT; `None` for all.
    pub bt_id: Option<BtId>,
    /// Milliseconds since 1970.
    pub started_ms: u64,
    /// When it ends, or ended.
    pub ends_at_ms: u64,
    /// Snapshots per agent.
    pub snapshots_max: u64,
    /// Why.
    pub cause: Cause,
    /// Who.
    pub started_by: String,
    /// Whether its end was told as an event.
    pub end_told: bool,
}

impl Session {
    /// Whether it runs.
    #[must_use]
    pub const fn is_running(&self, now_ms: u64) -> bool {
        now_ms < self.ends_at_ms
    }

    fn for_agents(&self) -> DiagnosticSession {
        DiagnosticSession {
            guid: self.guid.clone(),
            bt_id: self.bt_id,
            ends_at_ms: self.ends_at_ms,
            snapshots_max: self.snapshots_max,
        }
    }
}

/// When sessions start by themselves. The shares are those of published advice: 20 to 30 % slow, 10 to 20 % failed
/// (facts/agent-api 4.4).
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DiagnosticPolicy {
    /// Whether they do.
    pub enabled: bool,
    /// Per cent of executions that are slow, very slow or stalls.
    pub slow_percent: f64,
    /// Per cent of executions in error.
    pub error_percent: f64,
    /// Executions in the minutes looked at, below which nothing is said.
    pub calls_min: u64,
    /// Minutes looked at.
    pub minutes: u32,
    /// Minutes a session lasts.
    pub session_minutes: u32,
    /// Snapshots per agent.
    pub snapshots_max: u64,
    /// Minutes between two sessions of one BT.
    pub pause_minutes: u32,
}

impl Default for DiagnosticPolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            slow_percent: 20.0,
            error_percent: 10.0,
            calls_min: 30,
            minutes: 5,
            session_minutes: 5,
            snapshots_max: 20,
            pause_minutes: 60,
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Sessions {
    sessions: Vec<Session>,
}

/// Why a session cannot be started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// It would last too long or not at all.
    #[error("a diagnostic session lasts 1 to {SESSION_MINUTES_MAX} minutes")]
    Minutes,
    /// Too many run.
    #[error("{SESSIONS_RUNNING_MAX} diagnostic sessions are running in this application: stop one first")]
    TooMany,
    /// None of this name runs.
    #[error("no such diagnostic session is running")]
    NotRunning,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A session that is wanted.
#[derive(Clone, Debug)]
pub struct Wish {
    /// A GUID nobody used.
    pub guid: String,
    /// Its name for people; made when empty.
    pub name: String,
    /// The BT; `None` for all.
    pub bt_id: Option<BtId>,
    /// How long.
    pub minutes: u32,
    /// Snapshots per agent; 100 when `None`.
    pub snapshots_max: Option<u64>,
    /// Why.
    pub cause: Cause,
}

/// The sessions of an application, the newest first; running ones and the last hundred that ended.
///
/// # Errors
/// When the store cannot be read.
pub fn list(store: &dyn Store, account: &str, app_id: AppId) -> Result<Vec<Session>, StoreError> {
    let known: Sessions = documents::read(store, account, KIND, &app_id.to_string())?;
    Ok(known.sessions)
}

/// What agents are told.
pub(crate) fn for_agents(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
) -> Result<(Vec<DiagnosticSession>, u64), StoreError> {
    let record = store.document_record(account, KIND, &app_id.to_string())?;
    let version = record.map_or(0, |record| record.version);
    let sessions = list(store, account, app_id)?;
    let running = sessions.iter().filter(|session| !session.end_told);
    Ok((running.map(Session::for_agents).collect(), version))
}

/// Starts a session and tells of it.
///
/// # Errors
/// When it would last too long, too many run, or the store cannot be written.
pub fn start(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    wish: &Wish,
    now_ms: u64,
    started_by: &str,
) -> Result<(Session, Event), SessionError> {
    if !(1..=SESSION_MINUTES_MAX).contains(&wish.minutes) {
        return Err(SessionError::Minutes);
    }
    let bt_name = bt_name(&store.entities(account, app_id)?, wish.bt_id);
    let session = Session {
        guid: wish.guid.clone(),
        name: if wish.name.is_empty() { format!("Session for {bt_name}") } else { wish.name.clone() },
        bt_id: wish.bt_id,
        started_ms: now_ms,
        ends_at_ms: now_ms + u64::from(wish.minutes) * MINUTE_MS,
        snapshots_max: wish.snapshots_max.unwrap_or(SESSION_SNAPSHOTS_USUAL),
        cause: wish.cause,
        started_by: started_by.to_owned(),
        end_told: false,
    };
    let add = |known: &mut Sessions| {
        if known.sessions.iter().filter(|s| s.is_running(now_ms)).count() >= SESSIONS_RUNNING_MAX {
            return Err(SessionError::TooMany);
        }
        known.sessions.insert(0, session.clone());
        known.sessions.truncate(ENDED_KEPT + SESSIONS_RUNNING_MAX);
        Ok(())
    };
    let name = app_id.to_string();
    documents::change(store, account, (KIND, &name), (started_by, false), add)?;
    let mut event = [told(app_id, &session, &bt_name, now_ms, "started")];
    events::record(store, account, &mut event)?;
    let [event] = event;
    Ok((session, event))
}

/// Stops a running session.
///
/// # Errors
/// When it does not run or the store cannot be written.
pub fn stop(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    guid: &str,
    now_ms: u64,
    changed_by: &str,
) -> Result<(), SessionError> {
    let end = |known: &mut Sessions| {
        let session = known.sessions.iter_mut().find(|s| s.guid == guid && s.is_running(now_ms));
        session.map(|session| session.ends_at_ms = now_ms).ok_or(SessionError::NotRunning)
    };
    let name = app_id.to_string();
    documents::change(store, account, (KIND, &name), (changed_by, false), end)?;
    finish(store, account, app_id, now_ms)?;
    Ok(())
}

/// Tells of sessions that ended. Agents are not told of those any more.
///
/// # Errors
/// When the store cannot be written.
pub fn finish(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    now_ms: u64,
) -> Result<Vec<Event>, StoreError> {
    let over = |session: &Session| !session.is_running(now_ms) && !session.end_told;
    let ended: Vec<Session> = list(store, account, app_id)?.into_iter().filter(over).collect();
    if ended.is_empty() {
        return Ok(Vec::new());
    }
    let entities = store.entities(account, app_id)?;
    let told = |session: &Session| told(app_id, session, &bt_name(&entities, session.bt_id), now_ms, "ended");
    let mut events: Vec<Event> = ended.iter().map(told).collect();
    events::record(store, account, &mut events)?;
    let mark = |known: &mut Sessions| -> Result<(), StoreError> {
        known.sessions.iter_mut().filter(|s| !s.is_running(now_ms)).for_each(|s| s.end_told = true);
        Ok(())
    };
    let name = app_id.to_string();
    documents::change(store, account, (KIND, &name), ("system", false), mark)?;
    Ok(events)
}

fn bt_name(entities: &Entities, bt: Option<BtId>) -> String {
    let Some(id) = bt else { return "all business transactions".to_owned() };
    entities.bts.iter().find(|bt| bt.id == id).map_or_else(|| id.to_string(), |bt| bt.name.to_string())
}

fn told(app_id: AppId, session: &Session, bt_name: &str, now_ms: u64, what: &str) -> Event {
    let summary = format!("Diagnostic session {:?} {what} for {bt_name}.", session.name);
    let affected = session.bt_id.map(|bt| EntityRef::new("BUSINESS_TRANSACTION", bt.get(), bt_name));
    Event {
        time_ms: now_ms,
        sub_type: what.to_uppercase(),
        properties: [("diagnosticSessionGuid".to_owned(), session.guid.clone())].into(),
        affected_entities: affected.into_iter().collect(),
        ..Event::new(app_id, kinds::DIAGNOSTIC_SESSION, Severity::Info, summary)
    }
}

/// When sessions of an application start by themselves.
///
/// # Errors
/// When the store cannot be read.
pub fn policy(store: &dyn Store, account: &str, app_id: AppId) -> Result<DiagnosticPolicy, StoreError> {
    documents::read(store, account, POLICY_KIND, &app_id.to_string())
}

/// Says when sessions of an application start by themselves.
///
/// # Errors
/// When the store cannot be written.
pub fn set_policy(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    policy: DiagnosticPolicy,
    changed_by: &str,
) -> Result<(), StoreError> {
    let change = |there: &mut DiagnosticPolicy| -> Result<(), StoreError> {
        *there = policy;
        Ok(())
    };
    let name = app_id.to_string();
    documents::change(store, account, (POLICY_KIND, &name), (changed_by, true), change)?;
    Ok(())
}

/// The BTs that are slow or fail so often now that a session should begin, and why. `scope` is the time looked at.
///
/// # Errors
/// When the store cannot be read.
pub fn suspicious(
    scope: Scope<'_>,
    policy: &DiagnosticPolicy,
    now_ms: u64,
) -> Result<Vec<(BtId, Cause)>, StoreError> {
    if !policy.enabled {
        return Ok(Vec::new());
    }
    let sessions = list(scope.store, scope.account, scope.app_id)?;
    let pause_ms = u64::from(policy.pause_minutes) * MINUTE_MS;
    let lately = |bt: BtId| {
        let same = |s: &&Session| s.bt_id == Some(bt) || (s.bt_id.is_none() && s.is_running(now_ms));
        sessions.iter().filter(same).any(|s| now_ms.saturating_sub(s.ends_at_ms) < pause_ms)
    };
    let mut found = Vec::new();
    for row in scope.ask(Subject::default().question().by(&[Dimension::Bt]))? {
        let Some(bt) = row.bt_id.filter(|_| row.count >= policy.calls_min.max(1)) else { continue };
        let percent = |count: u64| count as f64 * 100.0 / row.count as f64;
        let slow = row.verdicts.slow + row.verdicts.very_slow + row.verdicts.stall;
        let cause = if percent(row.verdicts.error) >= policy.error_percent {
            Cause::Error
        } else if percent(slow) >= policy.slow_percent {
            Cause::Slow
        } else {
            continue;
        };
        if !lately(bt) {
            found.push((bt, cause));
        }
    }
    Ok(found)
}
