//! Business transactions: how they are referred to.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::{AppId, BtId};

/// The internal name of a tier's `All Other Traffic` BT in the REST API.
pub const OTHER_TRAFFIC_INTERNAL_NAME: &str = "_APPDYNAMICS_DEFAULT_TX_";

/// What `All Other Traffic` of `tier` is called.
#[must_use]
pub fn other_traffic_name(tier: &str) -> String {
    format!("All Other Traffic - {tier}")
}

/// How a BT enters its originating tier. BTs made through the API have the type of their language's
/// automatically detected ones, so that both kinds of one name are one BT.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntryType {
    /// Python agents, API and automatic.
    PythonWeb,
    /// Node.js agents, API and automatic.
    NodejsWeb,
    /// Rust programs.
    RustWeb,
    /// Services that report through an OpenTelemetry SDK.
    OpenTelemetry,
}

impl EntryType {
    const ALL: [Self; 4] = [Self::PythonWeb, Self::NodejsWeb, Self::RustWeb, Self::OpenTelemetry];

    /// The name in the REST API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PythonWeb => "PYTHON_WEB",
            Self::NodejsWeb => "NODEJS_WEB",
            Self::RustWeb => "RUST_WEB",
            Self::OpenTelemetry => "OPEN_TELEMETRY",
        }
    }

    /// The name people read.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::PythonWeb => "Python Web",
            Self::NodejsWeb => "Node.js Web",
            Self::RustWeb => "Rust Web",
            Self::OpenTelemetry => "OpenTelemetry",
        }
    }
}

impl fmt::Display for EntryType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the name of an entry type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an entry type: expected PYTHON_WEB, NODEJS_WEB, RUST_WEB or OPEN_TELEMETRY")]
pub struct EntryTypeError;

impl FromStr for EntryType {
    type Err = EntryTypeError;

    fn from_str(text: &str) -> Result<Self, EntryTypeError> {
        Self::ALL.into_iter().find(|e| e.as_str() == text).ok_or(EntryTypeError)
    }
}

/// The BT a segment belongs to. A continuing tier knows only the ids, from the correlation header.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct BtRef {
    /// The BT.
    pub id: BtId,
    /// The application it belongs to.
    pub app_id: AppId,
    /// Known on the originating tier only.
    pub origin: Option<BtOrigin>,
}

/// What only the originating tier knows of a BT.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct BtOrigin {
    /// The cleaned name (see [`crate::name::clean_bt_name`]).
    pub name: Arc<str>,
    /// How it enters the tier.
    pub entry_type: EntryType,
    /// Whether it is the tier's `All Other Traffic`.
    pub other_traffic: bool,
}
