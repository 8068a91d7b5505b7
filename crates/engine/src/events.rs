//! Events: what happened to an application, in the journal's stream `events`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tierline_model::AppId;
use tierline_store::{JournalFilter, JournalRecord, Store, StoreError, TimeRange};

use crate::limits::{EVENT_PROPERTIES_MAX, EVENT_TEXT_CHARS_MAX, EVENTS_PER_ANSWER_MAX};

/// The journal's stream.
pub const STREAM: &str = "events";

/// Types of events that are not about health rules.
pub mod kinds {
    /// A new version was put into service.
    pub const DEPLOYMENT: &str = "APPLICATION_DEPLOYMENT";
    /// Something somebody reports.
    pub const CUSTOM: &str = "CUSTOM";
    /// A diagnostic session began or ended.
    pub const DIAGNOSTIC_SESSION: &str = "DIAGNOSTIC_SESSION";
    /// An agent appeared, went silent or came back.
    pub const AGENT: &str = "AGENT_EVENT";
    /// Somebody changed the configuration.
    pub const CONFIGURATION: &str = "APPLICATION_CONFIG_CHANGE";
    /// Something nobody heard of for long was forgotten.
    pub const STALE: &str = "MARK_STALE";
    /// An action could not be carried out.
    pub const ACTION_FAILED: &str = "ACTION_FAILED";
}

/// How bad an event is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// Good to know.
    #[default]
    Info,
    /// Not good.
    #[serde(alias = "WARNING")]
    Warn,
    /// Bad.
    #[serde(alias = "CRITICAL")]
    Error,
}

impl Severity {
    /// Its name in the REST API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }

    /// By its name; `INFO` when it is none.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match text {
            "WARN" | "WARNING" => Self::Warn,
            "ERROR" | "CRITICAL" => Self::Error,
            _ => Self::Info,
        }
    }
}

/// Something an event or a violation is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EntityRef {
    /// `APPLICATION`, `APPLICATION_COMPONENT` (a tier), `APPLICATION_COMPONENT_NODE`, `BUSINESS_TRANSACTION`,
    /// `BACKEND`, `ERROR`, `POLICY` (a health rule).
    pub entity_type: String,
    /// Its id.
    pub entity_id: u64,
    /// Its name.
    pub name: String,
}

impl EntityRef {
    /// A thing.
    pub fn new(entity_type: &str, entity_id: u64, name: impl Into<String>) -> Self {
        Self { entity_type: entity_type.to_owned(), entity_id, name: name.into() }
    }
}

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event {
    /// Its id in the journal; 0 before it is there.
    #[serde(skip)]
    pub id: u64,
    /// When, milliseconds since 1970.
    #[serde(skip)]
    pub time_ms: u64,
    /// The application.
    #[serde(skip)]
    pub app_id: Option<AppId>,
    /// `APPLICATION_DEPLOYMENT`, `CUSTOM`, `POLICY_OPEN_CRITICAL`, ….
    #[serde(skip)]
    pub event_type: String,
    /// How bad.
    #[serde(skip)]
    pub severity: Severity,
    /// For custom events the type its sender gave it.
    pub sub_type: String,
    /// One sentence.
    pub summary: String,
    /// More of it.
    pub comment: String,
    /// What else is known.
    pub properties: BTreeMap<String, String>,
    /// What caused it: the health rule.
    pub triggered_entity: Option<EntityRef>,
    /// What it is about.
    pub affected_entities: Vec<EntityRef>,
    /// Marked by somebody.
    pub archived: bool,
    /// Marked by somebody.
    pub marked_as_read: bool,
    /// Marked by somebody.
    pub marked_as_resolved: bool,
}

impl Event {
    /// An event of a type about an application.
    pub fn new(app_id: AppId, event_type: &str, severity: Severity, summary: impl Into<String>) -> Self {
        Self {
            app_id: Some(app_id),
            event_type: event_type.to_owned(),
            severity,
            summary: summary.into(),
            ..Self::default()
        }
    }

    fn record(&self) -> Result<JournalRecord, StoreError> {
        let cut = |text: &str| tierline_model::name::cut(text, EVENT_TEXT_CHARS_MAX).into_owned();
        let mut event = self.clone();
        (event.summary, event.comment) = (cut(&event.summary), cut(&event.comment));
        while event.properties.len() > EVENT_PROPERTIES_MAX {
            event.properties.pop_last();
        }
        event.properties.values_mut().for_each(|value| *value = cut(value));
        let text = serde_json::to_string(&event).map_err(|e| StoreError::Damaged(e.to_string()))?;
        let subject = event.affected_entities.first().map_or_else(String::new, |entity| entity.name.clone());
        Ok(JournalRecord {
            time_ms: event.time_ms,
            stream: STREAM.to_owned(),
            app_id: event.app_id,
            kind: event.event_type,
            severity: event.severity.as_str().to_owned(),
            subject,
            text,
        })
    }
}

/// Writes events down; they get their ids.
///
/// # Errors
/// When the store cannot be written.
pub fn record(store: &dyn Store, account: &str, events: &mut [Event]) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let records: Result<Vec<JournalRecord>, StoreError> = events.iter().map(Event::record).collect();
    let ids = store.append(account, &records?)?;
    for (event, id) in events.iter_mut().zip(ids) {
        event.id = id;
    }
    Ok(())
}

/// Which events.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Of these types; of all when empty.
    pub types: Vec<String>,
    /// Of these severities; of all when empty.
    pub severities: Vec<Severity>,
    /// At most so many, the usual 5,000 when 0.
    pub limit: usize,
    /// Go on behind this one.
    pub before_id: Option<u64>,
}

/// Events of an application, newest first.
///
/// # Errors
/// When the store cannot be read.
pub fn find(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    range: TimeRange,
    filter: &EventFilter,
) -> Result<Vec<Event>, StoreError> {
    let limit =
        if filter.limit == 0 { EVENTS_PER_ANSWER_MAX } else { filter.limit.min(EVENTS_PER_ANSWER_MAX) };
    let filter = JournalFilter {
        range,
        app_id: Some(app_id),
        kinds: filter.types.clone(),
        severities: filter.severities.iter().map(|severity| severity.as_str().to_owned()).collect(),
        limit,
        before_id: filter.before_id,
        ..JournalFilter::all(STREAM)
    };
    Ok(store.journal(account, &filter)?.into_iter().map(|(id, record)| read(id, record)).collect())
}

/// An event as it was written; what cannot be read is told by its subject.
#[must_use]
pub fn read(id: u64, record: JournalRecord) -> Event {
    let event: Event = serde_json::from_str(&record.text)
        .unwrap_or_else(|_| Event { summary: record.subject.clone(), ..Event::default() });
    Event {
        id,
        time_ms: record.time_ms,
        app_id: record.app_id,
        event_type: record.kind,
        severity: Severity::of(&record.severity),
        ..event
    }
}
