//! `/controller/alerting/rest/v1`: health rules, policies, actions, schedules and suppressions. What a client wrote is
//! what it reads back; the engine keeps the form (facts/controller-api 2.4).

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tierline_engine::alerting::{
    self, Action, ActionSuppression, Alerting, AlertingError, HealthRule, HealthRuleSuppression, Policy,
    Schedule, Versioned,
};
use tierline_model::AppId;
use tierline_store::{Store, StoreError};

use super::answer;
use super::body::JsonBody;
use super::call::{Call, Calls};
use super::directory::{self, Address};
use super::error::RestError;
use super::lenient;
use super::shape::Shape;
use crate::audit::{self, Action as AuditAction};
use crate::controller::{Shared, now_ms};
use crate::login::Visitor;
use crate::permissions::Permission;

/// How lists show a thing.
pub trait Listed: Alerting {
    /// The record in a list.
    fn listed(&self) -> Value;
}

impl Listed for HealthRule {
    fn listed(&self) -> Value {
        json!({"id": self.id, "name": self.name, "enabled": self.enabled})
    }
}

impl Listed for Policy {
    fn listed(&self) -> Value {
        json!({"id": self.id, "name": self.name, "enabled": self.enabled})
    }
}

impl Listed for Action {
    fn listed(&self) -> Value {
        json!({"id": self.id, "name": self.name, "actionType": self.action_type})
    }
}

impl Listed for Schedule {
    fn listed(&self) -> Value {
        let Self { id, name, description, timezone, .. } = self;
        json!({"id": id, "name": name, "description": description, "timezone": timezone})
    }
}

impl Listed for ActionSuppression {
    fn listed(&self) -> Value {
        json!({"id": self.id, "name": self.name})
    }
}

impl Listed for HealthRuleSuppression {
    fn listed(&self) -> Value {
        json!({"id": self.id, "name": self.name})
    }
}

macro_rules! crud {
    ($thing:ty, $folder:literal, $id:literal, $what:literal, $listed:expr, $full:expr, $example:expr) => {
        Calls::default()
            .add(
                Call::get(
                    concat!("/alerting/rest/v1/applications/{app}/", $folder),
                    concat!($id, "_list"),
                    concat!("The application's ", $what, "."),
                )
                .answers_json(200, "A short record of each.", Shape::records(&$listed))
                .fails(&[404]),
                list::<$thing>,
            )
            .add(
                Call::post(
                    concat!("/alerting/rest/v1/applications/{app}/", $folder),
                    concat!($id, "_create"),
                    concat!("Makes one of the ", $what, "."),
                )
                .takes_json("The object without `id`.", $example)
                .answers_json(201, "The object; `Location` is its address.", Shape::Open($full.to_vec()))
                .fails(&[404, 409]),
                create::<$thing>,
            )
            .add(
                Call::get(
                    concat!("/alerting/rest/v1/applications/{app}/", $folder, "/{id}"),
                    concat!($id, "_one"),
                    concat!("One of the ", $what, "."),
                )
                .answers_json(200, "The object; `ETag` is its version.", Shape::Open($full.to_vec()))
                .fails(&[404]),
                one::<$thing>,
            )
            .add(
                Call::put(
                    concat!("/alerting/rest/v1/applications/{app}/", $folder, "/{id}"),
                    concat!($id, "_update"),
                    concat!("Replaces one of the ", $what, "."),
                )
                .note("With the header `If-Match` only when that is still the version that is there.")
                .takes_json("The whole object.", $example)
                .answers_json(200, "The object.", Shape::Open($full.to_vec()))
                .fails(&[404, 409]),
                update::<$thing>,
            )
            .add(
                Call::delete(
                    concat!("/alerting/rest/v1/applications/{app}/", $folder, "/{id}"),
                    concat!($id, "_delete"),
                    concat!("Removes one of the ", $what, "."),
                )
                .answers_nothing(204, "It is gone.")
                .fails(&[404, 409]),
                delete::<$thing>,
            )
    };
}

const ENABLED: [(&str, Shape); 3] = [("id", Shape::Number), ("name", Shape::Text), ("enabled", Shape::Bool)];
const NAMED: [(&str, Shape); 2] = [("id", Shape::Number), ("name", Shape::Text)];

const RULE: &str = r#"{"name": "Too slow", "enabled": true, "useDataFromLastNMinutes": 30, "waitTimeAfterViolation": 30, "scheduleName": "Always", "affects": {"affectedEntityType": "BUSINESS_TRANSACTION_PERFORMANCE", "affectedBusinessTransactions": {"businessTransactionScope": "ALL_BUSINESS_TRANSACTIONS"}}, "evalCriterias": {"criticalCriteria": {"conditionAggregationType": "ALL", "conditions": [{"name": "response time", "shortName": "A", "evaluateToTrueOnNoData": false, "evalDetail": {"evalDetailType": "SINGLE_METRIC", "metricAggregateFunction": "VALUE", "metricPath": "Average Response Time (ms)", "metricEvalDetail": {"metricEvalDetailType": "SPECIFIC_TYPE", "compareCondition": "GREATER_THAN_SPECIFIC_VALUE", "compareValue": 500}}}]}}}"#;
const POLICY: &str = r#"{"name": "Tell us", "enabled": true, "actions": [{"actionName": "write to us", "actionType": "EMAIL", "notes": ""}], "events": {"healthRuleEvents": {"healthRuleEventTypes": ["HEALTH_RULE_OPEN_CRITICAL"], "healthRuleScope": {"healthRuleScopeType": "ALL_HEALTH_RULES"}}}}"#;
const ACTION: &str = r#"{"name": "write to us", "actionType": "EMAIL", "emails": ["us@example.org"]}"#;
const SCHEDULE: &str = r#"{"name": "Office hours", "description": "", "timezone": "UTC"}"#;
const SUPPRESSION: &str =
    r#"{"name": "Maintenance", "disabled": false, "startTimeMs": 1700000000000, "endTimeMs": 1700003600000}"#;

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let schedule = [
        ("id", Shape::Number),
        ("name", Shape::Text),
        ("description", Shape::Text),
        ("timezone", Shape::Text),
    ];
    let action = [("id", Shape::Number), ("name", Shape::Text), ("actionType", Shape::Text)];
    Calls::default()
        .and(crud!(HealthRule, "health-rules", "health_rules", "health rules", ENABLED, ENABLED, RULE))
        .and(crud!(Policy, "policies", "policies", "policies", ENABLED, ENABLED, POLICY))
        .and(crud!(Action, "actions", "actions", "actions", action, action, ACTION))
        .and(crud!(Schedule, "schedules", "schedules", "schedules", schedule, NAMED, SCHEDULE))
        .and(crud!(
            ActionSuppression,
            "action-suppressions",
            "action_suppressions",
            "times in which no action is carried out",
            NAMED,
            NAMED,
            SUPPRESSION
        ))
        .and(crud!(
            HealthRuleSuppression,
            "health-rule-suppressions",
            "health_rule_suppressions",
            "times in which health rules are not evaluated",
            NAMED,
            NAMED,
            SUPPRESSION
        ))
        .and(switches())
}

fn switches() -> Calls {
    let switch = |call: Call| {
        call.note("`\"true\"` and `\"false\"` as texts are understood.")
            .takes_json("`enabled`.", r#"{"enabled": true}"#)
            .answers_json(200, "What holds now.", Shape::Record(vec![("enabled", Shape::Bool)]))
            .fails(&[404, 409])
    };
    let rule = Call::put(
        "/alerting/rest/v1/applications/{app}/health-rules/{id}/configuration",
        "health_rules_switch",
        "Switches a health rule on or off.",
    );
    let policy = Call::put(
        "/alerting/rest/v1/applications/{app}/policies/{id}/configuration",
        "policies_switch",
        "Switches a policy on or off.",
    );
    let alias = Call::get(
        "/rest/applications/{app}/health-rules",
        "health_rules_list_alias",
        "The same list of health rules, where one client looks for it.",
    );
    let alias_of_one = Call::get(
        "/rest/applications/{app}/health-rules/{id}",
        "health_rules_one_alias",
        "The same for one.",
    );
    Calls::default()
        .add(switch(rule), self::switch::<HealthRule>)
        .add(switch(policy), self::switch::<Policy>)
        .add(
            alias.answers_json(200, "A short record of each.", Shape::records(&ENABLED)).fails(&[404]),
            list::<HealthRule>,
        )
        .add(
            alias_of_one.answers_json(200, "The object.", Shape::Open(ENABLED.to_vec())).fails(&[404]),
            one::<HealthRule>,
        )
}

impl From<AlertingError> for RestError {
    fn from(error: AlertingError) -> Self {
        let status = match &error {
            AlertingError::NameTaken { .. } | AlertingError::Store(StoreError::Conflict { .. }) => {
                StatusCode::CONFLICT
            }
            AlertingError::NotFound { .. } => StatusCode::NOT_FOUND,
            AlertingError::Invalid { .. } | AlertingError::TooMany(_) => StatusCode::BAD_REQUEST,
            AlertingError::Store(_) => match error {
                AlertingError::Store(error) => return error.into(),
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
        };
        Self::new(status, error.to_string())
    }
}

/// The application of an address, told as these calls tell of what is not there.
///
/// # Errors
/// When there is none.
pub async fn app_id(controller: &Shared, address: &Address) -> Result<AppId, RestError> {
    let (account, app) = (address.account.clone(), address.name("app").to_owned());
    let found = controller.ask(move |store| directory::application(store, &account, &app)).await?;
    found.map(|app| app.id).ok_or_else(|| RestError::no_such("application", address.name("app")))
}

fn id(address: &Address, what: &str) -> Result<u64, RestError> {
    let text = address.name("id");
    text.parse().map_err(|_| RestError::no_such(what, text))
}

/// What a client sent, as the thing it means.
///
/// # Errors
/// When it means nothing.
pub fn read<T: Alerting>(mut value: Value) -> Result<T, RestError> {
    lenient::straighten(&mut value);
    if !value.is_object() {
        return Err(RestError::bad_request(format!("The body is not a JSON object: a {} is one", T::WHAT)));
    }
    serde_json::from_value(value)
        .map_err(|error| RestError::bad_request(format!("The {} cannot be read: {error}", T::WHAT)))
}

async fn list<T: Listed>(State(controller): State<Shared>, address: Address) -> Result<Response, RestError> {
    let app_id = app_id(&controller, &address).await?;
    let account = address.account;
    let all = controller.ask(move |store| Ok(alerting::list::<T>(store, &account, app_id))).await??;
    let all: Vec<Value> = all.iter().map(|one| one.value.listed()).collect();
    Ok(answer::json(StatusCode::OK, &Value::from(all)))
}

/// Who may only look does not see whole what may hold secrets (tokens in the headers of webhooks).
///
/// # Errors
/// When the visitor may not.
pub fn may_read_whole<T: Alerting>(address: &Address) -> Result<(), RestError> {
    if T::MAY_HOLD_SECRETS {
        address.visitor.must(Permission::ConfigureAlerting)?;
    }
    Ok(())
}

fn whole<T: Alerting>(status: StatusCode, thing: &T) -> Result<Response, RestError> {
    let value = serde_json::to_value(thing).map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(answer::json(status, &value))
}

async fn one<T: Alerting>(State(controller): State<Shared>, address: Address) -> Result<Response, RestError> {
    may_read_whole::<T>(&address)?;
    let app_id = app_id(&controller, &address).await?;
    let id = id(&address, T::WHAT)?;
    let account = address.account;
    let found = controller.ask(move |store| Ok(alerting::get::<T>(store, &account, app_id, id))).await??;
    let mut response = whole(StatusCode::OK, &found.value)?;
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", found.version)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

async fn create<T: Alerting>(
    State(controller): State<Shared>,
    address: Address,
    uri: axum::http::Uri,
    JsonBody(body): JsonBody,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ConfigureAlerting)?;
    let app_id = app_id(&controller, &address).await?;
    let thing = read::<T>(body)?;
    let visitor = address.visitor;
    let made = controller
        .ask(move |store| {
            let made = alerting::create(store, &visitor.account, app_id, thing, &visitor.user);
            made.as_ref().inspect(|made| audited(store, &visitor, AuditAction::ObjectCreated, *made)).ok();
            Ok(made)
        })
        .await??;
    let mut response = whole(StatusCode::CREATED, &made)?;
    let location = format!("/controller{}/{}", uri.path().trim_end_matches('/'), made.id());
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Writes into the audit that somebody made or changed a thing.
pub fn audited<T: Alerting>(store: &dyn Store, visitor: &Visitor, action: AuditAction, thing: &T) {
    audit::record(store, visitor, action, &format!("{}:{}", T::KIND, thing.name()), now_ms());
}

/// `If-Match: "5"`.
fn expected_version(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::IF_MATCH)?.to_str().ok()?.trim().trim_matches('"').parse().ok()
}

async fn update<T: Alerting>(
    State(controller): State<Shared>,
    address: Address,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ConfigureAlerting)?;
    let app_id = app_id(&controller, &address).await?;
    let id = id(&address, T::WHAT)?;
    let thing = read::<T>(body)?;
    let version = expected_version(&headers);
    let visitor = address.visitor;
    let done = controller
        .ask(move |store| {
            let done = alerting::update(store, &visitor.account, app_id, id, thing, version, &visitor.user);
            done.as_ref().inspect(|done| audited(store, &visitor, AuditAction::ObjectUpdated, *done)).ok();
            Ok(done)
        })
        .await??;
    whole(StatusCode::OK, &done)
}

async fn switch<T: Alerting>(
    State(controller): State<Shared>,
    address: Address,
    JsonBody(mut body): JsonBody,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ConfigureAlerting)?;
    lenient::straighten(&mut body);
    let enabled = body.get("enabled").and_then(Value::as_bool);
    let enabled = enabled.ok_or_else(|| RestError::bad_request("Send {\"enabled\": true} or false"))?;
    let app_id = app_id(&controller, &address).await?;
    let id = id(&address, T::WHAT)?;
    let visitor = address.visitor;
    let done = controller.ask(move |store| {
        let switch = || {
            let Versioned { value, version, .. } = alerting::get::<T>(store, &visitor.account, app_id, id)?;
            let switched = with_enabled(&value, enabled)?;
            alerting::update(store, &visitor.account, app_id, id, switched, Some(version), &visitor.user)
        };
        let done = switch();
        done.as_ref().inspect(|done| audited(store, &visitor, AuditAction::ObjectUpdated, *done)).ok();
        Ok(done)
    });
    let _: T = done.await??;
    Ok(answer::json(StatusCode::OK, &json!({"enabled": enabled})))
}

fn with_enabled<T: Alerting>(thing: &T, enabled: bool) -> Result<T, AlertingError> {
    let broken = |error: serde_json::Error| AlertingError::Store(StoreError::Damaged(error.to_string()));
    let mut value = serde_json::to_value(thing).map_err(broken)?;
    value["enabled"] = Value::from(enabled);
    serde_json::from_value(value).map_err(broken)
}

async fn delete<T: Alerting>(
    State(controller): State<Shared>,
    address: Address,
) -> Result<Response, RestError> {
    address.visitor.must(Permission::ConfigureAlerting)?;
    let app_id = app_id(&controller, &address).await?;
    let id = id(&address, T::WHAT)?;
    let visitor = address.visitor;
    controller
        .ask(move |store| {
            let done = alerting::delete::<T>(store, &visitor.account, app_id, id, &visitor.user);
            if done.is_ok() {
                let object = format!("{}:{id}", T::KIND);
                audit::record(store, &visitor, AuditAction::ObjectDeleted, &object, now_ms());
            }
            Ok(done)
        })
        .await??;
    Ok(StatusCode::NO_CONTENT.into_response())
}
