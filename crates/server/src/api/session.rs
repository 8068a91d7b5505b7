//! Logging in and out, and what an empty page needs to know.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::{ApiError, ErrorAnswer};
use super::visitor::LoggedIn;
use crate::access_keys::DEFAULT_ACCOUNT;
use crate::audit::Action;
use crate::controller::{Shared, now_ms};
use crate::login::{self, Credentials, Visitor};
use crate::permissions::Permission;

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
    /// What the user may do.
    pub permissions: Vec<Permission>,
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
        (status = 400, description = "Not readable.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "From another site.", body = ErrorAnswer),
        (status = 429, description = "Too many wrong logins.", body = ErrorAnswer),
    )
)]
pub async fn login(
    State(controller): State<Shared>,
    parts: Parts,
    body: Result<Json<LoginRequest>, JsonRejection>,
) -> Result<Response, ApiError> {
    let Json(request) = body.map_err(|rejection| {
        ApiError::bad_request(
            format!("The login cannot be read: {}.", rejection.body_text()),
            "Send {\"user\": …, \"password\": …} as application/json.",
        )
    })?;
    refuse_other_sites(&parts.headers)?;
    let address = login::address(&controller, &parts);
    let account = request.account.filter(|account| !account.is_empty());
    let account = account.unwrap_or_else(|| DEFAULT_ACCOUNT.to_owned());
    let credentials = Credentials { user: request.user, account, password: request.password };
    let Some(visitor) = login::by_password(&controller, address, &credentials).await? else {
        return Err(ApiError::new(
            StatusCode::UNAUTHORIZED,
            "User, account or password is wrong.",
            "The first start of the controller printed the password; `tierline user password` sets a new one.",
        ));
    };
    // Whoever was logged in with this browser is not any more: a session never changes its user.
    if let Some(secret) = login::page_secret(&parts.headers) {
        controller.sessions.end(secret);
    }
    let answer = LoginAnswer { user: visitor.user.clone(), account: visitor.account.clone() };
    let cookie = begin(&controller, visitor).await?;
    let mut response = Json(answer).into_response();
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}

/// Begins a session of the page; the answer is its cookie.
///
/// # Errors
/// When there is no randomness.
pub async fn begin(controller: &Shared, visitor: Visitor) -> Result<Option<HeaderValue>, ApiError> {
    let begun = controller.sessions.begin(&visitor.account, visitor.user_id, now_ms());
    let (secret, _) = begun
        .map_err(|error| ApiError::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string(), "Try again."))?;
    controller.blocking(move |shared| shared.audit(&visitor, Action::Login, "session")).await?;
    Ok(login::page_cookie(controller, &secret, true))
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
pub async fn session(LoggedIn { visitor, session }: LoggedIn) -> Result<Json<SessionAnswer>, ApiError> {
    // Basic credentials need no session; any token will do for them.
    let csrf_token = session.map_or_else(|| "basic".to_owned(), |session| session.csrf_token);
    let permissions = visitor.permissions.list();
    Ok(Json(SessionAnswer { user: visitor.user, account: visitor.account, csrf_token, permissions }))
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
pub async fn logout(
    State(controller): State<Shared>,
    headers: HeaderMap,
    LoggedIn { visitor, .. }: LoggedIn,
) -> Result<Response, ApiError> {
    if let Some(secret) = login::page_secret(&headers) {
        controller.sessions.end(secret);
    }
    let cookie = login::page_cookie(&controller, "", false);
    controller.blocking(move |shared| shared.audit(&visitor, Action::Logout, "session")).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    // What a browser kept of the account goes with it (OWASP ASVS 3.3.1, 8.2.3).
    let clear = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert("clear-site-data", clear);
    Ok(response)
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
pub async fn setup(
    State(controller): State<Shared>,
    headers: HeaderMap,
    LoggedIn { visitor, .. }: LoggedIn,
) -> Result<Json<SetupAnswer>, ApiError> {
    // What the browser calls us works for an agent beside it; where we listen may be 0.0.0.0.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let key = controller
        .access_keys
        .of_account(&visitor.account)
        .filter(|_| visitor.must(Permission::ManageAccessKeys).is_ok());
    Ok(Json(SetupAnswer {
        listen: host.unwrap_or(&controller.listen).to_owned(),
        access_key_shown: key.map(|key| key.key),
        account: visitor.account,
    }))
}

/// Browsers say which site a request comes from; a login from another one would put its user into our page.
fn refuse_other_sites(headers: &HeaderMap) -> Result<(), ApiError> {
    match headers.get("sec-fetch-site").map(|site| site.as_bytes()) {
        Some(b"cross-site" | b"same-site") => Err(ApiError::wrong_csrf_token()),
        _ => Ok(()),
    }
}
