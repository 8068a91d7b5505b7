//! The account of the one who asks, and what tools want to know about licences. There are none here.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::answer;
use super::call::{Call, Calls};
use super::directory::Address;
use super::error::RestError;
use super::shape::Shape;
use crate::controller::Shared;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let own = Call::get("/api/accounts/myaccount", "account_own", "The account of the one who asks.")
        .note("Also at `/api/accounts/myaccount`.")
        .answers_json(
            200,
            "The id is a text.",
            Shape::Record(vec![
                ("id", Shape::Text),
                ("name", Shape::Text),
                ("links", Shape::list(Shape::Record(vec![("href", Shape::Text), ("name", Shape::Text)]))),
            ]),
        );
    let modules =
        Call::get("/api/accounts/{account}/licensemodules", "license_modules", "Licence modules: none.")
            .answers_json(200, "Empty.", Shape::Record(vec![("modules", Shape::list(Shape::Object))]))
            .fails(&[404]);
    let usages = Call::get(
        "/api/accounts/{account}/licensemodules/{type}/usages",
        "license_usages",
        "Use of a licence module: none.",
    )
    .answers_json(200, "Empty.", Shape::Record(vec![("usages", Shape::list(Shape::Object))]))
    .fails(&[404]);
    let rules = Call::get("/mds/v1/license/rules", "license_rules", "Licence rules: none.").answers_json(
        200,
        "Empty.",
        Shape::list(Shape::Object),
    );
    Calls::default()
        .add(own, self::own)
        .add(modules, self::modules)
        .add(usages, self::usages)
        .add(rules, self::rules)
}

fn id(controller: &Shared, address: &Address) -> u64 {
    controller.accounts.get(&address.account).map_or(0, |account| account.id)
}

/// The account of the one who asks.
///
/// # Errors
/// When nobody is logged in.
pub async fn own(State(controller): State<Shared>, address: Address) -> Result<Response, RestError> {
    let id = id(&controller, &address).to_string();
    let links =
        json!([{"href": format!("/controller/api/accounts/{id}/licensemodules"), "name": "licensemodules"}]);
    Ok(answer::json(StatusCode::OK, &json!({"id": id, "name": address.account, "links": links})))
}

/// Nobody sees another account, not even that it is there.
fn must_be_own(controller: &Shared, address: &Address) -> Result<(), RestError> {
    let asked = address.name("account");
    if asked == id(controller, address).to_string() || asked == address.account || asked == "myaccount" {
        return Ok(());
    }
    Err(RestError::no_such("account", asked))
}

async fn modules(State(controller): State<Shared>, address: Address) -> Result<Response, RestError> {
    must_be_own(&controller, &address)?;
    Ok(answer::json(StatusCode::OK, &json!({"modules": []})))
}

async fn usages(State(controller): State<Shared>, address: Address) -> Result<Response, RestError> {
    must_be_own(&controller, &address)?;
    Ok(answer::json(StatusCode::OK, &json!({"usages": []})))
}

async fn rules(_: Address) -> Response {
    answer::json(StatusCode::OK, &json!([]))
}
