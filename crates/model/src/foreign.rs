//! What other OpenTelemetry SDKs send, before anybody knows which BT it belongs to: spans as *entries* (SERVER, CONSUMER),
//! *exits* (CLIENT, PRODUCER) and what lies between (INTERNAL). `wire` reads them, `engine` puts them together.

use std::sync::Arc;

use crate::backend::{ExitType, Property};
use crate::guid::{Guid, SpanId};
use crate::identity::AgentIdentity;
use crate::snapshot::{ErrorRecord, ExitCallRecord, SegmentKind};

/// The optional property of an exit call that holds the id of its span, when that was not derived from GUID and
/// sequence: 16 hex digits. It joins the segment behind the call, and finds the span in other OpenTelemetry back ends.
pub const SPAN_ID_PROPERTY: &str = "Span ID";

/// The span of an exit call: the one somebody else's SDK made, or the one derived from GUID and sequence.
#[must_use]
pub fn exit_span_id(guid: Guid, exit: &ExitCallRecord) -> SpanId {
    exit.optional_properties
        .iter()
        .find(|property| &*property.name == SPAN_ID_PROPERTY)
        .filter(|property| property.value.len() == 16)
        .and_then(|property| SpanId::from_u64(u64::from_str_radix(&property.value, 16).ok()?))
        .unwrap_or_else(|| guid.exit_span_id(&exit.sequence))
}

/// What one process sent.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignBatch {
    /// The process. Its incarnation is made from its names and process id, so the same process always has the same.
    pub agent: AgentIdentity,
    /// Its spans.
    pub spans: Vec<ForeignSpan>,
    /// Errors it logged within a span.
    pub logged_errors: Vec<LoggedError>,
}

/// A span that somebody else's SDK made.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignSpan {
    /// The trace.
    pub guid: Guid,
    /// The span.
    pub span_id: SpanId,
    /// What it lies in, or what called it; `None` at the root.
    pub parent: Option<SpanId>,
    /// What it follows without being its child: the message a consumer handles.
    pub link: Option<(Guid, SpanId)>,
    /// `tracestate`, when our member is in it.
    pub trace_state: Option<Arc<str>>,
    /// What it is for us.
    pub role: Role,
    /// Nanoseconds since 1970.
    pub start_unix_ns: u64,
    /// Nanoseconds.
    pub duration_ns: u64,
    /// Whether its status is ERROR.
    pub failed: bool,
    /// The HTTP status answered or received.
    pub http_status: Option<u16>,
    /// Its exceptions; when it failed without one, what its status says.
    pub errors: Vec<ErrorRecord>,
}

/// What a span is for us.
#[derive(Clone, Debug, PartialEq)]
pub enum Role {
    /// A request or message that comes in.
    Entry(Entry),
    /// A call that leaves.
    Exit(Box<Exit>),
    /// Something inside.
    Inside(Entry),
}

/// Something that may be a segment.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// SERVER, CONSUMER or INTERNAL.
    pub kind: SegmentKind,
    /// The name of the BT if it begins here, cleaned.
    pub name: Arc<str>,
    /// Its attributes.
    pub details: Vec<(Arc<str>, Arc<str>)>,
}

/// A call, with the properties our own agents would give it.
#[derive(Clone, Debug, PartialEq)]
pub struct Exit {
    /// Its type.
    pub exit_type: ExitType,
    /// What identifies the backend.
    pub properties: Vec<Property>,
    /// What the backend is called.
    pub name: Arc<str>,
    /// URL without query, SQL text …; may be empty.
    pub operation: Arc<str>,
    /// Its other attributes.
    pub details: Vec<Property>,
}

/// An error out of a log record.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedError {
    /// The trace it was logged in.
    pub guid: Guid,
    /// The span it was logged in.
    pub span_id: SpanId,
    /// The error.
    pub error: ErrorRecord,
}

impl ForeignSpan {
    /// Bytes it takes in memory, about.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let errors: usize = self.errors.iter().map(error_bytes).sum();
        let pairs = |details: &[(Arc<str>, Arc<str>)]| -> usize {
            details.iter().map(|(key, value)| key.len() + value.len() + 64).sum()
        };
        let properties = |properties: &[Property]| -> usize {
            properties.iter().map(|p| p.name.len() + p.value.len() + 64).sum()
        };
        let role = match &self.role {
            Role::Entry(entry) | Role::Inside(entry) => entry.name.len() + pairs(&entry.details),
            Role::Exit(exit) => {
                exit.operation.len() + properties(&exit.properties) + properties(&exit.details) + 160
            }
        };
        256 + errors + role
    }
}

/// Bytes an error takes in memory, about.
#[must_use]
pub fn error_bytes(error: &ErrorRecord) -> usize {
    96 + error.type_name.len() + error.message.len() + error.stack.len()
}
