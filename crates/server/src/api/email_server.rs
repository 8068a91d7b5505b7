//! The server an account's email goes through.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_store::{Store, StoreError};
use utoipa::ToSchema;

use super::body::Body;
use super::error::{ApiError, ErrorAnswer};
use super::visitor::LoggedIn;
use crate::actions::email::{self, EmailServer, Protection};
use crate::audit::{self, Action as Done};
use crate::controller::{Shared, now_ms};
use crate::permissions::Permission;

/// The server. Its password is never shown.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct EmailServerInfo {
    /// Its host; no email is sent while it is empty.
    pub host: String,
    /// Its port; the usual one when null.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub protection: Protection,
    /// Who logs in; nobody when empty.
    pub user: String,
    /// Whether a password is known.
    pub has_password: bool,
    /// The sender's address.
    pub from: String,
}

/// The server to use from now on.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct EmailServerRequest {
    /// Its host.
    pub host: String,
    /// Its port; 587, 465 or 25 when absent.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub protection: Protection,
    /// Who logs in.
    #[serde(default)]
    pub user: String,
    /// The password; what was there stays when absent.
    #[serde(default)]
    pub password: Option<String>,
    /// The sender's address.
    pub from: String,
}

/// The server an account's email goes through.
#[utoipa::path(
    get,
    path = "/api/email-server",
    operation_id = "email_server",
    tag = "alerting",
    responses(
        (status = 200, body = EmailServerInfo),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn get(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
) -> Result<Json<EmailServerInfo>, ApiError> {
    visitor.must(Permission::ConfigureAlerting)?;
    let server = controller.ask(move |store| email::load(store, &visitor.account)).await?;
    Ok(Json(EmailServerInfo {
        has_password: !server.password.is_empty(),
        host: server.host,
        port: server.port,
        protection: server.protection,
        user: server.user,
        from: server.from,
    }))
}

/// Names the server an account's email goes through.
#[utoipa::path(
    put,
    path = "/api/email-server",
    operation_id = "email_server_set",
    tag = "alerting",
    request_body = EmailServerRequest,
    responses(
        (status = 204, description = "Done."),
        (status = 400, description = "It cannot be read.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn put(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    Body(request): Body<EmailServerRequest>,
) -> Result<StatusCode, ApiError> {
    visitor.must(Permission::ManageSettings)?;
    let work = move |store: &dyn Store| -> Result<(), StoreError> {
        audit::record(store, &visitor, Done::ObjectUpdated, "email-server", now_ms());
        let there = email::load(store, &visitor.account)?;
        // A password goes only to the server it was given for.
        let same = there.host == request.host && there.user == request.user;
        let kept = if same { there.password } else { String::new() };
        let server = EmailServer {
            host: request.host,
            port: request.port,
            protection: request.protection,
            user: request.user,
            password: request.password.unwrap_or(kept),
            from: request.from,
        };
        email::save(store, &visitor.account, &server, &visitor.user)
    };
    controller.ask(work).await?;
    Ok(StatusCode::NO_CONTENT)
}
