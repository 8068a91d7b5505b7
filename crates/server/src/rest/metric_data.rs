//! `metric-data`.

use axum::extract::State;
use axum::response::Response;
use tierline_engine::Scope;
use tierline_engine::metric_data::{MetricDataError, MetricSeries, MetricValue, metric_data};
use tierline_engine::metric_path;

use super::answer::Output;
use super::call::{Call, Calls, TIME, optional, required};
use super::directory::{self, Address};
use super::error::RestError;
use super::query::Parameters;
use super::shape::Shape;
use super::time_range::time_range;
use super::value::Value;
use crate::controller::{Shared, now_ms};
use crate::limits::REST_METRIC_POINTS_MAX;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let numbers = ["occurrences", "current", "min", "max", "startTimeInMillis"];
    let mut value: Vec<_> = numbers.map(|name| (name, Shape::Number)).to_vec();
    value.push(("useRange", Shape::Bool));
    value.extend(["count", "sum", "value", "standardDeviation"].map(|name| (name, Shape::Number)));
    let shape = Shape::records(&[
        ("metricName", Shape::Text),
        ("metricId", Shape::Number),
        ("metricPath", Shape::Text),
        ("frequency", Shape::Word(&["ONE_MIN", "TEN_MIN", "SIXTY_MIN"])),
        ("metricValues", Shape::records(&value)),
    ]);
    let call = Call::get(
        "/rest/applications/{app}/metric-data",
        "metric_data_list",
        "The numbers of all metrics a path matches.",
    )
    .note("A metric without data in the range has the name `METRIC DATA NOT FOUND` and no values; a path that matches nothing gives an empty list. Averages have calls in `count` and milliseconds in `sum`. A question for more points than fit is refused, and says so.")
    .with(&[required(
        "metric-path",
        "Parts joined by `|`; `*` stands for any one part, `\\|` for a `|` inside a name.",
    )])
    .with(&TIME)
    .with(&[optional("rollup", "true (the default): one point over the whole range; false: one per minute, ten minutes or hour.")]);
    Calls::default().add(call.answers("One record per metric.", shape), list)
}

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
    if found.iter().map(|series| series.values.len()).sum::<usize>() > REST_METRIC_POINTS_MAX {
        return Err(RestError::bad_request(format!(
            "The answer would have more than {REST_METRIC_POINTS_MAX} points; ask for a shorter time or fewer metrics"
        )));
    }
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
