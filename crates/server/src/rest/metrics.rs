//! `metrics`: the metric tree.

use axum::extract::State;
use axum::response::Response;
use tierline_engine::Scope;
use tierline_engine::metric_path;
use tierline_engine::metric_tree::MetricTree;
use tierline_store::TimeRange;

use super::answer::Output;
use super::call::{Call, Calls, optional};
use super::directory::{self, Address};
use super::error::RestError;
use super::query::Parameters;
use super::shape::Shape;
use super::value::Value;
use crate::controller::{Shared, now_ms};

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let shape = Shape::records(&[("name", Shape::Text), ("type", Shape::Word(&["folder", "leaf"]))]);
    let call =
        Call::get("/rest/applications/{app}/metrics", "metrics_list", "One folder of the metric tree.").with(
            &[optional("metric-path", "The folder; the root when absent. `*` stands for any one part.")],
        );
    Calls::default().add(call.answers("What is in the folder.", shape), list)
}

/// What is in the folder `metric-path`.
///
/// # Errors
/// When there is no such application or the path is too long.
pub async fn list(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
    parameters: Parameters,
) -> Result<Response, RestError> {
    let pattern = metric_path::parse(parameters.text("metric-path").unwrap_or_default())
        .map_err(|error| RestError::bad_request(error.to_string()))?;
    let (account, app) = (address.account.clone(), address.name("app").to_owned());
    let entries = controller
        .ask(move |store| {
            let Some(application) = directory::application(store, &account, &app)? else { return Ok(None) };
            let now = now_ms();
            let range = TimeRange { start_ms: now.saturating_sub(3_600_000), end_ms: now };
            let scope = Scope { store, account: &account, app_id: application.id, range };
            Ok(Some(MetricTree::reaching(scope, &pattern)?.list(&pattern)))
        })
        .await?
        .ok_or_else(|| RestError::invalid("application", address.name("app")))?;
    let items = entries.into_iter().map(|entry| {
        let kind = if entry.folder { "folder" } else { "leaf" };
        Value::Record(vec![("name", entry.name.into()), ("type", kind.into())])
    });
    Ok(output.answer("metric-items", &Value::List("metric-item", items.collect())))
}
