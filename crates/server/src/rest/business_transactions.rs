//! `business-transactions`.

use axum::extract::State;
use axum::response::Response;
use tierline_model::transaction::OTHER_TRAFFIC_INTERNAL_NAME;
use tierline_store::BtRecord;

use super::answer::Output;
use super::directory::{self, Address, Directory};
use super::error::RestError;
use super::query::Parameters;
use super::value::Value;
use crate::controller::Shared;

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
