//! Diagnostic sessions: for some minutes agents keep every execution.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_engine::diagnostic_sessions::{self, Cause, DiagnosticPolicy, Session, Wish};
use tierline_model::BtId;
use tierline_store::Store;
use utoipa::ToSchema;

use super::body::Body;
use super::error::{ApiError, ErrorAnswer};
use super::parameters::{Place, optional_id};
use crate::audit::{self, Action as Done};
use crate::controller::{Shared, now_ms};
use crate::permissions::Permission;
use crate::secret;

/// A session.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct SessionInfo {
    /// Names the session.
    pub guid: String,
    /// Its name for people.
    pub name: String,
    /// The business transaction; null for all.
    pub bt_id: Option<u64>,
    /// When it began.
    pub started_ms: u64,
    /// When it ends, or ended.
    pub ends_at_ms: u64,
    /// Snapshots per agent.
    pub snapshots_max: u64,
    /// `MANUAL`, `SLOW`, `ERROR` or `POLICY`.
    pub cause: String,
    /// Who started it.
    pub started_by: String,
    /// Whether it runs.
    pub running: bool,
}

/// A session to start.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct SessionRequest {
    /// The business transaction; all when absent.
    #[serde(default)]
    pub bt_id: Option<u64>,
    /// How long, 1 to 1,440 minutes.
    pub minutes: u32,
    /// Snapshots per agent; 100 when absent.
    #[serde(default)]
    pub snapshots_max: Option<u64>,
    /// Its name for people.
    #[serde(default)]
    pub name: String,
}

/// When sessions start by themselves.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosticPolicyInfo {
    /// Whether they do.
    pub enabled: bool,
    /// Per cent of executions that are slow, very slow or stalls.
    pub slow_percent: f64,
    /// Per cent of executions in error.
    pub error_percent: f64,
    /// Executions in the minutes looked at, below which nothing is said.
    pub calls_min: u64,
    /// Minutes looked at.
    pub minutes: u32,
    /// Minutes a session lasts.
    pub session_minutes: u32,
    /// Snapshots per agent.
    pub snapshots_max: u64,
    /// Minutes between two sessions of one business transaction.
    pub pause_minutes: u32,
}

fn info(session: Session, now_ms: u64) -> SessionInfo {
    SessionInfo {
        running: session.is_running(now_ms),
        guid: session.guid,
        name: session.name,
        bt_id: session.bt_id.map(|bt| bt.get()),
        started_ms: session.started_ms,
        ends_at_ms: session.ends_at_ms,
        snapshots_max: session.snapshots_max,
        cause: match session.cause {
            Cause::Manual => "MANUAL",
            Cause::Slow => "SLOW",
            Cause::Error => "ERROR",
            Cause::Policy => "POLICY",
        }
        .to_owned(),
        started_by: session.started_by,
    }
}

/// Sessions that run, and the last ones that ended, newest first.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/diagnostic-sessions",
    operation_id = "diagnostic_sessions_list",
    tag = "diagnostic sessions",
    params(("app" = u64, Path, description = "Its id.")),
    responses(
        (status = 200, body = Vec<SessionInfo>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    place: Place,
) -> Result<Json<Vec<SessionInfo>>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let now = now_ms();
    let ask = move |store: &dyn Store| diagnostic_sessions::list(store, &place.account, place.app_id);
    Ok(Json(controller.ask(ask).await?.into_iter().map(|session| info(session, now)).collect()))
}

/// Starts a session; agents hear of it with their next poll.
#[utoipa::path(
    post,
    path = "/api/applications/{app}/diagnostic-sessions",
    operation_id = "diagnostic_sessions_start",
    tag = "diagnostic sessions",
    params(("app" = u64, Path, description = "Its id.")),
    request_body = SessionRequest,
    responses(
        (status = 201, body = SessionInfo),
        (status = 400, description = "It cannot be read.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 409, description = "Too many are running.", body = ErrorAnswer),
    )
)]
pub async fn start(
    State(controller): State<Shared>,
    place: Place,
    Body(request): Body<SessionRequest>,
) -> Result<(StatusCode, Json<SessionInfo>), ApiError> {
    place.visitor.must(Permission::ConfigureApplications)?;
    let bt_id = optional_id(request.bt_id, BtId::from_u64)?;
    let guid = secret::token()
        .map_err(|error| ApiError::new(StatusCode::SERVICE_UNAVAILABLE, format!("{error}."), "Try again."))?;
    let wish = Wish {
        guid,
        name: tierline_model::name::cut(request.name.trim(), 200).into_owned(),
        bt_id,
        minutes: request.minutes,
        snapshots_max: request.snapshots_max,
        cause: Cause::Manual,
    };
    let work = move |store: &dyn Store| {
        let (account, user) = (&place.account, &place.visitor.user);
        let object = format!("diagnostic-session:{}", wish.guid);
        audit::record(store, &place.visitor, Done::ObjectCreated, &object, now_ms());
        diagnostic_sessions::start(store, account, place.app_id, &wish, now_ms(), user)
    };
    let (session, _) = controller.work(work).await??;
    controller.conversations.forget_configurations();
    Ok((StatusCode::CREATED, Json(info(session, now_ms()))))
}

/// Stops a running session.
#[utoipa::path(
    delete,
    path = "/api/applications/{app}/diagnostic-sessions/{guid}",
    operation_id = "diagnostic_sessions_stop",
    tag = "diagnostic sessions",
    params(("app" = u64, Path, description = "Its id."), ("guid" = String, Path, description = "The session.")),
    responses(
        (status = 204, description = "Done."),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "It does not run.", body = ErrorAnswer),
    )
)]
pub async fn stop(State(controller): State<Shared>, place: Place) -> Result<StatusCode, ApiError> {
    place.visitor.must(Permission::ConfigureApplications)?;
    let work = move |store: &dyn Store| {
        let (account, user) = (&place.account, &place.visitor.user);
        let object = format!("diagnostic-session:{}", place.path_text("guid"));
        audit::record(store, &place.visitor, Done::ObjectDeleted, &object, now_ms());
        diagnostic_sessions::stop(store, account, place.app_id, place.path_text("guid"), now_ms(), user)
    };
    controller.work(work).await??;
    controller.conversations.forget_configurations();
    Ok(StatusCode::NO_CONTENT)
}

/// When sessions start by themselves.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/diagnostic-policy",
    operation_id = "diagnostic_policy",
    tag = "diagnostic sessions",
    params(("app" = u64, Path, description = "Its id.")),
    responses(
        (status = 200, body = DiagnosticPolicyInfo),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn policy(
    State(controller): State<Shared>,
    place: Place,
) -> Result<Json<DiagnosticPolicyInfo>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let ask = move |store: &dyn Store| diagnostic_sessions::policy(store, &place.account, place.app_id);
    let policy = controller.ask(ask).await?;
    Ok(Json(DiagnosticPolicyInfo {
        enabled: policy.enabled,
        slow_percent: policy.slow_percent,
        error_percent: policy.error_percent,
        calls_min: policy.calls_min,
        minutes: policy.minutes,
        session_minutes: policy.session_minutes,
        snapshots_max: policy.snapshots_max,
        pause_minutes: policy.pause_minutes,
    }))
}

/// Says when sessions start by themselves.
#[utoipa::path(
    put,
    path = "/api/applications/{app}/diagnostic-policy",
    operation_id = "diagnostic_policy_set",
    tag = "diagnostic sessions",
    params(("app" = u64, Path, description = "Its id.")),
    request_body = DiagnosticPolicyInfo,
    responses(
        (status = 204, description = "Done."),
        (status = 400, description = "It cannot be used.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn set_policy(
    State(controller): State<Shared>,
    place: Place,
    Body(wanted): Body<DiagnosticPolicyInfo>,
) -> Result<StatusCode, ApiError> {
    place.visitor.must(Permission::ConfigureApplications)?;
    let percent = |value: f64| (0.0..=100.0).contains(&value);
    let minutes = [wanted.minutes, wanted.session_minutes];
    let usable = percent(wanted.slow_percent) && percent(wanted.error_percent);
    if !usable || minutes.iter().any(|minutes| !(1..=1_440).contains(minutes)) {
        let hint = "Shares are 0 to 100 per cent, minutes 1 to 1,440.";
        return Err(ApiError::bad_request("A number is out of range.", hint));
    }
    let policy = DiagnosticPolicy {
        enabled: wanted.enabled,
        slow_percent: wanted.slow_percent,
        error_percent: wanted.error_percent,
        calls_min: wanted.calls_min,
        minutes: wanted.minutes,
        session_minutes: wanted.session_minutes,
        snapshots_max: wanted.snapshots_max,
        pause_minutes: wanted.pause_minutes,
    };
    let ask = move |store: &dyn Store| {
        let (account, user) = (&place.account, &place.visitor.user);
        let object = format!("diagnostic-policy:{}", place.app_id);
        audit::record(store, &place.visitor, Done::ObjectUpdated, &object, now_ms());
        diagnostic_sessions::set_policy(store, account, place.app_id, policy, user)
    };
    controller.ask(ask).await?;
    Ok(StatusCode::NO_CONTENT)
}
