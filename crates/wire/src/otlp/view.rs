//! What stands in a request, borrowed from it, the same for protobuf and JSON.

use std::borrow::Cow;

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    Bool(bool),
    Integer(i64),
    /// An array of texts.
    Texts(Vec<Cow<'a, str>>),
    /// Something we have no use for.
    Other,
}

impl Value<'_> {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_true(&self) -> bool {
        *self == Self::Bool(true)
    }

    /// A number that is not negative.
    pub(super) fn count(&self) -> Option<u64> {
        match self {
            Self::Integer(value) => u64::try_from(*value).ok(),
            _ => None,
        }
    }

    /// The texts of a text or an array of texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let (one, many) = match self {
            Self::Text(text) => (Some(&**text), &[][..]),
            Self::Texts(texts) => (None, &texts[..]),
            _ => (None, &[][..]),
        };
        one.into_iter().chain(many.iter().map(|text| &**text))
    }
}

/// Attributes in their order.
pub(super) type Attributes<'a> = Vec<(Cow<'a, str>, Value<'a>)>;

/// A metric without its points.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Metric<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) kind: MetricKind,
    /// `AggregationTemporality`: 1 is delta.
    pub(super) temporality: u64,
    pub(super) monotonic: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum MetricKind {
    Gauge,
    Sum,
    ExponentialHistogram,
    /// Histogram with explicit bounds, summary, or nothing.
    #[default]
    Other,
}

/// A data point.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Point<'a> {
    pub(super) attributes: Attributes<'a>,
    pub(super) start_ns: u64,
    pub(super) time_ns: u64,
    pub(super) value: PointValue,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum PointValue {
    #[default]
    None,
    Integer(i64),
    Double(f64),
    Histogram(HistogramParts),
}

/// The parts of an exponential histogram, unchecked.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct HistogramParts {
    pub(super) count: u64,
    pub(super) sum: f64,
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) zero_count: u64,
    pub(super) scale: i32,
    pub(super) offset: i32,
    pub(super) buckets: Vec<u64>,
    pub(super) has_negative: bool,
}

/// A span.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Span<'a> {
    pub(super) trace_id: [u8; 16],
    pub(super) span_id: [u8; 8],
    /// All zero when there is none.
    pub(super) parent_span_id: [u8; 8],
    pub(super) name: Cow<'a, str>,
    pub(super) kind: u64,
    pub(super) start_ns: u64,
    pub(super) end_ns: u64,
    pub(super) attributes: Attributes<'a>,
    pub(super) events: Vec<Event<'a>>,
}

/// A span event.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Event<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) attributes: Attributes<'a>,
}

/// Why an item cannot be used, in words for the sender.
pub(super) type Reason = &'static str;

/// Takes what a reader finds. Every item arrives exactly once, as itself, as a reason or in `skip`.
pub(super) trait Sink {
    /// A new resource; `None` when its attributes cannot be read. Says whether its items are wanted.
    fn resource(&mut self, attributes: Option<&Attributes<'_>>) -> bool;

    /// Items nobody wants.
    fn skip(&mut self, count: u64) -> Result<(), super::DecodeError>;
}

/// Takes data points.
pub(super) trait MetricSink: Sink {
    /// Whether the points of this metric are wanted.
    fn wants(&self, metric: &Metric<'_>) -> bool;

    /// A data point.
    fn point(
        &mut self,
        metric: &Metric<'_>,
        point: Result<Point<'_>, Reason>,
    ) -> Result<(), super::DecodeError>;
}

/// Takes spans.
pub(super) trait SpanSink: Sink {
    /// A span.
    fn span(&mut self, span: Result<Span<'_>, Reason>) -> Result<(), super::DecodeError>;
}

pub(super) const NOT_READABLE: Reason = "the item is not a well-formed message";
pub(super) const NOT_UTF8: Reason = "a text is not UTF-8";
pub(super) const TOO_LARGE: Reason = "the item is too large";
pub(super) const TOO_MANY_ATTRIBUTES: Reason = "too many attributes";
pub(super) const LONG_KEY: Reason = "the name of an attribute is too long";
pub(super) const BAD_ID: Reason = "a trace or span id does not have its length";
pub(super) const TOO_MANY_BUCKETS: Reason = "a histogram with too many buckets";
