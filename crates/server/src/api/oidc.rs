//! Login through an OpenID Connect provider.

use axum::Json;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::session;
use crate::controller::Shared;
use crate::counters::Counters;
use crate::login;
use crate::oauth;
use crate::oidc::{CALLBACK_PATH, OidcError};
use crate::{log, rest};

/// Ties a browser to the login it began. Sent along when the provider sends the browser back, so not `Strict`.
const LOGIN_COOKIE: &str = "TIERLINE_LOGIN";

/// How one can log in.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct LoginOptions {
    /// Whether there is an OpenID Connect provider: `GET /api/login/oidc` begins.
    pub open_id_connect: bool,
}

/// How one can log in; told to everybody.
#[utoipa::path(
    get,
    path = "/api/login/options",
    operation_id = "login_options",
    tag = "session",
    responses((status = 200, body = LoginOptions))
)]
pub async fn options(State(controller): State<Shared>) -> Json<LoginOptions> {
    Json(LoginOptions { open_id_connect: controller.oidc.is_some() })
}

/// Sends the browser to the provider.
#[utoipa::path(
    get,
    path = "/api/login/oidc",
    operation_id = "login_oidc",
    tag = "session",
    responses(
        (status = 303, description = "To the provider."),
        (status = 404, description = "There is no provider; a page for people.", content_type = "text/html"),
        (status = 502, description = "The provider cannot be asked; a page for people.", content_type = "text/html"),
    )
)]
pub async fn begin(State(controller): State<Shared>) -> Response {
    let Some(oidc) = &controller.oidc else { return no_provider() };
    match oidc.begin().await {
        Ok(begun) => {
            let secure = if controller.options.secure_cookies { "; Secure" } else { "" };
            let cookie = format!(
                "{LOGIN_COOKIE}={}; Path={CALLBACK_PATH}; HttpOnly; SameSite=Lax; Max-Age=600{secure}",
                begun.browser
            );
            go(&begun.location, HeaderValue::from_str(&cookie).ok())
        }
        Err(error) => failed(&error),
    }
}

/// Takes the browser back from the provider and logs it in.
#[utoipa::path(
    get,
    path = "/api/login/oidc/callback",
    operation_id = "login_oidc_callback",
    tag = "session",
    params(
        ("code" = Option<String>, Query, description = "The provider's word."),
        ("state" = Option<String>, Query, description = "Which login."),
        ("iss" = Option<String>, Query, description = "Which provider."),
        ("error" = Option<String>, Query, description = "Why not."),
    ),
    responses(
        (status = 303, description = "To the page, logged in."),
        (status = 403, description = "Not logged in; a page for people.", content_type = "text/html"),
        (status = 404, description = "There is no provider; a page for people.", content_type = "text/html"),
        (status = 502, description = "The provider cannot be asked; a page for people.", content_type = "text/html"),
    )
)]
pub async fn callback(State(controller): State<Shared>, parts: Parts) -> Response {
    match finish(&controller, &parts).await {
        Ok(cookie) => {
            let mut response = go("/", cookie);
            let forget = format!("{LOGIN_COOKIE}=; Path={CALLBACK_PATH}; HttpOnly; SameSite=Lax; Max-Age=0");
            if let Ok(forget) = HeaderValue::from_str(&forget) {
                response.headers_mut().append(header::SET_COOKIE, forget);
            }
            response
        }
        Err(None) => no_provider(),
        Err(Some(error)) => {
            Counters::add(&controller.counters.logins_failed, 1);
            log::line(&format!("a login through the OpenID Connect provider failed: {error}"));
            failed(&error)
        }
    }
}

async fn finish(controller: &Shared, parts: &Parts) -> Result<Option<HeaderValue>, Option<OidcError>> {
    let oidc = controller.oidc.as_ref().ok_or(None)?;
    let query = oauth::form(parts.uri.query().unwrap_or_default().as_bytes());
    let field = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if let Some(error) = field("error") {
        let text: String = field("error_description").unwrap_or(error).chars().take(200).collect();
        return Err(Some(OidcError::Refused(text)));
    }
    let (Some(code), Some(state)) = (field("code"), field("state")) else {
        return Err(Some(OidcError::Unknown));
    };
    let browser = login::cookie(&parts.headers, LOGIN_COOKIE).unwrap_or_default();
    let identity = oidc.complete(state, code, field("iss"), browser).await.map_err(Some)?;
    let found = controller.blocking(move |shared| {
        let oidc = shared.oidc.as_ref()?;
        Some(shared.user_of_identity(oidc, &identity))
    });
    let user = found.await.ok().flatten().ok_or(None)?.map_err(Some)?;
    if !controller.accounts.is_enabled(oidc.account()) {
        return Err(Some(OidcError::Disabled));
    }
    if let Some(secret) = login::page_secret(&parts.headers) {
        controller.sessions.end(secret);
    }
    let address = login::address(controller, parts);
    let visitor = login::visitor(controller, oidc.account(), &user, address);
    session::begin(controller, visitor).await.map_err(|_| Some(OidcError::Busy))
}

fn go(location: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    response
}

fn no_provider() -> Response {
    page(StatusCode::NOT_FOUND, "There is no OpenID Connect provider here. Log in with a password.")
}

fn failed(error: &OidcError) -> Response {
    let status = match error {
        OidcError::Provider(_) => StatusCode::BAD_GATEWAY,
        OidcError::Busy | OidcError::NoRandomness(_) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::FORBIDDEN,
    };
    page(status, &format!("You are not logged in: {error}."))
}

fn page(status: StatusCode, text: &str) -> Response {
    let mut body = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Tierline</title></head><body><h1>Login</h1><p>",
    );
    rest::xml::escape(text, &mut body);
    body.push_str("</p><p><a href=\"/\">Back to the login</a></p></body></html>");
    (status, Html(body)).into_response()
}
