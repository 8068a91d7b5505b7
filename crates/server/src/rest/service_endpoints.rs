//! `service-endpoints` of a tier. Agents report none; the list is there for the client that asks.

use axum::extract::State;
use axum::response::Response;

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
    let shape = Shape::records(&[("id", Shape::Number), ("name", Shape::Text), ("type", Shape::Text)]);
    let call = Call::get(
        "/rest/applications/{app}/tiers/{tier}/service-endpoints",
        "service_endpoints_list",
        "Service endpoints of a tier: agents report none.",
    );
    Calls::default().add(call.answers("Empty.", shape), list)
}

async fn list(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
) -> Result<Response, RestError> {
    let directory = directory::open(&controller, &address).await?;
    directory.tier(address.name("tier"))?;
    Ok(output.answer("service-endpoints", &Value::List("service-endpoint", Vec::new())))
}
