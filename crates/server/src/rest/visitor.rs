//! Who asks the REST API: Basic or Bearer credentials, or the cookie of `/controller/auth?action=login`.

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;

use super::error::RestError;
use crate::controller::Shared;
use crate::login::{self, CSRF_NAME, Identified, REST_COOKIE, Visitor};
use crate::secret;

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub struct LoggedIn(pub Visitor);

impl FromRequestParts<Shared> for LoggedIn {
    type Rejection = RestError;

    async fn from_request_parts(parts: &mut Parts, controller: &Shared) -> Result<Self, RestError> {
        let found = login::identify(controller, parts, REST_COOKIE).await?;
        let Identified { visitor, session } = found.ok_or_else(RestError::unauthorized)?;
        let Some(session) = session else { return Ok(Self(visitor)) };
        let token = parts.headers.get(CSRF_NAME).and_then(|value| value.to_str().ok());
        let right = token.is_some_and(|token| secret::same(token, &session.csrf_token));
        if parts.method != Method::GET && parts.method != Method::HEAD && !right {
            return Err(RestError::forbidden("The X-CSRF-TOKEN header is missing or wrong"));
        }
        Ok(Self(visitor))
    }
}
