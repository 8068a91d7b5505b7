//! Query parameters that several calls share.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::error::ApiError;

/// The time asked for: `[from, to)`.
#[derive(Deserialize, IntoParams, Debug, Clone, Copy, Default)]
#[into_params(parameter_in = Query)]
pub struct Range {
    /// Milliseconds since 1970, inclusive; one hour before `to` when absent.
    pub from: Option<u64>,
    /// Milliseconds since 1970, exclusive; now when absent.
    pub to: Option<u64>,
}

/// A query whose mistakes are told in the page API's own form.
#[derive(Debug, Clone, Copy)]
pub struct Parameters<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(ApiError::bad_request(
                format!("The query cannot be read: {}.", rejection.body_text()),
                "Times and ids are whole numbers; docs/reference/openapi.json lists all parameters.",
            )),
        }
    }
}
