//! `/controller/api/rbac/v1`: users, groups and roles, by id or by name, and who belongs to what.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::body::JsonBody;
use super::call::{Call, Calls};
use super::directory::Address;
use super::error::RestError;
use super::shape::Shape;
use crate::controller::{Controller, Shared};
use crate::groups::GroupRecord;
use crate::login::Visitor;
use crate::people::{GroupChangeRequest, Managed, PeopleError, RoleChangeRequest, UserChangeRequest};
use crate::permissions::Permission;
use crate::roles::RoleRecord;
use crate::roster::RosterError;
use crate::users::UserRecord;

/// What callers send and get.
const MEDIA_TYPE: &str = "application/vnd.appd.cntrl+json";

const USER: &str = r#"{"name": "anna", "displayName": "Anna", "email": "anna@example.org", "password": "a long secret", "security_provider_type": "INTERNAL"}"#;
const NAMED: &str = r#"{"name": "operators", "description": "Those on duty"}"#;

fn references() -> Shape {
    Shape::records(&[("id", Shape::Number), ("name", Shape::Text)])
}

fn shape_of(what: &str) -> Shape {
    let mut fields = vec![("id", Shape::Number), ("name", Shape::Text)];
    match what {
        "users" => fields.extend([
            ("email", Shape::Text),
            ("displayName", Shape::Text),
            ("security_provider_type", Shape::Text),
            ("roles", references()),
            ("groups", references()),
        ]),
        "groups" => fields.extend([
            ("description", Shape::Text),
            ("security_provider_type", Shape::Text),
            ("roles", references()),
            ("users", references()),
        ]),
        _ => fields.extend([("description", Shape::Text), ("permissions", Shape::list(Shape::Text))]),
    }
    Shape::Record(fields)
}

macro_rules! people {
    ($what:literal, $people:ty, $example:expr) => {{
        let answers = |call: Call, status: u16| {
            let mut call = call.fails(&[400, 404, 409]);
            call.answers.push(super::call::Answer {
                status,
                about: "The record.",
                content: vec![(MEDIA_TYPE, shape_of($what))],
            });
            call
        };
        let mut list = Call::get(
            concat!("/api/rbac/v1/", $what),
            concat!("rbac_", $what, "_list"),
            concat!("All ", $what, " of the account."),
        );
        list.answers.push(super::call::Answer {
            status: 200,
            about: "Ids and names.",
            content: vec![(MEDIA_TYPE, Shape::Record(vec![($what, references())]))],
        });
        let add = Call::post(concat!("/api/rbac/v1/", $what), concat!("rbac_", $what, "_add"), "Makes one.");
        let add = add.takes(&[MEDIA_TYPE, "application/json"], "The record without `id`.", $example);
        let one = Call::get(
            concat!("/api/rbac/v1/", $what, "/{id}"),
            concat!("rbac_", $what, "_one"),
            "One by id.",
        );
        let by_name = Call::get(
            concat!("/api/rbac/v1/", $what, "/name/{name}"),
            concat!("rbac_", $what, "_by_name"),
            "One by name.",
        );
        let change = Call::put(
            concat!("/api/rbac/v1/", $what, "/{id}"),
            concat!("rbac_", $what, "_change"),
            "Changes one; what is absent stays.",
        );
        let change = change.takes(&[MEDIA_TYPE, "application/json"], "What is to change.", $example);
        let remove = Call::delete(
            concat!("/api/rbac/v1/", $what, "/{id}"),
            concat!("rbac_", $what, "_remove"),
            "Removes one.",
        );
        Calls::default()
            .add(list, self::list::<$people>)
            .add(answers(add, 200), self::add::<$people>)
            .add(answers(one, 200), self::one::<$people>)
            .add(answers(by_name, 200), self::one::<$people>)
            .add(answers(change, 200), self::change::<$people>)
            .add(remove.answers_nothing(204, "It is gone.").fails(&[404, 409]), self::remove::<$people>)
    }};
}

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let users = people!("users", UserRecord, USER);
    let groups = people!("groups", GroupRecord, NAMED);
    let roles = people!("roles", RoleRecord, NAMED);
    let memberships: [(&'static str, &'static str, &'static str); 3] = [
        ("/api/rbac/v1/groups/{group}/users/{user}", "rbac_group_user_add", "rbac_group_user_remove"),
        ("/api/rbac/v1/roles/{role}/users/{user}", "rbac_role_user_add", "rbac_role_user_remove"),
        ("/api/rbac/v1/roles/{role}/groups/{group}", "rbac_role_group_add", "rbac_role_group_remove"),
    ];
    let all = users.and(groups).and(roles);
    memberships.into_iter().fold(all, |calls, (path, add, remove)| {
        let add = Call::put(path, add, "Adds the second to the first.");
        let remove = Call::delete(path, remove, "Takes the second out of the first.");
        calls
            .add(add.answers_nothing(204, "It belongs to it.").fails(&[404, 409]), join)
            .add(remove.answers_nothing(204, "It does not.").fails(&[404, 409]), leave)
    })
}

fn answer(value: &Value) -> Response {
    let content_type = HeaderValue::from_static("application/vnd.appd.cntrl+json;v=1");
    ([(header::CONTENT_TYPE, content_type)], value.to_string()).into_response()
}

/// Changes people on a thread that may block.
async fn blocking<T: Send + 'static>(
    controller: &Shared,
    change: impl FnOnce(&Controller) -> Result<T, PeopleError> + Send + 'static,
) -> Result<T, RestError> {
    Ok(controller.blocking(change).await??)
}

fn number(address: &Address, what: &'static str) -> Result<u64, RestError> {
    address.name(what).parse().map_err(|_| RestError::no_such(what, address.name(what)))
}

fn reference(id: u64, name: &str) -> Value {
    json!({"id": id, "name": name})
}

fn roles_of(controller: &Controller, account: &str, ids: &[u64]) -> Vec<Value> {
    let roles = ids.iter().filter_map(|id| controller.role(account, *id));
    roles.map(|role| reference(role.id, &role.name)).collect()
}

/// A user as these calls show one.
#[must_use]
pub fn user_value(controller: &Controller, account: &str, user: &UserRecord) -> Value {
    let groups = user.group_ids.iter().filter_map(|id| controller.groups.get(account, *id));
    json!({
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "displayName": user.display_name,
        "security_provider_type": user.provider.as_str(),
        "roles": roles_of(controller, account, &user.role_ids),
        "groups": groups.map(|group| reference(group.id, &group.name)).collect::<Vec<_>>(),
    })
}

/// Somebody who may see and change people.
fn manager(address: &Address) -> Result<&Visitor, RestError> {
    address.visitor.must(Permission::ManageUsers)?;
    Ok(&address.visitor)
}

/// Users, groups and roles as these calls show and read them.
trait People: Managed + Default {
    /// What all are called.
    const ALL: &'static str;
    /// All of an account.
    fn all(controller: &Controller, account: &str) -> Vec<Self> {
        Self::roster(controller).list(account)
    }
    /// How it is shown.
    fn value(&self, controller: &Controller, account: &str) -> Value;
    /// What a body says about one.
    fn read(body: &Value) -> Result<Self::Change, RestError>;
}

async fn list<P: People>(State(controller): State<Shared>, address: Address) -> Result<Response, RestError> {
    let all = P::all(&controller, &manager(&address)?.account);
    let all: Vec<Value> = all.iter().map(|one| reference(one.id(), one.name())).collect();
    let mut answered = Map::new();
    answered.insert(P::ALL.to_owned(), Value::from(all));
    Ok(answer(&Value::Object(answered)))
}

/// The one in the path, by id or by name.
async fn one<P: People>(State(controller): State<Shared>, address: Address) -> Result<Response, RestError> {
    let account = &manager(&address)?.account;
    let (id, name) = (address.name("id"), address.name("name"));
    let wanted = |one: &P| if name.is_empty() { id.parse() == Ok(one.id()) } else { one.name() == name };
    let found = P::all(&controller, account).into_iter().find(wanted);
    let found = found.ok_or_else(|| RestError::no_such(P::WHAT, if name.is_empty() { id } else { name }))?;
    Ok(answer(&found.value(&controller, account)))
}

async fn add<P: People>(
    State(controller): State<Shared>,
    Address { visitor, .. }: Address,
    JsonBody(body): JsonBody,
) -> Result<Response, RestError> {
    object(&body)?;
    let change = P::read(&body)?;
    let add = move |controller: &Controller| {
        Ok(controller.add::<P>(&visitor, &change)?.value(controller, &visitor.account))
    };
    Ok(answer(&blocking(&controller, add).await?))
}

async fn change<P: People>(
    State(controller): State<Shared>,
    address: Address,
    JsonBody(body): JsonBody,
) -> Result<Response, RestError> {
    object(&body)?;
    let (id, change) = (number(&address, "id")?, P::read(&body)?);
    let visitor = address.visitor;
    let change = move |controller: &Controller| {
        Ok(controller.change::<P>(&visitor, id, &change)?.value(controller, &visitor.account))
    };
    Ok(answer(&blocking(&controller, change).await?))
}

async fn remove<P: People>(
    State(controller): State<Shared>,
    address: Address,
) -> Result<Response, RestError> {
    let id = number(&address, "id")?;
    blocking(&controller, move |controller| controller.remove::<P>(&address.visitor, id)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A text of the body; `None` when it is absent.
fn text(body: &Value, key: &str) -> Result<Option<String>, RestError> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(RestError::bad_request(format!("{key} is not a text"))),
    }
}

fn object(body: &Value) -> Result<(), RestError> {
    if body.is_object() { Ok(()) } else { Err(RestError::bad_request("The body is not a JSON object")) }
}

/// `[{"id": 5}]` or `[5]`.
fn ids(body: &Value, key: &str) -> Result<Option<Vec<u64>>, RestError> {
    let values = match body.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(values)) => values,
        Some(_) => return Err(RestError::bad_request(format!("{key} is not a list"))),
    };
    let id = |value: &Value| value.get("id").unwrap_or(value).as_u64();
    let ids: Option<Vec<u64>> = values.iter().map(id).collect();
    ids.map(Some).ok_or_else(|| RestError::bad_request(format!("{key} is not a list of ids")))
}

impl People for UserRecord {
    const ALL: &'static str = "users";

    fn value(&self, controller: &Controller, account: &str) -> Value {
        user_value(controller, account, self)
    }

    fn read(body: &Value) -> Result<Self::Change, RestError> {
        Ok(UserChangeRequest {
            name: text(body, "name")?,
            email: text(body, "email")?,
            display_name: text(body, "displayName")?,
            password: text(body, "password")?,
            role_ids: ids(body, "roles")?,
            group_ids: ids(body, "groups")?,
            ..UserChangeRequest::default()
        })
    }
}

impl People for GroupRecord {
    const ALL: &'static str = "groups";

    fn value(&self, controller: &Controller, account: &str) -> Value {
        let users =
            controller.users.list(account).into_iter().filter(|user| user.group_ids.contains(&self.id));
        json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "security_provider_type": "INTERNAL",
            "roles": roles_of(controller, account, &self.role_ids),
            "users": users.map(|user| reference(user.id, &user.name)).collect::<Vec<_>>(),
        })
    }

    fn read(body: &Value) -> Result<Self::Change, RestError> {
        let (name, description) = (text(body, "name")?, text(body, "description")?);
        Ok(GroupChangeRequest { name, description, role_ids: ids(body, "roles")? })
    }
}

impl People for RoleRecord {
    const ALL: &'static str = "roles";

    fn all(controller: &Controller, account: &str) -> Vec<Self> {
        controller.all_roles(account)
    }

    fn value(&self, _: &Controller, _: &str) -> Value {
        let permissions: Vec<&str> = self.permissions.iter().map(|permission| permission.as_str()).collect();
        json!({"id": self.id, "name": self.name, "description": self.description, "permissions": permissions})
    }

    fn read(body: &Value) -> Result<Self::Change, RestError> {
        let permissions = match body.get("permissions") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let unknown = |error| RestError::bad_request(format!("permissions cannot be read: {error}"));
                Some(serde_json::from_value(value.clone()).map_err(unknown)?)
            }
        };
        Ok(RoleChangeRequest {
            name: text(body, "name")?,
            description: text(body, "description")?,
            permissions,
        })
    }
}

async fn join(State(controller): State<Shared>, address: Address) -> Result<Response, RestError> {
    membership(&controller, address, true).await
}

async fn leave(State(controller): State<Shared>, address: Address) -> Result<Response, RestError> {
    membership(&controller, address, false).await
}

/// Adds to or takes out of a list of ids.
fn with(ids: &[u64], id: u64, member: bool) -> Vec<u64> {
    let others = ids.iter().copied().filter(|other| *other != id);
    others.chain(member.then_some(id)).collect()
}

async fn membership(controller: &Shared, address: Address, member: bool) -> Result<Response, RestError> {
    let wanted = |what| (!address.name(what).is_empty()).then(|| number(&address, what)).transpose();
    let (user, group, role) = (wanted("user")?, wanted("group")?, wanted("role")?);
    let visitor = address.visitor.clone();
    blocking(controller, move |controller| {
        visitor.must(Permission::ManageUsers)?;
        let account = &visitor.account;
        if role.is_some_and(|role| controller.role(account, role).is_none()) {
            return Err(RosterError::Unknown("role").into());
        }
        match (user, group, role) {
            (Some(user), group, role) => {
                let known = controller.users.get(account, user).ok_or(RosterError::Unknown("user"))?;
                let group_ids = group.map(|group| with(&known.group_ids, group, member));
                let role_ids = role.map(|role| with(&known.role_ids, role, member));
                let change = UserChangeRequest { group_ids, role_ids, ..UserChangeRequest::default() };
                controller.change::<UserRecord>(&visitor, user, &change)?;
            }
            (None, Some(group), Some(role)) => {
                let known = controller.groups.get(account, group).ok_or(RosterError::Unknown("group"))?;
                let role_ids = Some(with(&known.role_ids, role, member));
                let change = GroupChangeRequest { role_ids, ..GroupChangeRequest::default() };
                controller.change::<GroupRecord>(&visitor, group, &change)?;
            }
            _ => {}
        }
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
