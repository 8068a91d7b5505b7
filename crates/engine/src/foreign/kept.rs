//! A kept trace's segment as a snapshot.

use tierline_model::foreign::{Role, SPAN_ID_PROPERTY};
use tierline_model::limits::{ERRORS_PER_SEGMENT_MAX, PROPERTIES_MAX};
use tierline_model::{
    CapturePolicy, ErrorRecord, ExitCallRecord, Property, Segment, SegmentKind, Thresholds, Verdict,
};

use super::assembly::{Assembled, SegmentDraft};
use crate::limits::FOREIGN_EXIT_CALLS_MAX;

/// What became of a segment.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) thresholds: Thresholds,
    pub(super) errors: Vec<ErrorRecord>,
    pub(super) end_ms: u64,
}

/// The segment's record.
pub(super) fn segment(
    assembled: &Assembled,
    draft: &SegmentDraft,
    judged: &Judged,
    policy: CapturePolicy,
) -> Option<Segment> {
    let held = assembled.spans.get(draft.span)?;
    let span = &held.span;
    let (kind, user_data) = match &span.role {
        Role::Entry(entry) | Role::Inside(entry) => (entry.kind, entry.details.clone()),
        Role::Exit(_) => (SegmentKind::Internal, Vec::new()),
    };
    let exit_calls: Vec<ExitCallRecord> = draft
        .exits
        .iter()
        .take(FOREIGN_EXIT_CALLS_MAX)
        .filter_map(|number| exit_call(assembled, draft, *number))
        .collect();
    Some(Segment {
        guid: span.guid,
        span_id: span.span_id,
        parent_span_id: span.parent,
        sequence: draft.sequence.clone(),
        bt: draft.bt.clone(),
        caller: draft.caller,
        kind,
        start_unix_ns: span.start_unix_ns,
        duration_ns: span.duration_ns,
        cpu_ns: None,
        verdict: judged.verdict,
        thresholds: judged.thresholds,
        policy,
        in_flight: false,
        abandoned: false,
        thread: "".into(),
        errors: judged.errors.iter().take(ERRORS_PER_SEGMENT_MAX).cloned().collect(),
        user_data,
        exit_calls_dropped: (draft.exits.len() - exit_calls.len()) as u64,
        exit_calls,
    })
}

fn exit_call(assembled: &Assembled, draft: &SegmentDraft, number: usize) -> Option<ExitCallRecord> {
    let held = assembled.spans.get(number)?;
    let Role::Exit(exit) = &held.span.role else { return None };
    let begun = assembled.spans.get(draft.span)?.span.start_unix_ns;
    let mut optional_properties =
        vec![Property { name: SPAN_ID_PROPERTY.into(), value: held.span.span_id.to_string().into() }];
    optional_properties.extend(exit.details.iter().take(PROPERTIES_MAX - 1).cloned());
    Some(ExitCallRecord {
        backend: assembled.backends.get(&number)?.clone(),
        sequence: assembled.sequence(draft, number),
        display_name: exit.name.clone(),
        operation: exit.operation.clone(),
        optional_properties,
        start_offset_ns: held.span.start_unix_ns.saturating_sub(begun),
        duration_ns: held.span.duration_ns,
        ended: true,
        errors: held.span.errors.clone(),
    })
}
