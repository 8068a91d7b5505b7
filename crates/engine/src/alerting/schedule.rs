//! When rules are evaluated, and when actions are held back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::alerting;

/// A schedule, in the form of the REST API. Kept for clients; rules are evaluated always.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Schedule {
    /// Its id within the application.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

alerting!(Schedule, "schedule", "schedule", always);

fn always() -> Vec<Schedule> {
    let mut more = Map::new();
    more.insert("description".to_owned(), Value::from("This schedule is active all the time."));
    more.insert("timezone".to_owned(), Value::from("UTC"));
    vec![Schedule { id: 1, name: "Always".to_owned(), more }]
}

impl Schedule {
    fn reason_against(&self) -> Result<(), String> {
        Ok(())
    }
}

/// A time in which no action is carried out, in the form of the REST API.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ActionSuppression {
    /// Its id within the application.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether it is switched off.
    pub disabled: bool,
    /// From when on, milliseconds since 1970.
    pub start_time_ms: u64,
    /// Until when, milliseconds since 1970.
    pub end_time_ms: u64,
    /// What else a client wrote.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

alerting!(ActionSuppression, "action-suppression", "action suppression");

impl ActionSuppression {
    fn reason_against(&self) -> Result<(), String> {
        let backwards = self.end_time_ms != 0 && self.end_time_ms <= self.start_time_ms;
        if backwards { Err("it ends before it begins".to_owned()) } else { Ok(()) }
    }

    /// Whether actions are held back at a time.
    #[must_use]
    pub fn holds_back(&self, now_ms: u64) -> bool {
        !self.disabled && (self.start_time_ms..self.end_time_ms).contains(&now_ms)
    }
}
