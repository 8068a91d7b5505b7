//! Who asks the page API: a session's cookie with, for everything that changes something, the CSRF token; or
//! Basic credentials with any value in that header, which no other site can make a browser send.

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::Method;
use axum::http::request::Parts;

use super::error::ApiError;
use crate::controller::Shared;
use crate::login::{self, CSRF_NAME, Identified, PAGE_COOKIE, Visitor};
use crate::permissions::Permission;
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
        let found = login::identify(controller, parts, PAGE_COOKIE).await?;
        let Identified { visitor, session } = found.ok_or_else(ApiError::not_logged_in)?;
        let right = match &session {
            Some(session) => token.is_some_and(|token| secret::same(token, &session.csrf_token)),
            None => token.is_some(),
        };
        if changes && !right {
            return Err(ApiError::wrong_csrf_token());
        }
        if let Some(permission) = least(parts) {
            visitor.must(permission)?;
        }
        Ok(Self { visitor, session })
    }
}

/// What a call needs whatever it does; what it needs besides, its handler asks for.
fn least(parts: &Parts) -> Option<Permission> {
    let path = parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |uri| uri.path());
    let inside = path.strip_prefix("/api/applications")?;
    // What one execution was is in snapshots and errors; a dashboard shows numbers only.
    let personal = inside.split('/').any(|part| part == "snapshots" || part == "errors");
    Some(if personal { Permission::ViewSnapshots } else { Permission::ViewApplications })
}
