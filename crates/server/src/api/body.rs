//! JSON bodies whose mistakes are told in the page API's own form.

use axum::Json;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use tierline_engine::agent_configuration::ConfigurationError;
use tierline_engine::alerting::AlertingError;
use tierline_engine::backends_admin::BackendAdminError;
use tierline_engine::diagnostic_sessions::SessionError;
use tierline_engine::metric_data::MetricDataError;
use tierline_engine::transactions_admin::BtAdminError;
use tierline_store::StoreError;

use super::error::ApiError;
use crate::controller::QuestionError;
use axum::http::StatusCode;

/// A JSON body.
#[derive(Debug, Clone)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(ApiError::bad_request(
                format!("The body cannot be read: {}.", rejection.body_text()),
                "docs/reference/openapi.json says what each call takes, as application/json.",
            )),
        }
    }
}

pub(super) fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", characters.as_str())
}

fn conflict(error: &str) -> ApiError {
    ApiError::new(StatusCode::CONFLICT, sentence(error), "Read it again and repeat your change.")
}

fn of_store(error: StoreError) -> ApiError {
    match error {
        StoreError::Conflict { .. } => conflict(&error.to_string()),
        error => QuestionError::Store(error).into(),
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        of_store(error)
    }
}

impl From<AlertingError> for ApiError {
    fn from(error: AlertingError) -> Self {
        let text = error.to_string();
        match error {
            AlertingError::Store(error) => of_store(error),
            AlertingError::NotFound { what, .. } => Self::not_found(what),
            AlertingError::NameTaken { .. } => {
                Self::new(StatusCode::CONFLICT, sentence(&text), "Choose another name.")
            }
            AlertingError::Invalid { .. } | AlertingError::TooMany(_) => {
                Self::bad_request(sentence(&text), "Change it and try again.")
            }
        }
    }
}

impl From<ConfigurationError> for ApiError {
    fn from(error: ConfigurationError) -> Self {
        let text = error.to_string();
        match error {
            ConfigurationError::Store(error) => of_store(error),
            ConfigurationError::NoVersion(_) => {
                Self::new(StatusCode::NOT_FOUND, sentence(&text), "Choose one of its history.")
            }
            ConfigurationError::Invalid(_) => {
                Self::bad_request(sentence(&text), "docs/reference/agent-configuration.md lists all keys.")
            }
        }
    }
}

impl From<BtAdminError> for ApiError {
    fn from(error: BtAdminError) -> Self {
        let text = error.to_string();
        match error {
            BtAdminError::Store(error) => of_store(error),
            BtAdminError::NoGroup(_) => Self::not_found("group"),
            BtAdminError::TooMany => Self::bad_request(sentence(&text), "Undo some of the changes first."),
        }
    }
}

impl From<BackendAdminError> for ApiError {
    fn from(error: BackendAdminError) -> Self {
        let text = error.to_string();
        match error {
            BackendAdminError::Store(error) => of_store(error),
            BackendAdminError::TooMany => {
                Self::bad_request(sentence(&text), "Undo some of the changes first.")
            }
        }
    }
}

impl From<SessionError> for ApiError {
    fn from(error: SessionError) -> Self {
        let text = error.to_string();
        match error {
            SessionError::Store(error) => of_store(error),
            SessionError::NotRunning => Self::not_found("diagnostic session"),
            SessionError::TooMany => conflict(&text),
            SessionError::Minutes => Self::bad_request(sentence(&text), "Choose another length."),
        }
    }
}

impl From<MetricDataError> for ApiError {
    fn from(error: MetricDataError) -> Self {
        match error {
            MetricDataError::Store(error) => of_store(error),
            error => Self::bad_request(sentence(&error.to_string()), "Name more parts of the path."),
        }
    }
}
