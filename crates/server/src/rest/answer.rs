//! Answers in the form that was asked for.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::error::RestError;
use super::query::Parameters;
use super::value::Value;
use super::{json, xml};

/// `output=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// The default.
    Xml,
    /// `JSON` in any case.
    Json,
}

impl Output {
    fn of(parameters: &Parameters) -> Result<Self, RestError> {
        match parameters.text("output") {
            None => Ok(Self::Xml),
            Some(text) if text.eq_ignore_ascii_case("xml") => Ok(Self::Xml),
            Some(text) if text.eq_ignore_ascii_case("json") => Ok(Self::Json),
            Some(_) => Err(RestError::bad_request("Invalid output format value - Only support xml | json")),
        }
    }

    /// The answer. `root` is the root element in XML.
    #[must_use]
    pub fn answer(self, root: &str, value: &Value) -> Response {
        let (content_type, body) = match self {
            Self::Json => ("application/json;charset=UTF-8", json::text(value)),
            Self::Xml => ("application/xml", xml::text(root, value)),
        };
        ([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))], body).into_response()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Output {
    type Rejection = RestError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, RestError> {
        let parameters = Parameters::from_request_parts(parts, state).await;
        Self::of(&parameters.unwrap_or_default())
    }
}
