//! Health rules, policies, actions, schedules and suppressions. Their JSON is that of the public REST API.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tierline_engine::alerting::{
    self, Action, ActionSuppression, Alerting, AlertingError, HealthRule, HealthRuleSuppression, Policy,
    Schedule, Versioned,
};
use tierline_engine::events::Severity;
use tierline_engine::reactions::{self, Delivery, Outcome, Told};
use tierline_model::AppId;
use tierline_store::Store;
use utoipa::ToSchema;

use super::body::Body;
use super::error::{ApiError, ErrorAnswer};
use super::parameters::{Place, Range};
use crate::actions::{self, Sender};
use crate::audit::{self, Action as Done};
use crate::controller::{Shared, now_ms};
use crate::login::Visitor;
use crate::permissions::Permission;

/// Something that was set up, and who changed it last.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct AlertingObject {
    /// Its id within the application.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Rises with every change; send it back with a change to be told when somebody was quicker.
    pub version: u64,
    /// When it was changed.
    pub changed_ms: u64,
    /// By whom.
    pub changed_by: String,
    /// The thing, as the public REST API shows it.
    #[schema(value_type = Object)]
    pub definition: Value,
}

/// Something to set up or to change.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct AlertingRequest {
    /// Only when this version is there.
    #[serde(default)]
    pub version: Option<u64>,
    /// The thing, as the public REST API takes it.
    #[schema(value_type = Object)]
    pub definition: Value,
}

/// How an action went.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ActionOutcome {
    /// Whether it was carried out.
    pub done: bool,
    /// In a few words.
    pub text: String,
}

/// An action that waits, was carried out or was given up.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryInfo {
    /// `WAITING`, `DONE` or `GIVEN_UP`.
    pub status: String,
    /// The policy that wanted it.
    pub policy: String,
    /// The action's name.
    pub action: String,
    /// How often it was tried.
    pub attempts: u64,
    /// When it is tried next, or ended.
    pub time_ms: u64,
    /// How it went.
    pub text: String,
}

/// Calls the same function for the thing that the path names.
macro_rules! for_kind {
    ($kind:expr, $function:ident($($argument:expr),*)) => {
        match $kind {
            "health-rules" => $function::<HealthRule>($($argument),*),
            "policies" => $function::<Policy>($($argument),*),
            "actions" => $function::<Action>($($argument),*),
            "schedules" => $function::<Schedule>($($argument),*),
            "action-suppressions" => $function::<ActionSuppression>($($argument),*),
            "health-rule-suppressions" => $function::<HealthRuleSuppression>($($argument),*),
            _ => Err(ApiError::not_found("kind of thing to set up")),
        }
    };
}

fn shown<T: Alerting>(one: &Versioned<T>) -> Result<AlertingObject, ApiError> {
    Ok(AlertingObject {
        id: one.value.id(),
        name: one.value.name().to_owned(),
        version: one.version,
        changed_ms: one.changed_ms,
        changed_by: one.changed_by.clone(),
        definition: serde_json::to_value(&one.value).map_err(|error| unreadable::<T>(&error))?,
    })
}

fn unreadable<T: Alerting>(error: &serde_json::Error) -> ApiError {
    AlertingError::Invalid { what: T::WHAT, reason: error.to_string() }.into()
}

fn read<T: Alerting>(definition: Value) -> Result<T, ApiError> {
    serde_json::from_value(definition).map_err(|error| unreadable::<T>(&error))
}

/// Who may only look does not see secrets.
fn may_see<T: Alerting>(by: &Visitor) -> Result<(), ApiError> {
    if T::MAY_HOLD_SECRETS { Ok(by.must(Permission::ConfigureAlerting)?) } else { Ok(()) }
}

fn all<T: Alerting>(store: &dyn Store, by: &Visitor, app: AppId) -> Result<Vec<AlertingObject>, ApiError> {
    may_see::<T>(by)?;
    let account = &by.account;
    alerting::list::<T>(store, account, app)?.iter().map(shown).collect()
}

fn get<T: Alerting>(
    store: &dyn Store,
    account: &str,
    app: AppId,
    id: u64,
) -> Result<AlertingObject, ApiError> {
    shown(&alerting::get::<T>(store, account, app, id)?)
}

fn seen<T: Alerting>(
    store: &dyn Store,
    by: &Visitor,
    app: AppId,
    id: u64,
) -> Result<AlertingObject, ApiError> {
    may_see::<T>(by)?;
    get::<T>(store, &by.account, app, id)
}

fn add<T: Alerting>(
    store: &dyn Store,
    account: &str,
    app: AppId,
    definition: Value,
    by: &Visitor,
) -> Result<AlertingObject, ApiError> {
    let made = alerting::create::<T>(store, account, app, read(definition)?, &by.user)?;
    audit::record(store, by, Done::ObjectCreated, &format!("{}:{app}/{}", T::KIND, made.id()), now_ms());
    get::<T>(store, account, app, made.id())
}

fn replace<T: Alerting>(
    store: &dyn Store,
    account: &str,
    (app, id): (AppId, u64),
    request: AlertingRequest,
    by: &Visitor,
) -> Result<AlertingObject, ApiError> {
    let value: T = read(request.definition)?;
    alerting::update(store, account, app, id, value, request.version, &by.user)?;
    audit::record(store, by, Done::ObjectUpdated, &format!("{}:{app}/{id}", T::KIND), now_ms());
    get::<T>(store, account, app, id)
}

fn remove<T: Alerting>(
    store: &dyn Store,
    account: &str,
    app: AppId,
    id: u64,
    by: &Visitor,
) -> Result<(), ApiError> {
    alerting::delete::<T>(store, account, app, id, &by.user)?;
    audit::record(store, by, Done::ObjectDeleted, &format!("{}:{app}/{id}", T::KIND), now_ms());
    Ok(())
}

/// Everything of one kind.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/alerting/{kind}",
    operation_id = "alerting_list",
    tag = "alerting",
    params(("app" = u64, Path, description = "Its id."), ("kind" = String, Path, description = "health-rules, policies, actions, schedules, action-suppressions or health-rule-suppressions.")),
    responses(
        (status = 200, body = Vec<AlertingObject>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    place: Place,
) -> Result<Json<Vec<AlertingObject>>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let work =
        move |store: &dyn Store| for_kind!(place.path_text("kind"), all(store, &place.visitor, place.app_id));
    Ok(Json(controller.work(work).await??))
}

/// One of a kind.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/alerting/{kind}/{id}",
    operation_id = "alerting_one",
    tag = "alerting",
    params(("app" = u64, Path, description = "Its id."), ("kind" = String, Path, description = "health-rules, policies, actions, schedules, action-suppressions or health-rule-suppressions."), ("id" = u64, Path, description = "Its id.")),
    responses(
        (status = 200, body = AlertingObject),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn one(State(controller): State<Shared>, place: Place) -> Result<Json<AlertingObject>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let id = place.path_id("id", Some)?;
    let work = move |store: &dyn Store| {
        for_kind!(place.path_text("kind"), seen(store, &place.visitor, place.app_id, id))
    };
    Ok(Json(controller.work(work).await??))
}

/// Sets one up.
#[utoipa::path(
    post,
    path = "/api/applications/{app}/alerting/{kind}",
    operation_id = "alerting_create",
    tag = "alerting",
    params(("app" = u64, Path, description = "Its id."), ("kind" = String, Path, description = "health-rules, policies, actions, schedules, action-suppressions or health-rule-suppressions.")),
    request_body = AlertingRequest,
    responses(
        (status = 201, body = AlertingObject),
        (status = 400, description = "It cannot be used.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
        (status = 409, description = "Its name is taken.", body = ErrorAnswer),
    )
)]
pub async fn create(
    State(controller): State<Shared>,
    place: Place,
    Body(request): Body<AlertingRequest>,
) -> Result<(StatusCode, Json<AlertingObject>), ApiError> {
    place.visitor.must(Permission::ConfigureAlerting)?;
    let work = move |store: &dyn Store| {
        let (app, user) = (place.app_id, &place.visitor);
        for_kind!(place.path_text("kind"), add(store, &place.account, app, request.definition, user))
    };
    Ok((StatusCode::CREATED, Json(controller.work(work).await??)))
}

/// Changes one: it becomes what is sent.
#[utoipa::path(
    put,
    path = "/api/applications/{app}/alerting/{kind}/{id}",
    operation_id = "alerting_update",
    tag = "alerting",
    params(("app" = u64, Path, description = "Its id."), ("kind" = String, Path, description = "health-rules, policies, actions, schedules, action-suppressions or health-rule-suppressions."), ("id" = u64, Path, description = "Its id.")),
    request_body = AlertingRequest,
    responses(
        (status = 200, body = AlertingObject),
        (status = 400, description = "It cannot be used.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
        (status = 409, description = "Its name is taken, or somebody else changed it.", body = ErrorAnswer),
    )
)]
pub async fn update(
    State(controller): State<Shared>,
    place: Place,
    Body(request): Body<AlertingRequest>,
) -> Result<Json<AlertingObject>, ApiError> {
    place.visitor.must(Permission::ConfigureAlerting)?;
    let id = place.path_id("id", Some)?;
    let work = move |store: &dyn Store| {
        let (of, user) = ((place.app_id, id), &place.visitor);
        for_kind!(place.path_text("kind"), replace(store, &place.account, of, request, user))
    };
    Ok(Json(controller.work(work).await??))
}

/// Deletes one.
#[utoipa::path(
    delete,
    path = "/api/applications/{app}/alerting/{kind}/{id}",
    operation_id = "alerting_delete",
    tag = "alerting",
    params(("app" = u64, Path, description = "Its id."), ("kind" = String, Path, description = "health-rules, policies, actions, schedules, action-suppressions or health-rule-suppressions."), ("id" = u64, Path, description = "Its id.")),
    responses(
        (status = 204, description = "Done."),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn delete(State(controller): State<Shared>, place: Place) -> Result<StatusCode, ApiError> {
    place.visitor.must(Permission::ConfigureAlerting)?;
    let id = place.path_id("id", Some)?;
    let work = move |store: &dyn Store| {
        let (app, user) = (place.app_id, &place.visitor);
        for_kind!(place.path_text("kind"), remove(store, &place.account, app, id, user))
    };
    controller.work(work).await??;
    Ok(StatusCode::NO_CONTENT)
}

/// Carries an action out once, now, with an event that says that it is a test.
#[utoipa::path(
    post,
    path = "/api/applications/{app}/alerting/actions/{id}/test",
    operation_id = "alerting_test_action",
    tag = "alerting",
    params(("app" = u64, Path, description = "Its id."), ("id" = u64, Path, description = "The action's id.")),
    responses(
        (status = 200, body = ActionOutcome),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn test_action(
    State(controller): State<Shared>,
    place: Place,
) -> Result<Json<ActionOutcome>, ApiError> {
    place.visitor.must(Permission::ConfigureAlerting)?;
    let id = place.path_id("id", Some)?;
    let (account, app_id, user) = (place.account, place.app_id, place.visitor.user);
    let of = account.clone();
    let work = move |store: &dyn Store| -> Result<_, ApiError> {
        let action = alerting::get::<Action>(store, &of, app_id, id)?.value;
        let applications = store.applications(&of)?;
        let name = applications.into_iter().find(|a| a.id == app_id).map(|a| a.name.to_string());
        Ok((action, name.unwrap_or_default()))
    };
    let (action, application) = controller.work(work).await??;
    let event = Told {
        id: 0,
        event_type: "TEST".to_owned(),
        severity: Severity::Info,
        time_ms: now_ms(),
        summary: format!("This is a test of the action {:?}, sent by {user}.", action.name),
        triggered_entity: None,
        affected_entities: Vec::new(),
    };
    let delivery = Delivery {
        id: 0,
        app_id,
        application,
        policy: "(test)".to_owned(),
        action,
        notes: String::new(),
        events: vec![event],
        events_left_out: 0,
        attempts: 0,
        next_ms: 0,
        last_error: String::new(),
    };
    let outcome = actions::carry_out(&controller, &Sender::default(), &account, &delivery).await;
    Ok(Json(match outcome {
        Outcome::Done(text) => ActionOutcome { done: true, text },
        Outcome::Failed(text) | Outcome::Refused(text) => ActionOutcome { done: false, text },
    }))
}

/// Actions that wait, and those that were carried out or given up in a time, newest first.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/deliveries",
    operation_id = "alerting_deliveries",
    tag = "alerting",
    params(("app" = u64, Path, description = "Its id."), Range),
    responses(
        (status = 200, body = Vec<DeliveryInfo>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn deliveries(
    State(controller): State<Shared>,
    place: Place,
) -> Result<Json<Vec<DeliveryInfo>>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let work = move |store: &dyn Store| -> Result<Vec<DeliveryInfo>, ApiError> {
        let waiting = reactions::waiting(store, &place.account)?;
        let mut all: Vec<DeliveryInfo> = waiting
            .into_iter()
            .filter(|delivery| delivery.app_id == place.app_id)
            .map(|delivery| DeliveryInfo {
                status: "WAITING".to_owned(),
                policy: delivery.policy,
                action: delivery.action.name,
                attempts: delivery.attempts.into(),
                time_ms: delivery.next_ms,
                text: delivery.last_error,
            })
            .collect();
        for record in reactions::finished(store, &place.account, place.app_id, place.range)? {
            let told: Value = serde_json::from_str(&record.text).unwrap_or_default();
            let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
            all.push(DeliveryInfo {
                status: record.kind,
                policy: text("policy"),
                action: record.subject,
                attempts: told["attempts"].as_u64().unwrap_or(0),
                time_ms: record.time_ms,
                text: text("text"),
            });
        }
        Ok(all)
    };
    Ok(Json(controller.work(work).await??))
}
