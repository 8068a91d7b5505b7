//! Foreign spans from `ExportTraceServiceRequest`.

use std::sync::Arc;

use tierline_model::limits::{
    ERROR_MESSAGE_CHARS_MAX, ERROR_STACK_CHARS_MAX, ERRORS_PER_SEGMENT_MAX, NAME_CHARS_MAX,
};
use tierline_model::name::cut;
use tierline_model::trace_context::TRACE_STATE_KEY;
use tierline_model::{ErrorRecord, Guid, SegmentKind, SpanId};

use super::bag::{self, Bag};
use super::collector::Collector;
use super::{DecodedForeign, Entry, ForeignSpan, Role, entry, exit};
use crate::attribute as name;
use crate::limits::{FOREIGN_DURATION_NS_MAX, JSON_REQUEST_BYTES_MAX};
use crate::otlp::view::{Attributes, Reason, Span, SpanSink};
use crate::otlp::{DecodeError, DecodeLimits, read_json, read_protobuf};

const BAD_ID: Reason = "a trace or span id is missing or zero";
const BAD_TIME: Reason = "a span ends before it begins, or a day after it";
const OUT_OF_RANGE: Reason = "the time is too far from the controller's clock";

/// Bytes of a `tracestate` that is looked at (W3C asks for 512).
const TRACE_STATE_BYTES_MAX: usize = 2_048;

/// Reads the foreign spans of an `ExportTraceServiceRequest` in protobuf; those of our agents are passed over.
///
/// # Errors
/// When the request is too large or its frame is not protobuf.
pub fn decode_traces(request: &[u8], limits: &DecodeLimits) -> Result<DecodedForeign, DecodeError> {
    Collector::new(limits, true).read(request, limits.request_bytes_max, read_protobuf::traces)
}

/// The same in OTLP/JSON.
///
/// # Errors
/// When the request is too large or its frame is not JSON.
pub fn decode_traces_json(request: &[u8], limits: &DecodeLimits) -> Result<DecodedForeign, DecodeError> {
    let bytes_max = limits.request_bytes_max.min(JSON_REQUEST_BYTES_MAX);
    Collector::new(limits, true).read(request, bytes_max, read_json::traces)
}

impl SpanSink for Collector<'_> {
    fn span(&mut self, span: Result<&Span<'_>, Reason>) -> Result<(), DecodeError> {
        let span = span.and_then(|span| foreign(span, self.limits));
        self.take(span.map(Some), |batch, span| batch.spans.push(span))
    }
}

fn foreign(span: &Span<'_>, limits: &DecodeLimits) -> Result<ForeignSpan, Reason> {
    let guid = Guid::from_bytes(span.trace_id).ok_or(BAD_ID)?;
    let span_id = SpanId::from_bytes(span.span_id).ok_or(BAD_ID)?;
    let duration_ns = span.end_ns.checked_sub(span.start_ns).ok_or(BAD_TIME)?;
    if duration_ns > FOREIGN_DURATION_NS_MAX {
        return Err(BAD_TIME);
    }
    if span.start_ns / 1_000_000 < limits.time_ms_min || span.end_ns / 1_000_000 > limits.time_ms_max {
        return Err(OUT_OF_RANGE);
    }
    let bag = Bag(&span.attributes);
    let parent = SpanId::from_bytes(span.parent_span_id);
    let failed = span.status == 2;
    let http_status = bag.number(bag::HTTP_STATUS).and_then(|status| u16::try_from(status).ok());
    let mut errors = exceptions(span);
    if failed && errors.is_empty() {
        errors.push(from_status(span, &bag, http_status));
    }
    let ours = span.trace_state.len() <= TRACE_STATE_BYTES_MAX
        && span
            .trace_state
            .split(',')
            .any(|member| member.trim().split_once('=').is_some_and(|(key, _)| key == TRACE_STATE_KEY));
    Ok(ForeignSpan {
        guid,
        span_id,
        parent: parent.filter(|parent| *parent != span_id),
        link: span
            .links
            .iter()
            .find_map(|(trace, span)| Some((Guid::from_bytes(*trace)?, SpanId::from_bytes(*span)?))),
        trace_state: ours.then(|| Arc::from(&*span.trace_state)),
        role: role(span, &bag, parent.is_some()),
        start_unix_ns: span.start_ns,
        duration_ns,
        failed,
        http_status,
        errors,
    })
}

fn role(span: &Span<'_>, bag: &Bag<'_>, has_parent: bool) -> Role {
    let inside = || {
        // Only a root may become a segment, and only a segment shows its attributes.
        let details = if has_parent { Vec::new() } else { entry::details(bag) };
        let name = Arc::from(tierline_model::name::clean_bt_name(&span.name));
        Role::Inside(Entry { kind: SegmentKind::Internal, name, details, request: None })
    };
    match span.kind {
        2 => Role::Entry(entry::entry(SegmentKind::Server, &span.name, bag)),
        5 if exit::polls(bag) => inside(),
        5 => Role::Entry(entry::entry(SegmentKind::Consumer, &span.name, bag)),
        3 | 4 => {
            exit::exit(&span.name, bag, span.kind == 4).map_or_else(inside, |exit| Role::Exit(Box::new(exit)))
        }
        _ => inside(),
    }
}

fn exceptions(span: &Span<'_>) -> Vec<ErrorRecord> {
    span.events
        .iter()
        .filter(|event| event.name == name::EXCEPTION_EVENT)
        .take(ERRORS_PER_SEGMENT_MAX)
        .map(|event| exception(&event.attributes))
        .collect()
}

/// The error that `exception.*` attributes describe.
pub(super) fn exception(attributes: &Attributes<'_>) -> ErrorRecord {
    let bag = Bag(attributes);
    let text = |key: &str, chars_max: usize| -> Arc<str> {
        Arc::from(cut(&bag.text(&[key]).unwrap_or_default(), chars_max))
    };
    ErrorRecord {
        type_name: text(name::EXCEPTION_TYPE, NAME_CHARS_MAX),
        message: text(name::EXCEPTION_MESSAGE, ERROR_MESSAGE_CHARS_MAX),
        stack: text(name::EXCEPTION_STACKTRACE, ERROR_STACK_CHARS_MAX),
    }
}

/// A failure without an exception: the HTTP status, or what the span's status says.
fn from_status(span: &Span<'_>, bag: &Bag<'_>, http_status: Option<u16>) -> ErrorRecord {
    let kind = match (http_status, bag.text(&["error.type"])) {
        (Some(status), _) if status >= 400 => format!("HTTP {status}"),
        (_, Some(kind)) => kind.into_owned(),
        _ => "Error".to_owned(),
    };
    ErrorRecord {
        type_name: Arc::from(cut(&kind, NAME_CHARS_MAX)),
        message: Arc::from(cut(&span.status_message, ERROR_MESSAGE_CHARS_MAX)),
        stack: Arc::from(""),
    }
}
