//! `POST /controller/rest/users`: the older way to make a user, all in parameters.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::answer::Output;
use super::body::TextBody;
use super::call::{Call, Calls, optional, required};
use super::directory::Address;
use super::error::RestError;
use super::query::Parameters;
use super::shape::Shape;
use super::value::Value;
use crate::controller::{Controller, Shared};
use crate::people::{PeopleError, UserChangeRequest};
use crate::roster::RosterError;
use crate::users::UserRecord;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let shape = Shape::records(&[
        ("id", Shape::Number),
        ("name", Shape::Text),
        ("displayName", Shape::Text),
        ("email", Shape::Text),
    ]);
    let call = Call::post("/rest/users", "users_add", "Makes a user, or changes the one with `user-id`.")
        .note("Parameters may also come as a form in the body, where a password belongs.")
        .with(&[
            required("user-name", "The name to log in with."),
            optional("user-display-name", "What people call them."),
            optional("user-password", "At least 12 characters."),
            optional("user-email", "Where to write to."),
            optional("user-roles", "Names of roles, separated by commas."),
            optional("user-id", "Changes this user instead."),
        ])
        .fails(&[404, 409, 413]);
    Calls::default().add(call.answers("An array of one.", shape), add)
}

async fn add(
    State(controller): State<Shared>,
    Address { visitor, .. }: Address,
    output: Output,
    parameters: Parameters,
    headers: HeaderMap,
    TextBody(body): TextBody,
) -> Result<Response, RestError> {
    let parameters = parameters.with_form(&headers, &body);
    let text = |name| parameters.text(name).map(str::to_owned);
    let id = text("user-id")
        .map(|id| id.parse::<u64>().map_err(|_| RestError::no_such("user", &id)))
        .transpose()?;
    if id.is_none() && parameters.text("user-name").is_none() {
        return Err(RestError::bad_request("Invalid value for user-name is specified"));
    }
    let roles: Option<Vec<String>> =
        parameters.list("user-roles").map(|roles| roles.into_iter().map(str::to_owned).collect());
    let mut change = UserChangeRequest {
        name: text("user-name"),
        display_name: text("user-display-name"),
        password: text("user-password"),
        email: text("user-email"),
        ..UserChangeRequest::default()
    };
    let done = controller.blocking(move |controller| {
        change.role_ids = roles.map(|names| role_ids(controller, &visitor.account, &names)).transpose()?;
        match id {
            Some(id) => controller.change::<UserRecord>(&visitor, id, &change),
            None => controller.add::<UserRecord>(&visitor, &change),
        }
    });
    let user = done.await??;
    Ok(output.answer("users", &Value::List("user", vec![record(&user)])))
}

fn role_ids(controller: &Controller, account: &str, names: &[String]) -> Result<Vec<u64>, PeopleError> {
    let roles = controller.all_roles(account);
    let id = |name: &String| {
        let same = |text: &str| text.eq_ignore_ascii_case(name);
        let role = roles.iter().find(|role| same(&role.name) || (role.built_in && same(&role.description)));
        role.map(|role| role.id).ok_or(PeopleError::Roster(RosterError::Unknown("role")))
    };
    names.iter().map(id).collect()
}

fn record(user: &UserRecord) -> Value {
    Value::Record(vec![
        ("id", user.id.into()),
        ("name", user.name.as_str().into()),
        ("displayName", user.display_name.as_str().into()),
        ("email", user.email.as_str().into()),
    ])
}
