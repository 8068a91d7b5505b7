//! What agents are told, and what is in force at them.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tierline_engine::agent_configuration::{self, ConfigurationError, Patch};
use tierline_engine::events::Event;
use tierline_engine::names::Names;
use tierline_model::{AppId, TierId};
use tierline_store::{AgentRecord, Store};
use utoipa::{IntoParams, ToSchema};

use super::body::Body;
use super::error::{ApiError, ErrorAnswer};
use super::parameters::{Parameters, Place, optional_id};
use crate::audit::{self, Action as Done};
use crate::controller::{Shared, now_ms};
use crate::permissions::Permission;

/// For the application, or for one tier of it.
#[derive(Deserialize, IntoParams, Debug, Clone, Copy, Default)]
#[into_params(parameter_in = Query)]
pub struct TierQuery {
    /// The tier; the application when absent.
    pub tier: Option<u64>,
}

/// What people wrote.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ConfigurationVersion {
    /// 0 when nobody wrote anything.
    pub version: u64,
    /// When.
    pub changed_ms: u64,
    /// Who.
    pub changed_by: String,
    /// What differs from the defaults (for a tier: from the application's), as a JSON merge patch.
    #[schema(value_type = Object)]
    pub patch: Value,
}

/// A configuration.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Configuration {
    /// What people wrote.
    pub written: ConfigurationVersion,
    /// What follows from it: what agents are told.
    #[schema(value_type = Object)]
    pub effective: Value,
    /// What is in force at the agents that reported lately.
    pub agents: Vec<AgentConfiguration>,
}

/// What is in force at an agent.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct AgentConfiguration {
    /// Its node.
    pub node_id: u64,
    /// Its node's name.
    pub node_name: String,
    /// Its tier, when it is known.
    pub tier_id: Option<u64>,
    /// Its tier's name; empty when it is not known.
    pub tier_name: String,
    /// The agent's version.
    pub agent_version: String,
    /// When it spoke last.
    pub last_seen_ms: u64,
    /// The version in force there.
    pub version: u64,
    /// The version agents of its tier are told now.
    pub told_version: u64,
    /// Whether it is what agents are told now.
    pub up_to_date: bool,
    /// The configuration in force there.
    #[schema(value_type = Object)]
    pub effective: Value,
}

/// A configuration to write.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ConfigurationRequest {
    /// Only when this version is there.
    #[serde(default)]
    pub version: Option<u64>,
    /// What differs, as a JSON merge patch.
    #[schema(value_type = Object)]
    pub patch: Value,
}

/// A version to bring back.
#[derive(Deserialize, ToSchema, Debug, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub struct RollBackRequest {
    /// Which.
    pub version: u64,
}

/// Agents of one answer.
const AGENTS_SHOWN_MAX: usize = 500;

fn version(patch: Patch) -> ConfigurationVersion {
    let Patch { patch, version, changed_ms, changed_by } = patch;
    ConfigurationVersion { version, changed_ms, changed_by, patch }
}

fn configuration(
    store: &dyn Store,
    account: &str,
    app: AppId,
    tier: Option<TierId>,
) -> Result<Configuration, ApiError> {
    let written = version(agent_configuration::get(store, account, app, tier)?);
    let effective = agent_configuration::effective(store, account, app, tier)?;
    let entities = store.entities(account, app)?;
    let names = Names::new(&entities);
    let mut told: HashMap<Option<TierId>, u64> = HashMap::new();
    let mut agents = Vec::new();
    for agent in store.agents(account, app)?.into_iter().filter(|agent| !agent.disconnected) {
        let node = entities.nodes.iter().find(|node| node.id == agent.node_id);
        let own_tier = node.map(|node| node.tier_id);
        if agents.len() >= AGENTS_SHOWN_MAX || (tier.is_some() && own_tier != tier) {
            continue;
        }
        let AgentRecord { node_id, last_seen_ms, config_version, effective_config, .. } = agent;
        let told_version = match told.get(&own_tier) {
            Some(version) => *version,
            None => agent_configuration::effective(store, account, app, own_tier)?.version,
        };
        told.insert(own_tier, told_version);
        agents.push(AgentConfiguration {
            node_id: node_id.get(),
            node_name: names.node_name(node_id).to_owned(),
            tier_id: own_tier.map(TierId::get),
            tier_name: own_tier.map_or_else(String::new, |tier| names.tier_name(tier).to_owned()),
            agent_version: node.map_or_else(String::new, |node| node.agent_version.to_string()),
            last_seen_ms,
            version: config_version,
            told_version,
            up_to_date: config_version == told_version,
            effective: serde_json::from_str(&effective_config).unwrap_or_default(),
        });
    }
    Ok(Configuration { written, effective: serde_json::to_value(effective).unwrap_or_default(), agents })
}

/// What agents are told, and what is in force at them.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/agent-configuration",
    operation_id = "agent_configuration",
    tag = "agent configuration",
    params(("app" = u64, Path, description = "Its id."), TierQuery),
    responses(
        (status = 200, body = Configuration),
        (status = 400, description = "The query cannot be read.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn get(
    State(controller): State<Shared>,
    place: Place,
    Parameters(query): Parameters<TierQuery>,
) -> Result<Json<Configuration>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let tier = optional_id(query.tier, TierId::from_u64)?;
    let work = move |store: &dyn Store| configuration(store, &place.account, place.app_id, tier);
    Ok(Json(controller.work(work).await??))
}

/// Writes what differs; agents have it with their next poll.
#[utoipa::path(
    put,
    path = "/api/applications/{app}/agent-configuration",
    operation_id = "agent_configuration_put",
    tag = "agent configuration",
    params(("app" = u64, Path, description = "Its id."), TierQuery),
    request_body = ConfigurationRequest,
    responses(
        (status = 200, body = Configuration),
        (status = 400, description = "It cannot be used.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 409, description = "Somebody else changed it.", body = ErrorAnswer),
    )
)]
pub async fn put(
    State(controller): State<Shared>,
    place: Place,
    Parameters(query): Parameters<TierQuery>,
    Body(request): Body<ConfigurationRequest>,
) -> Result<Json<Configuration>, ApiError> {
    let ConfigurationRequest { version, patch } = request;
    change(&controller, place, query, move |store, account, of, by| {
        agent_configuration::put(store, account, of, &patch, version, by)
    })
    .await
}

/// Writes another version, and answers what holds then.
async fn change(
    controller: &Shared,
    place: Place,
    query: TierQuery,
    write: impl FnOnce(
        &dyn Store,
        &str,
        (AppId, Option<TierId>),
        (&str, u64),
    ) -> Result<(Patch, Event), ConfigurationError>
    + Send
    + 'static,
) -> Result<Json<Configuration>, ApiError> {
    place.visitor.must(Permission::ConfigureApplications)?;
    let tier = optional_id(query.tier, TierId::from_u64)?;
    let work = move |store: &dyn Store| -> Result<Configuration, ApiError> {
        let account = &place.account;
        write(store, account, (place.app_id, tier), (place.visitor.user.as_str(), now_ms()))?;
        let object = format!("agent-configuration:{}", place.app_id);
        audit::record(store, &place.visitor, Done::ObjectUpdated, &object, now_ms());
        configuration(store, account, place.app_id, tier)
    };
    let answer = controller.work(work).await??;
    controller.conversations.forget_configurations();
    Ok(Json(answer))
}

/// The versions that are kept, newest first.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/agent-configuration/history",
    operation_id = "agent_configuration_history",
    tag = "agent configuration",
    params(("app" = u64, Path, description = "Its id."), TierQuery),
    responses(
        (status = 200, body = Vec<ConfigurationVersion>),
        (status = 400, description = "The query cannot be read.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn history(
    State(controller): State<Shared>,
    place: Place,
    Parameters(query): Parameters<TierQuery>,
) -> Result<Json<Vec<ConfigurationVersion>>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let tier = optional_id(query.tier, TierId::from_u64)?;
    let ask =
        move |store: &dyn Store| agent_configuration::history(store, &place.account, place.app_id, tier);
    Ok(Json(controller.ask(ask).await?.into_iter().map(version).collect()))
}

/// Brings a former version back, as a new one.
#[utoipa::path(
    post,
    path = "/api/applications/{app}/agent-configuration/roll-back",
    operation_id = "agent_configuration_roll_back",
    tag = "agent configuration",
    params(("app" = u64, Path, description = "Its id."), TierQuery),
    request_body = RollBackRequest,
    responses(
        (status = 200, body = Configuration),
        (status = 400, description = "It cannot be used.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "The version is not kept any more.", body = ErrorAnswer),
    )
)]
pub async fn roll_back(
    State(controller): State<Shared>,
    place: Place,
    Parameters(query): Parameters<TierQuery>,
    Body(request): Body<RollBackRequest>,
) -> Result<Json<Configuration>, ApiError> {
    change(&controller, place, query, move |store, account, of, by| {
        agent_configuration::roll_back(store, account, of, request.version, by)
    })
    .await
}
