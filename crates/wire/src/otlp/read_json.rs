//! Walking OTLP requests in JSON: protobuf's JSON mapping with OTLP's exceptions (ids in hex, enums as numbers,
//! names in lowerCamelCase only; 64-bit integers may be texts).
//!
//! The frame is cut into items without reading them (`RawValue`); only one item at a time becomes a tree.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::DecodeError;
use super::view::{
    Attributes, BAD_ID, BucketParts, Event, HistogramParts, LONG_KEY, LogRecord, LogSink, Metric, MetricKind,
    MetricSink, NOT_READABLE, NOT_UTF8, Point, PointValue, Reason, Sink, Span, SpanSink, TOO_LARGE,
    TOO_MANY_ATTRIBUTES, TOO_MANY_BUCKETS, Value,
};
use crate::limits::{
    ATTRIBUTE_ARRAY_MAX, ATTRIBUTE_KEY_BYTES_MAX, EVENT_ATTRIBUTES_MAX, EVENTS_PER_SPAN_MAX,
    HISTOGRAM_BUCKETS_READ_MAX, ITEMS_PER_REQUEST_MAX, JSON_ITEM_BYTES_MAX, LINKS_PER_SPAN_MAX,
    POINT_ATTRIBUTES_MAX, RESOURCE_ATTRIBUTES_MAX, RESOURCES_PER_REQUEST_MAX, SPAN_ATTRIBUTES_MAX,
};

/// An array, its elements not read yet; `null` is an empty one.
#[derive(Default)]
struct Items<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemsVisitor<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for ItemsVisitor<'a> {
            type Value = Items<'a>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an array")
            }

            fn visit_unit<E>(self) -> Result<Items<'a>, E> {
                Ok(Items::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Items<'a>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = array.next_element()? {
                    if items.len() as u64 >= ITEMS_PER_REQUEST_MAX {
                        return Err(A::Error::custom("an array is too long: send smaller batches"));
                    }
                    items.push(item);
                }
                Ok(Items(items))
            }
        }

        deserializer.deserialize_any(ItemsVisitor(PhantomData))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow, default, alias = "resourceSpans", alias = "resourceLogs")]
    resource_metrics: Items<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'a> {
    #[serde(default)]
    resource: Json,
    #[serde(borrow, default, alias = "scopeSpans", alias = "scopeLogs")]
    scope_metrics: Items<'a>,
}

#[derive(Deserialize)]
struct Scope<'a> {
    #[serde(borrow, default, alias = "spans", alias = "logRecords")]
    metrics: Items<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MetricJson<'a> {
    #[serde(default)]
    name: String,
    #[serde(borrow, default)]
    gauge: Option<Data<'a>>,
    #[serde(borrow, default)]
    sum: Option<Data<'a>>,
    #[serde(borrow, default)]
    exponential_histogram: Option<Data<'a>>,
    #[serde(borrow, default)]
    histogram: Option<Data<'a>>,
    #[serde(borrow, default)]
    summary: Option<Data<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    #[serde(borrow, default)]
    data_points: Items<'a>,
    #[serde(default)]
    aggregation_temporality: u64,
    #[serde(default)]
    is_monotonic: bool,
}

pub(crate) fn metrics(request: &[u8], sink: &mut impl MetricSink) -> Result<(), DecodeError> {
    resources(request, sink, |sink, item, wanted| metric(parse(item)?, wanted, sink))
}

pub(crate) fn traces(request: &[u8], sink: &mut impl SpanSink) -> Result<(), DecodeError> {
    resources(request, sink, |sink, item, wanted| {
        if !wanted {
            return sink.skip(1);
        }
        match tree(item) {
            Ok(tree) => sink.span(span(&tree).as_ref().map_err(|reason| *reason)),
            Err(reason) => sink.span(Err(reason)),
        }
    })
}

pub(crate) fn logs(request: &[u8], sink: &mut impl LogSink) -> Result<(), DecodeError> {
    resources(request, sink, |sink, item, wanted| {
        if !wanted {
            return sink.skip(1);
        }
        match tree(item) {
            Ok(tree) => sink.log(log_record(&tree)),
            Err(reason) => sink.log(Err(reason)),
        }
    })
}

fn log_record(json: &Json) -> Result<LogRecord<'_>, Reason> {
    Ok(LogRecord {
        trace_id: hex(&json["traceId"])?,
        span_id: hex(&json["spanId"])?,
        severity: number(&json["severityNumber"])?,
        scope: Cow::Borrowed(""),
        body: any_value(&json["body"])?,
        attributes: attributes(&json["attributes"], POINT_ATTRIBUTES_MAX)?,
    })
}

fn resources<S: Sink>(
    request: &[u8],
    sink: &mut S,
    mut each: impl FnMut(&mut S, &RawValue, bool) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let request: Request<'_> =
        object(std::str::from_utf8(request).map_err(|_| DecodeError::Json(NOT_UTF8.into()))?)?;
    if request.resource_metrics.0.len() > RESOURCES_PER_REQUEST_MAX {
        return Err(DecodeError::TooMany { what: "resources", max: RESOURCES_PER_REQUEST_MAX as u64 });
    }
    for resource in request.resource_metrics.0 {
        let resource: Resource<'_> = parse(resource)?;
        let attributes = attributes(&resource.resource["attributes"], RESOURCE_ATTRIBUTES_MAX).ok();
        let wanted = sink.resource(attributes.as_ref());
        for scope in resource.scope_metrics.0 {
            let scope: Scope<'_> = parse(scope)?;
            for item in scope.metrics.0 {
                each(sink, item, wanted)?;
            }
        }
    }
    Ok(())
}

fn parse<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, DecodeError> {
    object(raw.get())
}

/// serde would also take arrays for our structs.
fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, DecodeError> {
    if !text.trim_start().starts_with('{') {
        return Err(DecodeError::Json("an object was expected".to_owned()));
    }
    serde_json::from_str(text).map_err(|error| DecodeError::Json(error.to_string()))
}

fn metric(json: MetricJson<'_>, wanted: bool, sink: &mut impl MetricSink) -> Result<(), DecodeError> {
    let (kind, data) = match json {
        MetricJson { exponential_histogram: Some(data), .. } => (MetricKind::ExponentialHistogram, data),
        MetricJson { sum: Some(data), .. } => (MetricKind::Sum, data),
        MetricJson { gauge: Some(data), .. } => (MetricKind::Gauge, data),
        MetricJson { histogram: Some(data), .. } => (MetricKind::Histogram, data),
        MetricJson { summary: Some(data), .. } => (MetricKind::Other, data),
        _ => return Ok(()),
    };
    let metric = Metric {
        name: Cow::Owned(json.name),
        kind,
        temporality: data.aggregation_temporality,
        monotonic: data.is_monotonic,
    };
    let wanted = wanted && sink.wants(&metric);
    for raw in data.data_points.0 {
        if !wanted {
            sink.skip(1)?;
            continue;
        }
        match tree(raw) {
            Ok(tree) if kind == MetricKind::ExponentialHistogram => {
                sink.point(&metric, histogram_point(&tree).as_mut().map_err(|reason| *reason))?
            }
            Ok(tree) if kind == MetricKind::Histogram => {
                sink.point(&metric, bucket_point(&tree).as_mut().map_err(|reason| *reason))?
            }
            Ok(tree) => sink.point(&metric, number_point(&tree).as_mut().map_err(|reason| *reason))?,
            Err(reason) => sink.point(&metric, Err(reason))?,
        }
    }
    Ok(())
}

/// One item as a tree.
fn tree(raw: &RawValue) -> Result<Json, Reason> {
    if raw.get().len() > JSON_ITEM_BYTES_MAX {
        return Err(TOO_LARGE);
    }
    let tree: Json = serde_json::from_str(raw.get()).map_err(|_| NOT_READABLE)?;
    if tree.is_object() { Ok(tree) } else { Err(NOT_READABLE) }
}

fn number_point(json: &Json) -> Result<Point<'_>, Reason> {
    let value = match (&json["asInt"], &json["asDouble"]) {
        (Json::Null, Json::Null) => PointValue::None,
        (Json::Null, double) => PointValue::Double(decimal(double)?),
        (integer, _) => PointValue::Integer(number(integer)?),
    };
    Ok(Point {
        attributes: attributes(&json["attributes"], POINT_ATTRIBUTES_MAX)?,
        start_ns: number(&json["startTimeUnixNano"])?,
        time_ns: number(&json["timeUnixNano"])?,
        value,
    })
}

fn histogram_point(json: &Json) -> Result<Point<'_>, Reason> {
    let positive = &json["positive"];
    let counts = elements(&positive["bucketCounts"])?;
    if counts.len() > HISTOGRAM_BUCKETS_READ_MAX {
        return Err(TOO_MANY_BUCKETS);
    }
    let parts = HistogramParts {
        count: number(&json["count"])?,
        sum: decimal(&json["sum"])?,
        min: decimal(&json["min"])?,
        max: decimal(&json["max"])?,
        zero_count: number(&json["zeroCount"])?,
        scale: number(&json["scale"])?,
        offset: number(&positive["offset"])?,
        buckets: counts.iter().map(number).collect::<Result<_, _>>()?,
        has_negative: !elements(&json["negative"]["bucketCounts"])?.is_empty(),
    };
    Ok(Point {
        attributes: attributes(&json["attributes"], POINT_ATTRIBUTES_MAX)?,
        start_ns: number(&json["startTimeUnixNano"])?,
        time_ns: number(&json["timeUnixNano"])?,
        value: PointValue::Histogram(parts),
    })
}

fn bucket_point(json: &Json) -> Result<Point<'_>, Reason> {
    let (counts, bounds) = (elements(&json["bucketCounts"])?, elements(&json["explicitBounds"])?);
    if counts.len().max(bounds.len()) > HISTOGRAM_BUCKETS_READ_MAX {
        return Err(TOO_MANY_BUCKETS);
    }
    let parts = BucketParts {
        count: number(&json["count"])?,
        sum: decimal(&json["sum"])?,
        counts: counts.iter().map(number).collect::<Result<_, _>>()?,
        bounds: bounds.iter().map(decimal).collect::<Result<_, _>>()?,
    };
    Ok(Point {
        attributes: attributes(&json["attributes"], POINT_ATTRIBUTES_MAX)?,
        start_ns: number(&json["startTimeUnixNano"])?,
        time_ns: number(&json["timeUnixNano"])?,
        value: PointValue::Buckets(parts),
    })
}

fn span(json: &Json) -> Result<Span<'_>, Reason> {
    let mut events = Vec::new();
    for event in elements(&json["events"])?.iter().take(EVENTS_PER_SPAN_MAX) {
        let found = elements(&event["attributes"])?;
        let found = found.get(..EVENT_ATTRIBUTES_MAX).unwrap_or(found);
        events.push(Event { name: text(&event["name"])?, attributes: key_values(found)? });
    }
    let mut links = Vec::new();
    for link in elements(&json["links"])?.iter().take(LINKS_PER_SPAN_MAX) {
        if let (Ok(trace), Ok(span)) = (hex(&link["traceId"]), hex(&link["spanId"])) {
            links.push((trace, span));
        }
    }
    Ok(Span {
        trace_state: text(&json["traceState"])?,
        status: number(&json["status"]["code"])?,
        status_message: text(&json["status"]["message"])?,
        links,
        trace_id: hex(&json["traceId"])?,
        span_id: hex(&json["spanId"])?,
        parent_span_id: hex(&json["parentSpanId"])?,
        name: text(&json["name"])?,
        kind: number(&json["kind"])?,
        start_ns: number(&json["startTimeUnixNano"])?,
        end_ns: number(&json["endTimeUnixNano"])?,
        attributes: attributes(&json["attributes"], SPAN_ATTRIBUTES_MAX)?,
        events,
    })
}

fn attributes(json: &Json, max: usize) -> Result<Attributes<'_>, Reason> {
    let found = elements(json)?;
    if found.len() > max {
        return Err(TOO_MANY_ATTRIBUTES);
    }
    key_values(found)
}

fn key_values(found: &[Json]) -> Result<Attributes<'_>, Reason> {
    found
        .iter()
        .map(|attribute| {
            let key = text(&attribute["key"])?;
            if key.len() > ATTRIBUTE_KEY_BYTES_MAX {
                return Err(LONG_KEY);
            }
            Ok((key, any_value(&attribute["value"])?))
        })
        .collect()
}

fn any_value(json: &Json) -> Result<Value<'_>, Reason> {
    let Some((kind, value)) = json.as_object().and_then(|object| object.iter().next()) else {
        return Ok(Value::Other);
    };
    Ok(match kind.as_str() {
        "stringValue" => Value::Text(text(value)?),
        "boolValue" => Value::Bool(value.as_bool().ok_or(NOT_READABLE)?),
        "intValue" => Value::Integer(number(value)?),
        "arrayValue" => {
            let values = elements(&value["values"])?;
            let texts = values.iter().take(ATTRIBUTE_ARRAY_MAX).map(|value| value["stringValue"].as_str());
            texts
                .map(|text| text.map(Cow::Borrowed))
                .collect::<Option<_>>()
                .map_or(Value::Other, Value::Texts)
        }
        _ => Value::Other,
    })
}

/// An array; absent and `null` are empty.
fn elements(json: &Json) -> Result<&[Json], Reason> {
    match json {
        Json::Null => Ok(&[]),
        Json::Array(elements) => Ok(elements),
        _ => Err(NOT_READABLE),
    }
}

fn text(json: &Json) -> Result<Cow<'_, str>, Reason> {
    match json {
        Json::Null => Ok(Cow::Borrowed("")),
        Json::String(text) => Ok(Cow::Borrowed(text)),
        _ => Err(NOT_READABLE),
    }
}

/// An integer, as a number or as a text; absent is 0.
fn number<T: std::str::FromStr + Default + DeserializeOwned>(json: &Json) -> Result<T, Reason> {
    match json {
        Json::Null => Ok(T::default()),
        Json::String(text) => text.parse().map_err(|_| NOT_READABLE),
        number => T::deserialize(number).map_err(|_| NOT_READABLE),
    }
}

/// A `double`; absent is 0. `NaN` and `Infinity` are texts.
fn decimal(json: &Json) -> Result<f64, Reason> {
    number(json)
}

/// An id; absent is all zero.
fn hex<const N: usize>(json: &Json) -> Result<[u8; N], Reason> {
    let text = text(json)?;
    let mut id = [0; N];
    if text.is_empty() {
        return Ok(id);
    }
    if text.len() != 2 * N {
        return Err(BAD_ID);
    }
    for (byte, digits) in id.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digit = |index: usize| digits.get(index).and_then(|digit| char::from(*digit).to_digit(16));
        let (Some(high), Some(low)) = (digit(0), digit(1)) else { return Err(BAD_ID) };
        *byte = (high * 16 + low) as u8;
    }
    Ok(id)
}
