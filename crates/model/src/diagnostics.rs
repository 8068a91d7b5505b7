//! What an agent noticed and the host was never told: for `tierline doctor` and the node's page.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why something was not kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropCause {
    /// A snapshot left because the agent's memory budget was full.
    SnapshotMemory,
    /// A snapshot left because the spool was full.
    SnapshotSpool,
    /// An interval's numbers left because the spool was full: the last thing to go.
    MetricsSpool,
    /// Details of an exit call beyond the limit per segment (it is still counted).
    ExitCallDetails,
    /// User data beyond the limit per segment.
    UserData,
    /// Exit metrics of a new backend beyond the limit: counted under All Other Traffic of its type.
    BackendLimit,
    /// The controller refused a batch for good (400, 413, partial success).
    Refused,
}

impl DropCause {
    /// All causes.
    pub const ALL: [Self; 7] = [
        Self::SnapshotMemory,
        Self::SnapshotSpool,
        Self::MetricsSpool,
        Self::ExitCallDetails,
        Self::UserData,
        Self::BackendLimit,
        Self::Refused,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SnapshotMemory => "snapshot_memory",
            Self::SnapshotSpool => "snapshot_spool",
            Self::MetricsSpool => "metrics_spool",
            Self::ExitCallDetails => "exit_call_details",
            Self::UserData => "user_data",
            Self::BackendLimit => "backend_limit",
            Self::Refused => "refused",
        }
    }
}

impl fmt::Display for DropCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the name of a drop cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a drop cause")]
pub struct DropCauseError;

impl FromStr for DropCause {
    type Err = DropCauseError;

    fn from_str(text: &str) -> Result<Self, DropCauseError> {
        Self::ALL.into_iter().find(|c| c.as_str() == text).ok_or(DropCauseError)
    }
}

/// A name that was reported under another one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReplacedName {
    /// What the program passed, cut to 100 characters.
    pub given: String,
    /// What is reported.
    pub reported: String,
}

/// A name that is counted under All Other Traffic.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HiddenName {
    /// The name it would have.
    pub name: String,
    /// Calls it certainly had in the agent's last interval.
    pub calls: u64,
}

/// Everything an agent says about its own health. Travels as `diagnostics.json` in OpAMP's effective
/// configuration.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentDiagnostics {
    /// Odd calls of the API since start, by what was odd (`start_bt: name is not a text`).
    pub misuse: BTreeMap<String, u64>,
    /// BT names that had forbidden characters or were too long; at most 100.
    pub replaced_names: Vec<ReplacedName>,
    /// Names that All Other Traffic hid in the last interval, most called first; at most 64.
    pub hidden_names: Vec<HiddenName>,
    /// Drops since start, by cause.
    pub drops: BTreeMap<DropCause, u64>,
    /// What is wrong with settings or delivery, in sentences.
    pub warnings: Vec<String>,
    /// Bytes waiting in the spool.
    pub spool_bytes: u64,
    /// Panics caught inside the agent since start. Always 0, or a bug to report.
    pub panics: u64,
}
