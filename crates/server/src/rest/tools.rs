//! Calls that are no part of the documented API, but that living tools cannot do without (facts/controller-api 2.7).
//! Everything else below `restui` is 404.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tierline_engine::evaluation::Level;
use tierline_engine::{agent_configuration, applications_admin, violations};
use tierline_model::detection::TextMatch;
use tierline_model::error_detection::IgnoredError;
use tierline_model::{AgentConfig, AppId};

use super::alerting::app_id;
use super::answer;
use super::body::{JsonBody, TextBody};
use super::call::{Call, Calls, optional};
use super::directory::{self, Address};
use super::error::RestError;
use super::lenient;
use super::query::Parameters;
use super::rbac::user_value;
use super::shape::Shape;
use crate::audit::{self, Action};
use crate::controller::{Shared, now_ms};
use crate::permissions::Permission;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let nothing = |path: &'static str, id: &'static str, summary: &'static str| {
        Call::post(path, id, summary).answers_json(200, "Empty.", Shape::Object)
    };
    Calls::default()
        .add(
            nothing("/sim/v2/user/machines/keys", "machine_keys", "Machines of another product: none."),
            machine_keys,
        )
        .add(
            nothing(
                "/restui/licenseRule/getAllLicenseModuleProperties",
                "license_properties",
                "Licences: none.",
            ),
            empty,
        )
        .add(nothing("/restui/licenseRule/getEumLicenseUsage", "license_eum", "Licences: none."), empty)
        .add(
            Call::get("/rest/databases/collectors", "database_collectors", "Of another product: none.")
                .answers_json(200, "Empty.", Shape::list(Shape::Object)),
            no_collectors,
        )
        .and(users_of_page())
        .and(about_applications())
}

fn about_applications() -> Calls {
    let lists = Shape::Record(LISTS.map(|key| (key, Shape::list(Shape::Any))).to_vec());
    let configuration = Call::get(
        "/restui/applicationManagerUiBean/applicationConfiguration/{app}",
        "application_configuration",
        "What counts as an error, by language.",
    )
    .answers_json(
        200,
        "One object per language.",
        Shape::Record(ERROR_CONFIGS.map(|(key, _)| (key, lists.clone())).to_vec()),
    )
    .fails(&[404]);
    let totals = Shape::Record(vec![("warning", Shape::Number), ("critical", Shape::Number)]);
    let counts = Call::get("/restui/events/eventCounts", "event_counts", "How many violations are open.")
        .with(&[optional("applicationId", "Only of this application, by name or id.")])
        .answers_json(
            200,
            "Open violations.",
            Shape::Record(vec![(
                "policyViolationEventCounts",
                Shape::Record(vec![("totalPolicyViolations", totals)]),
            )]),
        )
        .fails(&[404]);
    let create = Call::post(
        "/restui/allApplications/createApplication",
        "applications_create",
        "Makes an application before anybody reports for it.",
    )
    .with(&[optional("applicationType", "APM is the only type.")])
    .takes_json("Name and description.", r#"{"name": "shop", "description": ""}"#)
    .answers_json(200, "The application.", Shape::Open(vec![("name", Shape::Text), ("id", Shape::Number)]))
    .fails(&[409]);
    let delete = Call::post(
        "/restui/allApplications/deleteApplication",
        "applications_delete",
        "Takes an application out of all lists until somebody reports for it again.",
    )
    .takes(&["application/json", "text/plain"], "Its id, nothing else.", "5")
    .answers_nothing(204, "It is gone.")
    .fails(&[404]);
    Calls::default()
        .add(configuration, application_configuration)
        .add(counts, event_counts)
        .add(create, create_application)
        .add(delete, delete_application)
}

fn users_of_page() -> Calls {
    let reference = Shape::records(&[("id", Shape::Number), ("name", Shape::Text)]);
    let user = vec![
        ("id", Shape::Number),
        ("name", Shape::Text),
        ("email", Shape::Text),
        ("displayName", Shape::Text),
        ("security_provider_type", Shape::Text),
        ("roles", reference.clone()),
        ("groups", reference.clone()),
    ];
    let path = "/restui/userAdministrationUiService/users";
    let list = Call::get(path, "users_of_page_list", "Users of the account.").answers_json(
        200,
        "Ids and names.",
        reference,
    );
    let one = Call::get("/restui/userAdministrationUiService/users/{id}", "users_of_page_one", "One user.")
        .note("An administrator has the role `super-admin`.")
        .answers_json(200, "The user.", Shape::Record(user))
        .fails(&[404]);
    Calls::default().add(list, list_users).add(one, one_user)
}

async fn list_users(State(controller): State<Shared>, address: Address) -> Result<Response, RestError> {
    address.visitor.must(Permission::ManageUsers)?;
    let all = controller.users.list(&address.account);
    let all: Vec<Value> = all.iter().map(|user| json!({"id": user.id, "name": user.name})).collect();
    Ok(answer::json(StatusCode::OK, &Value::from(all)))
}

async fn one_user(State(controller): State<Shared>, address: Address) -> Result<Response, RestError> {
    address.visitor.must(Permission::ManageUsers)?;
    let id = address.name("id");
    let user = id.parse().ok().and_then(|id| controller.users.get(&address.account, id));
    let user = user.ok_or_else(|| RestError::no_such("user", id))?;
    Ok(answer::json(StatusCode::OK, &user_value(&controller, &address.account, &user)))
}

async fn no_collectors(_: Address) -> Response {
    answer::json(StatusCode::OK, &json!([]))
}

async fn machine_keys(_: Address) -> Response {
    answer::json(StatusCode::OK, &json!({"machineKeys": []}))
}

async fn empty(_: Address) -> Response {
    answer::json(StatusCode::OK, &json!({}))
}

const LISTS: [&str; 6] = [
    "customerLoggerDefinitions",
    "ignoreExceptions",
    "ignoreLoggerMsgPatterns",
    "ignoreLoggerNames",
    "httpErrorReturnCodes",
    "errorRedirectPages",
];

/// The objects of the answer, and whether Tierline has agents of that language.
const ERROR_CONFIGS: [(&str, bool); 6] = [
    ("errorConfig", false),
    ("dotNetErrorConfig", false),
    ("phpErrorConfiguration", false),
    ("nodeJsErrorConfiguration", true),
    ("pythonErrorConfiguration", true),
    ("rubyErrorConfiguration", false),
];

async fn application_configuration(
    State(controller): State<Shared>,
    address: Address,
) -> Result<Response, RestError> {
    let app_id = app_id(&controller, &address).await?;
    let account = address.account;
    let config =
        controller.ask(move |store| agent_configuration::effective(store, &account, app_id, None)).await?;
    let known = error_lists(&config);
    let none = LISTS.iter().map(|key| ((*key).to_owned(), json!([]))).collect::<serde_json::Map<_, _>>();
    let all: serde_json::Map<String, Value> = ERROR_CONFIGS
        .iter()
        .map(|(key, ours)| ((*key).to_owned(), if *ours { known.clone() } else { Value::from(none.clone()) }))
        .collect();
    Ok(answer::json(StatusCode::OK, &Value::from(all)))
}

fn error_lists(config: &AgentConfig) -> Value {
    let texts = |of: fn(&IgnoredError) -> Option<&TextMatch>| {
        let all = config.errors.ignored.iter().filter_map(of);
        all.map(|text| Value::from(text.value.as_str())).collect::<Vec<_>>()
    };
    let codes: Vec<Value> = config
        .errors
        .status_ranges
        .iter()
        .filter(|_| config.errors.by_status)
        .map(|range| json!({"lowerBound": range.first, "upperBound": range.last, "enabled": true}))
        .collect();
    json!({
        "customerLoggerDefinitions": [],
        "ignoreExceptions": texts(|ignored| ignored.type_name.as_ref()),
        "ignoreLoggerMsgPatterns": texts(|ignored| ignored.message.as_ref()),
        "ignoreLoggerNames": [],
        "httpErrorReturnCodes": codes,
        "errorRedirectPages": [],
    })
}

async fn event_counts(
    State(controller): State<Shared>,
    address: Address,
    parameters: Parameters,
) -> Result<Response, RestError> {
    let wanted = parameters.text("applicationId").map(str::to_owned);
    let account = address.account;
    let asked = wanted.clone();
    let counts = controller
        .ask(move |store| {
            let apps: Vec<AppId> = match &asked {
                Some(text) => match directory::application(store, &account, text)? {
                    Some(application) => vec![application.id],
                    None => return Ok(None),
                },
                None => applications_admin::known(store, &account)?.iter().map(|app| app.id).collect(),
            };
            let (mut warning, mut critical) = (0u64, 0u64);
            for app in apps {
                for violation in violations::open(store, &account, app)? {
                    match violation.level {
                        Level::Warning => warning += 1,
                        Level::Critical => critical += 1,
                    }
                }
            }
            Ok(Some((warning, critical)))
        })
        .await?;
    let (warning, critical) =
        counts.ok_or_else(|| RestError::no_such("application", &wanted.unwrap_or_default()))?;
    let totals = json!({"warning": warning, "critical": critical});
    Ok(answer::json(
        StatusCode::OK,
        &json!({"policyViolationEventCounts": {"totalPolicyViolations": totals}}),
    ))
}

async fn create_application(
    State(controller): State<Shared>,
    address: Address,
    JsonBody(mut body): JsonBody,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ManageApplications)?;
    lenient::straighten(&mut body);
    let name = body.get("name").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| RestError::bad_request("Send {\"name\": …}"))?.to_owned();
    let visitor = address.visitor;
    let made = controller
        .ask(move |store| {
            let made = applications_admin::create(store, &visitor.account, &name, now_ms())?;
            if let Some(made) = &made {
                let object = format!("application:{}", made.name);
                audit::record(store, &visitor, Action::ObjectCreated, &object, now_ms());
            }
            Ok(made)
        })
        .await?
        .ok_or_else(|| RestError::conflict("There is an application of that name already"))?;
    // Laid out as the one client reads it that looks for `"id" : 5` (facts/controller-api 2.7).
    let name = Value::from(&*made.name);
    let text = format!("{{\n  \"id\" : {},\n  \"name\" : {name},\n  \"description\" : \"\"\n}}", made.id);
    Ok(answer::text("application/json;charset=UTF-8", text))
}

async fn delete_application(
    State(controller): State<Shared>,
    address: Address,
    TextBody(body): TextBody,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ManageApplications)?;
    let id = body.trim().trim_matches('"').parse().ok().and_then(AppId::from_u64);
    let id = id.ok_or_else(|| RestError::bad_request("Send the application's id and nothing else"))?;
    let visitor = address.visitor;
    let found = controller
        .ask(move |store| {
            let known = applications_admin::known(store, &visitor.account)?.iter().any(|app| app.id == id);
            if known {
                applications_admin::delete(store, &visitor.account, id, now_ms(), &visitor.user)?;
                let object = format!("application:{id}");
                audit::record(store, &visitor, Action::ObjectDeleted, &object, now_ms());
            }
            Ok(known)
        })
        .await?;
    if found {
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Err(RestError::no_such("application", &id.to_string()))
    }
}
