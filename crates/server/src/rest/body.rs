//! Bodies of requests: read within limits, refused in the form the caller speaks.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use serde_json::Value;

use super::error::RestError;

/// A text.
#[derive(Clone, Debug)]
pub struct TextBody(pub String);

/// A JSON value, whatever the media type says.
#[derive(Clone, Debug)]
pub struct JsonBody(pub Value);

/// A file: the field `file` (or the first) of a form, or the body itself.
#[derive(Clone, Debug)]
pub struct Upload(pub String);

fn refused(rejection: &BytesRejection) -> RestError {
    let status = rejection.status();
    let reason = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "The body is too large".to_owned(),
        _ => rejection.body_text(),
    };
    RestError::new(status, reason)
}

fn text(bytes: Bytes) -> Result<String, RestError> {
    let text =
        String::from_utf8(bytes.into()).map_err(|_| RestError::bad_request("The body is not UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

impl<S: Send + Sync> FromRequest<S> for TextBody {
    type Rejection = RestError;

    async fn from_request(request: Request, state: &S) -> Result<Self, RestError> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| refused(&rejection))?;
        Ok(Self(text(bytes)?))
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = RestError;

    async fn from_request(request: Request, state: &S) -> Result<Self, RestError> {
        let TextBody(text) = TextBody::from_request(request, state).await?;
        // serde_json refuses what is nested deeper than 128.
        let value = serde_json::from_str(&text);
        let unreadable = |error| RestError::bad_request(format!("The body is not JSON: {error}"));
        Ok(Self(value.map_err(unreadable)?))
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = RestError;

    async fn from_request(request: Request, state: &S) -> Result<Self, RestError> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !media_type.is_some_and(|media_type| media_type.to_ascii_lowercase().starts_with("multipart/")) {
            return TextBody::from_request(request, state).await.map(|TextBody(text)| Self(text));
        }
        let broken = |reason: String| RestError::bad_request(format!("The form cannot be read: {reason}"));
        let mut form = Multipart::from_request(request, state).await.map_err(|r| broken(r.body_text()))?;
        let mut first = None;
        while let Some(field) = form.next_field().await.map_err(|error| too_large(&error))? {
            let is_file = field.name() == Some("file");
            let bytes = field.bytes().await.map_err(|error| too_large(&error))?;
            if is_file {
                return Ok(Self(text(bytes)?));
            }
            first.get_or_insert(bytes);
        }
        Ok(Self(text(first.ok_or_else(|| broken("it has no field".to_owned()))?)?))
    }
}

fn too_large(error: &axum::extract::multipart::MultipartError) -> RestError {
    RestError::new(error.status(), format!("The form cannot be read: {}", error.body_text()))
}
