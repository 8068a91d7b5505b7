//! What happened when: events, changes by people. Written once, never changed.

use tierline_model::AppId;

use crate::query::TimeRange;

/// The stream whose records are kept longest: who changed what.
pub const AUDIT: &str = "audit";

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct JournalRecord {
    /// When it happened, milliseconds since 1970.
    pub time_ms: u64,
    /// Which list it belongs to (`events`, `audit`).
    pub stream: String,
    /// The application it is about, when it is about one.
    pub app_id: Option<AppId>,
    /// What kind of thing it is.
    pub kind: String,
    /// How bad it is.
    pub severity: String,
    /// What it is about, in a few words.
    pub subject: String,
    /// Everything else, as JSON; the store does not look into it.
    pub text: String,
}

/// Which records. Fields that are empty or `None` match everything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalFilter {
    /// The list.
    pub stream: String,
    /// When they happened.
    pub range: TimeRange,
    /// Only about this application.
    pub app_id: Option<AppId>,
    /// Only of these kinds.
    pub kinds: Vec<String>,
    /// Only of these severities.
    pub severities: Vec<String>,
    /// At most so many; the limit applies when 0 or larger than it.
    pub limit: usize,
    /// Go on behind this record, which was the last one of the answer before.
    pub before_id: Option<u64>,
}

impl JournalFilter {
    /// Everything in a list.
    #[must_use]
    pub fn all(stream: &str) -> Self {
        Self {
            stream: stream.to_owned(),
            range: TimeRange { start_ms: 0, end_ms: u64::MAX },
            app_id: None,
            kinds: Vec::new(),
            severities: Vec::new(),
            limit: 0,
            before_id: None,
        }
    }
}
