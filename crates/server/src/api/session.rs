//! Logging in and out, and what an empty page needs to know.

use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::{ApiError, ErrorAnswer};

/// Who wants in.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct LoginRequest {
    /// The user's name (`admin`).
    pub user: String,
    /// The account; `customer1` when absent.
    #[serde(default)]
    pub account: Option<String>,
    /// The password.
    pub password: String,
}

/// Who is in.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct LoginAnswer {
    /// The user's name.
    pub user: String,
    /// The account.
    pub account: String,
}

/// The session of the cookie that was sent.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct SessionAnswer {
    /// The user's name.
    pub user: String,
    /// The account.
    pub account: String,
    /// Goes into the header `X-CSRF-TOKEN` of every POST.
    pub csrf_token: String,
}

/// What a program needs to report here.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct SetupAnswer {
    /// Host and port as the page's own address has them (`127.0.0.1:8090`).
    pub listen: String,
    /// An access key to report with; null for users who may not see it.
    pub access_key_shown: Option<String>,
    /// The account.
    pub account: String,
}

/// Logs in; sets the session cookie.
#[utoipa::path(
    post,
    path = "/api/login",
    operation_id = "session_login",
    tag = "session",
    request_body = LoginRequest,
    responses(
        (status = 200, body = LoginAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
    )
)]
pub async fn login() -> Result<Json<LoginAnswer>, ApiError> {
    Err(ApiError::not_logged_in())
}

/// Who is logged in.
#[utoipa::path(
    get,
    path = "/api/session",
    operation_id = "session_session",
    tag = "session",
    responses(
        (status = 200, body = SessionAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
    )
)]
pub async fn session() -> Result<Json<SessionAnswer>, ApiError> {
    Err(ApiError::not_logged_in())
}

/// Logs out.
#[utoipa::path(
    post,
    path = "/api/logout",
    operation_id = "session_logout",
    tag = "session",
    responses(
        (status = 204, description = "Done."),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
    )
)]
pub async fn logout() -> Result<StatusCode, ApiError> {
    Err(ApiError::not_logged_in())
}

/// What a program needs to report here.
#[utoipa::path(
    get,
    path = "/api/setup",
    operation_id = "session_setup",
    tag = "session",
    responses(
        (status = 200, body = SetupAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
    )
)]
pub async fn setup() -> Result<Json<SetupAnswer>, ApiError> {
    Err(ApiError::not_logged_in())
}
