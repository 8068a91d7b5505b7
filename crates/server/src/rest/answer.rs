//! Answers in the form that was asked for.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
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

/// Says that there is more than the answer holds: how many it may hold, and where to go on if that can be said.
pub fn truncated(headers: &mut HeaderMap, limit: usize, next: Option<&str>) {
    headers.insert(HeaderName::from_static("x-result-truncated"), HeaderValue::from_static("true"));
    headers.insert(HeaderName::from_static("x-result-limit"), HeaderValue::from(limit));
    if let Some(next) = next.and_then(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok()) {
        headers.insert(header::LINK, next);
    }
}

/// The same call from `after` on.
#[must_use]
pub fn next_link(uri: &Uri, after: &str) -> String {
    let query = uri.query().unwrap_or_default();
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("after="));
    let after: String =
        after
            .bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect();
    let query: Vec<String> = kept.map(str::to_owned).chain([format!("after={after}")]).collect();
    format!("/controller{}?{}", uri.path(), query.join("&"))
}

/// JSON as it is.
#[must_use]
pub fn json(status: StatusCode, value: &serde_json::Value) -> Response {
    let content_type = HeaderValue::from_static("application/json;charset=UTF-8");
    (status, [(header::CONTENT_TYPE, content_type)], value.to_string()).into_response()
}

/// A text of a media type.
#[must_use]
pub fn text(media_type: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(media_type))], text).into_response()
}

/// Where the page is, as the caller sees this controller: for links in answers.
#[must_use]
pub fn page_address(headers: &HeaderMap, listen: &str) -> String {
    let plain = |text: &&str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'-' | b'[' | b']'))
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("host").filter(plain).unwrap_or(listen);
    let scheme = if text("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    format!("{scheme}://{host}")
}
