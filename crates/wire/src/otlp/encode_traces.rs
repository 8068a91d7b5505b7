//! `ExportTraceServiceRequest` from kept segments. Everything is written from the last to the first.

use tierline_model::snapshot::{ErrorRecord, ExitCallRecord};
use tierline_model::{AgentIdentity, Guid, Segment, SegmentKind, Verdict};

use super::encode_attributes::{flag, integer, named, resource, scope, text, text_unless_empty};
use super::encode_metrics::{backend, bt};
use crate::attribute as name;
use crate::protobuf::Writer;

// ExportTraceServiceRequest, ResourceSpans, ScopeSpans
const RESOURCE_SPANS: u32 = 1;
const RESOURCE: u32 = 1;
const SCOPE_SPANS: u32 = 2;
const SCOPE: u32 = 1;
const SPANS: u32 = 2;
// Span
const TRACE_ID: u32 = 1;
const SPAN_ID: u32 = 2;
const PARENT_SPAN_ID: u32 = 4;
const NAME: u32 = 5;
const KIND: u32 = 6;
const START: u32 = 7;
const END: u32 = 8;
const ATTRIBUTES: u32 = 9;
const EVENTS: u32 = 11;
const STATUS: u32 = 15;
const FLAGS: u32 = 16;
// Span.Event
const EVENT_TIME: u32 = 1;
const EVENT_NAME: u32 = 2;
const EVENT_ATTRIBUTES: u32 = 3;
// Status
const STATUS_MESSAGE: u32 = 2;
const STATUS_CODE: u32 = 3;
const STATUS_ERROR: u64 = 2;
// SpanKind
const INTERNAL: u64 = 1;
const SERVER: u64 = 2;
const CLIENT: u64 = 3;
const PRODUCER: u64 = 4;
const CONSUMER: u64 = 5;
// SpanFlags: sampled, and whether it is known (and so) that the parent is in another process.
const PARENT_IS_LOCAL: u32 = 0x101;
const PARENT_IS_REMOTE: u32 = 0x301;

/// Bytes of a typical span, to size the buffer.
const SPAN_BYTES_TYPICAL: usize = 600;

/// Appends kept segments as one `ExportTraceServiceRequest`; nothing when there are none.
///
/// Every segment becomes a span, directly followed by one span for each of its exit calls. Appending several
/// results to one buffer gives one valid request.
pub fn encode_traces(agent: &AgentIdentity, segments: &[Segment], out: &mut Vec<u8>) {
    if segments.is_empty() {
        return;
    }
    let spans: usize = segments.iter().map(|segment| 1 + segment.exit_calls.len()).sum();
    let mut writer = Writer::new(spans * SPAN_BYTES_TYPICAL);
    writer.message(RESOURCE_SPANS, |writer| {
        writer.message(SCOPE_SPANS, |writer| {
            for segment in segments.iter().rev() {
                for exit_call in segment.exit_calls.iter().rev() {
                    writer.message(SPANS, |writer| exit_span(writer, segment, exit_call));
                }
                writer.message(SPANS, |writer| segment_span(writer, segment));
            }
            scope(writer, SCOPE, agent);
        });
        resource(writer, RESOURCE, agent);
    });
    out.extend_from_slice(writer.written());
}

fn segment_span(writer: &mut Writer, segment: &Segment) {
    let end_ns = segment.start_unix_ns.saturating_add(segment.duration_ns);
    writer.fixed32(FLAGS, if segment.parent_span_id.is_some() { PARENT_IS_REMOTE } else { PARENT_IS_LOCAL });
    status(writer, segment.verdict == Verdict::Error, &segment.errors);
    events(writer, end_ns, &segment.errors);
    segment_attributes(writer, segment);
    writer.fixed64(END, end_ns);
    writer.fixed64(START, segment.start_unix_ns);
    writer.integer(
        KIND,
        match segment.kind {
            SegmentKind::Internal => INTERNAL,
            SegmentKind::Server => SERVER,
            SegmentKind::Consumer => CONSUMER,
        },
    );
    match &segment.bt.origin {
        Some(origin) => writer.text(NAME, &*origin.name),
        None => writer.text(NAME, format!("BT {}", segment.bt.id)),
    }
    if let Some(parent) = segment.parent_span_id {
        writer.text(PARENT_SPAN_ID, parent.to_bytes());
    }
    writer.text(SPAN_ID, segment.span_id.to_bytes());
    writer.text(TRACE_ID, segment.guid.as_bytes());
}

fn segment_attributes(writer: &mut Writer, segment: &Segment) {
    const AT: u32 = ATTRIBUTES;
    named(
        writer,
        AT,
        name::USER_DATA_PREFIX,
        segment.user_data.iter().map(|(key, value)| (&**key, &**value)),
    );
    if segment.exit_calls_dropped > 0 {
        integer(writer, AT, name::EXIT_CALLS_DROPPED, segment.exit_calls_dropped);
    }
    text_unless_empty(writer, AT, name::THREAD_NAME, &segment.thread);
    if let Some(cpu_ns) = segment.cpu_ns {
        integer(writer, AT, name::CPU_NS, cpu_ns);
    }
    flag(writer, AT, name::ABANDONED, segment.abandoned);
    flag(writer, AT, name::IN_FLIGHT, segment.in_flight);
    text(writer, AT, name::CAPTURE_POLICY, segment.policy.as_str());
    let thresholds = &segment.thresholds;
    for (key, threshold_ns) in [
        (name::THRESHOLD_STALL_NS, thresholds.stall_ns),
        (name::THRESHOLD_VERY_SLOW_NS, thresholds.very_slow_ns),
        (name::THRESHOLD_SLOW_NS, thresholds.slow_ns),
    ] {
        if threshold_ns != u64::MAX {
            integer(writer, AT, key, threshold_ns);
        }
    }
    text(writer, AT, name::VERDICT, segment.verdict.as_str());
    text_unless_empty(writer, AT, name::SEQUENCE, &segment.sequence);
    bt(writer, AT, &segment.bt, segment.caller.as_ref());
    text(writer, AT, name::GUID, &uuid(segment.guid));
}

fn uuid(guid: Guid) -> String {
    let mut text = String::with_capacity(36);
    guid.write_uuid(&mut text);
    text
}

fn exit_span(writer: &mut Writer, segment: &Segment, exit_call: &ExitCallRecord) {
    let start_ns = segment.start_unix_ns.saturating_add(exit_call.start_offset_ns);
    let end_ns = start_ns.saturating_add(exit_call.duration_ns);
    writer.fixed32(FLAGS, PARENT_IS_LOCAL);
    status(writer, !exit_call.errors.is_empty(), &exit_call.errors);
    events(writer, end_ns, &exit_call.errors);
    exit_attributes(writer, exit_call);
    writer.fixed64(END, end_ns);
    writer.fixed64(START, start_ns);
    writer.integer(KIND, if exit_call.backend.key.exit_type.is_async() { PRODUCER } else { CLIENT });
    writer.text(NAME, &*exit_call.display_name);
    writer.text(PARENT_SPAN_ID, segment.span_id.to_bytes());
    writer.text(SPAN_ID, segment.guid.exit_span_id(&exit_call.sequence).to_bytes());
    writer.text(TRACE_ID, segment.guid.as_bytes());
}

fn exit_attributes(writer: &mut Writer, exit_call: &ExitCallRecord) {
    const AT: u32 = ATTRIBUTES;
    let optional = exit_call.optional_properties.iter().map(|property| (&*property.name, &*property.value));
    named(writer, AT, name::EXIT_PROPERTY_PREFIX, optional);
    text_unless_empty(writer, AT, name::EXIT_OPERATION, &exit_call.operation);
    flag(writer, AT, name::EXIT_UNENDED, !exit_call.ended);
    text(writer, AT, name::SEQUENCE, &exit_call.sequence);
    backend(writer, AT, &exit_call.backend);
}

fn status(writer: &mut Writer, in_error: bool, errors: &[ErrorRecord]) {
    if in_error {
        writer.message(STATUS, |writer| {
            writer.integer(STATUS_CODE, STATUS_ERROR);
            if let Some(first) = errors.first() {
                writer.text(STATUS_MESSAGE, &*first.type_name);
            }
        });
    }
}

/// The model does not say when an error happened: the events stand at the span's end.
fn events(writer: &mut Writer, time_ns: u64, errors: &[ErrorRecord]) {
    for error in errors.iter().rev() {
        writer.message(EVENTS, |writer| {
            text_unless_empty(writer, EVENT_ATTRIBUTES, name::EXCEPTION_STACKTRACE, &error.stack);
            text_unless_empty(writer, EVENT_ATTRIBUTES, name::EXCEPTION_MESSAGE, &error.message);
            text(writer, EVENT_ATTRIBUTES, name::EXCEPTION_TYPE, &error.type_name);
            writer.text(EVENT_NAME, name::EXCEPTION_EVENT);
            writer.fixed64(EVENT_TIME, time_ns);
        });
    }
}
