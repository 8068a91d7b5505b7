//! Errors of the REST API: a status with a reason, and a small HTML page that says the same.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::ext::ReasonPhrase;
use tierline_store::StoreError;

use super::xml::escape;
use crate::controller::QuestionError;
use crate::login::LoginError;
use crate::permissions::Forbidden;
use crate::users::UserError;

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestError {
    status: StatusCode,
    reason: String,
}

impl RestError {
    /// A request that makes no sense; clients look for the exact words.
    pub fn bad_request(reason: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, reason: reason.into() }
    }

    /// Nobody is logged in.
    #[must_use]
    pub fn unauthorized() -> Self {
        let reason = "Log in as user@account with Basic authentication".to_owned();
        Self { status: StatusCode::UNAUTHORIZED, reason }
    }

    /// There is no such address.
    #[must_use]
    pub fn not_found() -> Self {
        Self { status: StatusCode::NOT_FOUND, reason: "Unsupported URI is specified".to_owned() }
    }

    /// Logged in by cookie, but without the token that goes with it.
    #[must_use]
    pub fn forbidden(reason: &str) -> Self {
        Self { status: StatusCode::FORBIDDEN, reason: reason.to_owned() }
    }

    /// Names a thing that is not there.
    #[must_use]
    pub fn invalid(what: &str, name: &str) -> Self {
        Self::bad_request(format!("Invalid {what} name {name} is specified"))
    }
}

impl From<QuestionError> for RestError {
    fn from(error: QuestionError) -> Self {
        let status = match &error {
            QuestionError::Store(StoreError::TooLarge { .. }) => StatusCode::BAD_REQUEST,
            QuestionError::Store(StoreError::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, reason: error.to_string() }
    }
}

impl From<UserError> for RestError {
    fn from(error: UserError) -> Self {
        let status = match error {
            UserError::Busy => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self { status, reason: error.to_string() }
    }
}

impl From<LoginError> for RestError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Users(error) => error.into(),
        }
    }
}

impl From<Forbidden> for RestError {
    fn from(error: Forbidden) -> Self {
        Self::forbidden(&error.to_string())
    }
}

/// Characters of the reason in the status line.
const REASON_CHARS_MAX: usize = 300;

impl IntoResponse for RestError {
    fn into_response(self) -> Response {
        let mut page = String::from("<html><head><title>Error report</title></head><body><h1>HTTP Status ");
        page.push_str(self.status.as_str());
        page.push_str(" - ");
        escape(&self.reason, &mut page);
        page.push_str("</h1></body></html>");
        let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static("text/html;charset=UTF-8"))];
        let mut response = (self.status, content_type, page).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"Tierline\", charset=\"UTF-8\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        // Only plain characters: nobody writes a second header line through a tier's name.
        let plain = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
        let reason: String = self.reason.chars().take(REASON_CHARS_MAX).map(plain).collect();
        if let Ok(reason) = ReasonPhrase::try_from(reason.into_bytes()) {
            response.extensions_mut().insert(reason);
        }
        response
    }
}
