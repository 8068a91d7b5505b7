//! `GET /controller/auth?action=login`: cookies for those who do not want to send a password with every call.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::call::{Call, Calls, optional};
use super::error::RestError;
use super::query::Parameters;
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
    headers: HeaderMap,
    parameters: Parameters,
) -> Result<Response, RestError> {
    match parameters.text("action").unwrap_or("login") {
        "login" => {}
        "logout" => return Ok(logout(&controller, &headers)),
        _ => return Err(RestError::not_found()),
    }
    let visitor = login::by_basic(&controller, &headers).await?.ok_or_else(RestError::unauthorized)?;
    let begun = controller.sessions.begin(&visitor.account, &visitor.user, now_ms());
    let (secret, session) = begun.map_err(|error| RestError::bad_request(error.to_string()))?;
    let mut response = StatusCode::OK.into_response();
    let session_cookie = login::session_cookie(REST_COOKIE, &secret, "/controller", true);
    // Scripts have to read this one to repeat it in a header.
    let token = format!("{CSRF_NAME}={}; Path=/controller; SameSite=Strict", session.csrf_token);
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
