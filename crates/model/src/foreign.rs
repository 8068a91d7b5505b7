//! What other OpenTelemetry SDKs send, before anybody knows which BT it belongs to: spans as *entries* (SERVER, CONSUMER),
//! *exits* (CLIENT, PRODUCER) and what lies between (INTERNAL). `wire` reads them, `engine` puts them together.

use std::borrow::Cow;
use std::sync::Arc;

use crate::backend::{ExitType, Property};
use crate::detection::Request;
use crate::guid::{Guid, SpanId};
use crate::histogram::Histogram;
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
    /// Durations out of its metrics.
    pub points: Vec<ForeignPoint>,
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
    /// The HTTP request that came in, for the rules that name and exclude.
    pub request: Option<Box<ForeignRequest>>,
}

/// An HTTP request, as far as attributes tell of it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ForeignRequest {
    /// `GET`, …
    pub method: String,
    /// The path without query.
    pub path: String,
    /// The query without `?`.
    pub query: String,
    /// Headers by their names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Request for ForeignRequest {
    fn method(&self) -> &str {
        &self.method
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn query(&self) -> &str {
        &self.query
    }

    fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        let (_, value) = self.headers.iter().find(|(key, _)| key == name)?;
        Some(Cow::Borrowed(value))
    }
}

impl ForeignRequest {
    fn memory_bytes(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(key, value)| key.len() + value.len() + 64).sum();
        96 + self.method.len() + self.path.len() + self.query.len() + headers
    }
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
            Role::Entry(entry) | Role::Inside(entry) => {
                let request = entry.request.as_ref().map_or(0, |request| request.memory_bytes());
                entry.name.len() + pairs(&entry.details) + request
            }
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

/// What a service says of calls of one kind in a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignPoint {
    /// The metric.
    pub metric: &'static str,
    /// What the calls are for us.
    pub role: Role,
    /// Tells the metric's series apart within its process.
    pub series: u64,
    /// Whether it counts since the series began; else since the point before.
    pub cumulative: bool,
    /// When its counting began, nanoseconds since 1970.
    pub start_unix_ns: u64,
    /// When it was taken.
    pub end_unix_ns: u64,
    /// The HTTP status all of these calls had.
    pub http_status: Option<u16>,
    /// Whether all of these calls failed.
    pub failed: bool,
    /// How long they took.
    pub durations: Durations,
}

/// How long calls took, as well as a histogram's buckets say.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Durations {
    /// Calls.
    pub count: u64,
    /// Their exact sum, nanoseconds.
    pub sum_ns: u64,
    /// A duration for each bucket (its middle, nanoseconds) and the calls in it, shortest first.
    pub values: Arc<[(u64, u64)]>,
}

impl Durations {
    /// What came in since `before`; `None` when this does not go on from there: the process began again.
    #[must_use]
    pub fn since(&self, before: &Self) -> Option<Self> {
        let count = self.count.checked_sub(before.count)?;
        let sum_ns = self.sum_ns.checked_sub(before.sum_ns)?;
        let of = |durations: &Self, value: u64| {
            let at = durations.values.binary_search_by_key(&value, |(value, _)| *value).ok()?;
            durations.values.get(at).map(|(_, calls)| *calls)
        };
        if before.values.iter().any(|(value, _)| of(self, *value).is_none()) {
            return None;
        }
        let mut values = Vec::new();
        for (value, calls) in &*self.values {
            let calls = calls.checked_sub(of(before, *value).unwrap_or(0))?;
            if calls > 0 {
                values.push((*value, calls));
            }
        }
        Some(Self { count, sum_ns, values: Arc::from(values) })
    }

    /// The same as a histogram; count and sum are exact.
    #[must_use]
    pub fn histogram(&self) -> Histogram {
        let mut histogram = Histogram::new();
        for (value_ns, calls) in &*self.values {
            histogram.record_many(*value_ns, *calls);
        }
        histogram.with_sum(self.sum_ns)
    }

    /// Bytes it takes in memory, about.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        64 + self.values.len() * 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn durations(values: &[(u64, u64)], sum_ns: u64) -> Durations {
        Durations { count: values.iter().map(|(_, calls)| calls).sum(), sum_ns, values: Arc::from(values) }
    }

    #[test]
    fn what_came_since_is_the_difference_or_nothing_when_it_began_again() {
        let before = durations(&[(5, 2), (10, 1)], 21);
        let later = durations(&[(5, 2), (10, 4), (20, 1)], 70);
        assert_eq!(later.since(&before), Some(durations(&[(10, 3), (20, 1)], 49)));
        assert_eq!(later.since(&later), Some(durations(&[], 0)));
        for began_again in [durations(&[(5, 1)], 5), durations(&[(5, 2), (20, 9)], 190)] {
            assert_eq!(began_again.since(&before), None);
        }
    }

    #[test]
    fn a_histogram_keeps_count_and_sum() {
        for (values, sum_ns) in
            [(&[(7_500_000, 1)][..], 6_000_000), (&[(2_000, 3), (9_000_000, 2)], 30_000_000)]
        {
            let histogram = durations(values, sum_ns).histogram();
            let count = values.iter().map(|(_, calls)| calls).sum();
            assert_eq!((histogram.count(), histogram.sum_ns()), (count, sum_ns));
            assert!(histogram.min_ns() <= sum_ns / count && histogram.max_ns() >= sum_ns / count);
            assert!(histogram.max_ns() <= sum_ns);
        }
        assert_eq!(Durations::default().histogram(), Histogram::new());
    }
}
