//! Correlation headers on their way in: continue, begin anew under the same GUID, or ignore.

use tierline_model::correlation::Received;
use tierline_model::trace_context::{self, TraceParent};
use tierline_model::{AppId, CorrelationHeader, Guid, SegmentKind};

use crate::record::Inherited;
use crate::registry::ContinuedKey;

/// What a received header means for the BT that begins.
pub(crate) struct Incoming {
    /// The BT to continue; `None` begins a new one that has the request's GUID.
    pub(crate) continued: Option<ContinuedKey>,
    pub(crate) inherited: Box<Inherited>,
    /// The tier before asks to keep this execution.
    pub(crate) keep: bool,
}

/// Reads a header: ours, or the `traceparent` of a caller that only knows OpenTelemetry; or several in lines of their
/// own, see [`read_all`]. `None`: as if there were none.
pub(crate) fn read(text: &str, app_id: AppId, account: Guid) -> Option<Incoming> {
    if text.contains('\n') {
        return read_all(text, app_id, account);
    }
    read_ours(text, app_id, account).or_else(|| TraceParent::parse(text).as_ref().map(of_trace_parent))
}

fn read_ours(text: &str, app_id: AppId, account: Guid) -> Option<Incoming> {
    match CorrelationHeader::parse(text) {
        Ok(Received::Continue(header)) => Some(of_header(&header, app_id, account)),
        _ => None,
    }
}

/// Reads what a request came with: a valid correlation header, else our member of `tracestate`, else `traceparent`
/// (architecture.md 3). `text` is the header alone, or header, `traceparent` and `tracestate` in lines of their own,
/// each of which may be empty.
pub(crate) fn read_all(text: &str, app_id: AppId, account: Guid) -> Option<Incoming> {
    let mut lines = text.splitn(3, '\n');
    let header = lines.next().and_then(|header| read_ours(header, app_id, account));
    if header.is_some() {
        return header;
    }
    let parent = TraceParent::parse(lines.next()?)?;
    let state = lines.next().unwrap_or_default();
    match trace_context::read_member(state, &parent, account) {
        // The span that called is the one in `traceparent`: there may be services in between that only know spans.
        Some(header) => {
            let mut incoming = of_header(&header, app_id, account);
            if parent.span_id != header.parent_span_id() {
                behind_others(&mut incoming, &parent);
            }
            Some(incoming)
        }
        None => Some(of_trace_parent(&parent)),
    }
}

fn of_header(header: &CorrelationHeader, app_id: AppId, account: Guid) -> Incoming {
    let ours = header.account_guid.is_none_or(|guid| guid == account);
    let continues = ours && header.app_id == app_id;
    let kind = match (ours, header.exit_type.is_async()) {
        (false, _) => SegmentKind::Internal,
        (true, true) => SegmentKind::Consumer,
        (true, false) => SegmentKind::Server,
    };
    let caller = header.caller();
    let inherited = Inherited {
        guid: header.guid,
        // Also where a new BT begins: the ids of its exit calls derive from GUID and sequence and must differ
        // from the caller's.
        sequence: header.exit_sequence.clone(),
        parent_span_id: ours.then(|| header.parent_span_id()),
        caller: continues.then_some(caller),
        kind,
        timestamp_ms: if continues { header.timestamp_ms } else { 0 },
    };
    Incoming {
        continued: continues.then_some(ContinuedKey { bt_id: header.bt_id, caller }),
        inherited: Box::new(inherited),
        keep: ours && header.snapshot,
    }
}

/// Somebody in between called us, not the one who wrote the member: the backend that one called is not this tier, and
/// two such requests have the same sequence, but not the same parent.
fn behind_others(incoming: &mut Incoming, parent: &TraceParent) {
    let inherited = &mut incoming.inherited;
    inherited.parent_span_id = Some(parent.span_id);
    inherited.sequence = format!("{}|{}", inherited.sequence, parent.span_id.to_u64()).into();
    for caller in inherited.caller.iter_mut().chain(incoming.continued.iter_mut().map(|key| &mut key.caller))
    {
        caller.backend_id = None;
    }
}

/// A new BT in the caller's trace.
fn of_trace_parent(parent: &TraceParent) -> Incoming {
    let inherited = Inherited {
        guid: parent.guid,
        // Two requests of one trace have different parents; their exit calls must have different ids too.
        sequence: parent.span_id.to_u64().to_string().into(),
        parent_span_id: Some(parent.span_id),
        caller: None,
        kind: SegmentKind::Server,
        timestamp_ms: 0,
    };
    Incoming { continued: None, inherited: Box::new(inherited), keep: false }
}
