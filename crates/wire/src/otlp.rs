//! The model as OTLP, both ways.
//!
//! # Resource
//!
//! `service.namespace` = application, `service.name` = tier, `service.instance.id` = node, `appd.incarnation` = the
//! process's life (32 hex digits), `telemetry.sdk.name` = `tierline`, `telemetry.sdk.language`,
//! `telemetry.sdk.version`, and when known `process.runtime.version`, `host.name`, `os.type`, `process.pid`.
//! A resource without `appd.incarnation` is foreign: what it holds is counted as not understood here, and read by
//! [`crate::foreign`].
//!
//! # Metrics
//!
//! One request per interval report; every point has the report's bounds. Sums and histograms are deltas.
//!
//! | Metric | Kind | Attributes |
//! |---|---|---|
//! | `appd.bt.duration` | exponential histogram, ms | BT |
//! | `appd.bt.executions` | sum | BT, `appd.verdict` |
//! | `appd.exit.duration` | exponential histogram, ms | `appd.bt.id`, `appd.bt.application.id`, backend |
//! | `appd.exit.errors` | sum | as `appd.exit.duration` |
//! | `appd.segments.begun`, `.ended`, `.abandoned`, `.other_traffic`, `appd.exit_calls`, `appd.snapshots.kept` | sum | – |
//! | `appd.segments.begun.total`, `.ended.total`, `.in_flight` | gauge | – |
//! | `appd.drops` | sum | `appd.drop.cause` |
//! | `appd.process.cpu`, `appd.agent.cpu` | sum, ms | – |
//! | `appd.process.memory`, `appd.agent.memory`, `appd.process.threads` | gauge | – |
//!
//! *BT*: `appd.bt.id`, `appd.bt.application.id`; on the originating tier `appd.bt.name`, `appd.bt.entry_type`,
//! `appd.bt.other_traffic`; on others `appd.caller.tier.id`, `appd.caller.backend.id`.
//! *Backend*: `appd.exit.type`, `appd.backend.id`, `peer.service`, `appd.backend.property.<name>` each.
//!
//! # Traces
//!
//! A segment is a span of kind SERVER, CONSUMER or INTERNAL, directly followed by a CLIENT or PRODUCER span per exit
//! call, whose id the tier that is called derives from GUID and sequence ([`tierline_model::Guid::exit_span_id`]).
//! Errors are `exception` events and the span's status. The attributes are in [`crate::attribute`];
//! `docs/reference/wire.md` has them in tables.

#[cfg(feature = "decode")]
mod decode_metrics;
#[cfg(feature = "decode")]
mod decode_report;
#[cfg(feature = "decode")]
mod decode_resource;
#[cfg(feature = "decode")]
mod decode_series;
#[cfg(feature = "decode")]
mod decode_traces;
#[cfg(feature = "decode")]
pub(crate) mod decoded;
mod encode_attributes;
mod encode_metrics;
mod encode_traces;
#[cfg(feature = "decode")]
mod interned;
#[cfg(feature = "decode")]
pub(crate) mod read_json;
#[cfg(feature = "decode")]
pub(crate) mod read_protobuf;
mod response;
#[cfg(feature = "decode")]
pub(crate) mod view;

#[cfg(feature = "decode")]
pub(crate) use decode_metrics::check_size;
#[cfg(feature = "decode")]
pub use decode_metrics::{decode_metrics, decode_metrics_json};
#[cfg(feature = "decode")]
pub use decode_traces::{decode_traces, decode_traces_json};
#[cfg(feature = "decode")]
pub use decoded::{
    AgentReport, AgentSegments, DecodeError, DecodeLimits, DecodedMetrics, DecodedTraces, Outcome,
};
pub use encode_metrics::encode_metrics;
pub use encode_traces::encode_traces;
pub use response::{Encoding, ExportResponse, PartialSuccess, ResponseError, Signal, Status, StatusCode};
