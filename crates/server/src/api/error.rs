//! What the page is told when something went wrong.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tierline_store::StoreError;
use utoipa::ToSchema;

use crate::controller::QuestionError;
use crate::login::LoginError;
use crate::permissions::Forbidden;
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
}

impl ApiError {
    /// An error with its status, in the words the page shows.
    pub fn new(status: StatusCode, error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { status, error: error.into(), hint: hint.into() }
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

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(ErrorAnswer { error: self.error, hint: self.hint })).into_response()
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
            UserError::Unusable => Self::bad_request(format!("{error}."), "Choose another one."),
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
        }
    }
}

impl From<Forbidden> for ApiError {
    fn from(error: Forbidden) -> Self {
        let hint = "Ask an administrator of the account for a role that has it.";
        Self::new(StatusCode::FORBIDDEN, format!("You may not do this: {error}."), hint)
    }
}
