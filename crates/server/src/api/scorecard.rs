//! The transaction scorecard: one number each for a time range.

use super::parameters::{Parameters, Place, optional_id};
use crate::controller::Shared;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tierline_engine::scorecard::scorecard as scorecard_of;
use tierline_engine::series::Subject;
use tierline_model::{BackendId, BtId, TierId};
use utoipa::{IntoParams, ToSchema};

use super::error::{ApiError, ErrorAnswer};
use super::numbers::Verdicts;
use super::parameters::Range;

/// What the scorecard is about.
#[derive(Deserialize, IntoParams, Debug, Clone, Copy, Default)]
#[into_params(parameter_in = Query)]
pub struct ScorecardFilter {
    /// Only this business transaction.
    pub bt: Option<u64>,
    /// Only what this tier reported, continuing segments included.
    pub tier: Option<u64>,
    /// Only calls to this backend (exit calls instead of business transactions).
    pub backend: Option<u64>,
}

/// One number each.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Scorecard {
    /// Executions, or exit calls when a backend is asked for.
    pub calls: u64,
    /// Calls per minute of the asked time.
    pub calls_per_minute: f64,
    /// Average; null without calls.
    pub average_ms: Option<f64>,
    /// Shortest; null without calls.
    pub min_ms: Option<f64>,
    /// Longest; null without calls.
    pub max_ms: Option<f64>,
    /// Half were faster.
    pub p50: Option<f64>,
    /// 95 of 100 were faster.
    pub p95: Option<f64>,
    /// 99 of 100 were faster.
    pub p99: Option<f64>,
    /// In error.
    pub errors: u64,
    /// How they went.
    pub verdicts: Verdicts,
}

/// One number each for the asked time. Originating segments only unless a tier or backend is given.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/scorecard",
    operation_id = "scorecard_scorecard",
    tag = "scorecard",
    params(("app" = u64, Path, description = "Its id."), Range, ScorecardFilter),
    responses(
        (status = 200, body = Scorecard),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn scorecard(
    State(controller): State<Shared>,
    place: Place,
    Parameters(filter): Parameters<ScorecardFilter>,
) -> Result<Json<Scorecard>, ApiError> {
    let subject = Subject {
        bt: optional_id(filter.bt, BtId::from_u64)?,
        tier: optional_id(filter.tier, TierId::from_u64)?,
        node: None,
        backend: optional_id(filter.backend, BackendId::from_u64)?,
    };
    let range = place.range;
    let numbers = controller.ask(move |store| scorecard_of(place.scope(store), subject)).await?;
    Ok(Json(Scorecard {
        calls: numbers.calls,
        calls_per_minute: numbers.per_minute(range),
        average_ms: numbers.average_ms(),
        min_ms: numbers.min_ms(),
        max_ms: numbers.max_ms(),
        p50: numbers.quantile_ms(0.5),
        p95: numbers.quantile_ms(0.95),
        p99: numbers.quantile_ms(0.99),
        errors: numbers.errors(),
        verdicts: numbers.verdicts.into(),
    }))
}
