//! Nodes, the agents on them, and whether their numbers add up.

use std::collections::BTreeMap;

use super::parameters::Place;
use crate::controller::Shared;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tierline_engine::names::Names;
use tierline_engine::nodes::{NodeNumbers, nodes};
use tierline_model::AgentDiagnostics;
use tierline_store::AgentRecord;
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
    /// What its processes and the agents in them used in the asked time.
    pub cost: CostInfo,
}

/// What a node's processes and the agents in them used, all processes added up.
#[derive(Serialize, ToSchema, Debug, Clone, Copy, Default)]
#[serde(rename_all = "camelCase")]
pub struct CostInfo {
    /// Whole minutes something was reported on, in milliseconds; 0 when nothing was.
    pub observed_ms: u64,
    /// CPU time of the processes.
    pub process_cpu_ms: f64,
    /// CPU time of the agents' reporter threads.
    pub agent_cpu_ms: f64,
    /// Resident memory of the processes at their last reports.
    pub process_memory_bytes: u64,
    /// Memory the agents account for at their last reports.
    pub agent_memory_bytes: u64,
    /// Threads of the processes at their last reports.
    pub threads: u64,
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
    /// Names that All Other Traffic hid in the last minute, most called first; at most 64.
    pub hidden_names: Vec<HiddenNameInfo>,
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

/// A name that is counted under All Other Traffic.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct HiddenNameInfo {
    /// The name it would have when it is promoted.
    pub name: String,
    /// Calls it certainly had.
    pub calls: u64,
}

/// What began must end, and what ended must be in the numbers.
#[derive(Serialize, ToSchema, Debug, Clone, Copy, Default)]
#[serde(rename_all = "camelCase")]
pub struct LedgerInfo {
    /// Segments begun, those that were running when the time began included: `ended + inFlight` when balanced.
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
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn list(State(controller): State<Shared>, place: Place) -> Result<Json<Vec<NodeRow>>, ApiError> {
    let rows = controller
        .ask(move |store| {
            let scope = place.scope(store);
            let entities = scope.entities()?;
            let names = Names::new(&entities);
            Ok(nodes(scope)?.iter().map(|node| row(node, &names)).collect())
        })
        .await?;
    Ok(Json(rows))
}

fn row(one: &NodeNumbers, names: &Names<'_>) -> NodeRow {
    NodeRow {
        id: one.node.id.get(),
        name: one.node.name.to_string(),
        tier_id: one.node.tier_id.get(),
        tier_name: names.tier_name(one.node.tier_id).to_owned(),
        language: one.node.language.as_str().to_owned(),
        agent_version: one.node.agent_version.to_string(),
        runtime_version: one.node.runtime_version.to_string(),
        host_name: one.node.host_name.to_string(),
        process_id: one.node.process_id,
        first_seen: one.node.first_seen_ms,
        last_seen: one.node.last_seen_ms,
        calls: one.numbers.calls,
        errors: one.numbers.errors(),
        average_ms: one.numbers.average_ms(),
        agents: one.agents.iter().map(agent).collect(),
        ledger: LedgerInfo {
            begun: one.ledger.begun,
            ended: one.ledger.ended,
            in_flight: one.ledger.in_flight,
            balanced: one.ledger.balanced(),
        },
        cost: CostInfo {
            observed_ms: one.cost.observed_ms,
            process_cpu_ms: one.cost.process_cpu_ms,
            agent_cpu_ms: one.cost.agent_cpu_ms,
            process_memory_bytes: one.cost.process_memory_bytes,
            agent_memory_bytes: one.cost.agent_memory_bytes,
            threads: one.cost.threads,
        },
    }
}

fn agent(agent: &AgentRecord) -> AgentInfo {
    AgentInfo {
        incarnation: agent.incarnation.clone(),
        last_seen: agent.last_seen_ms,
        disconnected: agent.disconnected,
        config_version: agent.config_version,
        diagnostics: diagnostics(&agent.diagnostics),
    }
}

fn diagnostics(noticed: &AgentDiagnostics) -> DiagnosticsInfo {
    let replaced = noticed.replaced_names.iter();
    DiagnosticsInfo {
        misuse: noticed.misuse.clone(),
        replaced_names: replaced
            .map(|name| ReplacedNameInfo { given: name.given.clone(), reported: name.reported.clone() })
            .collect(),
        hidden_names: noticed
            .hidden_names
            .iter()
            .map(|hidden| HiddenNameInfo { name: hidden.name.clone(), calls: hidden.calls })
            .collect(),
        drops: noticed.drops.iter().map(|(cause, count)| (cause.to_string(), *count)).collect(),
        warnings: noticed.warnings.clone(),
        spool_bytes: noticed.spool_bytes,
        panics: noticed.panics,
    }
}
