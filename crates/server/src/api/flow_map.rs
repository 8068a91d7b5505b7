//! The flow map: who calls whom, how often and how fast.

use super::numbers::properties;
use super::parameters::{Parameters, Place, optional_id};
use crate::controller::Shared;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tierline_engine::flow_map::{Edge, MapTier, Target, flow_map as flow_map_of};
use tierline_model::BtId;
use tierline_store::{BackendRecord, TimeRange};
use utoipa::{IntoParams, ToSchema};

use super::error::{ApiError, ErrorAnswer};
use super::numbers::NameValue;
use super::parameters::Range;

/// What the map is about.
#[derive(Deserialize, IntoParams, Debug, Clone, Copy, Default)]
#[into_params(parameter_in = Query)]
pub struct FlowMapFilter {
    /// Only calls made for this business transaction.
    pub bt: Option<u64>,
}

/// Tiers, backends and the calls between them.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct FlowMap {
    /// Tiers that had calls, by name.
    pub tiers: Vec<FlowTier>,
    /// Backends that were called and are no tiers, by name.
    pub backends: Vec<FlowBackend>,
    /// Calls.
    pub edges: Vec<FlowEdge>,
}

/// A tier on the map.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct FlowTier {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `python`, `nodejs`, `rust` or `other`.
    pub language: String,
    /// Nodes that reported in the asked time.
    pub nodes: u64,
    /// Segments it executed.
    pub calls: u64,
    /// Segments per minute.
    pub calls_per_minute: f64,
    /// Average duration; null without calls.
    pub average_ms: Option<f64>,
    /// Segments in error.
    pub errors: u64,
    /// Whether business transactions start here.
    pub entry: bool,
}

/// A backend on the map.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct FlowBackend {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `HTTP`, `DB`, `CACHE`, `QUEUE`, `CUSTOM`, ….
    pub exit_type: String,
    /// Its identifying properties.
    pub properties: Vec<NameValue>,
}

/// Calls from a tier to a tier or a backend: exactly one of `toTierId` and `backendId` is set.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct FlowEdge {
    /// The calling tier.
    pub from_tier_id: u64,
    /// The called tier.
    pub to_tier_id: Option<u64>,
    /// The called backend.
    pub backend_id: Option<u64>,
    /// How it is called.
    pub exit_type: String,
    /// Whether the caller does not wait: drawn dashed.
    #[serde(rename = "async")]
    pub asynchronous: bool,
    /// Calls.
    pub calls: u64,
    /// Calls per minute.
    pub calls_per_minute: f64,
    /// Average duration as the caller saw it; null without calls.
    pub average_ms: Option<f64>,
    /// Calls in error.
    pub errors: u64,
}

/// Who calls whom. A backend that turned out to be a tier appears as calls to that tier.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/flow-map",
    operation_id = "flow_map_flow_map",
    tag = "flow_map",
    params(("app" = u64, Path, description = "Its id."), Range, FlowMapFilter),
    responses(
        (status = 200, body = FlowMap),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn flow_map(
    State(controller): State<Shared>,
    place: Place,
    Parameters(filter): Parameters<FlowMapFilter>,
) -> Result<Json<FlowMap>, ApiError> {
    let bt = optional_id(filter.bt, BtId::from_u64)?;
    let range = place.range;
    let map = controller.ask(move |store| flow_map_of(place.scope(store), bt)).await?;
    Ok(Json(FlowMap {
        tiers: map.tiers.iter().map(|tier| flow_tier(tier, range)).collect(),
        backends: map.backends.iter().map(flow_backend).collect(),
        edges: map.edges.iter().map(|edge| flow_edge(edge, range)).collect(),
    }))
}

fn flow_tier(tier: &MapTier, range: TimeRange) -> FlowTier {
    FlowTier {
        id: tier.tier.id.get(),
        name: tier.tier.name.to_string(),
        language: tier.tier.language.as_str().to_owned(),
        nodes: u64::from(tier.nodes),
        calls: tier.numbers.calls,
        calls_per_minute: tier.numbers.per_minute(range),
        average_ms: tier.numbers.average_ms(),
        errors: tier.numbers.errors(),
        entry: tier.entry,
    }
}

fn flow_backend(backend: &BackendRecord) -> FlowBackend {
    FlowBackend {
        id: backend.backend.id.get(),
        name: backend.backend.name.to_string(),
        exit_type: backend.backend.key.exit_type.to_string(),
        properties: properties(&backend.backend.key.properties),
    }
}

fn flow_edge(edge: &Edge, range: TimeRange) -> FlowEdge {
    let (to_tier_id, backend_id) = match edge.to {
        Target::Tier(tier) => (Some(tier.get()), None),
        Target::Backend(backend) => (None, Some(backend.get())),
    };
    FlowEdge {
        from_tier_id: edge.from.get(),
        to_tier_id,
        backend_id,
        exit_type: edge.exit_type.to_string(),
        asynchronous: edge.exit_type.is_async(),
        calls: edge.numbers.calls,
        calls_per_minute: edge.numbers.per_minute(range),
        average_ms: edge.numbers.average_ms(),
        errors: edge.numbers.errors(),
    }
}
