//! The three OTLP services over gRPC. They hand over the undecoded message, so that HTTP and gRPC share one decoder
//! with one set of limits: implement the traits with [`crate::otlp::decode_metrics`] and its siblings, and answer with
//! [`crate::otlp::ExportResponse::encode`].
//!
//! ```ignore
//! let traces = TraceServiceServer::new(receiver)
//!     .accept_compressed(CompressionEncoding::Gzip)
//!     .max_decoding_message_size(limits::REQUEST_BYTES_MAX);
//! ```

use bytes::{Buf as _, BufMut as _, Bytes};
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// `opentelemetry.proto.collector.logs.v1.LogsService`.
#[allow(clippy::default_constructed_unit_structs, reason = "generated")]
pub mod logs {
    include!("generated/grpc_logs.rs");
}
/// `opentelemetry.proto.collector.metrics.v1.MetricsService`.
#[allow(clippy::default_constructed_unit_structs, reason = "generated")]
pub mod metrics {
    include!("generated/grpc_metrics.rs");
}
/// `opentelemetry.proto.collector.trace.v1.TraceService`.
#[allow(clippy::default_constructed_unit_structs, reason = "generated")]
pub mod trace {
    include!("generated/grpc_trace.rs");
}

pub use logs::logs_service_server::{LogsService, LogsServiceServer};
pub use metrics::metrics_service_server::{MetricsService, MetricsServiceServer};
pub use trace::trace_service_server::{TraceService, TraceServiceServer};

/// Messages as bytes, neither decoded nor encoded.
#[derive(Debug, Clone, Copy, Default)]
pub struct RawCodec;

impl Codec for RawCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for RawCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(message);
        Ok(())
    }
}

impl Decoder for RawCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
