//! Query parameters as living clients send them: unknown ones, repeated ones, empty ones.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};

/// The parameters; an empty value counts as absent.
#[derive(Clone, Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// These parameters.
    #[must_use]
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value that is not empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.trim()).find(|v| !v.is_empty())
    }

    /// All values that are not empty, in their order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let values = self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim());
        values.filter(|value| !value.is_empty())
    }

    /// With those of a form in the body, when it is one.
    #[must_use]
    pub fn with_form(mut self, headers: &HeaderMap, body: &str) -> Self {
        let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if media_type
            .is_some_and(|text| text.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded"))
            && let Ok(uri) = format!("/?{}", body.trim().replace(char::is_whitespace, "+")).parse::<Uri>()
            && let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(&uri)
        {
            self.0.extend(pairs);
        }
        self
    }

    /// A whole number; what is none counts as absent.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    /// `true` and `false` in any case (`True`, `FALSE`).
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.text(name)?.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Some(true),
            "false" | "0" | "no" => Some(false),
            _ => None,
        }
    }

    /// A list separated by commas; `None` when absent.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<Vec<&str>> {
        let text = self.text(name)?;
        Some(text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        Ok(Self(pairs.map(|Query(pairs)| pairs).unwrap_or_default()))
    }
}
