//! What a change of the agents' configuration would do, before it is written.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tierline_engine::detection_trial::{Tried, TriedExecution, TriedRequest, path_and_query, trial};
use tierline_engine::limits::TRIAL_REQUESTS_MAX;
use tierline_model::{EntryType, TierId};
use tierline_store::Store;
use utoipa::ToSchema;

use super::agent_configuration::TierQuery;
use super::body::Body;
use super::error::{ApiError, ErrorAnswer};
use super::parameters::{Parameters, Place, Range, optional_id};
use crate::controller::Shared;
use crate::limits::TRIAL_HEADERS_MAX;
use crate::permissions::Permission;

/// A change to try.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct TrialRequest {
    /// What would differ, as a JSON merge patch.
    #[schema(value_type = Object)]
    pub patch: Value,
    /// Requests to try it on besides those that were kept, at most 20.
    #[serde(default)]
    pub requests: Vec<TypedRequest>,
}

/// A request somebody typed.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct TypedRequest {
    /// `GET`, ….
    #[serde(default)]
    pub method: String,
    /// The path with its query; a whole URL is understood.
    pub url: String,
    /// Headers, at most 20.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The kind of agent: `PYTHON_WEB`, `NODEJS_WEB` (when absent), `RUST_WEB` or `OPEN_TELEMETRY`.
    #[serde(default)]
    pub entry_type: Option<String>,
}

/// What the change would do.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct TrialAnswer {
    /// What agents would be told.
    #[schema(value_type = Object)]
    pub effective: Value,
    /// Requests that were kept in the time, each method and path once, newest first; empty for those who may not see
    /// snapshots.
    pub recent: Vec<RecentRequest>,
    /// Those that were typed, in their order.
    pub typed: Vec<RequestNames>,
}

/// A request that was kept.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct RecentRequest {
    /// Its snapshot.
    pub guid: String,
    /// When it began.
    pub start: u64,
    /// The tier it entered.
    pub tier_id: u64,
    /// The name it was measured under.
    pub bt_name: String,
    /// Whether only that name is known and stands for the path.
    pub only_name: bool,
    /// What it is and would be called.
    pub names: RequestNames,
}

/// What a request is called, and would be.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct RequestNames {
    /// `GET`, …; empty when it is not known.
    pub method: String,
    /// Its path.
    pub path: String,
    /// By the rules that are written; null when it is no business transaction.
    pub now: Option<String>,
    /// By the rules that are tried; null when it would be none.
    pub then: Option<String>,
}

impl From<Tried> for RequestNames {
    fn from(tried: Tried) -> Self {
        let Tried { request, now, then } = tried;
        Self { method: request.method, path: request.path, now, then }
    }
}

impl From<TriedExecution> for RecentRequest {
    fn from(execution: TriedExecution) -> Self {
        Self {
            guid: execution.guid.to_string(),
            start: execution.start_ms,
            tier_id: execution.tier_id.get(),
            bt_name: execution.bt_name,
            only_name: execution.only_name,
            names: execution.tried.into(),
        }
    }
}

fn typed(request: TypedRequest) -> Result<TriedRequest, ApiError> {
    if request.headers.len() > TRIAL_HEADERS_MAX {
        return Err(ApiError::bad_request(
            format!("A request has more than {TRIAL_HEADERS_MAX} headers."),
            "Leave out those the rules do not look at.",
        ));
    }
    let entry_type = match request.entry_type.as_deref() {
        None | Some("") => EntryType::NodejsWeb,
        Some(text) => {
            text.parse().map_err(|error| ApiError::bad_request(format!("{error}."), "Choose one."))?
        }
    };
    let (path, query) = path_and_query(&request.url);
    let headers = request.headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
    Ok(TriedRequest { entry_type, method: request.method, path, query, headers: headers.collect() })
}

/// Says what agents would be told and what requests would be called if this were written. Nothing is changed.
#[utoipa::path(
    post,
    path = "/api/applications/{app}/agent-configuration/trial",
    operation_id = "agent_configuration_trial",
    tag = "agent configuration",
    params(("app" = u64, Path, description = "Its id."), Range, TierQuery),
    request_body = TrialRequest,
    responses(
        (status = 200, body = TrialAnswer),
        (status = 400, description = "It cannot be used; the answer names the key at fault.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn post(
    State(controller): State<Shared>,
    place: Place,
    Parameters(query): Parameters<TierQuery>,
    Body(request): Body<TrialRequest>,
) -> Result<Json<TrialAnswer>, ApiError> {
    place.visitor.must(Permission::ConfigureApplications)?;
    let tier = optional_id(query.tier, TierId::from_u64)?;
    if request.requests.len() > TRIAL_REQUESTS_MAX {
        let error = format!("There are more than {TRIAL_REQUESTS_MAX} requests.");
        return Err(ApiError::bad_request(error, "Try fewer at one time."));
    }
    let wanted: Vec<TriedRequest> = request.requests.into_iter().map(typed).collect::<Result<_, _>>()?;
    let may_look = place.visitor.must(Permission::ViewSnapshots).is_ok();
    let work = move |store: &dyn Store| -> Result<TrialAnswer, ApiError> {
        let trial = trial(place.scope(store), tier, &request.patch, wanted)?;
        let recent = trial.executions.into_iter().filter(|_| may_look).map(RecentRequest::from);
        Ok(TrialAnswer {
            effective: serde_json::to_value(trial.effective).unwrap_or_default(),
            recent: recent.collect(),
            typed: trial.typed.into_iter().map(RequestNames::from).collect(),
        })
    };
    Ok(Json(controller.work(work).await??))
}
