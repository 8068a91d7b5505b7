//! Who reports: application, tier, node and the process behind it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::{AppId, NodeId, TierId};
use crate::transaction::EntryType;

/// One life of an agent: 16 random bytes made when a core starts, so made anew in a forked child, after
/// `shutdown` + `init`, and at every process start.
///
/// Several processes may share a node name (pre-fork workers do); their numbers add up because metrics are
/// stored by (node, *incarnation*, interval) and only a repetition of all three replaces.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Incarnation(pub [u8; 16]);

impl Incarnation {
    /// The life of one part of what this one reports: reports of one interval that must add up instead of replacing
    /// each other, because nobody holds them together in memory.
    #[must_use]
    pub fn part(self, number: u64) -> Self {
        let mut bytes = self.0;
        for (byte, digit) in bytes.iter_mut().skip(8).zip(number.to_be_bytes()) {
            *byte ^= digit;
        }
        Self(bytes)
    }
}

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Incarnation({self})")
    }
}

/// The text is not an incarnation: 32 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an incarnation: expected 32 hex digits")]
pub struct IncarnationError;

impl FromStr for Incarnation {
    type Err = IncarnationError;

    fn from_str(text: &str) -> Result<Self, IncarnationError> {
        let guid: crate::Guid = text.parse().map_err(|_| IncarnationError)?;
        Ok(Self(*guid.as_bytes()))
    }
}

/// The language of the monitored program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// CPython.
    Python,
    /// Node.js.
    Nodejs,
    /// Rust.
    Rust,
    /// Anything that reports through an OpenTelemetry SDK.
    Other,
}

impl Language {
    /// OpenTelemetry's `telemetry.sdk.language`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Nodejs => "nodejs",
            Self::Rust => "rust",
            Self::Other => "other",
        }
    }

    /// Reads `telemetry.sdk.language`; what it does not know is `Other`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "python" => Self::Python,
            "nodejs" => Self::Nodejs,
            "rust" => Self::Rust,
            _ => Self::Other,
        }
    }

    /// `agentType` in the REST API (facts/controller-api 2.1).
    #[must_use]
    pub const fn agent_type(self) -> &'static str {
        match self {
            Self::Python => "PYTHON_APP_AGENT",
            Self::Nodejs => "NODEJS_APP_AGENT",
            Self::Rust => "NATIVE_SDK",
            Self::Other => "OPENTELEMETRY",
        }
    }

    /// The entry type of BTs that start in this language.
    #[must_use]
    pub const fn entry_type(self) -> EntryType {
        match self {
            Self::Python => EntryType::PythonWeb,
            Self::Nodejs => EntryType::NodejsWeb,
            Self::Rust => EntryType::RustWeb,
            Self::Other => EntryType::OpenTelemetry,
        }
    }
}

/// The reporting process. Travels as the OTLP resource.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AgentIdentity {
    /// `service.namespace`.
    pub application: Arc<str>,
    /// `service.name`.
    pub tier: Arc<str>,
    /// `service.instance.id`.
    pub node: Arc<str>,
    /// `appd.incarnation`.
    pub incarnation: Incarnation,
    /// `telemetry.sdk.language`.
    pub language: Language,
    /// `telemetry.sdk.version`: the agent's version, `major.minor.patch`.
    pub agent_version: Arc<str>,
    /// `process.runtime.version`, empty when unknown.
    pub runtime_version: Arc<str>,
    /// `host.name`, empty when unknown.
    pub host_name: Arc<str>,
    /// `os.type`, empty when unknown.
    pub os_type: Arc<str>,
    /// `process.pid`, 0 when unknown.
    pub process_id: u32,
}

impl AgentIdentity {
    /// The application's id.
    #[must_use]
    pub fn app_id(&self) -> AppId {
        AppId::of(&self.application)
    }

    /// The tier's id.
    #[must_use]
    pub fn tier_id(&self) -> TierId {
        TierId::of(&self.application, &self.tier)
    }

    /// The node's id.
    #[must_use]
    pub fn node_id(&self) -> NodeId {
        NodeId::of(&self.application, &self.tier, &self.node)
    }
}
