//! What the page is told when something went wrong.

use axum::Json;
use axum::body::to_bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tierline_store::StoreError;
use utoipa::ToSchema;

use crate::controller::QuestionError;
use crate::limits::RETRY_AFTER_S;
use crate::login::LoginError;
use crate::people::PeopleError;
use crate::permissions::Forbidden;
use crate::roster::RosterError;
use crate::users::UserError;

/// An error as the page shows it.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ErrorAnswer {
    /// What happened.
    pub error: String,
    /// What to do about it.
    pub hint: String,
}

/// A failed call of the page API.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// What happened.
    pub error: String,
    /// What to do about it.
    pub hint: String,
    /// Seconds after which to come back.
    pub retry_after_s: Option<u64>,
}

impl ApiError {
    /// An error with its status, in the words the page shows.
    pub fn new(status: StatusCode, error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { status, error: error.into(), hint: hint.into(), retry_after_s: None }
    }

    /// Nobody is logged in.
    #[must_use]
    pub fn not_logged_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "You are not logged in.", "Log in and try again.")
    }

    /// There is no such thing.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            format!("There is no such {what}."),
            "It may have been removed, or the link is from another controller.",
        )
    }

    /// A changing request without the session's token.
    #[must_use]
    pub fn wrong_csrf_token() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "The request does not carry this session's X-CSRF-TOKEN.",
            "Reload the page; a script takes the token from GET /api/session.",
        )
    }

    /// A parameter that cannot be read.
    pub fn bad_request(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, hint)
    }
}

/// Refusals of the framework (a path that is no number, a body that is too large) in the form of all others.
pub async fn in_our_form(response: Response) -> Response {
    let status = response.status();
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let plain = media_type.is_some_and(|text| text.starts_with("text/plain"));
    if !status.is_client_error() || !plain {
        return response;
    }
    let text = to_bytes(response.into_body(), REFUSAL_BYTES_MAX).await.unwrap_or_default();
    let reason = String::from_utf8_lossy(&text).trim().to_owned();
    let hint = "docs/reference/openapi.json says what the call takes.";
    ApiError::new(status, reason, hint).into_response()
}

/// Bytes of a refusal of the framework.
const REFUSAL_BYTES_MAX: usize = 16 << 10;

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(ErrorAnswer { error: self.error, hint: self.hint });
        let mut response = (self.status, body).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<QuestionError> for ApiError {
    fn from(error: QuestionError) -> Self {
        match error {
            QuestionError::Store(StoreError::TooLarge { .. }) => {
                Self::bad_request(format!("{error}."), "Choose a shorter time.")
            }
            QuestionError::Store(StoreError::Unavailable(_)) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("{error}."),
                "Look at the disk of the controller's data directory, then try again.",
            ),
            _ => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("{error}."),
                "The controller's log may say more.",
            ),
        }
    }
}

impl From<UserError> for ApiError {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Busy => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, format!("{error}."), "Wait a moment.")
            }
            UserError::Unusable(fault) => Self::bad_request(
                super::body::sentence(&fault.to_string()),
                "A sentence that only you would say is long enough and easy to keep in mind.",
            ),
            UserError::Roster(error) => error.into(),
            error => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("{error}."),
                "The controller's log may say more.",
            ),
        }
    }
}

impl From<LoginError> for ApiError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Users(error) => error.into(),
            LoginError::Overloaded => Self {
                retry_after_s: Some(RETRY_AFTER_S),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, format!("{error}."), "Wait a moment.")
            },
            LoginError::TooMany { retry_after_s } => Self {
                retry_after_s: Some(retry_after_s),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, format!("{error}."), "Wait, then log in again.")
            },
        }
    }
}

impl From<Forbidden> for ApiError {
    fn from(error: Forbidden) -> Self {
        let hint = "Ask an administrator of the account for a role that has it.";
        Self::new(StatusCode::FORBIDDEN, format!("You may not do this: {error}."), hint)
    }
}

impl From<RosterError> for ApiError {
    fn from(error: RosterError) -> Self {
        let text = format!("{error}.");
        match error {
            RosterError::Unknown(what) => Self::not_found(what),
            RosterError::Exists { .. } => Self::new(StatusCode::CONFLICT, text, "Choose another name."),
            RosterError::TooMany { .. } => Self::bad_request(text, "Remove some that nobody needs."),
            RosterError::Store(error) => QuestionError::Store(error).into(),
            RosterError::Damaged { .. } | RosterError::NoRandomness(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, text, "The controller's log may say more.")
            }
        }
    }
}

impl From<PeopleError> for ApiError {
    fn from(error: PeopleError) -> Self {
        let text = format!("{error}.");
        match error {
            PeopleError::Forbidden(error) => error.into(),
            PeopleError::Exceeds => {
                Self::new(StatusCode::FORBIDDEN, text, "Ask somebody who may do all of it.")
            }
            PeopleError::Roster(error) => error.into(),
            PeopleError::User(error) => error.into(),
            PeopleError::Invalid(_) => Self::bad_request(text, "Change it and send it again."),
            PeopleError::LastAdministrator | PeopleError::BuiltIn => {
                Self::new(StatusCode::CONFLICT, text, "Nothing was changed.")
            }
            PeopleError::NoRandomness(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, text, "Try again."),
        }
    }
}
