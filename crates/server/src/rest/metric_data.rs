//! `metric-data`.

use axum::extract::State;
use axum::response::Response;
use tierline_engine::Scope;
use tierline_engine::metric_data::{MetricDataError, MetricSeries, MetricValue, metric_data};
use tierline_engine::metric_path;

use super::answer::Output;
use super::directory::{self, Address};
use super::error::RestError;
use super::query::Parameters;
use super::time_range::time_range;
use super::value::Value;
use crate::controller::{Shared, now_ms};

/// The name of a metric that is known but has no data in the range.
const NOT_FOUND: &str = "METRIC DATA NOT FOUND";

/// The data of all metrics `metric-path` matches.
///
/// # Errors
/// When there is no such application, or path or time make no sense.
pub async fn list(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
    parameters: Parameters,
) -> Result<Response, RestError> {
    let path = parameters.text("metric-path");
    let path = path.ok_or_else(|| RestError::bad_request("Invalid metric path is specified"))?;
    let pattern = metric_path::parse(path).map_err(|error| RestError::bad_request(error.to_string()))?;
    let range = time_range(&parameters, now_ms())?;
    let rollup = parameters.flag("rollup").unwrap_or(true);
    let (account, app) = (address.account.clone(), address.name("app").to_owned());
    let found = controller
        .ask(move |store| {
            let Some(application) = directory::application(store, &account, &app)? else { return Ok(None) };
            let scope = Scope { store, account: &account, app_id: application.id, range };
            match metric_data(scope, &pattern, rollup) {
                Ok(all) => Ok(Some(Ok(all))),
                Err(MetricDataError::Store(error)) => Err(error),
                Err(MetricDataError::TooMany(error)) => Ok(Some(Err(error))),
            }
        })
        .await?
        .ok_or_else(|| RestError::invalid("application", address.name("app")))?;
    let found = found.map_err(|error| RestError::bad_request(error.to_string()))?;
    Ok(output.answer("metric-datas", &Value::List("metric-data", found.iter().map(record).collect())))
}

fn record(series: &MetricSeries) -> Value {
    let name = if series.values.is_empty() { NOT_FOUND } else { &series.metric.internal_name };
    Value::Record(vec![
        ("metricName", name.into()),
        ("metricId", series.id.into()),
        ("metricPath", series.metric.path.to_string().into()),
        ("frequency", series.frequency.as_str().into()),
        ("metricValues", Value::List("metric-value", series.values.iter().map(value).collect())),
    ])
}

fn value(value: &MetricValue) -> Value {
    Value::Record(vec![
        ("occurrences", value.occurrences.into()),
        ("current", value.current.into()),
        ("min", value.min.into()),
        ("max", value.max.into()),
        ("startTimeInMillis", value.start_ms.into()),
        ("useRange", value.use_range.into()),
        ("count", value.count.into()),
        ("sum", value.sum.into()),
        ("value", value.value.into()),
        ("standardDeviation", 0u64.into()),
    ])
}
