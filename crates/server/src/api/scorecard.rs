//! The transaction scorecard: one number each for a time range.

use axum::Json;
use serde::{Deserialize, Serialize};
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
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn scorecard() -> Result<Json<Scorecard>, ApiError> {
    Err(ApiError::not_logged_in())
}
