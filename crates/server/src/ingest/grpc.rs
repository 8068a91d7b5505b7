//! OTLP over gRPC: the same rules on the same port.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request as HttpRequest, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response as HttpResponse;
use bytes::Bytes;
use tierline_store::StoreError;
use tierline_wire::grpc::{
    LogsService, LogsServiceServer, MetricsService, MetricsServiceServer, TraceService, TraceServiceServer,
};
use tierline_wire::otlp::{DecodeError, Encoding, Signal};
use tonic::codec::CompressionEncoding;
use tonic::{Request, Response, Status};

use crate::access_keys::key_in;
use crate::controller::Shared;
use crate::ingest::body::Counted;
use crate::ingest::{IngestError, accept_in_turn};
use crate::limits::INGEST_BODY_BYTES_MAX;

/// The three services.
#[derive(Clone)]
struct Receiver(Shared);

/// The three services as routes.
pub fn routes(controller: &Shared) -> Router {
    let receiver = || Receiver(controller.clone());
    let metrics = MetricsServiceServer::new(receiver())
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(INGEST_BODY_BYTES_MAX);
    let traces = TraceServiceServer::new(receiver())
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(INGEST_BODY_BYTES_MAX);
    let logs = LogsServiceServer::new(receiver())
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(INGEST_BODY_BYTES_MAX);
    Router::new()
        .route_service("/opentelemetry.proto.collector.metrics.v1.MetricsService/{method}", metrics)
        .route_service("/opentelemetry.proto.collector.trace.v1.TraceService/{method}", traces)
        .route_service("/opentelemetry.proto.collector.logs.v1.LogsService/{method}", logs)
        .layer(from_fn_with_state(controller.clone(), admit))
}

/// Whose request it is.
#[derive(Clone)]
struct Account(Arc<str>);

/// Looks at the key before anything is read, and counts what is read then.
async fn admit(State(controller): State<Shared>, request: HttpRequest, next: Next) -> HttpResponse {
    let admitted = key_in(request.headers())
        .and_then(|key| controller.reporting_account(key))
        .ok_or(IngestError::NoAccessKey)
        .and_then(|account| Ok((controller.gate.enter(&account)?, account)));
    match admitted {
        Ok((visit, account)) => {
            let (mut parts, body) = request.into_parts();
            parts.extensions.insert(Account(account));
            next.run(HttpRequest::from_parts(parts, Body::new(Counted::new(body, visit)))).await
        }
        Err(error) => {
            error.count(&controller.counters, None);
            status(&error).into_http()
        }
    }
}

impl Receiver {
    async fn export(&self, signal: Signal, request: Request<Bytes>) -> Result<Response<Bytes>, Status> {
        let account = request.extensions().get::<Account>().map(|account| Arc::clone(&account.0));
        match self.receive(signal, request).await {
            Ok(response) => Ok(Response::new(response)),
            Err(error) => {
                error.count(&self.0.counters, account.as_deref());
                Err(status(&error))
            }
        }
    }

    async fn receive(&self, signal: Signal, request: Request<Bytes>) -> Result<Bytes, IngestError> {
        let (_, extensions, body) = request.into_parts();
        let Account(account) = extensions.get::<Account>().cloned().ok_or(IngestError::NoAccessKey)?;
        // What was read is no longer counted by its reader.
        let mut visit = self.0.gate.enter(&account)?;
        visit.hold(body.len())?;
        let response = accept_in_turn(&self.0, account, signal, Encoding::Protobuf, body, visit).await?;
        Ok(response.encode(signal, Encoding::Protobuf).into())
    }
}

fn status(error: &IngestError) -> Status {
    let text = error.to_string();
    match error {
        IngestError::NoAccessKey => Status::unauthenticated(text),
        IngestError::TooLarge { .. }
        | IngestError::Decode(DecodeError::TooLarge { .. } | DecodeError::TooMany { .. })
        | IngestError::Store(StoreError::TooLarge { .. }) => Status::resource_exhausted(text),
        // A client retries RESOURCE_EXHAUSTED only with RetryInfo; UNAVAILABLE always (OTLP specification).
        error if error.retryable() => Status::unavailable(text),
        IngestError::Store(_) => Status::unavailable(text),
        _ => Status::invalid_argument(text),
    }
}

#[tonic::async_trait]
impl MetricsService for Receiver {
    async fn export(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Status> {
        Self::export(self, Signal::Metrics, request).await
    }
}

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Status> {
        Self::export(self, Signal::Traces, request).await
    }
}

#[tonic::async_trait]
impl LogsService for Receiver {
    async fn export(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Status> {
        Self::export(self, Signal::Logs, request).await
    }
}
