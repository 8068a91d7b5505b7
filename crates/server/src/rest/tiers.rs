//! `tiers`.

use axum::extract::State;
use axum::response::Response;
use tierline_store::TierRecord;

use super::answer::Output;
use super::call::{Call, Calls};
use super::directory::{self, Address, Directory};
use super::error::RestError;
use super::shape::Shape;
use super::value::Value;
use crate::controller::Shared;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let shape = || {
        Shape::records(&[
            ("agentType", Shape::Text),
            ("name", Shape::Text),
            ("description", Shape::Text),
            ("id", Shape::Number),
            ("numberOfNodes", Shape::Number),
            ("type", Shape::Text),
        ])
    };
    let all = Call::get("/rest/applications/{app}/tiers", "tiers_list", "All tiers.");
    let one = Call::get("/rest/applications/{app}/tiers/{tier}", "tiers_one", "One tier.");
    Calls::default()
        .add(all.answers("The tiers.", shape()), list)
        .add(one.answers("An array of one.", shape()), self::one)
}

/// All tiers.
///
/// # Errors
/// When there is no such application.
pub async fn list(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
) -> Result<Response, RestError> {
    let directory = directory::open(&controller, &address).await?;
    let all = directory.entities.tiers.iter().map(|tier| record(tier, &directory)).collect();
    Ok(output.answer("tiers", &Value::List("tier", all)))
}

/// One tier.
///
/// # Errors
/// When there is no such application or tier.
pub async fn one(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
) -> Result<Response, RestError> {
    let directory = directory::open(&controller, &address).await?;
    let tier = record(directory.tier(address.name("tier"))?, &directory);
    Ok(output.answer("tiers", &Value::List("tier", vec![tier])))
}

fn record(tier: &TierRecord, directory: &Directory) -> Value {
    let nodes = directory.entities.nodes.iter().filter(|node| node.tier_id == tier.id).count();
    Value::Record(vec![
        ("agentType", tier.language.agent_type().into()),
        ("name", (&*tier.name).into()),
        ("description", "".into()),
        ("id", tier.id.get().into()),
        ("numberOfNodes", (nodes as u64).into()),
        ("type", "Application Server".into()),
    ])
}
