//! Entities: the things numbers and snapshots are about. Times are milliseconds since 1970.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tierline_model::{
    AgentDiagnostics, AppId, Backend, BackendId, BtId, EntryType, Incarnation, Language, NodeId, TierId,
};

/// An application.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Application {
    /// Its id.
    pub id: AppId,
    /// Its name.
    pub name: Arc<str>,
    /// When it was first heard of.
    pub first_seen_ms: u64,
    /// When it was last heard of.
    pub last_seen_ms: u64,
}

/// A tier.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TierRecord {
    /// Its id.
    pub id: TierId,
    /// Its application.
    pub app_id: AppId,
    /// Its name.
    pub name: Arc<str>,
    /// The language of the first agent that reported for it.
    pub language: Language,
    /// When it was first heard of.
    pub first_seen_ms: u64,
    /// When it was last heard of.
    pub last_seen_ms: u64,
}

/// A node.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NodeRecord {
    /// Its id.
    pub id: NodeId,
    /// Its tier.
    pub tier_id: TierId,
    /// Its application.
    pub app_id: AppId,
    /// Its name.
    pub name: Arc<str>,
    /// The language of its agent.
    pub language: Language,
    /// The agent's version.
    pub agent_version: Arc<str>,
    /// The runtime's version (`3.11.7`).
    pub runtime_version: Arc<str>,
    /// The machine's name.
    pub host_name: Arc<str>,
    /// The machine's operating system.
    pub os_type: Arc<str>,
    /// The process that reported last.
    pub process_id: u32,
    /// When it was first heard of.
    pub first_seen_ms: u64,
    /// When it was last heard of.
    pub last_seen_ms: u64,
}

/// A business transaction.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BtRecord {
    /// Its id.
    pub id: BtId,
    /// Its application.
    pub app_id: AppId,
    /// Its originating tier.
    pub tier_id: TierId,
    /// Its name.
    pub name: Arc<str>,
    /// How it enters the tier.
    pub entry_type: EntryType,
    /// Whether it is its tier's All Other Traffic.
    pub other_traffic: bool,
    /// When it was first heard of.
    pub first_seen_ms: u64,
    /// When it was last heard of.
    pub last_seen_ms: u64,
}

/// A backend.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BackendRecord {
    /// Id, name, type and identifying properties.
    pub backend: Backend,
    /// Its application.
    pub app_id: AppId,
    /// The tier it turned out to be.
    pub resolved_tier_id: Option<TierId>,
    /// When it was first heard of.
    pub first_seen_ms: u64,
    /// When it was last heard of.
    pub last_seen_ms: u64,
}

/// All entities of an application, each list by name. Writing merges: `first_seen_ms` keeps the smaller,
/// `last_seen_ms` the larger value (a second behind at most), names of backends and languages of tiers keep the
/// first, a resolution once known stays until replaced, everything else keeps the later.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Entities {
    /// Applications.
    pub applications: Vec<Application>,
    /// Tiers.
    pub tiers: Vec<TierRecord>,
    /// Nodes.
    pub nodes: Vec<NodeRecord>,
    /// Business transactions.
    pub bts: Vec<BtRecord>,
    /// Backends.
    pub backends: Vec<BackendRecord>,
}

impl Entities {
    /// The resolution of a backend, if it is known.
    #[must_use]
    pub fn resolved_tier(&self, backend: BackendId) -> Option<TierId> {
        self.backends.iter().find(|b| b.backend.id == backend).and_then(|b| b.resolved_tier_id)
    }
}

/// What an agent said about itself over OpAMP.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AgentRecord {
    /// Which life of the agent.
    pub incarnation: String,
    /// Its application.
    pub app_id: AppId,
    /// Its node.
    pub node_id: NodeId,
    /// When it spoke last.
    pub last_seen_ms: u64,
    /// Whether it said goodbye.
    pub disconnected: bool,
    /// The version of the configuration in force there.
    pub config_version: u64,
    /// The configuration in force, as JSON.
    pub effective_config: String,
    /// What it noticed.
    pub diagnostics: AgentDiagnostics,
}

impl AgentRecord {
    /// The incarnation in the form agents use; `None` when it is not one.
    #[must_use]
    pub fn parsed_incarnation(&self) -> Option<Incarnation> {
        self.incarnation.parse().ok()
    }
}
