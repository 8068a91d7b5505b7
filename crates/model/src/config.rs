//! What the controller tells its agents. Travels as `tierline.json` over OpAMP; the last one is cached on
//! disk; [`AgentConfig::default`] holds when there is none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::data_collector::DataCollector;
use crate::detection::DetectionPolicy;
use crate::error_detection::ErrorDetection;
use crate::id::BtId;
use crate::threshold::ThresholdPolicy;

/// The configuration of an agent. Unknown keys are ignored, missing ones have their default, so that agents
/// and controllers of different versions understand each other.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentConfig {
    /// Rises with every change.
    pub version: u64,
    /// Thresholds of BTs that have none of their own.
    pub thresholds: ThresholdPolicy,
    /// Thresholds of single BTs.
    pub bt_thresholds: BTreeMap<BtId, ThresholdPolicy>,
    /// When snapshots are kept.
    pub snapshots: SnapshotPolicy,
    /// Bounds on names and memory.
    pub limits: AgentLimits,
    /// Whether correlation headers are made and read.
    pub correlation_enabled: bool,
    /// A BT not ended after this long is ended as a stall. Seconds; contract.md: 5 minutes.
    pub transaction_timeout_s: u64,
    /// Sessions in which every execution of a BT is kept.
    pub diagnostic_sessions: Vec<DiagnosticSession>,
    /// BTs of this application that agents may report under their own name although the agent's own limit is
    /// reached, because they became hot (promotion out of All Other Traffic).
    pub promoted_bts: Vec<String>,
    /// Only the names in `promoted_bts` and those an agent has already get a line of their own: somebody wants no new BTs,
    /// or the application has as many as it may.
    pub lock_down: bool,
    /// Which requests become BTs without code, and what they are called.
    pub detection: DetectionPolicy,
    /// What counts as an error.
    pub errors: ErrorDetection,
    /// What of a request is kept as user data without code; at most 100.
    pub data_collectors: Vec<DataCollector>,
}

impl Default for AgentConfig {
    fn default() -> Self {
        Self {
            version: 0,
            thresholds: ThresholdPolicy::default(),
            bt_thresholds: BTreeMap::new(),
            snapshots: SnapshotPolicy::default(),
            limits: AgentLimits::default(),
            correlation_enabled: true,
            transaction_timeout_s: 300,
            diagnostic_sessions: Vec::new(),
            promoted_bts: Vec::new(),
            lock_down: false,
            detection: DetectionPolicy::default(),
            errors: ErrorDetection::default(),
            data_collectors: Vec::new(),
        }
    }
}

/// When snapshots are kept, beyond slow, very slow, stall and error, which always are.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct SnapshotPolicy {
    /// One execution of each BT is kept this often, the first at once. Seconds; 0 switches it off. Default 600
    /// (facts/agent-api 4.4).
    pub periodic_interval_s: u64,
    /// Keep every n-th execution of each BT; 0 (the default) switches it off.
    pub every_nth: u64,
    /// Ask the tiers behind to keep the same request when the periodic sample or a session wants it.
    pub propagate: bool,
}

impl Default for SnapshotPolicy {
    fn default() -> Self {
        Self { periodic_interval_s: 600, every_nth: 0, propagate: true }
    }
}

/// Bounds an agent keeps.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentLimits {
    /// BT names per agent; the rest is All Other Traffic (contract.md: 50).
    pub bts_max: usize,
    /// BT names of the whole application; with more the controller tells all agents to lock down (contract.md: 200).
    pub application_bts_max: usize,
    /// Backends per agent; the rest is All Other Traffic of its type (facts/agent-api 4.6: 300).
    pub backends_max: usize,
    /// Bytes the agent may hold in memory: metrics, running BTs and snapshots waiting (architecture.md: 32 MB).
    pub memory_bytes_max: usize,
    /// Bytes the spool may hold on disk (architecture.md: 64 MB).
    pub spool_bytes_max: u64,
}

impl Default for AgentLimits {
    fn default() -> Self {
        Self {
            bts_max: 50,
            application_bts_max: 200,
            backends_max: 300,
            memory_bytes_max: 32 << 20,
            spool_bytes_max: 64 << 20,
        }
    }
}

/// A diagnostic session: every execution of a BT is kept until the session ends.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DiagnosticSession {
    /// Names the session.
    pub guid: String,
    /// The BT to keep; `None` keeps all.
    pub bt_id: Option<BtId>,
    /// Milliseconds since 1970.
    pub ends_at_ms: u64,
    /// Snapshots per agent before the session ends for it.
    pub snapshots_max: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_tolerance() {
        let mut config = AgentConfig { version: 7, ..AgentConfig::default() };
        config.bt_thresholds.insert(BtId::from_u64(5).unwrap(), ThresholdPolicy::default());
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<AgentConfig>(&text).unwrap(), config);
        let sparse: AgentConfig = serde_json::from_str(r#"{"version": 3, "of the future": true}"#).unwrap();
        assert_eq!(sparse, AgentConfig { version: 3, ..AgentConfig::default() });
    }
}
