//! Nodes, the agents on them, and whether their numbers add up.

use std::collections::BTreeMap;

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{ApiError, ErrorAnswer};
use super::parameters::Range;

/// One node.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct NodeRow {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its tier.
    pub tier_id: u64,
    /// Its tier's name.
    pub tier_name: String,
    /// `python`, `nodejs`, `rust` or `other`.
    pub language: String,
    /// The agent's version.
    pub agent_version: String,
    /// The runtime's version (`3.11.7`).
    pub runtime_version: String,
    /// The machine's name.
    pub host_name: String,
    /// The process that reported last.
    pub process_id: u32,
    /// When it was first heard of.
    pub first_seen: u64,
    /// When it was last heard of.
    pub last_seen: u64,
    /// Segments it executed in the asked time.
    pub calls: u64,
    /// Segments in error.
    pub errors: u64,
    /// Average duration; null without calls.
    pub average_ms: Option<f64>,
    /// The agents that spoke for it, newest first: one per process life.
    pub agents: Vec<AgentInfo>,
    /// The conservation line of the asked time.
    pub ledger: LedgerInfo,
}

/// One life of an agent.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct AgentInfo {
    /// Which life.
    pub incarnation: String,
    /// When it spoke last.
    pub last_seen: u64,
    /// Whether it said goodbye.
    pub disconnected: bool,
    /// The version of the configuration in force there.
    pub config_version: u64,
    /// What it noticed and its program was never told.
    pub diagnostics: DiagnosticsInfo,
}

/// What an agent noticed since its start.
#[derive(Serialize, ToSchema, Debug, Clone, Default)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosticsInfo {
    /// Odd calls of the API by what was odd.
    pub misuse: BTreeMap<String, u64>,
    /// Names that are reported under another name.
    pub replaced_names: Vec<ReplacedNameInfo>,
    /// What was dropped, by cause.
    pub drops: BTreeMap<String, u64>,
    /// What is wrong with settings or delivery, in sentences.
    pub warnings: Vec<String>,
    /// Bytes waiting in the spool.
    pub spool_bytes: u64,
    /// Panics caught inside the agent: 0, or a bug to report.
    pub panics: u64,
}

/// A name that is reported under another one.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ReplacedNameInfo {
    /// What the program passed.
    pub given: String,
    /// What is reported.
    pub reported: String,
}

/// What began must end, and what ended must be in the numbers.
#[derive(Serialize, ToSchema, Debug, Clone, Copy, Default)]
#[serde(rename_all = "camelCase")]
pub struct LedgerInfo {
    /// Segments begun.
    pub begun: u64,
    /// Segments ended.
    pub ended: u64,
    /// Segments running at the end.
    pub in_flight: u64,
    /// Whether the numbers add up.
    pub balanced: bool,
}

/// All nodes, their agents, and whether their numbers add up.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/nodes",
    operation_id = "nodes_list",
    tag = "nodes",
    params(("app" = u64, Path, description = "Its id."), Range),
    responses(
        (status = 200, body = Vec<NodeRow>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn list() -> Result<Json<Vec<NodeRow>>, ApiError> {
    Err(ApiError::not_logged_in())
}
