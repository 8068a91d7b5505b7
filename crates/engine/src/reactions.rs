//! What policies do when something happened: actions that wait to be carried out, with bounded retry.
//!
//! What waits is one document of the account. Whoever carries it out says how it went; the engine sends nothing itself.

use serde::{Deserialize, Serialize};
use tierline_model::AppId;
use tierline_store::{JournalFilter, JournalRecord, Store, StoreError, TimeRange};

use crate::alerting::{self, Action, ActionKind, ActionSuppression, AlertingError, Policy};
use crate::documents;
use crate::events::{self, EntityRef, Event, Severity, kinds};
use crate::limits::{DELIVERIES_WAITING_MAX, DELIVERY_ATTEMPTS_MAX, DELIVERY_EVENTS_MAX};

const KIND: &str = "deliveries";
const NAME: &str = "waiting";

/// The journal's stream of what was carried out or given up.
pub const STREAM: &str = "deliveries";

/// Milliseconds before the second, third, … attempt.
const WAITS_MS: [u64; 5] = [10_000, 60_000, 300_000, 900_000, 3_600_000];

/// An event as actions tell of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// Its id.
    pub id: u64,
    /// Its type.
    pub event_type: String,
    /// How bad.
    pub severity: Severity,
    /// When, milliseconds since 1970.
    pub time_ms: u64,
    /// One sentence.
    pub summary: String,
    /// The health rule.
    pub triggered_entity: Option<EntityRef>,
    /// What it is about.
    pub affected_entities: Vec<EntityRef>,
}

impl Told {
    fn of(event: &Event) -> Self {
        Self {
            id: event.id,
            event_type: event.event_type.clone(),
            severity: event.severity,
            time_ms: event.time_ms,
            summary: event.summary.clone(),
            triggered_entity: event.triggered_entity.clone(),
            affected_entities: event.affected_entities.clone(),
        }
    }
}

/// An action that is to be carried out.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Names it among those that wait.
    pub id: u64,
    /// The application.
    pub app_id: AppId,
    /// Its name.
    pub application: String,
    /// The policy that wants it.
    pub policy: String,
    /// What is done.
    pub action: Action,
    /// Text that goes with it.
    pub notes: String,
    /// What it tells of.
    pub events: Vec<Told>,
    /// Events beyond the limit.
    pub events_left_out: u64,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, milliseconds since 1970.
    pub next_ms: u64,
    /// What went wrong last.
    pub last_error: String,
}

#[derive(Default, Serialize, Deserialize)]
struct Waiting {
    next_id: u64,
    deliveries: Vec<Delivery>,
}

/// Why policies cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum ReactionError {
    /// The policies.
    #[error(transparent)]
    Alerting(#[from] AlertingError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds what the policies of an application want at `events` and puts it to what waits. Answers how many actions that
/// are.
///
/// # Errors
/// When policies cannot be read or the store cannot be written.
pub fn react(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    events: &[Event],
    now_ms: u64,
) -> Result<usize, ReactionError> {
    if events.is_empty() {
        return Ok(0);
    }
    let policies = alerting::list::<Policy>(store, account, app_id)?;
    let suppressions = alerting::list::<ActionSuppression>(store, account, app_id)?;
    let held_back = |event: &Event| suppressions.iter().any(|s| s.value.holds_back(event, now_ms));
    let events: Vec<&Event> = events.iter().filter(|event| !held_back(event)).collect();
    let wanted: Vec<(&Policy, Vec<&Event>)> = policies
        .iter()
        .map(|policy| {
            (&policy.value, events.iter().copied().filter(|e| policy.value.wants(e)).collect::<Vec<_>>())
        })
        .filter(|(_, events)| !events.is_empty())
        .collect();
    if wanted.is_empty() {
        return Ok(0);
    }
    let actions = alerting::list::<Action>(store, account, app_id)?;
    let application = store.applications(account)?.into_iter().find(|a| a.id == app_id);
    let application = application.map_or_else(|| app_id.to_string(), |a| a.name.to_string());
    let mut deliveries = Vec::new();
    for (policy, events) in wanted {
        for step in &policy.actions {
            let action = actions.iter().map(|a| &a.value).find(|a| a.name == step.action_name);
            let Some(action) = action else { continue };
            let batches: Vec<&[&Event]> =
                if policy.execute_actions_in_batch { vec![&events] } else { events.chunks(1).collect() };
            deliveries.extend(batches.into_iter().map(|batch| Delivery {
                id: 0,
                app_id,
                application: application.clone(),
                policy: policy.name.clone(),
                action: action.clone(),
                notes: step.notes.clone(),
                events: batch.iter().take(DELIVERY_EVENTS_MAX).map(|event| Told::of(event)).collect(),
                events_left_out: batch.len().saturating_sub(DELIVERY_EVENTS_MAX) as u64,
                attempts: 0,
                next_ms: now_ms,
                last_error: String::new(),
            }));
        }
    }
    let count = deliveries.len();
    let refused = wait(store, account, deliveries)?;
    for delivery in refused {
        let why = format!("{DELIVERIES_WAITING_MAX} actions are waiting already");
        give_up(store, account, &delivery, &why, now_ms)?;
    }
    Ok(count)
}

/// Answers those for which there was no room.
fn wait(store: &dyn Store, account: &str, deliveries: Vec<Delivery>) -> Result<Vec<Delivery>, StoreError> {
    if deliveries.is_empty() {
        return Ok(Vec::new());
    }
    let add = |waiting: &mut Waiting| -> Result<Vec<Delivery>, StoreError> {
        let mut refused = Vec::new();
        for mut delivery in deliveries.clone() {
            if waiting.deliveries.len() >= DELIVERIES_WAITING_MAX {
                refused.push(delivery);
                continue;
            }
            waiting.next_id += 1;
            delivery.id = waiting.next_id;
            waiting.deliveries.push(delivery);
        }
        Ok(refused)
    };
    let (_, refused) = documents::change(store, account, (KIND, NAME), ("system", false), add)?;
    Ok(refused)
}

/// Everything that waits in an account.
///
/// # Errors
/// When the store cannot be read.
pub fn waiting(store: &dyn Store, account: &str) -> Result<Vec<Delivery>, StoreError> {
    let waiting: Waiting = documents::read(store, account, KIND, NAME)?;
    Ok(waiting.deliveries)
}

/// What waits and is due, the longest waiting first.
///
/// # Errors
/// When the store cannot be read.
pub fn due(store: &dyn Store, account: &str, now_ms: u64) -> Result<Vec<Delivery>, StoreError> {
    let mut due = waiting(store, account)?;
    due.retain(|delivery| delivery.next_ms <= now_ms);
    due.sort_by_key(|delivery| (delivery.next_ms, delivery.id));
    Ok(due)
}

/// How carrying out an action went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was done; in a few words.
    Done(String),
    /// It was not, and may be later.
    Failed(String),
    /// It was not and never will be.
    Refused(String),
}

/// Notes how carrying out a delivery went: what failed waits longer each time and is given up after six attempts.
///
/// # Errors
/// When the store cannot be written.
pub fn carried_out(
    store: &dyn Store,
    account: &str,
    delivery: &Delivery,
    outcome: &Outcome,
    now_ms: u64,
) -> Result<(), StoreError> {
    let wait_ms = usize::try_from(delivery.attempts).ok().and_then(|done| WAITS_MS.get(done));
    let again = match outcome {
        Outcome::Failed(error) if delivery.attempts + 1 < DELIVERY_ATTEMPTS_MAX => {
            wait_ms.map(|wait_ms| (error.clone(), now_ms.saturating_add(*wait_ms)))
        }
        _ => None,
    };
    match outcome {
        Outcome::Done(how) => store.append(account, &[record(delivery, "DONE", how, now_ms)]).map(drop)?,
        Outcome::Failed(error) | Outcome::Refused(error) if again.is_none() => {
            give_up(store, account, delivery, error, now_ms)?;
        }
        Outcome::Failed(_) | Outcome::Refused(_) => {}
    }
    let note = |waiting: &mut Waiting| -> Result<(), StoreError> {
        match &again {
            None => waiting.deliveries.retain(|one| one.id != delivery.id),
            Some((error, next_ms)) => {
                for one in waiting.deliveries.iter_mut().filter(|one| one.id == delivery.id) {
                    one.attempts = delivery.attempts + 1;
                    one.next_ms = *next_ms;
                    one.last_error.clone_from(error);
                }
            }
        }
        Ok(())
    };
    documents::change(store, account, (KIND, NAME), ("system", false), note)?;
    Ok(())
}

fn give_up(
    store: &dyn Store,
    account: &str,
    delivery: &Delivery,
    error: &str,
    now_ms: u64,
) -> Result<(), StoreError> {
    store.append(account, &[record(delivery, "GIVEN_UP", error, now_ms)])?;
    let summary = format!(
        "Action {:?} of policy {:?} was not carried out: {error}.",
        delivery.action.name, delivery.policy
    );
    let event = Event::new(delivery.app_id, kinds::ACTION_FAILED, Severity::Warn, summary);
    events::record(store, account, &mut [Event { time_ms: now_ms, ..event }])
}

fn record(delivery: &Delivery, kind: &str, text: &str, now_ms: u64) -> JournalRecord {
    let told = serde_json::json!({
        "policy": delivery.policy, "action": delivery.action.name, "attempts": delivery.attempts + 1,
        "text": text, "events": delivery.events.iter().map(|event| event.id).collect::<Vec<_>>(),
    });
    JournalRecord {
        time_ms: now_ms,
        stream: STREAM.to_owned(),
        app_id: Some(delivery.app_id),
        kind: kind.to_owned(),
        severity: if kind == "DONE" { "INFO" } else { "WARN" }.to_owned(),
        subject: delivery.action.name.clone(),
        text: told.to_string(),
    }
}

/// What was carried out or given up for an application, newest first.
///
/// # Errors
/// When the store cannot be read.
pub fn finished(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    range: TimeRange,
) -> Result<Vec<JournalRecord>, StoreError> {
    let filter = JournalFilter { range, app_id: Some(app_id), limit: 500, ..JournalFilter::all(STREAM) };
    Ok(store.journal(account, &filter)?.into_iter().map(|(_, record)| record).collect())
}

/// Whether an action is one that can be carried out.
#[must_use]
pub const fn is_known(action: &Action) -> bool {
    !matches!(action.action_type, ActionKind::Other(_))
}

const CURSOR_KIND: &str = "policies-followed";

/// Events of one page of the journal; a look takes as many pages as have something new.
const EVENTS_PER_LOOK: usize = 200;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cursor {
    last_id: u64,
}

/// Looks at the events that were written down since the last look, whoever wrote them, and does what policies want.
/// Answers how many actions that are. The first look of all takes nothing: what happened before is over.
///
/// # Errors
/// When the journal cannot be read or the store cannot be written. The same events are looked at again then: an action
/// may be carried out twice, never not at all.
pub fn follow(store: &dyn Store, account: &str, now_ms: u64) -> Result<usize, ReactionError> {
    let cursor = store.document(account, CURSOR_KIND, NAME)?;
    let cursor: Option<Cursor> = cursor.and_then(|text| serde_json::from_str(&text).ok());
    let mut new: Vec<Event> = Vec::new();
    let mut filter = JournalFilter { limit: EVENTS_PER_LOOK, ..JournalFilter::all(events::STREAM) };
    if cursor.is_none() {
        filter.limit = 1;
    }
    let last_id = cursor.as_ref().map_or(0, |cursor| cursor.last_id);
    loop {
        let page = store.journal(account, &filter)?;
        let (read, last) = (page.len(), page.last().map(|(id, _)| *id));
        // Ids grow, times do not always: a sender's clock may be behind. A page without anything new is the end.
        let before = new.len();
        new.extend(page.into_iter().filter(|(id, _)| *id > last_id).map(|(id, r)| events::read(id, r)));
        filter.before_id = last;
        if cursor.is_none() || read < EVENTS_PER_LOOK || new.len() == before {
            break;
        }
    }
    let Some(newest) = new.iter().map(|event| event.id).max() else {
        return if cursor.is_none() { move_cursor(store, account, 0).map(|()| 0) } else { Ok(0) };
    };
    let mut count = 0;
    if cursor.is_some() {
        new.sort_by_key(|event| event.id);
        let mut by_app: std::collections::BTreeMap<AppId, Vec<Event>> = std::collections::BTreeMap::new();
        for event in new.into_iter().filter(|event| event.event_type != kinds::ACTION_FAILED) {
            if let Some(app_id) = event.app_id {
                by_app.entry(app_id).or_default().push(event);
            }
        }
        for (app_id, events) in by_app {
            count += react(store, account, app_id, &events, now_ms)?;
        }
    }
    move_cursor(store, account, newest)?;
    Ok(count)
}

fn move_cursor(store: &dyn Store, account: &str, last_id: u64) -> Result<(), ReactionError> {
    let text = serde_json::json!({ "lastId": last_id }).to_string();
    let change = tierline_store::DocumentChange {
        kind: CURSOR_KIND,
        name: NAME,
        text: &text,
        changed_by: "system",
        secret: true,
        ..tierline_store::DocumentChange::default()
    };
    store.put_document(account, change)?;
    Ok(())
}
