//! Errors of the REST API: a status with a reason, told in the form the caller speaks: a small HTML page that repeats
//! the reason of the status line, or JSON.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::ext::ReasonPhrase;
use serde_json::json;
use tierline_store::StoreError;

use super::call::Errors;
use super::xml::escape;
use crate::controller::QuestionError;
use crate::limits::RETRY_AFTER_S;
use crate::login::LoginError;
use crate::people::PeopleError;
use crate::permissions::Forbidden;
use crate::roster::RosterError;
use crate::users::UserError;

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestError {
    status: StatusCode,
    reason: String,
    retry_after_s: Option<u64>,
}

impl RestError {
    /// A request that makes no sense; clients look for the exact words.
    pub fn bad_request(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }

    /// Any failure.
    pub fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into(), retry_after_s: None }
    }

    /// Nobody is logged in.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Log in as user@account with Basic authentication")
    }

    /// There is no such address.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Unsupported URI is specified")
    }

    /// There is no such thing.
    #[must_use]
    pub fn no_such(what: &str, name: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no {what} {name}"))
    }

    /// The name is taken, or somebody else was first.
    pub fn conflict(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, reason)
    }

    /// Logged in by cookie, but without the token that goes with it; or not allowed.
    #[must_use]
    pub fn forbidden(reason: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, reason)
    }

    /// Names a thing that is not there.
    #[must_use]
    pub fn invalid(what: &str, name: &str) -> Self {
        Self::bad_request(format!("Invalid {what} name {name} is specified"))
    }

    fn json(&self) -> Response {
        let body = json!({"statusCode": self.status.as_u16(), "message": self.reason}).to_string();
        let content_type = HeaderValue::from_static("application/json;charset=UTF-8");
        self.finished((self.status, [(header::CONTENT_TYPE, content_type)], body).into_response())
    }

    fn page(&self) -> Response {
        let mut page = String::from("<html><head><title>Error report</title></head><body><h1>HTTP Status ");
        page.push_str(self.status.as_str());
        page.push_str(" - ");
        escape(&self.reason, &mut page);
        page.push_str("</h1></body></html>");
        let content_type = HeaderValue::from_static("text/html;charset=UTF-8");
        let mut response = (self.status, [(header::CONTENT_TYPE, content_type)], page).into_response();
        // Only plain characters: nobody writes a second header line through a tier's name.
        let plain = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
        let reason: String = self.reason.chars().take(REASON_CHARS_MAX).map(plain).collect();
        if let Ok(reason) = ReasonPhrase::try_from(reason.into_bytes()) {
            response.extensions_mut().insert(reason);
        }
        self.finished(response)
    }

    fn finished(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"Tierline\", charset=\"UTF-8\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            let seconds = self.retry_after_s.unwrap_or(RETRY_AFTER_S);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for RestError {
    fn from(error: StoreError) -> Self {
        let status = match &error {
            StoreError::TooLarge { .. } => StatusCode::BAD_REQUEST,
            StoreError::Conflict { .. } => StatusCode::CONFLICT,
            StoreError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.to_string())
    }
}

impl From<QuestionError> for RestError {
    fn from(error: QuestionError) -> Self {
        match error {
            QuestionError::Store(error) => error.into(),
            other => Self::new(StatusCode::INTERNAL_SERVER_ERROR, other.to_string()),
        }
    }
}

impl From<UserError> for RestError {
    fn from(error: UserError) -> Self {
        let status = match error {
            UserError::Busy => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<LoginError> for RestError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Users(error) => error.into(),
            LoginError::TooMany { retry_after_s } => Self {
                retry_after_s: Some(retry_after_s),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, error.to_string())
            },
            LoginError::Overloaded => Self {
                retry_after_s: Some(RETRY_AFTER_S),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, error.to_string())
            },
        }
    }
}

impl From<PeopleError> for RestError {
    fn from(error: PeopleError) -> Self {
        let status = match &error {
            PeopleError::Forbidden(_) | PeopleError::Exceeds => StatusCode::FORBIDDEN,
            PeopleError::Roster(RosterError::Unknown(_)) => StatusCode::NOT_FOUND,
            PeopleError::Roster(RosterError::Exists { .. })
            | PeopleError::LastAdministrator
            | PeopleError::BuiltIn => StatusCode::CONFLICT,
            PeopleError::Roster(RosterError::TooMany { .. })
            | PeopleError::Invalid(_)
            | PeopleError::User(UserError::Unusable(_)) => StatusCode::BAD_REQUEST,
            PeopleError::User(UserError::Busy) => StatusCode::TOO_MANY_REQUESTS,
            PeopleError::Roster(_) | PeopleError::User(_) | PeopleError::NoRandomness(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        Self::new(status, error.to_string())
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
        let mut response = self.page();
        response.extensions_mut().insert(self);
        response
    }
}

/// Tells errors in the form the path's callers speak.
pub async fn in_their_form(request: Request, next: Next) -> Response {
    // Below the nest the path is without `/controller`.
    let form = Errors::of(request.uri().path());
    let response = next.run(request).await;
    match response.extensions().get::<RestError>() {
        Some(error) if form == Errors::Json => error.json(),
        _ => response,
    }
}
