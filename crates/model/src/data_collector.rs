//! What of a request is kept as user data without code (facts/agent-api 4.7).

use serde::{Deserialize, Serialize};

/// Where a value comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CollectedValue {
    /// The path with its query.
    Url,
    /// The HTTP method.
    Method,
    /// The status of the answer.
    Status,
    /// A query parameter.
    Parameter {
        /// Its name.
        name: String,
    },
    /// A request header.
    Header {
        /// Its name, without regard to case.
        name: String,
    },
    /// A cookie.
    Cookie {
        /// Its name.
        name: String,
    },
}

/// Adds a value of every automatically detected HTTP request to the user data of its snapshot.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DataCollector {
    /// The key in the user data.
    pub name: String,
    /// What is collected.
    pub value: CollectedValue,
    /// Only for BTs of these names; empty for all.
    #[serde(default)]
    pub bts: Vec<String>,
    /// Switched off without being forgotten.
    #[serde(default)]
    pub disabled: bool,
}

impl DataCollector {
    /// Whether it collects for a BT of this name.
    #[must_use]
    pub fn applies_to(&self, bt_name: &str) -> bool {
        !self.disabled && (self.bts.is_empty() || self.bts.iter().any(|name| name == bt_name))
    }
}
