//! What is remembered of decided traces for a while: so that a repetition is known, a late child finds its parent, and
//! a tier of ours is recognised as the backend a foreign one called.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tierline_model::{AppId, BackendId, BtId, Guid, SpanId, TierId};
use tierline_store::Resolution;

use super::{Process, TraceKey};
use crate::limits::{FOREIGN_KEPT_ELSEWHERE_MAX, FOREIGN_PLACES_MAX, FOREIGN_REMEMBERED_MS};

/// Where a decided span belongs.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) process: Arc<Process>,
    pub(super) bt_id: BtId,
    pub(super) bt_app_id: AppId,
    /// When it was an exit call.
    pub(super) backend_id: Option<BackendId>,
    /// Of the exit call, or of the segment it lies in.
    pub(super) sequence: Arc<str>,
}

#[derive(Debug, Default)]
struct Decided {
    places: HashMap<SpanId, Option<Place>>,
    kept: bool,
    decided_ms: u64,
}

/// A segment one of our agents kept.
#[derive(Clone, Copy, Debug)]
struct KeptElsewhere {
    parent: Option<SpanId>,
    app_id: AppId,
    tier_id: TierId,
}

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct Memory {
    decided: HashMap<TraceKey, Decided>,
    /// In the order of decisions; a trace may stand here again.
    order: VecDeque<(u64, TraceKey)>,
    places: usize,
    elsewhere: HashMap<TraceKey, Vec<KeptElsewhere>>,
    elsewhere_order: VecDeque<(u64, TraceKey)>,
}

impl Memory {
    pub(super) fn knows(&self, key: &TraceKey, span: SpanId) -> bool {
        self.decided.get(key).is_some_and(|decided| decided.places.contains_key(&span))
    }

    pub(super) fn place(&self, key: &TraceKey, span: SpanId) -> Option<&Place> {
        self.decided.get(key)?.places.get(&span)?.as_ref()
    }

    /// Whether an earlier part of the trace was kept.
    pub(super) fn kept(&self, key: &TraceKey) -> bool {
        self.decided.get(key).is_some_and(|decided| decided.kept)
    }

    pub(super) fn remember(
        &mut self,
        key: &TraceKey,
        now_ms: u64,
        kept: bool,
        places: impl IntoIterator<Item = (SpanId, Option<Place>)>,
    ) {
        let decided = self.decided.entry(key.clone()).or_default();
        let before = decided.places.len();
        decided.places.extend(places);
        decided.kept |= kept;
        decided.decided_ms = now_ms;
        self.places += decided.places.len() - before;
        self.order.push_back((now_ms, key.clone()));
    }

    /// Forgets what is old, and the oldest when it is too much.
    pub(super) fn forget(&mut self, now_ms: u64) {
        let old = now_ms.saturating_sub(FOREIGN_REMEMBERED_MS);
        while let Some((at, key)) = self.order.front()
            && (*at < old || self.places > FOREIGN_PLACES_MAX)
        {
            if let Some(decided) = self.decided.get(key)
                && decided.decided_ms <= *at
            {
                self.places -= decided.places.len();
                self.decided.remove(key);
            }
            self.order.pop_front();
        }
        while let Some((at, key)) = self.elsewhere_order.front()
            && (*at < old || self.elsewhere.len() > FOREIGN_KEPT_ELSEWHERE_MAX)
        {
            self.elsewhere.remove(key);
            self.elsewhere_order.pop_front();
        }
    }

    /// One of our agents kept a segment of this trace. Says which backend it was called through, when that is known.
    pub(super) fn kept_elsewhere(
        &mut self,
        key: TraceKey,
        now_ms: u64,
        parent: Option<SpanId>,
        (app_id, tier_id): (AppId, TierId),
    ) -> Option<Resolution> {
        let place = parent.and_then(|parent| self.place(&key, parent));
        let resolution = place.and_then(|place| {
            (place.process.app_id == app_id).then_some(Resolution {
                app_id,
                backend_id: place.backend_id?,
                tier_id,
            })
        });
        let notes = self.elsewhere.entry(key.clone()).or_default();
        if notes.is_empty() {
            self.elsewhere_order.push_back((now_ms, key));
        }
        if notes.len() < FOREIGN_KEPT_TIERS_MAX {
            notes.push(KeptElsewhere { parent, app_id, tier_id });
        }
        resolution
    }

    /// Whether one of our agents kept a segment of this trace.
    pub(super) fn is_kept_elsewhere(&self, key: &TraceKey) -> bool {
        self.elsewhere.contains_key(key)
    }

    /// The tier of ours that an exit call reached.
    pub(super) fn reached(&self, key: &TraceKey, exit: SpanId, app_id: AppId) -> Option<TierId> {
        let notes = self.elsewhere.get(key)?;
        notes.iter().find(|note| note.parent == Some(exit) && note.app_id == app_id).map(|note| note.tier_id)
    }
}

/// Segments of one request that are remembered.
const FOREIGN_KEPT_TIERS_MAX: usize = 64;

/// The trace a link leads to.
pub(super) fn linked(key: &TraceKey, guid: Guid) -> TraceKey {
    TraceKey { account: Arc::clone(&key.account), guid }
}
