//! Correlation headers on their way in: continue, begin anew under the same GUID, or ignore.

use tierline_model::correlation::Received;
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

/// Reads a header. `None`: as if there were none.
pub(crate) fn read(text: &str, app_id: AppId, account: Guid) -> Option<Incoming> {
    let Ok(Received::Continue(header)) = CorrelationHeader::parse(text) else {
        return None;
    };
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
    Some(Incoming {
        continued: continues.then_some(ContinuedKey { bt_id: header.bt_id, caller }),
        inherited: Box::new(inherited),
        keep: ours && header.snapshot,
    })
}
