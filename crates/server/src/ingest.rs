//! What agents and SDKs send: OTLP over HTTP and gRPC, and OpAMP. One decoder, one set of rules, one durable write;
//! acknowledged only what the store has made durable.

pub mod body;
pub mod foreign;
mod foreign_log;
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
use crate::limits::DECODED_BYTES_PER_BYTE;
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
        match self {
            // A damaged store may be repaired; until then the sender keeps its batch.
            Self::Store(error) => !matches!(error, StoreError::TooLarge { .. }),
            Self::Overloaded | Self::Failed | Self::TooSlow => true,
            _ => false,
        }
    }

    /// Counts it as what its sender was told: to come back, or not to.
    fn count(&self, counters: &Counters, account: Option<&str>) {
        let own = account.map(|account| counters.of_account(account));
        let own = own.as_deref();
        if self.retryable() {
            Counters::add(&counters.batches_deferred, 1);
            own.into_iter().for_each(|own| Counters::add(&own.batches_deferred, 1));
        } else {
            Counters::add(&counters.batches_refused, 1);
            own.into_iter().for_each(|own| Counters::add(&own.batches_refused, 1));
        }
        let cause = match self {
            Self::NoAccessKey => &counters.refused_no_key,
            Self::Overloaded => &counters.deferred_overload,
            Self::TooSlow => &counters.deferred_slow,
            Self::Store(StoreError::Damaged(_)) => &counters.deferred_store_damaged,
            Self::Store(StoreError::TooLarge { .. }) | Self::TooLarge { .. } => &counters.refused_too_large,
            Self::Store(_) => &counters.deferred_store_unavailable,
            Self::Failed => &counters.deferred_fault,
            _ => &counters.refused_unreadable,
        };
        Counters::add(cause, 1);
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
    let own = controller.counters.of_account(account);
    let mut outcome = match signal {
        Signal::Metrics => {
            let decoded = controller.gate.decode(account, || match encoding {
                Encoding::Protobuf => decode_metrics(body, &limits),
                Encoding::Json => decode_metrics_json(body, &limits),
            });
            let DecodedMetrics { reports, outcome } = decoded??;
            let split = reports.iter().filter(|report| !report.ledger_complete).count() as u64;
            Counters::add(&controller.counters.reports_split, split);
            let reports = reports.into_iter().map(|r| (r.agent, r.report)).collect();
            write(controller, reports_batch(account, received_ms, reports))?;
            Counters::add(&controller.counters.points_accepted, outcome.accepted);
            outcome
        }
        Signal::Traces => {
            let decoded = controller.gate.decode(account, || match encoding {
                Encoding::Protobuf => decode_traces(body, &limits),
                Encoding::Json => decode_traces_json(body, &limits),
            });
            let DecodedTraces { batches, outcome } = decoded??;
            let segments: Vec<_> = batches.into_iter().map(|b| (b.agent, b.segments)).collect();
            controller.foreign.kept_by_agents(account, received_ms, &segments);
            write(controller, segments_batch(account, received_ms, segments))?;
            Counters::add(&controller.counters.spans_accepted, outcome.accepted);
            outcome
        }
        Signal::Logs => Outcome::default(),
    };
    if signal == Signal::Logs || outcome.not_understood > 0 {
        let found =
            controller.gate.decode(account, || foreign::decode(signal, encoding, body, &limits))??;
        let request = (signal, encoding, body);
        let received = controller.foreign.receive(account, received_ms, request, found.batches)?;
        foreign::add(&mut outcome, &found.outcome, received);
        Counters::add(&controller.counters.foreign_accepted, received.spans);
    }
    Counters::add(&controller.counters.items_rejected, outcome.rejected);
    Counters::add(&controller.counters.items_not_understood, outcome.not_understood);
    Counters::add(&controller.counters.batches_accepted, 1);
    Counters::add(&own.batches_accepted, 1);
    Counters::add(&own.items_accepted, outcome.accepted);
    Counters::add(&own.bytes_received, body.len() as u64);
    Ok(ExportResponse { partial_success: outcome.partial_success() })
}

fn write(controller: &Controller, batch: WriteBatch) -> Result<(), IngestError> {
    if batch.reports.is_empty() && batch.segments.is_empty() {
        return Ok(());
    }
    let started = Instant::now();
    let written = controller.store.write(batch);
    controller.store_state.saw(&written, now_ms());
    written.map_err(IngestError::Store)?;
    controller.counters.store_write(started.elapsed());
    Ok(())
}

/// [`accept`], when the account has its turn, on a thread that may block. `visit` answers for the memory.
async fn accept_in_turn(
    controller: &Shared,
    account: Arc<str>,
    signal: Signal,
    encoding: Encoding,
    body: impl AsRef<[u8]> + Send + 'static,
    mut visit: gate::Visit,
) -> Result<ExportResponse, IngestError> {
    let turn = controller.gate.turn(&account).await?;
    // What is decoded is larger than what was read. A single large request may stand alone.
    let more = visit.hold(body.as_ref().len().saturating_mul(DECODED_BYTES_PER_BYTE));
    if more.is_err() && controller.gate.requests().0 > 1 {
        return Err(IngestError::Overloaded);
    }
    let controller = Arc::clone(controller);
    tokio::task::spawn_blocking(move || {
        // Both live until the work is done, also when nobody waits for the answer any more.
        let (_turn, _visit) = (turn, visit);
        accept(&controller, &account, signal, encoding, body.as_ref())
    })
    .await
    .map_err(|_| IngestError::Failed)?
}
