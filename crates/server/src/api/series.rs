//! Numbers over time, for charts.

use super::parameters::{Parameters, Place, optional_id};
use crate::controller::Shared;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tierline_engine::baselines::{self, Trend};
use tierline_engine::metric_tree::Leaf;
use tierline_engine::series::{Subject, series as series_of};
use tierline_model::{BackendId, BtId, NodeId, TierId};
use tierline_store::Store;
use utoipa::{IntoParams, ToSchema};

use super::error::{ApiError, ErrorAnswer};
use super::health::HourOfBaseline;
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

impl SeriesFilter {
    fn subject(self) -> Result<Subject, ApiError> {
        Ok(Subject {
            bt: optional_id(self.bt, BtId::from_u64)?,
            tier: optional_id(self.tier, TierId::from_u64)?,
            node: optional_id(self.node, NodeId::from_u64)?,
            backend: optional_id(self.backend, BackendId::from_u64)?,
        })
    }
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
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn series(
    State(controller): State<Shared>,
    place: Place,
    Parameters(filter): Parameters<SeriesFilter>,
) -> Result<Json<Series>, ApiError> {
    let subject = filter.subject()?;
    let minutes = filter.step.map(|ms| u32::try_from(ms.div_ceil(60_000)).unwrap_or(u32::MAX));
    let series = controller.ask(move |store| series_of(place.scope(store), subject, minutes)).await?;
    let step_ms = series.steps.step_ms();
    let points = series.points.iter().zip(0u64..).map(|(numbers, index)| SeriesPoint {
        t: series.steps.from_ms.saturating_add(index.saturating_mul(step_ms)),
        calls: numbers.calls,
        errors: numbers.errors(),
        average_ms: numbers.average_ms(),
        min_ms: numbers.min_ms(),
        max_ms: numbers.max_ms(),
        p50: numbers.quantile_ms(0.5),
        p95: numbers.quantile_ms(0.95),
        p99: numbers.quantile_ms(0.99),
        verdicts: numbers.verdicts.into(),
    });
    Ok(Json(Series {
        step_ms,
        from: series.steps.from_ms,
        to: series.steps.to_ms(),
        points: points.collect(),
    }))
}

/// Which hours are alike.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[into_params(parameter_in = Query)]
pub struct TrendQuery {
    /// `weekly` (when absent), `daily` or `all`.
    pub trend: Option<String>,
}

/// What was usual for the three numbers of a chart, by the hour.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct SeriesBaseline {
    /// Average duration, milliseconds.
    pub average_ms: Vec<HourOfBaseline>,
    /// Calls per minute.
    pub calls_per_minute: Vec<HourOfBaseline>,
    /// Errors per minute.
    pub errors_per_minute: Vec<HourOfBaseline>,
}

/// What was usual for the series of the same subject, by the hour, for at most the last 31 days of the time.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/series/baseline",
    operation_id = "series_baseline",
    tag = "series",
    params(("app" = u64, Path, description = "Its id."), Range, SeriesFilter, TrendQuery),
    responses(
        (status = 200, body = SeriesBaseline),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn baseline(
    State(controller): State<Shared>,
    place: Place,
    Parameters(filter): Parameters<SeriesFilter>,
    Parameters(query): Parameters<TrendQuery>,
) -> Result<Json<SeriesBaseline>, ApiError> {
    let subject = filter.subject()?;
    let trend = Trend::of(query.trend.as_deref().unwrap_or_default());
    let work = move |store: &dyn Store| {
        let leaves = [Leaf::AverageResponseTime, Leaf::CallsPerMinute, Leaf::ErrorsPerMinute];
        baselines::of_subject(place.scope(store), subject, &leaves, trend)
    };
    let found = controller.work(work).await??;
    let mut found = found.into_iter().map(|hours| hours.iter().map(HourOfBaseline::from).collect());
    let mut next = || found.next().unwrap_or_default();
    Ok(Json(SeriesBaseline { average_ms: next(), calls_per_minute: next(), errors_per_minute: next() }))
}
