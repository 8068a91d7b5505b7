//! Events of an application.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_engine::events::{self, EntityRef, Event, EventFilter, Severity, kinds};
use tierline_model::{BtId, NodeId, TierId};
use tierline_store::{Entities, Store};
use utoipa::{IntoParams, ToSchema};

use super::body::Body;
use super::error::{ApiError, ErrorAnswer};
use super::health::EntityInfo;
use super::parameters::{Parameters, Place, Range, optional_id};
use crate::audit::{self, Action as Done};
use crate::controller::{Shared, now_ms};
use crate::permissions::Permission;

/// Events of one page of the list when not told otherwise.
const EVENTS_USUAL: usize = 200;

/// Something that happened.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct EventInfo {
    /// Its id.
    pub id: u64,
    /// When.
    pub time_ms: u64,
    /// `APPLICATION_DEPLOYMENT`, `CUSTOM`, `POLICY_OPEN_CRITICAL`, `DIAGNOSTIC_SESSION`, `AGENT_EVENT`, ….
    #[serde(rename = "type")]
    pub event_type: String,
    /// A custom event's own type.
    pub sub_type: String,
    /// `INFO`, `WARN` or `ERROR`.
    pub severity: String,
    /// One sentence.
    pub summary: String,
    /// More of it.
    pub comment: String,
    /// What else is known.
    pub properties: BTreeMap<String, String>,
    /// What caused it.
    pub triggered_entity: Option<EntityInfo>,
    /// What it is about.
    pub affected_entities: Vec<EntityInfo>,
}

impl From<&Event> for EventInfo {
    fn from(event: &Event) -> Self {
        Self {
            id: event.id,
            time_ms: event.time_ms,
            event_type: event.event_type.clone(),
            sub_type: event.sub_type.clone(),
            severity: event.severity.as_str().to_owned(),
            summary: event.summary.clone(),
            comment: event.comment.clone(),
            properties: event.properties.clone(),
            triggered_entity: event.triggered_entity.as_ref().map(EntityInfo::from),
            affected_entities: event.affected_entities.iter().map(EntityInfo::from).collect(),
        }
    }
}

/// Which events.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct EventQuery {
    /// Types, separated by commas; all when absent.
    pub types: Option<String>,
    /// Severities, separated by commas; all when absent.
    pub severities: Option<String>,
    /// At most so many, up to 5,000.
    pub limit: Option<usize>,
    /// Go on behind the event with this id.
    pub before: Option<u64>,
}

/// An event to write down.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct EventRequest {
    /// `APPLICATION_DEPLOYMENT` or `CUSTOM`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// A custom event's own type.
    #[serde(default)]
    pub sub_type: String,
    /// `INFO` (when absent), `WARN` or `ERROR`.
    #[serde(default)]
    pub severity: Option<String>,
    /// One sentence.
    pub summary: String,
    /// More of it.
    #[serde(default)]
    pub comment: String,
    /// What else is known.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
    /// The business transaction it is about.
    #[serde(default)]
    pub bt_id: Option<u64>,
    /// The tier it is about.
    #[serde(default)]
    pub tier_id: Option<u64>,
    /// The node it is about.
    #[serde(default)]
    pub node_id: Option<u64>,
}

/// Events in a time, newest first.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/events",
    operation_id = "events_list",
    tag = "events",
    params(("app" = u64, Path, description = "Its id."), Range, EventQuery),
    responses(
        (status = 200, body = Vec<EventInfo>),
        (status = 400, description = "The query cannot be read.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    place: Place,
    Parameters(query): Parameters<EventQuery>,
) -> Result<Json<Vec<EventInfo>>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let words = |text: &Option<String>| -> Vec<String> {
        let text = text.as_deref().unwrap_or_default();
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let filter = EventFilter {
        types: words(&query.types),
        severities: words(&query.severities).iter().map(|text| Severity::of(text)).collect(),
        limit: query.limit.unwrap_or(EVENTS_USUAL),
        before_id: query.before,
    };
    let ask =
        move |store: &dyn Store| events::find(store, &place.account, place.app_id, place.range, &filter);
    Ok(Json(controller.ask(ask).await?.iter().map(EventInfo::from).collect()))
}

/// Writes a deployment or custom event down. Policies see it within seconds.
#[utoipa::path(
    post,
    path = "/api/applications/{app}/events",
    operation_id = "events_create",
    tag = "events",
    params(("app" = u64, Path, description = "Its id.")),
    request_body = EventRequest,
    responses(
        (status = 201, body = EventInfo),
        (status = 400, description = "It cannot be read.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such application.", body = ErrorAnswer),
    )
)]
pub async fn create(
    State(controller): State<Shared>,
    place: Place,
    Body(request): Body<EventRequest>,
) -> Result<(StatusCode, Json<EventInfo>), ApiError> {
    place.visitor.must(Permission::CreateEvents)?;
    if ![kinds::DEPLOYMENT, kinds::CUSTOM].contains(&request.event_type.as_str()) {
        let hint = "The type is APPLICATION_DEPLOYMENT or CUSTOM.";
        return Err(ApiError::bad_request(format!("{:?} cannot be written down.", request.event_type), hint));
    }
    if request.summary.trim().is_empty() {
        return Err(ApiError::bad_request("The event has no summary.", "Say in one sentence what happened."));
    }
    let tier = optional_id(request.tier_id, TierId::from_u64)?;
    let node = optional_id(request.node_id, NodeId::from_u64)?;
    let bt = optional_id(request.bt_id, BtId::from_u64)?;
    let work = move |store: &dyn Store| -> Result<Event, ApiError> {
        let applications = store.applications(&place.account)?;
        let application = applications.iter().find(|a| a.id == place.app_id);
        let application = application.ok_or_else(|| ApiError::not_found("application"))?;
        let entities = store.entities(&place.account, place.app_id)?;
        let mut affected = vec![EntityRef::new("APPLICATION", application.id.get(), &*application.name)];
        affected.extend(about(&entities, tier, node, bt));
        let severity = Severity::of(request.severity.as_deref().unwrap_or_default());
        let mut event = [Event {
            time_ms: now_ms(),
            sub_type: request.sub_type,
            comment: request.comment,
            properties: request.properties,
            affected_entities: affected,
            ..Event::new(place.app_id, &request.event_type, severity, request.summary)
        }];
        events::record(store, &place.account, &mut event)?;
        let [event] = event;
        audit::record(store, &place.visitor, Done::ObjectCreated, &format!("event:{}", event.id), now_ms());
        Ok(event)
    };
    let event = controller.work(work).await??;
    Ok((StatusCode::CREATED, Json((&event).into())))
}

fn about(
    entities: &Entities,
    tier: Option<TierId>,
    node: Option<NodeId>,
    bt: Option<BtId>,
) -> Vec<EntityRef> {
    let tier = entities.tiers.iter().find(|one| Some(one.id) == tier);
    let node = entities.nodes.iter().find(|one| Some(one.id) == node);
    let bt = entities.bts.iter().find(|one| Some(one.id) == bt);
    let mut found = Vec::new();
    found.extend(tier.map(|one| EntityRef::new("APPLICATION_COMPONENT", one.id.get(), &*one.name)));
    found.extend(node.map(|one| EntityRef::new("APPLICATION_COMPONENT_NODE", one.id.get(), &*one.name)));
    found.extend(bt.map(|one| EntityRef::new("BUSINESS_TRANSACTION", one.id.get(), &*one.name)));
    found
}
