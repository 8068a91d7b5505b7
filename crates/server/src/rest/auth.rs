//! `GET /controller/auth?action=login`: cookies for those who do not want to send a password with every call.

use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::call::{Call, Calls, optional};
use super::error::RestError;
use super::query::Parameters;
use crate::audit::Action;
use crate::controller::{Shared, now_ms};
use crate::login::{self, CSRF_NAME, REST_COOKIE};

/// The calls of this file.
#[must_use]
pub fn calls() -> Calls {
    let action = [optional("action", "login (the default) or logout.")];
    let about = "Cookies JSESSIONID and X-CSRF-TOKEN.";
    let by_get = Call::get("/auth", "auth_login", "Logs in by Basic authentication, for cookies.");
    let by_post = Call::post("/auth", "auth_login_by_post", "The same by POST.");
    Calls::default()
        .add(by_get.with(&action).answers_nothing(200, about).fails(&[400, 404]), login)
        .add(by_post.with(&action).answers_nothing(200, about).fails(&[400, 404]), login)
}

/// Logs in, or out with `action=logout`.
///
/// # Errors
/// When the credentials are wrong or the action is unknown.
pub async fn login(
    State(controller): State<Shared>,
    parameters: Parameters,
    parts: Parts,
) -> Result<Response, RestError> {
    match parameters.text("action").unwrap_or("login") {
        "login" => {}
        "logout" => return Ok(logout(&controller, &parts.headers)),
        _ => return Err(RestError::not_found()),
    }
    let address = login::address(&controller, &parts);
    let credentials = login::basic(&parts.headers).ok_or_else(RestError::unauthorized)?;
    let visitor = login::by_password(&controller, address, &credentials).await?;
    let visitor = visitor.ok_or_else(RestError::unauthorized)?;
    let begun = controller.sessions.begin(&visitor.account, visitor.user_id, now_ms());
    let (secret, session) = begun.map_err(|error| RestError::bad_request(error.to_string()))?;
    controller.blocking(move |shared| shared.audit(&visitor, Action::Login, "session")).await?;
    let secure = controller.options.secure_cookies;
    let mut response = StatusCode::OK.into_response();
    let session_cookie = login::session_cookie(REST_COOKIE, &secret, "/controller", true, secure);
    // Scripts have to read this one to repeat it in a header.
    let secure = if secure { "; Secure" } else { "" };
    let token = format!("{CSRF_NAME}={}; Path=/controller; SameSite=Strict{secure}", session.csrf_token);
    for cookie in [session_cookie, HeaderValue::from_str(&token).ok()].into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn logout(controller: &Shared, headers: &HeaderMap) -> Response {
    if let Some(secret) = login::cookie(headers, REST_COOKIE) {
        controller.sessions.end(secret);
    }
    StatusCode::OK.into_response()
}
