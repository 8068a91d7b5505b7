//! Backends with their numbers.

use super::numbers::properties;
use super::parameters::Place;
use crate::controller::Shared;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tierline_engine::Scope;
use tierline_engine::backends::{backends, callers};
use tierline_engine::names::Names;
use tierline_model::BackendId;
use tierline_store::StoreError;
use utoipa::ToSchema;

use super::error::{ApiError, ErrorAnswer};
use super::numbers::{NameValue, Spark};
use super::parameters::Range;

/// One line of the list.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BackendRow {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `HTTP`, `DB`, `CACHE`, `QUEUE`, `CUSTOM`, ….
    pub exit_type: String,
    /// Its identifying properties.
    pub properties: Vec<NameValue>,
    /// The tier it turned out to be.
    pub resolved_tier_id: Option<u64>,
    /// That tier's name.
    pub resolved_tier_name: Option<String>,
    /// Exit calls.
    pub calls: u64,
    /// Exit calls per minute.
    pub calls_per_minute: f64,
    /// Average duration; null without calls.
    pub average_ms: Option<f64>,
    /// Exit calls in error.
    pub errors: u64,
    /// The same over time.
    pub spark: Spark,
}

/// One backend.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BackendDetails {
    /// What the list says of it.
    #[serde(flatten)]
    pub row: BackendRow,
    /// Who calls it, most calls first.
    pub callers: Vec<BackendCaller>,
    /// For which business transactions, most calls first.
    pub bts: Vec<BackendBt>,
}

/// A tier that calls a backend.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BackendCaller {
    /// The tier.
    pub tier_id: u64,
    /// Its name.
    pub tier_name: String,
    /// Its calls.
    pub calls: u64,
    /// Their average duration.
    pub average_ms: Option<f64>,
    /// How many of them were in error.
    pub errors: u64,
}

/// A business transaction that calls a backend.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BackendBt {
    /// The business transaction.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its calls.
    pub calls: u64,
}

/// All backends with their numbers.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/backends",
    operation_id = "backends_list",
    tag = "backends",
    params(("app" = u64, Path, description = "Its id."), Range),
    responses(
        (status = 200, body = Vec<BackendRow>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn list(State(controller): State<Shared>, place: Place) -> Result<Json<Vec<BackendRow>>, ApiError> {
    let rows = controller.ask(move |store| rows(place.scope(store), None)).await?;
    Ok(Json(rows))
}

/// One backend.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/backends/{backend}",
    operation_id = "backends_one",
    tag = "backends",
    params(("app" = u64, Path, description = "Its id."), ("backend" = u64, Path, description = "Its id."), Range),
    responses(
        (status = 200, body = BackendDetails),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn one(State(controller): State<Shared>, place: Place) -> Result<Json<BackendDetails>, ApiError> {
    let backend = place.path_id("backend", BackendId::from_u64)?;
    let found = controller.ask(move |store| details(place.scope(store), backend)).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("backend"))
}

fn rows(scope: Scope<'_>, only: Option<BackendId>) -> Result<Vec<BackendRow>, StoreError> {
    let entities = scope.entities()?;
    let names = Names::new(&entities);
    let all = backends(scope, only)?;
    Ok(all
        .iter()
        .map(|one| BackendRow {
            id: one.backend.backend.id.get(),
            name: one.backend.backend.name.to_string(),
            exit_type: one.backend.backend.key.exit_type.to_string(),
            properties: properties(&one.backend.backend.key.properties),
            resolved_tier_id: one.tier_id.map(|tier| tier.get()),
            resolved_tier_name: one.tier_id.map(|tier| names.tier_name(tier).to_owned()),
            calls: one.numbers.calls,
            calls_per_minute: one.numbers.per_minute(scope.range),
            average_ms: one.numbers.average_ms(),
            errors: one.numbers.errors(),
            spark: (&one.spark).into(),
        })
        .collect())
}

fn details(scope: Scope<'_>, backend: BackendId) -> Result<Option<BackendDetails>, StoreError> {
    let Some(row) = rows(scope, Some(backend))?.into_iter().next() else { return Ok(None) };
    let entities = scope.entities()?;
    let names = Names::new(&entities);
    let callers = callers(scope, backend)?;
    let tiers = callers.tiers.iter().map(|(tier, numbers)| BackendCaller {
        tier_id: tier.get(),
        tier_name: names.tier_name(*tier).to_owned(),
        calls: numbers.calls,
        average_ms: numbers.average_ms(),
        errors: numbers.errors(),
    });
    let bts = callers.bts.iter().map(|(bt, numbers)| BackendBt {
        id: bt.get(),
        name: names.bt_name(*bt).to_owned(),
        calls: numbers.calls,
    });
    Ok(Some(BackendDetails { row, callers: tiers.collect(), bts: bts.collect() }))
}
