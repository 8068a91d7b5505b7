//! Durations from `ExportMetricsServiceRequest`: how often a service was called, how often it called, and how long that
//! took. What a service says in metrics is used only where it sends no spans; the engine knows where.

use std::sync::Arc;

use tierline_model::foreign::{Durations, ForeignPoint, Role};
use tierline_model::{ExitType, SegmentKind};
use xxhash_rust::xxh3::Xxh3;

use super::bag::{self, Bag, as_text};
use super::collector::Collector;
use super::{DecodedForeign, Entry, entry, exit};
use crate::limits::{FOREIGN_CALLS_PER_POINT_MAX, FOREIGN_DURATION_NS_MAX, JSON_REQUEST_BYTES_MAX};
use crate::otlp::view::{
    Attributes, BucketParts, HistogramParts, Metric, MetricKind, MetricSink, Point, PointValue, Reason,
};
use crate::otlp::{DecodeError, DecodeLimits, read_json, read_protobuf};

const BAD_TIME: Reason = "a point ends before it begins";
const OUT_OF_RANGE: Reason = "the time is too far from the controller's clock";
const BAD_HISTOGRAM: Reason =
    "the parts of a histogram of durations contradict each other or are out of range";

const SECOND: f64 = 1e9;
const MILLISECOND: f64 = 1e6;

/// What a metric counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counts {
    Requests,
    Messages,
    Calls,
}

/// Metrics of the semantic conventions: name, what they count, nanoseconds per unit, and the newer metric that says the
/// same: services that move from one generation to the other send both for a while.
const METRICS: [(&str, Counts, f64, &str); 11] = [
    ("http.server.request.duration", Counts::Requests, SECOND, ""),
    ("http.server.duration", Counts::Requests, MILLISECOND, "http.server.request.duration"),
    ("rpc.server.call.duration", Counts::Requests, SECOND, ""),
    ("rpc.server.duration", Counts::Requests, MILLISECOND, "rpc.server.call.duration"),
    ("messaging.process.duration", Counts::Messages, SECOND, ""),
    ("http.client.request.duration", Counts::Calls, SECOND, ""),
    ("http.client.duration", Counts::Calls, MILLISECOND, "http.client.request.duration"),
    ("rpc.client.call.duration", Counts::Calls, SECOND, ""),
    ("rpc.client.duration", Counts::Calls, MILLISECOND, "rpc.client.call.duration"),
    ("db.client.operation.duration", Counts::Calls, SECOND, ""),
    ("messaging.client.operation.duration", Counts::Calls, SECOND, ""),
];

/// Reads the durations other SDKs send in an `ExportMetricsServiceRequest` in protobuf.
///
/// # Errors
/// When the request is too large or its frame is not protobuf.
pub fn decode_points(request: &[u8], limits: &DecodeLimits) -> Result<DecodedForeign, DecodeError> {
    Collector::new(limits, true).read(request, limits.request_bytes_max, read_protobuf::metrics)
}

/// The same in OTLP/JSON.
///
/// # Errors
/// When the request is too large or its frame is not JSON.
pub fn decode_points_json(request: &[u8], limits: &DecodeLimits) -> Result<DecodedForeign, DecodeError> {
    let bytes_max = limits.request_bytes_max.min(JSON_REQUEST_BYTES_MAX);
    Collector::new(limits, true).read(request, bytes_max, read_json::metrics)
}

/// Leaves out what a newer metric of the same process says too.
pub(super) fn without_repetitions(points: &mut Vec<ForeignPoint>) {
    let newer = |name: &str| METRICS.iter().find(|metric| metric.0 == name).map_or("", |metric| metric.3);
    let there: Vec<&'static str> = points.iter().map(|point| point.metric).collect();
    points.retain(|point| !there.contains(&newer(point.metric)));
}

impl MetricSink for Collector<'_> {
    fn wants(&self, metric: &Metric<'_>) -> bool {
        let kind = matches!(metric.kind, MetricKind::Histogram | MetricKind::ExponentialHistogram);
        kind && METRICS.iter().any(|known| known.0 == metric.name)
    }

    fn point(
        &mut self,
        metric: &Metric<'_>,
        point: Result<&mut Point<'_>, Reason>,
    ) -> Result<(), DecodeError> {
        let point = point.and_then(|point| foreign(metric, point, self.limits));
        self.take(point, |batch, point| batch.points.push(point))
    }
}

fn foreign(
    metric: &Metric<'_>,
    point: &Point<'_>,
    limits: &DecodeLimits,
) -> Result<Option<ForeignPoint>, Reason> {
    let Some((name, counts, unit_ns, _)) = METRICS.iter().find(|known| known.0 == metric.name) else {
        return Ok(None);
    };
    if point.time_ns < point.start_ns {
        return Err(BAD_TIME);
    }
    // A cumulative series may have begun long ago; it is its end that says when.
    let end_ms = point.time_ns / 1_000_000;
    if end_ms < limits.time_ms_min || end_ms > limits.time_ms_max {
        return Err(OUT_OF_RANGE);
    }
    let durations = match &point.value {
        PointValue::Buckets(parts) => explicit(parts, *unit_ns)?,
        PointValue::Histogram(parts) => exponential(parts, *unit_ns)?,
        _ => return Err(BAD_HISTOGRAM),
    };
    let bag = Bag(&point.attributes);
    let Some(role) = role(name, *counts, &bag) else { return Ok(None) };
    Ok(Some(ForeignPoint {
        metric: name,
        role,
        series: series(name, &point.attributes),
        cumulative: metric.temporality == CUMULATIVE,
        start_unix_ns: point.start_ns,
        end_unix_ns: point.time_ns,
        http_status: bag.number(bag::HTTP_STATUS).and_then(|status| u16::try_from(status).ok()),
        failed: bag.has(&["error.type"]),
        durations,
    }))
}

/// `AggregationTemporality`: 2 is cumulative.
const CUMULATIVE: u64 = 2;

/// What the calls were; nothing for what is no call (polling, settling).
fn role(metric: &str, counts: Counts, bag: &Bag<'_>) -> Option<Role> {
    // Without a route there is only the method, as in the names SDKs give their spans then.
    let method = bag.text(bag::HTTP_METHOD);
    let name = method.as_deref().unwrap_or(metric);
    let entry =
        |kind| Role::Entry(Entry { details: Vec::new(), request: None, ..entry::entry(kind, name, bag) });
    match counts {
        Counts::Requests => Some(entry(SegmentKind::Server)),
        Counts::Messages => Some(entry(SegmentKind::Consumer)),
        Counts::Calls => {
            let mut exit = exit::exit(name, bag, false)?;
            exit.details.clear();
            // What says neither whom it called nor through what is of no use.
            (exit.exit_type != ExitType::Custom).then(|| Role::Exit(Box::new(exit)))
        }
    }
}

/// The series a point belongs to, whatever order its attributes have.
fn series(metric: &str, attributes: &Attributes<'_>) -> u64 {
    let mut pairs: Vec<(&str, String)> = attributes
        .iter()
        .map(|(key, value)| (&**key, as_text(value).map(std::borrow::Cow::into_owned).unwrap_or_default()))
        .collect();
    pairs.sort_unstable();
    let mut hash = Xxh3::new();
    hash.update(metric.as_bytes());
    for (key, value) in pairs {
        for text in [key, &value] {
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }
    }
    hash.digest()
}

fn explicit(parts: &BucketParts, unit_ns: f64) -> Result<Durations, Reason> {
    let usable = parts.bounds.iter().all(|bound| bound.is_finite()) && parts.bounds.is_sorted();
    // A histogram without buckets is only count and sum.
    let counts_fit = parts.counts.len() == parts.bounds.len() + 1 || parts.counts.is_empty();
    if !usable || !counts_fit {
        return Err(BAD_HISTOGRAM);
    }
    let bound = |at: usize| parts.bounds.get(at).copied().unwrap_or(0.0).max(0.0);
    let value = |at: usize| match at {
        0 => bound(0) / 2.0,
        last if last == parts.bounds.len() => bound(last - 1),
        between => f64::midpoint(bound(between - 1), bound(between)),
    };
    let values = parts.counts.iter().enumerate().map(|(at, count)| (value(at), *count));
    durations(parts.count, parts.sum, values, unit_ns)
}

fn exponential(parts: &HistogramParts, unit_ns: f64) -> Result<Durations, Reason> {
    if parts.has_negative {
        return Err(BAD_HISTOGRAM);
    }
    let width = (-f64::from(parts.scale)).exp2();
    let value = |at: usize| ((f64::from(parts.offset) + at as f64 + 0.5) * width).exp2();
    let buckets = parts.buckets.iter().enumerate().map(|(at, count)| (value(at), *count));
    durations(parts.count, parts.sum, std::iter::once((0.0, parts.zero_count)).chain(buckets), unit_ns)
}

fn durations(
    count: u64,
    sum: f64,
    values: impl Iterator<Item = (f64, u64)>,
    unit_ns: f64,
) -> Result<Durations, Reason> {
    let sum_ns = sum * unit_ns;
    if !sum.is_finite() || sum_ns < 0.0 || count > FOREIGN_CALLS_PER_POINT_MAX {
        return Err(BAD_HISTOGRAM);
    }
    let mut found = Vec::new();
    for (value, calls) in values.filter(|(_, calls)| *calls > 0) {
        let value_ns = (value * unit_ns).min(FOREIGN_DURATION_NS_MAX as f64);
        found.push((value_ns as u64, calls)); // saturates
    }
    if found.is_empty() && count > 0 {
        found.push(((sum_ns / count as f64) as u64, count));
    }
    let all = found.iter().fold(0u64, |all, (_, calls)| all.saturating_add(*calls));
    if all != count {
        return Err(BAD_HISTOGRAM);
    }
    found.sort_unstable();
    found.dedup_by(|later, earlier| {
        later.0 == earlier.0 && {
            earlier.1 += later.1;
            true
        }
    });
    Ok(Durations { count, sum_ns: sum_ns as u64, values: Arc::from(found) })
}
