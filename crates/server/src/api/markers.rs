//! What charts are marked with.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tierline_engine::markers::{About, Marker, markers as markers_of};
use tierline_model::{BtId, NodeId, TierId};
use tierline_store::Store;
use utoipa::{IntoParams, ToSchema};

use super::error::{ApiError, ErrorAnswer};
use super::health::EntityInfo;
use super::parameters::{Parameters, Place, Range, optional_id};
use crate::controller::Shared;
use crate::permissions::Permission;

/// What the chart is about. Without any: everything of the application.
#[derive(Deserialize, IntoParams, Debug, Clone, Copy, Default)]
#[into_params(parameter_in = Query)]
pub struct MarkerQuery {
    /// This business transaction, and the application as a whole.
    pub bt: Option<u64>,
    /// This tier, and the application as a whole.
    pub tier: Option<u64>,
    /// This node, and the application as a whole.
    pub node: Option<u64>,
}

/// The markers of a chart.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct MarkerList {
    /// By start; the newest 500 when there are more.
    pub markers: Vec<MarkerInfo>,
    /// Whether there were more.
    pub truncated: bool,
}

/// An event, or a violation from its begin to its end.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct MarkerInfo {
    /// The event's or violation's id.
    pub id: u64,
    /// `EVENT` or `VIOLATION`.
    pub kind: String,
    /// When.
    pub start_ms: u64,
    /// Until when; null for an event and while a violation is open.
    pub end_ms: Option<u64>,
    /// The event's type; `POLICY_OPEN_WARNING` or `POLICY_OPEN_CRITICAL` for a violation.
    #[serde(rename = "type")]
    pub event_type: String,
    /// `INFO`, `WARN` or `ERROR`.
    pub severity: String,
    /// One sentence.
    pub summary: String,
    /// What it is about.
    pub affected_entities: Vec<EntityInfo>,
}

impl From<Marker> for MarkerInfo {
    fn from(marker: Marker) -> Self {
        Self {
            id: marker.id,
            kind: if marker.violation { "VIOLATION" } else { "EVENT" }.to_owned(),
            start_ms: marker.start_ms,
            end_ms: marker.end_ms,
            event_type: marker.event_type,
            severity: marker.severity.as_str().to_owned(),
            summary: marker.summary,
            affected_entities: marker.affected.iter().map(EntityInfo::from).collect(),
        }
    }
}

/// Events and violations of a time, to mark charts with. The events of a violation's life are one marker.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/markers",
    operation_id = "markers",
    tag = "events",
    params(("app" = u64, Path, description = "Its id."), Range, MarkerQuery),
    responses(
        (status = 200, body = MarkerList),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn markers(
    State(controller): State<Shared>,
    place: Place,
    Parameters(query): Parameters<MarkerQuery>,
) -> Result<Json<MarkerList>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let about = About {
        bt: optional_id(query.bt, BtId::from_u64)?,
        tier: optional_id(query.tier, TierId::from_u64)?,
        node: optional_id(query.node, NodeId::from_u64)?,
    };
    let (found, truncated) =
        controller.ask(move |store: &dyn Store| markers_of(place.scope(store), about)).await?;
    Ok(Json(MarkerList { markers: found.into_iter().map(MarkerInfo::from).collect(), truncated }))
}
