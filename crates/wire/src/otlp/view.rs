//! What stands in a request, borrowed from it, the same for protobuf and JSON.

use std::borrow::Cow;

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    Bool(bool),
    Integer(i64),
    /// An array of texts.
    Texts(Vec<Cow<'a, str>>),
    /// Something we have no use for.
    Other,
}

impl Value<'_> {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_true(&self) -> bool {
        *self == Self::Bool(true)
    }

    /// A number that is not negative.
    pub(crate) fn count(&self) -> Option<u64> {
        match self {
            Self::Integer(value) => u64::try_from(*value).ok(),
            _ => None,
        }
    }

    /// The texts of a text or an array of texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let (one, many) = match self {
            Self::Text(text) => (Some(&**text), &[][..]),
            Self::Texts(texts) => (None, &texts[..]),
            _ => (None, &[][..]),
        };
        one.into_iter().chain(many.iter().map(|text| &**text))
    }
}

/// Attributes in their order.
pub(crate) type Attributes<'a> = Vec<(Cow<'a, str>, Value<'a>)>;

/// A metric without its points.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Metric<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) kind: MetricKind,
    /// `AggregationTemporality`: 1 is delta.
    pub(crate) temporality: u64,
    pub(crate) monotonic: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum MetricKind {
    Gauge,
    Sum,
    ExponentialHistogram,
    /// With explicit bounds.
    Histogram,
    /// Summary, or nothing.
    #[default]
    Other,
}

/// A data point.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Point<'a> {
    pub(crate) attributes: Attributes<'a>,
    pub(crate) start_ns: u64,
    pub(crate) time_ns: u64,
    pub(crate) value: PointValue,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum PointValue {
    #[default]
    None,
    Integer(i64),
    Double(f64),
    Histogram(HistogramParts),
    Buckets(BucketParts),
}

/// The parts of a histogram with explicit bounds, unchecked.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct BucketParts {
    pub(crate) count: u64,
    pub(crate) sum: f64,
    /// One more than bounds, or none.
    pub(crate) counts: Vec<u64>,
    /// Upper bounds of all buckets but the last, which has none.
    pub(crate) bounds: Vec<f64>,
}

/// The parts of an exponential histogram, unchecked.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct HistogramParts {
    pub(crate) count: u64,
    pub(crate) sum: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) zero_count: u64,
    pub(crate) scale: i32,
    pub(crate) offset: i32,
    pub(crate) buckets: Vec<u64>,
    pub(crate) has_negative: bool,
}

/// A span.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Span<'a> {
    pub(crate) trace_id: [u8; 16],
    pub(crate) span_id: [u8; 8],
    /// All zero when there is none.
    pub(crate) parent_span_id: [u8; 8],
    pub(crate) name: Cow<'a, str>,
    pub(crate) kind: u64,
    /// `tracestate` as the service saw it.
    pub(crate) trace_state: Cow<'a, str>,
    /// `Status.StatusCode`: 2 is an error.
    pub(crate) status: u64,
    pub(crate) status_message: Cow<'a, str>,
    /// Trace and span ids of the links that are there.
    pub(crate) links: Vec<([u8; 16], [u8; 8])>,
    pub(crate) start_ns: u64,
    pub(crate) end_ns: u64,
    pub(crate) attributes: Attributes<'a>,
    pub(crate) events: Vec<Event<'a>>,
}

/// A span event.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Event<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) attributes: Attributes<'a>,
}

/// A log record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogRecord<'a> {
    /// All zero when it was logged outside of any span.
    pub(crate) trace_id: [u8; 16],
    pub(crate) span_id: [u8; 8],
    /// `SeverityNumber`.
    pub(crate) severity: u64,
    /// The logger.
    pub(crate) scope: Cow<'a, str>,
    pub(crate) body: Value<'a>,
    pub(crate) attributes: Attributes<'a>,
}

/// Why an item cannot be used, in words for the sender.
pub(crate) type Reason = &'static str;

/// Takes what a reader finds. Every item arrives exactly once, as itself, as a reason or in `skip`.
pub(crate) trait Sink {
    /// A new resource; `None` when its attributes cannot be read. Says whether its items are wanted.
    fn resource(&mut self, attributes: Option<&Attributes<'_>>) -> bool;

    /// Items nobody wants.
    fn skip(&mut self, count: u64) -> Result<(), super::DecodeError>;
}

/// Takes data points.
pub(crate) trait MetricSink: Sink {
    /// Whether the points of this metric are wanted.
    fn wants(&self, metric: &Metric<'_>) -> bool;

    /// A data point, to be taken apart: the reader uses its room for the next one.
    fn point(
        &mut self,
        metric: &Metric<'_>,
        point: Result<&mut Point<'_>, Reason>,
    ) -> Result<(), super::DecodeError>;
}

/// Takes spans.
pub(crate) trait SpanSink: Sink {
    /// A span.
    fn span(&mut self, span: Result<&Span<'_>, Reason>) -> Result<(), super::DecodeError>;
}

/// Takes log records.
pub(crate) trait LogSink: Sink {
    /// A log record.
    fn log(&mut self, record: Result<LogRecord<'_>, Reason>) -> Result<(), super::DecodeError>;
}

pub(crate) const NOT_READABLE: Reason = "the item is not a well-formed message";
pub(crate) const NOT_UTF8: Reason = "a text is not UTF-8";
pub(crate) const TOO_LARGE: Reason = "the item is too large";
pub(crate) const TOO_MANY_ATTRIBUTES: Reason = "too many attributes";
pub(crate) const LONG_KEY: Reason = "the name of an attribute is too long";
pub(crate) const BAD_ID: Reason = "a trace or span id does not have its length";
pub(crate) const TOO_MANY_BUCKETS: Reason = "a histogram with too many buckets";
