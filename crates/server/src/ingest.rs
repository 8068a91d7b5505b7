//! What agents and SDKs send: OTLP over HTTP and gRPC, and OpAMP. One decoder, one set of rules, one durable write;
//! acknowledged only what the store has made durable.

pub mod body;
pub mod gate;
pub mod grpc;
pub mod http;
pub mod opamp;

use std::sync::Arc;
use std::time::Instant;

use tierline_engine::ingest::{reports_batch, segments_batch};
use tierline_store::{StoreError, WriteBatch};
use tierline_wire::otlp::{
    DecodeError, DecodeLimits, DecodedMetrics, DecodedTraces, Encoding, ExportResponse, Outcome, Signal,
    decode_metrics, decode_metrics_json, decode_traces, decode_traces_json,
};

use crate::controller::{Controller, Shared, now_ms};
use crate::counters::Counters;
use crate::log;

/// Why a request was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// No access key, or one nobody knows.
    #[error(
        "no valid access key: send one as `x-tierline-access-key: KEY` or `Authorization: Bearer KEY`; `tierline key list` shows those there are"
    )]
    NoAccessKey,
    /// Not a content type of OTLP.
    #[error("the Content-Type is neither application/x-protobuf nor application/json")]
    ContentType,
    /// Not an encoding of OTLP.
    #[error("the Content-Encoding is not gzip")]
    ContentEncoding,
    /// The compressed body is damaged.
    #[error("the body is not valid gzip")]
    Gzip,
    /// The body was cut off.
    #[error("the body did not arrive as a whole")]
    Interrupted,
    /// The body took too long.
    #[error("the body did not arrive in time")]
    TooSlow,
    /// The body is too long.
    #[error("the body is longer than {max} bytes after decompression: send smaller batches")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// Not OTLP.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Too much at one time.
    #[error("the controller has as much to do as it can: send the same batch again a little later")]
    Overloaded,
    /// The store.
    #[error("the batch could not be made durable, send it again later: {0}")]
    Store(StoreError),
    /// A bug.
    #[error("the batch could not be handled; this is a fault of the controller")]
    Failed,
}

impl IngestError {
    /// Whether the sender should try again.
    #[must_use]
    pub fn retryable(&self) -> bool {
        matches!(
            self,
            Self::Overloaded | Self::Store(StoreError::Unavailable(_)) | Self::Failed | Self::TooSlow
        )
    }

    fn count(&self, counters: &Counters) {
        let counter = if self.retryable() { &counters.batches_deferred } else { &counters.batches_refused };
        Counters::add(counter, 1);
        match self {
            Self::Store(_) | Self::Failed => log::line(&self.to_string()),
            Self::NoAccessKey => log::line("a report without a valid access key was refused"),
            _ => {}
        }
    }
}

/// Decodes and writes one request. Blocks until the store has made it durable.
///
/// # Errors
/// When it cannot be read or written; see [`IngestError`].
pub fn accept(
    controller: &Controller,
    account: &str,
    signal: Signal,
    encoding: Encoding,
    body: &[u8],
) -> Result<ExportResponse, IngestError> {
    Counters::add(&controller.counters.bytes_received, body.len() as u64);
    let received_ms = now_ms();
    let limits = DecodeLimits::at(received_ms);
    let outcome = match signal {
        Signal::Metrics => {
            let DecodedMetrics { reports, outcome } = match encoding {
                Encoding::Protobuf => decode_metrics(body, &limits)?,
                Encoding::Json => decode_metrics_json(body, &limits)?,
            };
            let split = reports.iter().filter(|report| !report.ledger_complete).count() as u64;
            Counters::add(&controller.counters.reports_split, split);
            let reports = reports.into_iter().map(|r| (r.agent, r.report)).collect();
            write(controller, reports_batch(account, received_ms, reports))?;
            Counters::add(&controller.counters.points_accepted, outcome.accepted);
            outcome
        }
        Signal::Traces => {
            let DecodedTraces { batches, outcome } = match encoding {
                Encoding::Protobuf => decode_traces(body, &limits)?,
                Encoding::Json => decode_traces_json(body, &limits)?,
            };
            let segments = batches.into_iter().map(|b| (b.agent, b.segments)).collect();
            write(controller, segments_batch(account, received_ms, segments))?;
            Counters::add(&controller.counters.spans_accepted, outcome.accepted);
            outcome
        }
        // Nothing is made of logs yet: accepted, so that SDKs do not complain, and counted.
        Signal::Logs => Outcome { not_understood: 1, ..Outcome::default() },
    };
    Counters::add(&controller.counters.items_rejected, outcome.rejected);
    Counters::add(&controller.counters.items_not_understood, outcome.not_understood);
    Counters::add(&controller.counters.batches_accepted, 1);
    Ok(ExportResponse { partial_success: outcome.partial_success() })
}

fn write(controller: &Controller, batch: WriteBatch) -> Result<(), IngestError> {
    if batch.reports.is_empty() && batch.segments.is_empty() {
        return Ok(());
    }
    let started = Instant::now();
    controller.store.write(batch).map_err(IngestError::Store)?;
    controller.counters.store_write(started.elapsed());
    Ok(())
}

/// [`accept`] on a thread that may block.
async fn accept_blocking(
    controller: &Shared,
    account: Arc<str>,
    signal: Signal,
    encoding: Encoding,
    body: impl AsRef<[u8]> + Send + 'static,
) -> Result<ExportResponse, IngestError> {
    let controller = Arc::clone(controller);
    tokio::task::spawn_blocking(move || accept(&controller, &account, signal, encoding, body.as_ref()))
        .await
        .map_err(|_| IngestError::Failed)?
}
