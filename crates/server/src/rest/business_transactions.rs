//! `business-transactions`.

use axum::extract::State;
use axum::response::Response;
use tierline_model::transaction::OTHER_TRAFFIC_INTERNAL_NAME;
use tierline_store::BtRecord;

use super::answer::Output;
use super::call::{Call, Calls, optional};
use super::directory::{self, Address, Directory};
use super::error::RestError;
use super::query::Parameters;
use super::shape::Shape;
use super::value::Value;
use crate::controller::Shared;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let shape = || {
        Shape::records(&[
            ("internalName", Shape::Text),
            ("tierId", Shape::Number),
            ("entryPointType", Shape::Text),
            ("background", Shape::Bool),
            ("tierName", Shape::Text),
            ("name", Shape::Text),
            ("id", Shape::Number),
            ("entryPointTypeString", Shape::Text),
        ])
    };
    let all = Call::get(
        "/rest/applications/{app}/business-transactions",
        "business_transactions_list",
        "All business transactions.",
    )
    .note("The internal name of All Other Traffic is `_APPDYNAMICS_DEFAULT_TX_`.")
    .with(&[optional("exclude", "true lists the excluded ones instead.")]);
    let one = Call::get(
        "/rest/applications/{app}/business-transactions/{bt}",
        "business_transactions_one",
        "One business transaction.",
    );
    Calls::default()
        .add(all.answers("The business transactions.", shape()), list)
        .add(one.answers("An array of one.", shape()), self::one)
}

/// All business transactions. `exclude=true` lists excluded ones; there are none.
///
/// # Errors
/// When there is no such application.
pub async fn list(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
    parameters: Parameters,
) -> Result<Response, RestError> {
    let directory = directory::open(&controller, &address).await?;
    let excluded = parameters.flag("exclude") == Some(true);
    let all = directory.entities.bts.iter().filter(|_| !excluded);
    let all = all.map(|bt| record(bt, &directory)).collect();
    Ok(output.answer("business-transactions", &Value::List("business-transaction", all)))
}

/// One business transaction.
///
/// # Errors
/// When there is no such application or business transaction.
pub async fn one(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
) -> Result<Response, RestError> {
    let directory = directory::open(&controller, &address).await?;
    let bt = record(directory.bt(address.name("bt"))?, &directory);
    Ok(output.answer("business-transactions", &Value::List("business-transaction", vec![bt])))
}

fn record(bt: &BtRecord, directory: &Directory) -> Value {
    let internal_name = if bt.other_traffic { OTHER_TRAFFIC_INTERNAL_NAME } else { &*bt.name };
    Value::Record(vec![
        ("internalName", internal_name.into()),
        ("tierId", bt.tier_id.get().into()),
        ("entryPointType", bt.entry_type.as_str().into()),
        ("background", false.into()),
        ("tierName", directory.tier_name(bt.tier_id).into()),
        ("name", (&*bt.name).into()),
        ("id", bt.id.get().into()),
        ("entryPointTypeString", bt.entry_type.as_str().into()),
    ])
}
