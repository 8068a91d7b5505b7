//! `backends`.

use axum::extract::State;
use axum::response::Response;
use tierline_store::BackendRecord;

use super::answer::Output;
use super::call::{Call, Calls};
use super::directory::{self, Address};
use super::error::RestError;
use super::shape::Shape;
use super::value::Value;
use crate::controller::Shared;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let shape = Shape::records(&[
        ("exitPointType", Shape::Text),
        ("tierId", Shape::Number),
        ("name", Shape::Text),
        ("applicationComponentNodeId", Shape::Number),
        ("id", Shape::Number),
        ("properties", Shape::properties()),
    ]);
    let all = Call::get("/rest/applications/{app}/backends", "backends_list", "All backends.")
        .note("`tierId` is 0 until the backend turned out to be a tier.");
    Calls::default().add(all.answers("The backends.", shape), list)
}

/// All backends.
///
/// # Errors
/// When there is no such application.
pub async fn list(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
) -> Result<Response, RestError> {
    let directory = directory::open(&controller, &address).await?;
    let all = directory.entities.backends.iter().map(record).collect();
    Ok(output.answer("backends", &Value::List("backend", all)))
}

fn record(backend: &BackendRecord) -> Value {
    let key = &backend.backend.key;
    Value::Record(vec![
        ("exitPointType", key.exit_type.as_str().into()),
        ("tierId", backend.resolved_tier_id.map_or(0, |tier| tier.get()).into()),
        ("name", (&*backend.backend.name).into()),
        ("applicationComponentNodeId", 0u64.into()),
        ("id", backend.backend.id.get().into()),
        ("properties", Value::properties(key.properties.iter().map(|p| (&*p.name, &*p.value)))),
    ])
}
