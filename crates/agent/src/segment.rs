//! From the record of a BT to the segment that is kept.

use std::sync::Arc;

use tierline_model::limits::USER_DATA_KEY_CHARS_MAX;
use tierline_model::name::{clean_name, cut};
use tierline_model::{CapturePolicy, ExitCallRecord, Property, Segment, SegmentKind, Thresholds, Verdict};

use crate::header::{guid_of, push_sequence};
use crate::record::{ExitRecord, Record};
use crate::recorder::Core;
use crate::thread_cache;

/// How an execution ended, or stands.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) end_ns: u64,
    pub(crate) verdict: Verdict,
    pub(crate) thresholds: Thresholds,
    pub(crate) policy: CapturePolicy,
    pub(crate) in_flight: bool,
    pub(crate) abandoned: bool,
}

/// Makes the segment. Makes the ids if nobody needed them before; a record keeps them, so that the segment of
/// a stall in flight and the final one have the same.
pub(crate) fn make(record: &mut Record, end: &End) -> Option<Segment> {
    let guid = guid_of(record);
    let span_id = match record.span_id {
        Some(id) => id,
        None => {
            let core = record.core.as_ref()?;
            let id = thread_cache::with(core, |cache| cache.random().span_id());
            record.span_id = Some(id);
            id
        }
    };
    record.exit_errors.sort_by_key(|(owner, _)| *owner);
    let core = record.core.as_ref()?;
    let bt = record.bt.as_ref()?;
    let inherited = record.inherited.as_deref();
    let sequence = inherited.map_or_else(|| Arc::from(""), |i| i.sequence.clone());
    let exit_calls = record.exits.iter().enumerate();
    let exit_calls = exit_calls
        .filter_map(|(position, exit)| exit_call(record, core, &sequence, position as u32, exit, end.end_ns));
    Some(Segment {
        guid,
        span_id,
        parent_span_id: inherited.and_then(|i| i.parent_span_id),
        bt: bt.bt.clone(),
        caller: inherited.and_then(|i| i.caller).filter(|_| bt.caller.is_some()),
        kind: inherited.map_or(SegmentKind::Internal, |i| i.kind),
        start_unix_ns: core.unix_ns(record.start_ns),
        duration_ns: end.end_ns.saturating_sub(record.start_ns),
        cpu_ns: None,
        verdict: end.verdict,
        thresholds: end.thresholds,
        policy: end.policy,
        in_flight: end.in_flight,
        abandoned: end.abandoned,
        thread: record.thread.clone().unwrap_or_else(|| Arc::from("")),
        errors: record.errors.clone(),
        user_data: record.user_data().map(|(key, value)| (user_data_key(key), Arc::from(value))).collect(),
        exit_calls: exit_calls.collect(),
        exit_calls_dropped: record.exits_dropped,
        sequence,
    })
}

fn user_data_key(key: &str) -> Arc<str> {
    Arc::from(cut(key.trim(), USER_DATA_KEY_CHARS_MAX))
}

fn exit_call(
    record: &Record,
    core: &Core,
    segment: &str,
    position: u32,
    exit: &ExitRecord,
    end_ns: u64,
) -> Option<ExitCallRecord> {
    let mut sequence = String::with_capacity(segment.len() + 12);
    push_sequence(&mut sequence, segment, exit.number);
    let first = record.exit_errors.partition_point(|(owner, _)| *owner < position);
    let errors = record.exit_errors.iter().skip(first).take_while(|(owner, _)| *owner == position);
    let duration_ns = if exit.ended { exit.duration_ns } else { end_ns.saturating_sub(exit.start_ns) };
    Some(ExitCallRecord {
        backend: core.backends.get(exit.backend)?.backend.clone(),
        sequence: Arc::from(sequence),
        display_name: Arc::from(clean_name(record.text(exit.display_name))),
        operation: Arc::from(record.text(exit.operation)),
        optional_properties: record.properties(exit).map(|(n, v)| Property::new(n, v)).collect(),
        start_offset_ns: exit.start_ns.saturating_sub(record.start_ns),
        duration_ns,
        ended: exit.ended,
        errors: errors.map(|(_, error)| error.clone()).collect(),
    })
}

/// Bytes a segment holds, about: texts, records, and what their allocations cost.
pub(crate) fn bytes_of(segment: &Segment) -> usize {
    const TEXT: usize = 32;
    let error = |e: &tierline_model::ErrorRecord| {
        e.type_name.len() + e.message.len() + e.stack.len() + 3 * TEXT + size_of_val(e)
    };
    let property = |p: &Property| p.name.len() + p.value.len() + 2 * TEXT + size_of_val(p);
    let user_data: usize = segment.user_data.iter().map(|(k, v)| k.len() + v.len() + 2 * TEXT + 32).sum();
    // The backend's texts are shared with the registry; its list of properties is copied.
    let exit = |e: &ExitCallRecord| {
        size_of_val(e)
            + e.sequence.len()
            + e.display_name.len()
            + e.operation.len()
            + 3 * TEXT
            + e.backend.key.properties.len() * size_of::<Property>()
            + e.optional_properties.iter().map(property).sum::<usize>()
            + e.errors.iter().map(error).sum::<usize>()
    };
    size_of::<Segment>()
        + segment.sequence.len()
        + 2 * TEXT
        + user_data
        + segment.errors.iter().map(error).sum::<usize>()
        + segment.exit_calls.iter().map(exit).sum::<usize>()
}
