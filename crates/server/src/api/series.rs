//! Numbers over time, for charts.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::{ApiError, ErrorAnswer};
use super::numbers::Verdicts;
use super::parameters::Range;

/// What the series is about.
#[derive(Deserialize, IntoParams, Debug, Clone, Copy, Default)]
#[into_params(parameter_in = Query)]
pub struct SeriesFilter {
    /// Only this business transaction.
    pub bt: Option<u64>,
    /// Only what this tier reported, continuing segments included.
    pub tier: Option<u64>,
    /// Only what this node reported, continuing segments included.
    pub node: Option<u64>,
    /// Only calls to this backend (exit calls instead of business transactions).
    pub backend: Option<u64>,
    /// Length of a step in milliseconds, rounded up to whole minutes; chosen from the range when absent.
    pub step: Option<u64>,
}

/// Numbers over time.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// Length of a step.
    pub step_ms: u64,
    /// Start of the first step.
    pub from: u64,
    /// End of the last step.
    pub to: u64,
    /// One point per step, steps without calls included.
    pub points: Vec<SeriesPoint>,
}

/// One step.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct SeriesPoint {
    /// Start of the step.
    pub t: u64,
    /// Calls.
    pub calls: u64,
    /// Calls in error.
    pub errors: u64,
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
    /// How they went.
    pub verdicts: Verdicts,
}

/// Numbers over time. Originating segments only unless a tier, node or backend is given.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/series",
    operation_id = "series_series",
    tag = "series",
    params(("app" = u64, Path, description = "Its id."), Range, SeriesFilter),
    responses(
        (status = 200, body = Series),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn series() -> Result<Json<Series>, ApiError> {
    Err(ApiError::not_logged_in())
}
