//! OTLP over HTTP: `/v1/metrics`, `/v1/traces`, `/v1/logs` (facts/wire-and-instrumentation 5.4).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use tierline_store::StoreError;
use tierline_wire::otlp::{DecodeError, Encoding, ExportResponse, Signal, Status, StatusCode as RpcCode};

use crate::access_keys::key_in;
use crate::controller::Shared;
use crate::ingest::{IngestError, accept_in_turn, body};
use crate::limits::{RETRY_AFTER_S, RETRY_AFTER_UNAVAILABLE_S};

/// The three endpoints.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/metrics", post(|state, request| export(state, Signal::Metrics, request)))
        .route("/v1/traces", post(|state, request| export(state, Signal::Traces, request)))
        .route("/v1/logs", post(|state, request| export(state, Signal::Logs, request)))
}

async fn export(State(controller): State<Shared>, signal: Signal, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let encoding = content_type.and_then(Encoding::from_content_type);
    // An error must have a body its reader understands; who did not say what he speaks gets JSON.
    let answer_in = encoding.unwrap_or(Encoding::Json);
    let account = key_in(&parts.headers).and_then(|key| controller.reporting_account(key));
    match receive(&controller, account.clone(), signal, encoding, &parts.headers, body).await {
        Ok(response) => respond(StatusCode::OK, answer_in, response.encode(signal, answer_in)),
        Err(error) => {
            error.count(&controller.counters, account.as_deref());
            refuse(&error, answer_in)
        }
    }
}

async fn receive(
    controller: &Shared,
    account: Option<Arc<str>>,
    signal: Signal,
    encoding: Option<Encoding>,
    headers: &HeaderMap,
    body: axum::body::Body,
) -> Result<ExportResponse, IngestError> {
    let account = account.ok_or(IngestError::NoAccessKey)?;
    let encoding = encoding.ok_or(IngestError::ContentType)?;
    let mut visit = controller.gate.enter(&account)?;
    let body = body::read(headers, body, &mut visit).await?;
    accept_in_turn(controller, account, signal, encoding, body, visit).await
}

fn respond(status: StatusCode, encoding: Encoding, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static(encoding.content_type()))], body)
        .into_response()
}

fn refuse(error: &IngestError, encoding: Encoding) -> Response {
    let (status, code) = match error {
        IngestError::NoAccessKey => (StatusCode::UNAUTHORIZED, RpcCode::Unauthenticated),
        IngestError::ContentType | IngestError::ContentEncoding => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, RpcCode::Unimplemented)
        }
        IngestError::TooLarge { .. }
        | IngestError::Decode(DecodeError::TooLarge { .. } | DecodeError::TooMany { .. })
        | IngestError::Store(StoreError::TooLarge { .. }) => {
            (StatusCode::PAYLOAD_TOO_LARGE, RpcCode::ResourceExhausted)
        }
        IngestError::Gzip | IngestError::Interrupted | IngestError::Decode(_) => {
            (StatusCode::BAD_REQUEST, RpcCode::InvalidArgument)
        }
        IngestError::Overloaded => (StatusCode::TOO_MANY_REQUESTS, RpcCode::ResourceExhausted),
        IngestError::TooSlow | IngestError::Store(_) | IngestError::Failed => {
            (StatusCode::SERVICE_UNAVAILABLE, RpcCode::Unavailable)
        }
    };
    let body = Status::new(code, error.to_string()).encode(encoding);
    let mut response = respond(status, encoding, body);
    let retry_after_s = match status {
        StatusCode::TOO_MANY_REQUESTS => Some(RETRY_AFTER_S),
        StatusCode::SERVICE_UNAVAILABLE => Some(RETRY_AFTER_UNAVAILABLE_S),
        _ => None,
    };
    if let Some(seconds) = retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
