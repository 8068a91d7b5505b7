//! Walking OTLP requests in protobuf.
//!
//! A field of an unexpected wire type is skipped like an unknown one, as protobuf demands.

use std::borrow::Cow;

use super::DecodeError;
use super::view::{
    Attributes, BAD_ID, BucketParts, Event, HistogramParts, LONG_KEY, LogRecord, LogSink, Metric, MetricKind,
    MetricSink, NOT_READABLE, NOT_UTF8, Point, PointValue, Reason, Sink, Span, SpanSink, TOO_LARGE,
    TOO_MANY_ATTRIBUTES, TOO_MANY_BUCKETS, Value,
};
use crate::limits::{
    ATTRIBUTE_ARRAY_MAX, ATTRIBUTE_KEY_BYTES_MAX, EVENT_ATTRIBUTES_MAX, EVENTS_PER_SPAN_MAX,
    HISTOGRAM_BUCKETS_READ_MAX, ITEM_BYTES_MAX, LINKS_PER_SPAN_MAX, POINT_ATTRIBUTES_MAX,
    RESOURCE_ATTRIBUTES_MAX, RESOURCES_PER_REQUEST_MAX, SPAN_ATTRIBUTES_MAX,
};
use crate::protobuf::Field::{self, Bytes, Fixed64, Varint};
use crate::protobuf::{Malformed, Reader};

pub(crate) fn metrics(request: &[u8], sink: &mut impl MetricSink) -> Result<(), DecodeError> {
    let mut room = Point::default();
    resources(request, sink, |sink, scope_metrics, wanted| {
        Reader::new(scope_metrics).fields(|field, value| match (field, value) {
            (2, Bytes(body)) => metric(body, wanted, sink, &mut room),
            _ => Ok(()),
        })
    })
}

pub(crate) fn traces(request: &[u8], sink: &mut impl SpanSink) -> Result<(), DecodeError> {
    let mut room = Span::default();
    resources(request, sink, |sink, scope_spans, wanted| {
        Reader::new(scope_spans).fields(|field, value| match (field, value) {
            (2, Bytes(_)) if !wanted => sink.skip(1),
            (2, Bytes(body)) if body.len() > ITEM_BYTES_MAX => sink.span(Err(TOO_LARGE)),
            (2, Bytes(body)) => match span(body, &mut room) {
                Ok(()) => sink.span(Ok(&room)),
                Err(reason) => sink.span(Err(reason)),
            },
            _ => Ok(()),
        })
    })
}

pub(crate) fn logs(request: &[u8], sink: &mut impl LogSink) -> Result<(), DecodeError> {
    resources(request, sink, |sink, scope_logs, wanted| {
        let mut scope: &[u8] = &[];
        Reader::new(scope_logs).fields(|field, value| {
            if let (1, Bytes(found)) = (field, value) {
                scope = found;
            }
            Ok::<(), Malformed>(())
        })?;
        let mut logger: &[u8] = &[];
        Reader::new(scope).fields(|field, value| {
            if let (1, Bytes(found)) = (field, value) {
                logger = found;
            }
            Ok::<(), Malformed>(())
        })?;
        Reader::new(scope_logs).fields(|field, value| match (field, value) {
            (2, Bytes(_)) if !wanted => sink.skip(1),
            (2, Bytes(body)) if body.len() > ITEM_BYTES_MAX => sink.log(Err(TOO_LARGE)),
            (2, Bytes(body)) => sink.log(log_record(body, logger)),
            _ => Ok(()),
        })
    })
}

fn log_record<'a>(bytes: &'a [u8], logger: &'a [u8]) -> Result<LogRecord<'a>, Reason> {
    let mut record = LogRecord {
        trace_id: [0; 16],
        span_id: [0; 8],
        severity: 0,
        scope: std::str::from_utf8(logger).map(Cow::Borrowed).map_err(|_| NOT_UTF8)?,
        body: Value::Other,
        attributes: Attributes::new(),
    };
    read(bytes, |field, value| {
        match (field, value) {
            (2, Varint(severity)) => record.severity = severity,
            (5, Bytes(body)) => record.body = any_value(body)?,
            (6, Bytes(body)) => attribute(body, &mut record.attributes, POINT_ATTRIBUTES_MAX)?,
            (9 | 10, Bytes([])) => {}
            (9, Bytes(id)) => record.trace_id = id.try_into().map_err(|_| Wrong(BAD_ID))?,
            (10, Bytes(id)) => record.span_id = id.try_into().map_err(|_| Wrong(BAD_ID))?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(record)
}

/// The requests have the same frame: resources, each with scopes.
fn resources<'a, S: Sink>(
    request: &'a [u8],
    sink: &mut S,
    mut each_scope: impl FnMut(&mut S, &'a [u8], bool) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let mut count = 0usize;
    Reader::new(request).fields(|field, value| {
        let (1, Bytes(body)) = (field, value) else { return Ok(()) };
        count += 1;
        if count > RESOURCES_PER_REQUEST_MAX {
            return Err(DecodeError::TooMany { what: "resources", max: RESOURCES_PER_REQUEST_MAX as u64 });
        }
        // The resource may stand behind its scopes.
        let mut resource: &[u8] = &[];
        Reader::new(body).fields(|field, value| {
            if let (1, Bytes(found)) = (field, value) {
                resource = found;
            }
            Ok::<(), Malformed>(())
        })?;
        let attributes = attributes_at(resource, 1, RESOURCE_ATTRIBUTES_MAX).ok();
        let wanted = sink.resource(attributes.as_ref());
        Reader::new(body).fields(|field, value| match (field, value) {
            (2, Bytes(scope)) => each_scope(sink, scope, wanted),
            _ => Ok(()),
        })
    })
}

fn metric<'a>(
    body: &'a [u8],
    wanted: bool,
    sink: &mut impl MetricSink,
    room: &mut Point<'a>,
) -> Result<(), DecodeError> {
    let mut metric = Metric::default();
    let mut name: &[u8] = &[];
    let mut data: &[u8] = &[];
    Reader::new(body).fields(|field, value| {
        match (field, value) {
            (1, Bytes(bytes)) => name = bytes,
            (5 | 7 | 9 | 10 | 11, Bytes(bytes)) => {
                data = bytes;
                metric.kind = match field {
                    5 => MetricKind::Gauge,
                    7 => MetricKind::Sum,
                    9 => MetricKind::Histogram,
                    10 => MetricKind::ExponentialHistogram,
                    _ => MetricKind::Other,
                };
            }
            _ => {}
        }
        Ok::<(), Malformed>(())
    })?;
    Reader::new(data).fields(|field, value| {
        match (field, value) {
            (2, Varint(temporality)) => metric.temporality = temporality,
            (3, Varint(monotonic)) => metric.monotonic = monotonic != 0,
            _ => {}
        }
        Ok::<(), Malformed>(())
    })?;
    metric.name = String::from_utf8_lossy(name.get(..ATTRIBUTE_KEY_BYTES_MAX).unwrap_or(name));
    let wanted = wanted && sink.wants(&metric);
    Reader::new(data).fields(|field, value| match (field, value) {
        (1, Bytes(_)) if !wanted => sink.skip(1),
        (1, Bytes(point)) if point.len() > ITEM_BYTES_MAX => sink.point(&metric, Err(TOO_LARGE)),
        (1, Bytes(point)) => {
            let read = match metric.kind {
                MetricKind::ExponentialHistogram => histogram_point(point, room),
                MetricKind::Histogram => bucket_point(point, room),
                _ => number_point(point, room),
            };
            sink.point(&metric, read.map(|()| &mut *room))
        }
        _ => Ok(()),
    })
}

/// Reading one item: what is wrong is said in words.
struct Wrong(Reason);

impl From<Malformed> for Wrong {
    fn from(_: Malformed) -> Self {
        Self(NOT_READABLE)
    }
}

/// Attributes without any, with the room of those that were there.
fn emptied<'a>(attributes: &mut Attributes<'a>) -> Attributes<'a> {
    let mut attributes = std::mem::take(attributes);
    attributes.clear();
    attributes
}

fn number_point<'a>(bytes: &'a [u8], point: &mut Point<'a>) -> Result<(), Reason> {
    *point = Point { attributes: emptied(&mut point.attributes), ..Point::default() };
    read(bytes, |field, value| {
        match (field, value) {
            (2, Fixed64(ns)) => point.start_ns = ns,
            (3, Fixed64(ns)) => point.time_ns = ns,
            (4, Fixed64(bits)) => point.value = PointValue::Double(f64::from_bits(bits)),
            (6, Fixed64(bits)) => point.value = PointValue::Integer(bits.cast_signed()),
            (7, Bytes(body)) => attribute(body, &mut point.attributes, POINT_ATTRIBUTES_MAX)?,
            _ => {}
        }
        Ok(())
    })
}

fn histogram_point<'a>(bytes: &'a [u8], point: &mut Point<'a>) -> Result<(), Reason> {
    *point = Point { attributes: emptied(&mut point.attributes), ..Point::default() };
    let mut parts = HistogramParts::default();
    read(bytes, |field, value| {
        match (field, value) {
            (1, Bytes(body)) => attribute(body, &mut point.attributes, POINT_ATTRIBUTES_MAX)?,
            (2, Fixed64(ns)) => point.start_ns = ns,
            (3, Fixed64(ns)) => point.time_ns = ns,
            (4, Fixed64(count)) => parts.count = count,
            (5, Fixed64(bits)) => parts.sum = f64::from_bits(bits),
            (6, Varint(bits)) => parts.scale = zigzag(bits),
            (7, Fixed64(count)) => parts.zero_count = count,
            (8, Bytes(body)) => buckets(body, &mut parts)?,
            (9, Bytes(body)) => parts.has_negative |= Reader::new(body).next()?.is_some(),
            (12, Fixed64(bits)) => parts.min = f64::from_bits(bits),
            (13, Fixed64(bits)) => parts.max = f64::from_bits(bits),
            _ => {}
        }
        Ok(())
    })?;
    point.value = PointValue::Histogram(parts);
    Ok(())
}

fn bucket_point<'a>(bytes: &'a [u8], point: &mut Point<'a>) -> Result<(), Reason> {
    fn push<T>(list: &mut Vec<T>, item: T) -> Result<(), Wrong> {
        if list.len() >= HISTOGRAM_BUCKETS_READ_MAX {
            return Err(Wrong(TOO_MANY_BUCKETS));
        }
        list.push(item);
        Ok(())
    }
    fn packed(bytes: &[u8]) -> impl Iterator<Item = u64> {
        bytes.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number))
    }
    *point = Point { attributes: emptied(&mut point.attributes), ..Point::default() };
    let mut parts = BucketParts::default();
    read(bytes, |field, value| {
        match (field, value) {
            (2, Fixed64(ns)) => point.start_ns = ns,
            (3, Fixed64(ns)) => point.time_ns = ns,
            (4, Fixed64(count)) => parts.count = count,
            (5, Fixed64(bits)) => parts.sum = f64::from_bits(bits),
            (6, Fixed64(count)) => push(&mut parts.counts, count)?,
            (6, Bytes(counts)) => packed(counts).try_for_each(|count| push(&mut parts.counts, count))?,
            (7, Fixed64(bits)) => push(&mut parts.bounds, f64::from_bits(bits))?,
            (7, Bytes(bounds)) => {
                packed(bounds).try_for_each(|bits| push(&mut parts.bounds, f64::from_bits(bits)))?;
            }
            (9, Bytes(body)) => attribute(body, &mut point.attributes, POINT_ATTRIBUTES_MAX)?,
            _ => {}
        }
        Ok(())
    })?;
    point.value = PointValue::Buckets(parts);
    Ok(())
}

fn buckets(bytes: &[u8], parts: &mut HistogramParts) -> Result<(), Wrong> {
    fn push(buckets: &mut Vec<u64>, count: u64) -> Result<(), Wrong> {
        if buckets.len() >= HISTOGRAM_BUCKETS_READ_MAX {
            return Err(Wrong(TOO_MANY_BUCKETS));
        }
        buckets.push(count);
        Ok(())
    }
    let mut offset = 0;
    Reader::new(bytes).fields(|field, value| {
        match (field, value) {
            (1, Varint(bits)) => offset = zigzag(bits),
            (2, Varint(count)) => push(&mut parts.buckets, count)?,
            // Nearly all counts have one byte.
            (2, Bytes(packed)) if packed.is_ascii() => {
                if parts.buckets.len() + packed.len() > HISTOGRAM_BUCKETS_READ_MAX {
                    return Err(Wrong(TOO_MANY_BUCKETS));
                }
                parts.buckets.extend(packed.iter().map(|count| u64::from(*count)));
            }
            (2, Bytes(packed)) => {
                parts.buckets.reserve(packed.len().min(HISTOGRAM_BUCKETS_READ_MAX));
                let mut packed = Reader::new(packed);
                while !packed.is_empty() {
                    push(&mut parts.buckets, packed.varint()?)?;
                }
            }
            _ => {}
        }
        Ok::<(), Wrong>(())
    })?;
    parts.offset = offset;
    Ok(())
}

/// A `sint32`; protobuf cuts longer numbers to 32 bits.
fn zigzag(bits: u64) -> i32 {
    let bits = bits as u32;
    (bits >> 1).cast_signed() ^ -((bits & 1).cast_signed())
}

fn span<'a>(bytes: &'a [u8], span: &mut Span<'a>) -> Result<(), Reason> {
    *span = Span { attributes: emptied(&mut span.attributes), ..Span::default() };
    read(bytes, |field, value| {
        match (field, value) {
            (1, Bytes(id)) => span.trace_id = id.try_into().map_err(|_| Wrong(BAD_ID))?,
            (2, Bytes(id)) => span.span_id = id.try_into().map_err(|_| Wrong(BAD_ID))?,
            (3, Bytes(state)) => span.trace_state = utf8(state)?,
            (4, Bytes([])) => {}
            (4, Bytes(id)) => span.parent_span_id = id.try_into().map_err(|_| Wrong(BAD_ID))?,
            (5, Bytes(name)) => span.name = utf8(name)?,
            (6, Varint(kind)) => span.kind = kind,
            (7, Fixed64(ns)) => span.start_ns = ns,
            (8, Fixed64(ns)) => span.end_ns = ns,
            (9, Bytes(body)) => attribute(body, &mut span.attributes, SPAN_ATTRIBUTES_MAX)?,
            (11, Bytes(body)) if span.events.len() < EVENTS_PER_SPAN_MAX => span.events.push(event(body)?),
            (13, Bytes(body)) if span.links.len() < LINKS_PER_SPAN_MAX => span.links.extend(link(body)?),
            (15, Bytes(body)) => status(body, span)?,
            _ => {}
        }
        Ok(())
    })
}

fn status<'a>(bytes: &'a [u8], span: &mut Span<'a>) -> Result<(), Wrong> {
    Reader::new(bytes).fields(|field, value| {
        match (field, value) {
            (2, Bytes(message)) => span.status_message = utf8(message)?,
            (3, Varint(code)) => span.status = code,
            _ => {}
        }
        Ok::<(), Wrong>(())
    })
}

/// Trace and span.
type Link = ([u8; 16], [u8; 8]);

/// A link whose ids have their length; others say nothing.
fn link(bytes: &[u8]) -> Result<Option<Link>, Wrong> {
    let (mut trace, mut span) = (None, None);
    Reader::new(bytes).fields(|field, value| {
        match (field, value) {
            (1, Bytes(id)) => trace = id.try_into().ok(),
            (2, Bytes(id)) => span = id.try_into().ok(),
            _ => {}
        }
        Ok::<(), Wrong>(())
    })?;
    Ok(trace.zip(span))
}

fn event(bytes: &[u8]) -> Result<Event<'_>, Wrong> {
    let mut event = Event::default();
    Reader::new(bytes).fields(|field, value| {
        match (field, value) {
            (2, Bytes(name)) => event.name = utf8(name)?,
            (3, Bytes(body)) if event.attributes.len() < EVENT_ATTRIBUTES_MAX => {
                attribute(body, &mut event.attributes, EVENT_ATTRIBUTES_MAX)?;
            }
            _ => {}
        }
        Ok::<(), Wrong>(())
    })?;
    Ok(event)
}

fn attributes_at(bytes: &[u8], at: u32, max: usize) -> Result<Attributes<'_>, Reason> {
    let mut attributes = Attributes::new();
    read(bytes, |field, value| match value {
        Bytes(body) if field == at => attribute(body, &mut attributes, max),
        _ => Ok(()),
    })?;
    Ok(attributes)
}

/// Reads one `KeyValue`.
fn attribute<'a>(bytes: &'a [u8], attributes: &mut Attributes<'a>, max: usize) -> Result<(), Wrong> {
    if attributes.len() >= max {
        return Err(Wrong(TOO_MANY_ATTRIBUTES));
    }
    // Nearly all of them: a short key and then a short value.
    if let Some((key, value)) = short_field(0x0a, bytes)
        && let Some((value, [])) = short_field(0x12, value)
    {
        attributes.push((utf8(key)?, any_value(value)?));
        return Ok(());
    }
    let mut key: &[u8] = &[];
    let mut value = Value::Other;
    Reader::new(bytes).fields(|field, found| {
        match (field, found) {
            (1, Bytes(bytes)) => key = bytes,
            (2, Bytes(bytes)) => value = any_value(bytes)?,
            _ => {}
        }
        Ok::<(), Wrong>(())
    })?;
    if key.len() > ATTRIBUTE_KEY_BYTES_MAX {
        return Err(Wrong(LONG_KEY));
    }
    attributes.push((utf8(key)?, value));
    Ok(())
}

/// The bytes of a field with this tag that stands in front and is shorter than 128, and what follows it.
#[inline]
fn short_field(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    match bytes {
        [found, length @ 0..=0x7f, rest @ ..] if *found == tag => rest.split_at_checked(usize::from(*length)),
        _ => None,
    }
}

fn any_value(bytes: &[u8]) -> Result<Value<'_>, Wrong> {
    if let Some((text, [])) = short_field(0x0a, bytes) {
        return Ok(Value::Text(utf8(text)?));
    }
    let mut value = Value::Other;
    Reader::new(bytes).fields(|field, found| {
        value = match (field, found) {
            (1, Bytes(text)) => Value::Text(utf8(text)?),
            (2, Varint(bits)) => Value::Bool(bits != 0),
            (3, Varint(bits)) => Value::Integer(bits.cast_signed()),
            (5, Bytes(body)) => array(body)?,
            _ => Value::Other,
        };
        Ok::<(), Wrong>(())
    })?;
    Ok(value)
}

/// An array of texts; of anything else, and deeper ones, only that they are there.
fn array(bytes: &[u8]) -> Result<Value<'_>, Wrong> {
    let mut texts = Vec::new();
    let mut all_texts = true;
    Reader::new(bytes).fields(|field, found| {
        let (1, Bytes(body)) = (field, found) else { return Ok(()) };
        let mut element = Reader::new(body);
        match element.next()? {
            Some((1, Bytes(text))) if texts.len() < ATTRIBUTE_ARRAY_MAX => texts.push(utf8(text)?),
            Some((1, Bytes(_))) => {}
            _ => all_texts = false,
        }
        Ok::<(), Wrong>(())
    })?;
    Ok(if all_texts { Value::Texts(texts) } else { Value::Other })
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Wrong> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| Wrong(NOT_UTF8))
}

fn read<'a>(bytes: &'a [u8], each: impl FnMut(u32, Field<'a>) -> Result<(), Wrong>) -> Result<(), Reason> {
    Reader::new(bytes).fields(each).map_err(|wrong| wrong.0)
}
