//! `configuration`: settings of the controller as tools read them. Values are always texts (facts/controller-api 2.5).

use axum::extract::State;
use axum::response::Response;
use tierline_engine::staleness::{self, Staleness};

use super::answer::Output;
use super::call::{Call, Calls, optional, required};
use super::directory::Address;
use super::error::RestError;
use super::query::Parameters;
use super::shape::Shape;
use super::value::Value;
use crate::audit::{self, Action};
use crate::controller::{Shared, now_ms};
use crate::limits::{REST_EVENTS_MAX, REST_SNAPSHOTS_USUAL};
use crate::permissions::Permission;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let shape = || {
        Shape::records(&[
            ("updateable", Shape::Bool),
            ("scope", Shape::Text),
            ("name", Shape::Text),
            ("description", Shape::Text),
            ("value", Shape::Text),
        ])
    };
    let get = Call::get("/rest/configuration", "configuration_list", "Settings of the controller.")
        .note(
            "Those that are `updateable` can be changed here; the others stand in the controller's own file.",
        )
        .with(&[optional("name", "Only this one.")]);
    let set = Call::post("/rest/configuration", "configuration_set", "Changes a setting.")
        .with(&[required("name", "Which one."), required("value", "Its value from now on.")]);
    Calls::default()
        .add(get.answers("The settings.", shape()), list)
        .add(set.answers("An array of one.", shape()).fails(&[400]), self::set)
}

struct Setting {
    name: &'static str,
    about: &'static str,
    value: u64,
    change: Option<fn(&mut Staleness, u64)>,
}

fn settings(hours: Staleness) -> Vec<Setting> {
    let hours_of = |name, about, value, change: fn(&mut Staleness, u64)| Setting {
        name,
        about,
        value,
        change: Some(change),
    };
    let fixed = |name, about, value| Setting { name, about, value, change: None };
    vec![
        hours_of(
            "application.retention.period",
            "Hours of silence after which an application leaves the lists; 0 is never.",
            hours.application_hours,
            |hours, value| hours.application_hours = value,
        ),
        hours_of(
            "tier.retention.period",
            "Hours of silence after which a tier leaves the lists; 0 is never.",
            hours.tier_hours,
            |hours, value| hours.tier_hours = value,
        ),
        hours_of(
            "node.retention.period",
            "Hours of silence after which a node leaves the lists; 0 is never.",
            hours.node_hours,
            |hours, value| hours.node_hours = value,
        ),
        hours_of(
            "business.transaction.retention.period",
            "Hours of silence after which a business transaction leaves the lists; 0 is never.",
            hours.bt_hours,
            |hours, value| hours.bt_hours = value,
        ),
        hours_of(
            "backend.retention.period",
            "Hours of silence after which a backend that is no tier leaves the lists; 0 is never.",
            hours.backend_hours,
            |hours, value| hours.backend_hours = value,
        ),
        fixed("events.fetch.limit", "Events of one answer.", REST_EVENTS_MAX as u64),
        fixed(
            "snapshots.fetch.limit",
            "Snapshots of one answer when not told otherwise.",
            REST_SNAPSHOTS_USUAL as u64,
        ),
    ]
}

fn record(setting: &Setting) -> Value {
    Value::Record(vec![
        ("updateable", setting.change.is_some().into()),
        ("scope", "cluster".into()),
        ("name", setting.name.into()),
        ("description", setting.about.into()),
        ("value", setting.value.to_string().into()),
    ])
}

fn answer(output: Output, settings: &[Setting]) -> Response {
    let all = settings.iter().map(record).collect();
    output.answer("configuration-items", &Value::List("configuration-item", all))
}

/// The recorded words for a name that is not there.
fn unknown() -> RestError {
    RestError::bad_request("Unsupported URI is specified")
}

async fn list(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
    parameters: Parameters,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ManageSettings)?;
    let account = address.account;
    let hours = controller.ask(move |store| staleness::load(store, &account)).await?;
    let mut all = settings(hours);
    if let Some(name) = parameters.text("name") {
        all.retain(|setting| setting.name == name);
        if all.is_empty() {
            return Err(unknown());
        }
    }
    Ok(answer(output, &all))
}

/// More hours than anybody means.
const HOURS_MAX: u64 = 1_000_000;

async fn set(
    State(controller): State<Shared>,
    address: Address,
    output: Output,
    parameters: Parameters,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ManageSettings)?;
    let name = parameters.text("name").ok_or_else(unknown)?.to_owned();
    let known = settings(Staleness::default()).into_iter().find(|setting| setting.name == name);
    let change = known.ok_or_else(unknown)?.change;
    let change = change.ok_or_else(|| RestError::bad_request(format!("{name} is not updateable")))?;
    let value = parameters.number("value").filter(|value| *value <= HOURS_MAX);
    let value = value.ok_or_else(|| RestError::bad_request("Invalid value for value is specified"))?;
    let (visitor, setting) = (address.visitor, name.clone());
    let hours = controller
        .ask(move |store| {
            let mut hours = staleness::load(store, &visitor.account)?;
            change(&mut hours, value);
            staleness::save(store, &visitor.account, hours, &visitor.user)?;
            audit::record(store, &visitor, Action::ObjectUpdated, &format!("setting:{setting}"), now_ms());
            Ok(hours)
        })
        .await?;
    let mut all = settings(hours);
    all.retain(|setting| setting.name == name);
    Ok(answer(output, &all))
}
