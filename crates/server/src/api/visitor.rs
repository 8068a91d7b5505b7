//! Who asks the page API: a session's cookie with, for everything that changes something, the CSRF token; or
//! Basic credentials with any value in that header, which no other site can make a browser send.

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;

use super::error::ApiError;
use crate::controller::Shared;
use crate::login::{self, CSRF_NAME, PAGE_COOKIE, Visitor};
use crate::secret;
use crate::sessions::Session;

/// Somebody who is logged in, and the session when there is one.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// Who.
    pub visitor: Visitor,
    /// The session.
    pub session: Option<Session>,
}

impl FromRequestParts<Shared> for LoggedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, controller: &Shared) -> Result<Self, ApiError> {
        let changes = !matches!(parts.method, Method::GET | Method::HEAD);
        let token = parts.headers.get(CSRF_NAME).and_then(|value| value.to_str().ok());
        if let Some(session) = login::by_cookie(controller, &parts.headers, PAGE_COOKIE) {
            if changes && !token.is_some_and(|token| secret::same(token, &session.csrf_token)) {
                return Err(ApiError::wrong_csrf_token());
            }
            let visitor = Visitor { user: session.user.clone(), account: session.account.clone() };
            return Ok(Self { visitor, session: Some(session) });
        }
        match login::by_basic(controller, &parts.headers).await? {
            Some(_) if changes && token.is_none() => Err(ApiError::wrong_csrf_token()),
            Some(visitor) => Ok(Self { visitor, session: None }),
            None => Err(ApiError::not_logged_in()),
        }
    }
}
