//! The metric browser: folders of the metric tree, and the numbers of metrics over time.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tierline_engine::metric_data::{MetricSeries, metric_data};
use tierline_engine::metric_path::{Part, parse};
use tierline_engine::metric_tree::MetricTree;
use tierline_store::{Store, StoreError};
use utoipa::{IntoParams, ToSchema};

use super::error::{ApiError, ErrorAnswer};
use super::parameters::{Parameters, Place, Range};
use crate::controller::Shared;
use crate::limits::{PAGE_METRIC_POINTS_MAX, PAGE_METRIC_SERIES_MAX};
use crate::permissions::Permission;

/// Where in the tree.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct PathQuery {
    /// Parts joined by `|`; `*` stands for any one part, `\|` for a `|` inside a name; the root when absent.
    #[serde(default)]
    pub metric_path: String,
}

/// Something in a folder.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct MetricEntry {
    /// Its name.
    pub name: String,
    /// Its whole path, ready to be asked for.
    pub path: String,
    /// Whether it is a folder; else a metric.
    pub folder: bool,
}

/// The numbers of the metrics a path matches.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct MetricDataAnswer {
    /// How many metrics the path matches; not more than 50 of them are here.
    pub matched: u64,
    /// The metrics.
    pub metrics: Vec<MetricNumbers>,
}

/// The numbers of one metric.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct MetricNumbers {
    /// Its path.
    pub path: String,
    /// The length of a point.
    pub step_ms: u64,
    /// Points that have data, by time.
    pub points: Vec<MetricPoint>,
}

/// One point.
#[derive(Serialize, ToSchema, Debug, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub struct MetricPoint {
    /// Its start.
    pub t: u64,
    /// The value: whole milliseconds, calls per minute or a number of calls, as in the public REST API.
    pub value: u64,
    /// The smallest observation.
    pub min: u64,
    /// The largest.
    pub max: u64,
    /// The sum of all observations.
    pub sum: u64,
    /// What the sum is to be divided by.
    pub count: u64,
}

fn pattern(query: &PathQuery) -> Result<Vec<Part>, ApiError> {
    parse(&query.metric_path)
        .map_err(|error| ApiError::bad_request(format!("{error}."), "Copy a path from the metric browser."))
}

/// A name as a part of a path: `|` is escaped.
fn escaped(name: &str) -> String {
    name.replace('|', "\\|")
}

/// One folder of the metric tree. Folders of calls hold what was called in the range or in the day before its end.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/metrics",
    operation_id = "metrics_folder",
    tag = "metrics",
    params(("app" = u64, Path, description = "Its id."), Range, PathQuery),
    responses(
        (status = 200, body = Vec<MetricEntry>),
        (status = 400, description = "The path cannot be read.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn folder(
    State(controller): State<Shared>,
    place: Place,
    Parameters(query): Parameters<PathQuery>,
) -> Result<Json<Vec<MetricEntry>>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let pattern = pattern(&query)?;
    let ask = move |store: &dyn Store| -> Result<_, StoreError> {
        Ok(MetricTree::reaching(place.scope(store), &pattern)?.list(&pattern))
    };
    let parent = query.metric_path.trim_end_matches('|');
    let entries = controller.ask(ask).await?.into_iter().map(|entry| {
        let name = escaped(&entry.name);
        let path = if parent.is_empty() { name } else { format!("{parent}|{name}") };
        MetricEntry { name: entry.name, path, folder: entry.folder }
    });
    Ok(Json(entries.collect()))
}

/// The numbers of all metrics a path matches, one point per minute, ten minutes or hour.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/metric-data",
    operation_id = "metrics_data",
    tag = "metrics",
    params(("app" = u64, Path, description = "Its id."), Range, PathQuery),
    responses(
        (status = 200, body = MetricDataAnswer),
        (status = 400, description = "The path cannot be read or matches too much.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn data(
    State(controller): State<Shared>,
    place: Place,
    Parameters(query): Parameters<PathQuery>,
) -> Result<Json<MetricDataAnswer>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let pattern = pattern(&query)?;
    let work = move |store: &dyn Store| -> Result<_, ApiError> {
        Ok(metric_data(place.scope(store), &pattern, false)?)
    };
    let found = controller.work(work).await??;
    let mut points = 0;
    let shown = found.iter().take(PAGE_METRIC_SERIES_MAX).take_while(|series| {
        points += series.values.len();
        points <= PAGE_METRIC_POINTS_MAX
    });
    Ok(Json(MetricDataAnswer { matched: found.len() as u64, metrics: shown.map(numbers).collect() }))
}

fn numbers(series: &MetricSeries) -> MetricNumbers {
    let points = series.values.iter().map(|value| MetricPoint {
        t: value.start_ms,
        value: value.value,
        min: value.min,
        max: value.max,
        sum: value.sum,
        count: value.count,
    });
    let parts: Vec<String> = series.metric.path.0.iter().map(|part| escaped(part)).collect();
    MetricNumbers {
        path: parts.join("|"),
        step_ms: u64::from(series.frequency.minutes()) * 60_000,
        points: points.collect(),
    }
}
