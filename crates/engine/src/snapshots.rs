//! One kept execution, put together from the segments of its tiers.

use std::collections::HashMap;
use std::sync::Arc;

use tierline_model::foreign::exit_span_id;
use tierline_model::{AppId, ExitCallRecord, Guid, SpanId, TierId, Verdict};
use tierline_store::{Entities, SegmentRecord, Store, StoreError};

use crate::names::Names;
use crate::overlay;

/// A kept execution over all its tiers.
#[derive(Debug)]
pub struct Execution {
    /// Its segments by start.
    pub segments: Vec<PlacedSegment>,
    /// The entities of all applications it touched.
    pub entities: Vec<Arc<Entities>>,
    /// When the first segment started, nanoseconds since 1970.
    pub start_unix_ns: u64,
    /// From the first start to the last end.
    pub duration_ns: u64,
    /// The originating segment's verdict, or the earliest segment's.
    pub verdict: Verdict,
}

/// A segment and where it belongs.
#[derive(Debug)]
pub struct PlacedSegment {
    /// Everything kept of it.
    pub record: SegmentRecord,
    /// Nanoseconds after the execution's start, corrected for the clock of its machine.
    pub offset_ns: u64,
    /// One per exit call.
    pub exits: Vec<PlacedExit>,
}

/// Where an exit call led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedExit {
    /// Its span.
    pub span_id: SpanId,
    /// The tier it reached.
    pub to_tier: Option<TierId>,
    /// The segment it reached, when it was kept.
    pub to_span: Option<SpanId>,
}

impl Execution {
    /// The originating segment, or the earliest one when that was not kept.
    #[must_use]
    pub fn root(&self) -> Option<&PlacedSegment> {
        let begins = || self.segments.iter().filter(|s| s.record.segment.first_in_chain());
        let first = begins().find(|s| s.record.segment.parent_span_id.is_none());
        first.or_else(|| begins().next()).or_else(|| self.segments.first())
    }

    /// The names of everything it touched.
    #[must_use]
    pub fn names(&self) -> Names<'_> {
        let mut names = Names::default();
        self.entities.iter().for_each(|entities| names.add(entities));
        names
    }
}

/// The execution with this GUID; `None` when nothing of it was kept, or nothing of it by `app_id`.
///
/// # Errors
/// When the store cannot be read.
pub fn execution(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    guid: Guid,
) -> Result<Option<Execution>, StoreError> {
    let records = store.execution(account, guid)?;
    if !records.iter().any(|r| r.app_id == app_id) {
        return Ok(None);
    }
    let mut apps: Vec<AppId> = records.iter().map(|r| r.app_id).collect();
    apps.sort_unstable();
    apps.dedup();
    let entities: Vec<Arc<Entities>> = apps
        .into_iter()
        .map(|app| overlay::entities(store, account, app, None).map(Arc::new))
        .collect::<Result<_, _>>()?;
    Ok(assemble(records, entities))
}

/// Puts segments together: exit calls find the segment they led to, and clocks are corrected.
#[must_use]
pub fn assemble(mut records: Vec<SegmentRecord>, entities: Vec<Arc<Entities>>) -> Option<Execution> {
    // Behind a service that only knows `traceparent` a BT begins anew in the same request: the root has no parent.
    let rank = |s: &tierline_model::Segment| (!s.first_in_chain(), s.parent_span_id.is_some());
    records.sort_by_key(|r| (rank(&r.segment), r.segment.start_unix_ns, r.segment.span_id));
    let first = records.first()?;
    let verdict = first.segment.verdict;
    let start_unix_ns = records.iter().map(|r| r.segment.start_unix_ns).min()?;
    let reached: HashMap<SpanId, (TierId, SpanId)> = records
        .iter()
        .filter_map(|r| Some((r.segment.parent_span_id?, (r.tier_id, r.segment.span_id))))
        .collect();
    let windows = windows(&records, start_unix_ns);
    let mut segments: Vec<PlacedSegment> = records
        .into_iter()
        .map(|record| {
            let offset_ns = windows.get(&record.segment.span_id).copied().unwrap_or(0);
            let exits = record
                .segment
                .exit_calls
                .iter()
                .map(|exit| place_exit(record.segment.guid, exit, &reached, &entities))
                .collect();
            PlacedSegment { offset_ns, exits, record }
        })
        .collect();
    segments.sort_by_key(|s| (s.offset_ns, s.record.segment.sequence.len(), s.record.segment.span_id));
    let duration_ns =
        segments.iter().map(|s| s.offset_ns.saturating_add(s.record.segment.duration_ns)).max().unwrap_or(0);
    Some(Execution { segments, entities, start_unix_ns, duration_ns, verdict })
}

fn place_exit(
    guid: Guid,
    exit: &ExitCallRecord,
    reached: &HashMap<SpanId, (TierId, SpanId)>,
    entities: &[Arc<Entities>],
) -> PlacedExit {
    let span_id = exit_span_id(guid, exit);
    let segment = reached.get(&span_id);
    let resolved = || entities.iter().find_map(|e| e.resolved_tier(exit.backend.id));
    PlacedExit {
        span_id,
        to_tier: segment.map(|(tier, _)| *tier).or_else(resolved),
        to_span: segment.map(|(_, span)| *span),
    }
}

/// Where each segment starts, nanoseconds after the execution's start. Machines disagree about the time; a
/// segment cannot have started before the call that led to it, nor, when the caller waited, ended after it, so
/// it is moved into the window of its exit call (facts/wire-and-instrumentation 6).
fn windows(records: &[SegmentRecord], start_unix_ns: u64) -> HashMap<SpanId, u64> {
    let own = |r: &SegmentRecord| r.segment.start_unix_ns.saturating_sub(start_unix_ns);
    let mut offsets: HashMap<SpanId, u64> = records.iter().map(|r| (r.segment.span_id, own(r))).collect();
    let mut callers: HashMap<SpanId, (SpanId, &ExitCallRecord)> = HashMap::new();
    for record in records {
        for exit in &record.segment.exit_calls {
            callers.insert(exit_span_id(record.segment.guid, exit), (record.segment.span_id, exit));
        }
    }
    // Callers have shorter sequences than those they called, so going by length moves callers first.
    let mut order: Vec<&SegmentRecord> = records.iter().collect();
    order.sort_by_key(|r| r.segment.sequence.len());
    for record in order {
        let segment = &record.segment;
        let Some((caller, exit)) = segment.parent_span_id.and_then(|parent| callers.get(&parent)) else {
            continue;
        };
        let Some(window_start) = offsets.get(caller).map(|o| o.saturating_add(exit.start_offset_ns)) else {
            continue;
        };
        let mut offset = own(record);
        if !exit.backend.key.exit_type.is_async() && exit.ended {
            let window_end = window_start.saturating_add(exit.duration_ns);
            offset = offset.min(window_end.saturating_sub(segment.duration_ns));
        }
        offsets.insert(segment.span_id, offset.max(window_start));
    }
    offsets
}

#[cfg(test)]
#[path = "snapshots/tests.rs"]
mod tests;
