//! Errors by type and place.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tierline_engine::Scope;
use tierline_engine::errors::{ErrorFilter, ErrorGroup, Errors, error_groups, places};
use tierline_engine::names::Names;
use tierline_model::{BtId, ErrorId, TierId};
use tierline_store::{Store, StoreError};
use utoipa::{IntoParams, ToSchema};

use super::error::{ApiError, ErrorAnswer};
use super::parameters::{Parameters, Place, Range, optional_id};
use crate::controller::Shared;
use crate::permissions::Permission;

/// Errors of a time.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ErrorList {
    /// By type and tier, most first.
    pub groups: Vec<ErrorGroupInfo>,
    /// Length of a step of the trends.
    pub step_ms: u64,
    /// Start of their first step.
    pub from: u64,
    /// Whether there were more than are counted here: ask for a shorter time.
    pub truncated: bool,
}

/// Errors of one type on one tier.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ErrorGroupInfo {
    /// The type's id.
    pub error_id: u64,
    /// The type.
    pub type_name: String,
    /// The tier's id.
    pub tier_id: u64,
    /// The tier's name.
    pub tier_name: String,
    /// The newest message.
    pub message: String,
    /// How many.
    pub count: u64,
    /// The oldest one of this time.
    pub first_ms: u64,
    /// The newest one.
    pub last_ms: u64,
    /// How many per step.
    pub trend: Vec<u64>,
    /// The business transactions they happened in, most first.
    pub bts: Vec<ErrorBt>,
    /// The newest snapshots.
    pub snapshots: Vec<ErrorSnapshot>,
}

/// A business transaction with errors.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBt {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// How many errors.
    pub count: u64,
}

/// A snapshot with an error.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ErrorSnapshot {
    /// The request.
    pub guid: String,
    /// When.
    pub start_ms: u64,
    /// How long it took.
    pub duration_ms: f64,
    /// The business transaction.
    pub bt_id: u64,
}

/// One group with the places its errors come from.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ErrorDetails {
    /// The group.
    #[serde(flatten)]
    pub group: ErrorGroupInfo,
    /// Where they come from, by the stacks of the newest fifty snapshots.
    pub places: Vec<ErrorPlaceInfo>,
}

/// A place in the program.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ErrorPlaceInfo {
    /// The innermost line of the stack, or the backend of an exit call; may be empty.
    pub place: String,
    /// How many of the snapshots that were read.
    pub count: u64,
    /// The newest message.
    pub message: String,
    /// The newest stack; may be empty.
    pub stack: String,
    /// The newest snapshot.
    pub guid: String,
    /// When that was.
    pub last_ms: u64,
}

/// Which errors.
#[derive(Deserialize, IntoParams, Debug, Clone, Copy, Default)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct ErrorQuery {
    /// Only on this tier.
    pub tier: Option<u64>,
    /// Only in this business transaction.
    pub bt: Option<u64>,
}

fn group_info(group: &ErrorGroup, names: &Names<'_>) -> ErrorGroupInfo {
    ErrorGroupInfo {
        error_id: group.id.get(),
        type_name: group.type_name.clone(),
        tier_id: group.tier_id.get(),
        tier_name: names.tier_name(group.tier_id).to_owned(),
        message: group.message.clone(),
        count: group.count,
        first_ms: group.first_ms,
        last_ms: group.last_ms,
        trend: group.trend.clone(),
        bts: group
            .bts
            .iter()
            .map(|(bt, count)| ErrorBt { id: bt.get(), name: names.bt_name(*bt).to_owned(), count: *count })
            .collect(),
        snapshots: group
            .snapshots
            .iter()
            .map(|snapshot| ErrorSnapshot {
                guid: snapshot.guid.to_string(),
                start_ms: snapshot.start_unix_ns / 1_000_000,
                duration_ms: snapshot.duration_ns as f64 / 1e6,
                bt_id: snapshot.bt_id.get(),
            })
            .collect(),
    }
}

/// Errors of a time by type and tier.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/errors",
    operation_id = "errors_list",
    tag = "errors",
    params(("app" = u64, Path, description = "Its id."), Range, ErrorQuery),
    responses(
        (status = 200, body = ErrorList),
        (status = 400, description = "The query cannot be read.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    place: Place,
    Parameters(query): Parameters<ErrorQuery>,
) -> Result<Json<ErrorList>, ApiError> {
    place.visitor.must(Permission::ViewSnapshots)?;
    let filter = ErrorFilter {
        tier_id: optional_id(query.tier, TierId::from_u64)?,
        bt_id: optional_id(query.bt, BtId::from_u64)?,
        error_id: None,
    };
    let ask = move |store: &dyn Store| {
        let scope = place.scope(store);
        let Errors { groups, steps, truncated } = error_groups(scope, &filter)?;
        let entities = scope.entities()?;
        let names = Names::new(&entities);
        let groups = groups.iter().map(|group| group_info(group, &names)).collect();
        Ok(ErrorList { groups, step_ms: steps.step_ms(), from: steps.from_ms, truncated })
    };
    Ok(Json(controller.ask(ask).await?))
}

/// One group with the places its errors come from.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/errors/{tier}/{error}",
    operation_id = "errors_one",
    tag = "errors",
    params(("app" = u64, Path, description = "Its id."), ("tier" = u64, Path, description = "The tier."), ("error" = u64, Path, description = "The error type's id."), Range),
    responses(
        (status = 200, body = ErrorDetails),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such error in this time.", body = ErrorAnswer),
    )
)]
pub async fn one(State(controller): State<Shared>, place: Place) -> Result<Json<ErrorDetails>, ApiError> {
    place.visitor.must(Permission::ViewSnapshots)?;
    let filter = ErrorFilter {
        tier_id: Some(place.path_id("tier", TierId::from_u64)?),
        bt_id: None,
        error_id: Some(place.path_id("error", ErrorId::from_u64)?),
    };
    let found = controller.ask(move |store| details(place.scope(store), &filter)).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("error in this time"))
}

fn details(scope: Scope<'_>, filter: &ErrorFilter) -> Result<Option<ErrorDetails>, StoreError> {
    let Some(group) = error_groups(scope, filter)?.groups.into_iter().next() else { return Ok(None) };
    let entities = scope.entities()?;
    let places = places(scope, &group)?.into_iter().map(|place| ErrorPlaceInfo {
        place: place.place,
        count: place.count,
        message: place.message,
        stack: place.stack,
        guid: place.guid.to_string(),
        last_ms: place.last_ms,
    });
    let places = places.collect();
    Ok(Some(ErrorDetails { group: group_info(&group, &Names::new(&entities)), places }))
}
