//! What of a request is kept as user data without code (facts/agent-api 4.7).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::detection::{Request, cookie, parameter};

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

impl CollectedValue {
    /// What a request has of it, as it was sent; `None` when it has nothing, and for [`Self::Status`], which is known
    /// later.
    #[must_use]
    pub fn of<'a>(&self, request: &'a dyn Request) -> Option<Cow<'a, str>> {
        match self {
            Self::Url if request.query().is_empty() => Some(Cow::Borrowed(request.path())),
            Self::Url => Some(Cow::Owned(format!("{}?{}", request.path(), request.query()))),
            Self::Method => Some(Cow::Borrowed(request.method())),
            Self::Status => None,
            Self::Parameter { name } => parameter(request, name),
            Self::Header { name } => request.header(&name.to_ascii_lowercase()),
            Self::Cookie { name } => cookie(request, name),
        }
    }
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
