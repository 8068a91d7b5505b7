//! Kept segments from `ExportTraceServiceRequest`.

use std::collections::HashMap;
use std::sync::Arc;

use tierline_model::limits::{
    ERROR_MESSAGE_CHARS_MAX, ERROR_STACK_CHARS_MAX, ERRORS_PER_SEGMENT_MAX, EXIT_CALLS_PER_SEGMENT_MAX,
    EXIT_SEQUENCE_BYTES_MAX, NAME_CHARS_MAX, OPERATION_CHARS_MAX, USER_DATA_ENTRIES_MAX,
    USER_DATA_KEY_CHARS_MAX, USER_DATA_VALUE_CHARS_MAX,
};
use tierline_model::name::cut;
use tierline_model::snapshot::{CapturePolicy, ErrorRecord, ExitCallRecord, SegmentKind};
use tierline_model::{AgentIdentity, Guid, Segment, SpanId, Thresholds, Verdict};

use super::decode_metrics::check_size;
use super::decode_series::{BackendDraft, BtDraft, take_properties};
use super::view::{Attributes, Event, Reason, Sink, Span, SpanSink, Value};
use super::{
    AgentSegments, DecodeError, DecodeLimits, DecodedTraces, Outcome, interned, read_json, read_protobuf,
};
use crate::attribute as name;
use crate::limits::JSON_REQUEST_BYTES_MAX;

/// Reads an `ExportTraceServiceRequest` in protobuf.
///
/// Gives every segment that is ours with its exit calls; other spans are counted in the outcome. A span that breaks a
/// limit is rejected alone, an exit call whose segment is not in the request as well.
///
/// # Errors
/// When the request is too large or its frame is not protobuf.
pub fn decode_traces(request: &[u8], limits: &DecodeLimits) -> Result<DecodedTraces, DecodeError> {
    check_size(request, limits.request_bytes_max)?;
    let mut collector = TracesCollector::new(limits);
    read_protobuf::traces(request, &mut collector)?;
    Ok(collector.finish())
}

/// Reads an `ExportTraceServiceRequest` in OTLP/JSON.
///
/// # Errors
/// When the request is too large or its frame is not JSON.
pub fn decode_traces_json(request: &[u8], limits: &DecodeLimits) -> Result<DecodedTraces, DecodeError> {
    check_size(request, limits.request_bytes_max.min(JSON_REQUEST_BYTES_MAX))?;
    let mut collector = TracesCollector::new(limits);
    read_json::traces(request, &mut collector)?;
    Ok(collector.finish())
}

const ORPHAN: Reason = "an exit call without its segment";
const BAD_ID: Reason = "a trace or span id is missing or zero";
const BAD_TIME: Reason = "a span ends before it begins";
const OUT_OF_RANGE: Reason = "the time is too far from the controller's clock";
const BAD_KIND: Reason = "a segment is neither a SERVER, a CONSUMER nor an INTERNAL span";
const BAD_SEQUENCE: Reason = "the exit call sequence is missing or too long";
const BAD_SEGMENT: Reason = "the verdict or the capture policy of a segment is unknown";
const TOO_MANY_CALLS: Reason = "too many exit calls in one segment";
const OTHER_AGENTS_SPAN: Reason = "an exit call and its segment come from different agents";

/// An exit call on its way to its segment.
struct ExitDraft {
    batch: usize,
    guid: Guid,
    parent: SpanId,
    start_ns: u64,
    record: ExitCallRecord,
}

struct TracesCollector<'l> {
    limits: &'l DecodeLimits,
    outcome: Outcome,
    batches: Vec<AgentSegments>,
    /// Where the spans that come now belong, when they are ours.
    current: Option<usize>,
    /// The segment read last, where its exit calls nearly always belong.
    last: Option<(usize, usize)>,
    /// Exit calls that came before their segment.
    early: Vec<ExitDraft>,
}

impl<'l> TracesCollector<'l> {
    fn new(limits: &'l DecodeLimits) -> Self {
        Self {
            limits,
            outcome: Outcome::default(),
            batches: Vec::new(),
            current: None,
            last: None,
            early: Vec::new(),
        }
    }

    fn last_segment(&mut self) -> Option<&mut Segment> {
        let (batch, segment) = self.last?;
        self.batches.get_mut(batch)?.segments.get_mut(segment)
    }

    /// Says whether the span is one of ours.
    fn accept(&mut self, batch: usize, span: &Span<'_>) -> Result<bool, Reason> {
        let is = |wanted: &str| span.attributes.iter().any(|(key, _)| key == wanted);
        let is_exit = is(name::BACKEND_ID);
        if !is_exit && !is(name::CAPTURE_POLICY) {
            return Ok(false);
        }
        let guid = Guid::from_bytes(span.trace_id).ok_or(BAD_ID)?;
        let span_id = SpanId::from_bytes(span.span_id).ok_or(BAD_ID)?;
        if span.end_ns < span.start_ns {
            return Err(BAD_TIME);
        }
        if span.start_ns / 1_000_000 < self.limits.time_ms_min
            || span.end_ns / 1_000_000 > self.limits.time_ms_max
        {
            return Err(OUT_OF_RANGE);
        }
        if is_exit {
            let parent = SpanId::from_bytes(span.parent_span_id).ok_or(BAD_ID)?;
            let record = exit_call(span)?;
            self.place(ExitDraft { batch, guid, parent, start_ns: span.start_ns, record })?;
        } else if let Some(target) = self.batches.get_mut(batch) {
            target.segments.push(segment(span, guid, span_id)?);
            self.last = Some((batch, target.segments.len() - 1));
        }
        Ok(true)
    }

    fn place(&mut self, draft: ExitDraft) -> Result<(), Reason> {
        let here = self.last.is_some_and(|(batch, _)| batch == draft.batch);
        match self.last_segment() {
            Some(segment) if here && segment.span_id == draft.parent && segment.guid == draft.guid => {
                attach(segment, draft)
            }
            _ => {
                self.early.push(draft);
                Ok(())
            }
        }
    }

    fn same_agent(&self, one: usize, other: usize) -> bool {
        let agent = |batch: usize| self.batches.get(batch).map(|batch| &batch.agent);
        one == other || agent(one) == agent(other)
    }

    fn finish(mut self) -> DecodedTraces {
        if !self.early.is_empty() {
            let mut places = HashMap::new();
            for (batch, AgentSegments { segments, .. }) in self.batches.iter().enumerate() {
                for (index, segment) in segments.iter().enumerate() {
                    places.insert((segment.guid, segment.span_id), (batch, index));
                }
            }
            for draft in std::mem::take(&mut self.early) {
                let placed = match places.get(&(draft.guid, draft.parent)) {
                    None => Err(ORPHAN),
                    Some((batch, _)) if !self.same_agent(*batch, draft.batch) => Err(OTHER_AGENTS_SPAN),
                    Some((batch, index)) => self
                        .batches
                        .get_mut(*batch)
                        .and_then(|batch| batch.segments.get_mut(*index))
                        .map_or(Err(ORPHAN), |segment| attach(segment, draft)),
                };
                if let Err(reason) = placed {
                    self.outcome.accepted -= 1;
                    self.outcome.reject(1, reason);
                }
            }
        }
        self.batches.retain(|batch| !batch.segments.is_empty());
        DecodedTraces { batches: self.batches, outcome: self.outcome }
    }
}

fn attach(segment: &mut Segment, draft: ExitDraft) -> Result<(), Reason> {
    if segment.exit_calls.len() >= EXIT_CALLS_PER_SEGMENT_MAX {
        return Err(TOO_MANY_CALLS);
    }
    let start_offset_ns = draft.start_ns.checked_sub(segment.start_unix_ns).ok_or(BAD_TIME)?;
    segment.exit_calls.push(ExitCallRecord { start_offset_ns, ..draft.record });
    Ok(())
}

impl Sink for TracesCollector<'_> {
    fn resource(&mut self, attributes: Option<&Attributes<'_>>) -> bool {
        self.current =
            attributes.and_then(super::decode_resource::identity).map(|agent| self.batch_of(agent));
        self.current.is_some()
    }

    fn skip(&mut self, count: u64) -> Result<(), DecodeError> {
        self.outcome.admit(self.limits)?;
        self.outcome.not_understood += count;
        Ok(())
    }
}

impl TracesCollector<'_> {
    /// Consecutive resources of one agent are one batch.
    fn batch_of(&mut self, agent: AgentIdentity) -> usize {
        if self.batches.last().is_none_or(|last| last.agent != agent) {
            self.batches.push(AgentSegments { agent, segments: Vec::new() });
        }
        self.batches.len() - 1
    }
}

impl SpanSink for TracesCollector<'_> {
    fn span(&mut self, span: Result<&Span<'_>, Reason>) -> Result<(), DecodeError> {
        self.outcome.admit(self.limits)?;
        let Some(batch) = self.current else { return self.skip(1) };
        match span.and_then(|span| self.accept(batch, span)) {
            Ok(true) => self.outcome.accepted += 1,
            Ok(false) => self.outcome.not_understood += 1,
            Err(reason) => self.outcome.reject(1, reason),
        }
        Ok(())
    }
}

fn segment(span: &Span<'_>, guid: Guid, span_id: SpanId) -> Result<Segment, Reason> {
    let mut bt = BtDraft::default();
    let (mut verdict, mut policy, mut sequence, mut thread) = (None, None, "", "");
    let mut thresholds = Thresholds { slow_ns: u64::MAX, very_slow_ns: u64::MAX, stall_ns: u64::MAX };
    let (mut in_flight, mut abandoned, mut cpu_ns, mut exit_calls_dropped) = (false, false, None, 0);
    let mut user_data = Vec::new();
    for (key, value) in &span.attributes {
        match &**key {
            name::VERDICT => verdict = value.text().and_then(|text| text.parse::<Verdict>().ok()),
            name::CAPTURE_POLICY => policy = value.text().and_then(|text| text.parse::<CapturePolicy>().ok()),
            name::SEQUENCE => sequence = value.text().unwrap_or_default(),
            name::THREAD_NAME => thread = value.text().unwrap_or_default(),
            name::THRESHOLD_SLOW_NS => thresholds.slow_ns = value.count().unwrap_or(u64::MAX),
            name::THRESHOLD_VERY_SLOW_NS => thresholds.very_slow_ns = value.count().unwrap_or(u64::MAX),
            name::THRESHOLD_STALL_NS => thresholds.stall_ns = value.count().unwrap_or(u64::MAX),
            name::IN_FLIGHT => in_flight = value.is_true(),
            name::ABANDONED => abandoned = value.is_true(),
            name::CPU_NS => cpu_ns = value.count(),
            name::EXIT_CALLS_DROPPED => exit_calls_dropped = value.count().unwrap_or(0),
            key => {
                if !bt.take(key, value) {
                    take_user_data(key, value, &mut user_data);
                }
            }
        }
    }
    if sequence.len() > EXIT_SEQUENCE_BYTES_MAX {
        return Err(BAD_SEQUENCE);
    }
    let (Some(verdict), Some(policy)) = (verdict, policy) else { return Err(BAD_SEGMENT) };
    Ok(Segment {
        guid,
        span_id,
        parent_span_id: SpanId::from_bytes(span.parent_span_id),
        sequence: interned::text(sequence),
        bt: bt.bt()?,
        caller: bt.caller()?,
        kind: match span.kind {
            1 => SegmentKind::Internal,
            2 => SegmentKind::Server,
            5 => SegmentKind::Consumer,
            _ => return Err(BAD_KIND),
        },
        start_unix_ns: span.start_ns,
        duration_ns: span.end_ns - span.start_ns,
        cpu_ns,
        verdict,
        thresholds,
        policy,
        in_flight,
        abandoned,
        thread: interned::text(&cut(thread, NAME_CHARS_MAX)),
        errors: errors(&span.events),
        user_data,
        exit_calls: Vec::new(),
        exit_calls_dropped,
    })
}

fn take_user_data(key: &str, value: &Value<'_>, user_data: &mut Vec<(Arc<str>, Arc<str>)>) {
    let Some(key) = key.strip_prefix(name::USER_DATA_PREFIX) else { return };
    let key = interned::text(&cut(key, USER_DATA_KEY_CHARS_MAX));
    for text in value.texts() {
        if user_data.len() < USER_DATA_ENTRIES_MAX {
            user_data.push((key.clone(), Arc::from(cut(text, USER_DATA_VALUE_CHARS_MAX))));
        }
    }
}

fn exit_call(span: &Span<'_>) -> Result<ExitCallRecord, Reason> {
    let mut backend = BackendDraft::default();
    let (mut sequence, mut operation, mut ended) = ("", "", true);
    let mut optional_properties = Vec::new();
    for (key, value) in &span.attributes {
        match &**key {
            name::SEQUENCE => sequence = value.text().unwrap_or_default(),
            name::EXIT_OPERATION => operation = value.text().unwrap_or_default(),
            name::EXIT_UNENDED => ended = !value.is_true(),
            key => {
                if !backend.take(key, value) {
                    take_properties(name::EXIT_PROPERTY_PREFIX, key, value, &mut optional_properties);
                }
            }
        }
    }
    if sequence.is_empty() || sequence.len() > EXIT_SEQUENCE_BYTES_MAX {
        return Err(BAD_SEQUENCE);
    }
    Ok(ExitCallRecord {
        backend: backend.backend()?,
        sequence: interned::text(sequence),
        display_name: interned::text(&cut(&span.name, NAME_CHARS_MAX)),
        operation: Arc::from(cut(operation, OPERATION_CHARS_MAX)),
        optional_properties,
        start_offset_ns: 0,
        duration_ns: span.end_ns - span.start_ns,
        ended,
        errors: errors(&span.events),
    })
}

fn errors(events: &[Event<'_>]) -> Vec<ErrorRecord> {
    let mut errors = Vec::new();
    for event in
        events.iter().filter(|event| event.name == name::EXCEPTION_EVENT).take(ERRORS_PER_SEGMENT_MAX)
    {
        let (mut type_name, mut message, mut stack) = ("", "", "");
        for (key, value) in &event.attributes {
            let text = value.text().unwrap_or_default();
            match &**key {
                name::EXCEPTION_TYPE => type_name = text,
                name::EXCEPTION_MESSAGE => message = text,
                name::EXCEPTION_STACKTRACE => stack = text,
                _ => {}
            }
        }
        errors.push(ErrorRecord {
            type_name: interned::text(&cut(type_name, NAME_CHARS_MAX)),
            message: Arc::from(cut(message, ERROR_MESSAGE_CHARS_MAX)),
            stack: Arc::from(cut(stack, ERROR_STACK_CHARS_MAX)),
        });
    }
    errors
}
