//! Query parameters as living clients send them: unknown ones, repeated ones, empty ones.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

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
