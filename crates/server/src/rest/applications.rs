//! `applications`.

use axum::extract::State;
use axum::response::Response;
use tierline_engine::applications_admin;
use tierline_model::correlation::account_guid;
use tierline_store::{Application, TimeRange};

use super::answer::Output;
use super::call::{Call, Calls};
use super::directory::{self, Address};
use super::error::RestError;
use super::shape::Shape;
use super::value::Value;
use super::visitor::LoggedIn;
use crate::controller::{Shared, now_ms};
use crate::permissions::Permission;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let shape = || {
        Shape::records(&[
            ("name", Shape::Text),
            ("description", Shape::Text),
            ("id", Shape::Number),
            ("accountGuid", Shape::Text),
        ])
    };
    let all = Call::get("/rest/applications", "applications_list", "All applications of the account.");
    let one = Call::get("/rest/applications/{app}", "applications_one", "One application.");
    Calls::default()
        .add(all.answers("The applications.", shape()), list)
        .add(one.answers("An array of one.", shape()), self::one)
}

/// All applications.
///
/// # Errors
/// When the store cannot be read.
pub async fn list(
    State(controller): State<Shared>,
    LoggedIn(visitor): LoggedIn,
    output: Output,
) -> Result<Response, RestError> {
    visitor.must(Permission::ViewApplications)?;
    let account = visitor.account.clone();
    let now = now_ms();
    let range = TimeRange { start_ms: now.saturating_sub(3_600_000), end_ms: now };
    let all = controller.ask(move |store| applications_admin::listed(store, &account, range)).await?;
    Ok(answer(output, &visitor.account, &all))
}

/// One application.
///
/// # Errors
/// When there is no such application.
pub async fn one(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
) -> Result<Response, RestError> {
    let (account, app) = (address.account.clone(), address.name("app").to_owned());
    let found = controller.ask(move |store| directory::application(store, &account, &app)).await?;
    let found = found.ok_or_else(|| RestError::invalid("application", address.name("app")))?;
    Ok(answer(output, &address.account, &[found]))
}

fn answer(output: Output, account: &str, applications: &[Application]) -> Response {
    let account_guid = account_guid(account).to_string();
    let record = |application: &Application| {
        Value::Record(vec![
            ("name", (&*application.name).into()),
            ("description", "".into()),
            ("id", application.id.get().into()),
            ("accountGuid", account_guid.as_str().into()),
        ])
    };
    let all = Value::List("application", applications.iter().map(record).collect());
    output.answer("applications", &all)
}
