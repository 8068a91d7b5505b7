//! `business-transactions`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use tierline_engine::transactions_admin::{self, BtAdminError, Decision};
use tierline_model::BtId;
use tierline_model::transaction::OTHER_TRAFFIC_INTERNAL_NAME;
use tierline_store::BtRecord;

use super::answer::Output;
use super::body::TextBody;
use super::call::{Call, Calls, optional, required};
use super::directory::{self, Address, Directory};
use super::error::RestError;
use super::query::Parameters;
use super::shape::Shape;
use super::value::Value;
use super::xml_reader;
use crate::audit::{self, Action};
use crate::controller::{Shared, now_ms};
use crate::permissions::Permission;

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
        .add(excluding(), exclude)
}

fn excluding() -> Call {
    Call::post(
        "/rest/applications/{app}/business-transactions",
        "business_transactions_exclude",
        "Excludes business transactions, or brings them back.",
    )
    .with(&[required("exclude", "true or false.")])
    .takes(
        &["application/xml", "text/xml"],
        "Ids in elements called `id`.",
        "<business-transactions><business-transaction><id>1</id></business-transaction></business-transactions>",
    )
    .answers_nothing(200, "Done.")
}

/// All business transactions; with `exclude=true` those somebody excluded.
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
    let (account, app_id) = (address.account.clone(), directory.application.id);
    let admin = controller.ask(move |store| transactions_admin::load(store, &account, app_id)).await?;
    let excluded = parameters.flag("exclude") == Some(true);
    let shown = |bt: &&BtRecord| if excluded { admin.is_excluded(bt.id) } else { !admin.is_hidden(bt) };
    let all = directory.entities.bts.iter().filter(shown);
    let all = all.map(|bt| record(bt, &directory)).collect();
    Ok(output.answer("business-transactions", &Value::List("business-transaction", all)))
}

/// Excludes business transactions, or brings them back.
///
/// # Errors
/// When the body names none, or there is no such application.
pub async fn exclude(
    State(controller): State<Shared>,
    address: Address,
    parameters: Parameters,
    TextBody(body): TextBody,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ConfigureApplications)?;
    let missing = || RestError::bad_request("Invalid value for exclude is specified");
    let excluded = parameters.flag("exclude").ok_or_else(missing)?;
    let root = xml_reader::read(&body)?;
    let directory = directory::open(&controller, &address).await?;
    let mut ids: Vec<BtId> = Vec::new();
    for element in root.all("id") {
        ids.push(directory.bt(&element.text)?.id);
    }
    if ids.is_empty() {
        return Err(RestError::bad_request(
            "The body names no business transaction: send <business-transactions><business-transaction><id>…</id></business-transaction></business-transactions>",
        ));
    }
    let decision = if excluded { Decision::Exclude(ids) } else { Decision::Include(ids) };
    let (visitor, app_id) = (address.visitor, directory.application.id);
    let done = controller.ask(move |store| {
        let done = transactions_admin::decide(store, &visitor.account, app_id, &decision, &visitor.user);
        if done.is_ok() {
            let object = format!("business-transactions:{app_id}");
            audit::record(store, &visitor, Action::ObjectUpdated, &object, now_ms());
        }
        Ok(done)
    });
    done.await??;
    Ok(StatusCode::OK.into_response())
}

impl From<BtAdminError> for RestError {
    fn from(error: BtAdminError) -> Self {
        match error {
            BtAdminError::Store(error) => error.into(),
            other => Self::bad_request(other.to_string()),
        }
    }
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
