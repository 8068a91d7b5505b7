//! OTLP over gRPC: the same rules on the same port.

use axum::Router;
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
use crate::ingest::{IngestError, accept_blocking};
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
}

impl Receiver {
    async fn export(&self, signal: Signal, request: Request<Bytes>) -> Result<Response<Bytes>, Status> {
        match self.receive(signal, request).await {
            Ok(response) => Ok(Response::new(response)),
            Err(error) => {
                error.count(&self.0.counters);
                Err(status(&error))
            }
        }
    }

    async fn receive(&self, signal: Signal, request: Request<Bytes>) -> Result<Bytes, IngestError> {
        let (metadata, _, body) = request.into_parts();
        let account = key_in(metadata.as_ref()).and_then(|key| self.0.access_keys.account(key));
        let account = account.ok_or(IngestError::NoAccessKey)?;
        let mut visit = self.0.gate.enter()?;
        visit.hold(body.len())?;
        let response = accept_blocking(&self.0, account, signal, Encoding::Protobuf, body).await?;
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
