//! What other OpenTelemetry SDKs send, in the words of the model.
//!
//! A resource without `appd.incarnation` is foreign. Its spans become *entries* (SERVER, CONSUMER), *exits* (CLIENT,
//! PRODUCER) and what lies between them (INTERNAL). Both generations of OpenTelemetry's semantic conventions are read:
//! the stable ones (`http.request.method`, `url.full`, `db.system.name`, `server.address` …) and those before
//! (`http.method`, `http.url`, `db.system`, `net.peer.name` …). Which BT an entry belongs to cannot be told from one
//! span; the engine does that when the trace is together.

mod bag;
mod collector;
mod decode;
mod entry;
mod exit;
mod logs;
mod points;
mod resource;

pub use tierline_model::foreign::{Entry, Exit, ForeignBatch, ForeignPoint, ForeignSpan, LoggedError, Role};

use crate::otlp::Outcome;

pub use decode::{decode_traces, decode_traces_json};
pub use logs::{decode_logs, decode_logs_json};
pub use points::{decode_points, decode_points_json};

/// The application of services that name none in `service.namespace`.
pub const DEFAULT_APPLICATION: &str = "OpenTelemetry";

/// The tier of services that name none in `service.name`, as OpenTelemetry's SDKs call it.
pub const DEFAULT_TIER: &str = "unknown_service";

/// The foreign part of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecodedForeign {
    /// One per resource, in the order of the request.
    pub batches: Vec<ForeignBatch>,
    /// Its spans, log records or points; those of our agents are not counted here.
    pub outcome: Outcome,
}
