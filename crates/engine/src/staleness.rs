//! What is shown although it was not heard of for long, and what is not.
//!
//! Nothing is deleted: numbers and snapshots have their retention. A thing that was last heard of before the time asked
//! for, and more than its hours before its end, is left out of lists and comes back when it is heard of again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tierline_model::{AppId, NodeId};
use tierline_store::{Entities, Store, StoreError, TimeRange};

use crate::documents;

const KIND: &str = "staleness";
const HISTORICAL_KIND: &str = "historical-nodes";
const HOUR_MS: u64 = 3_600_000;

/// Hours of silence after which things are left out; 0 is never. Defaults as published (facts/controller-api 6).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Staleness {
    /// Applications.
    pub application_hours: u64,
    /// Tiers.
    pub tier_hours: u64,
    /// Nodes.
    pub node_hours: u64,
    /// Business transactions.
    pub bt_hours: u64,
    /// Backends that are no tier.
    pub backend_hours: u64,
}

impl Default for Staleness {
    fn default() -> Self {
        Self { application_hours: 500, tier_hours: 500, node_hours: 500, bt_hours: 0, backend_hours: 500 }
    }
}

/// The hours of an account.
///
/// # Errors
/// When the store cannot be read.
pub fn load(store: &dyn Store, account: &str) -> Result<Staleness, StoreError> {
    documents::read(store, account, KIND, KIND)
}

/// Sets the hours of an account.
///
/// # Errors
/// When the store cannot be written.
pub fn save(store: &dyn Store, account: &str, hours: Staleness, changed_by: &str) -> Result<(), StoreError> {
    let change = |there: &mut Staleness| -> Result<(), StoreError> {
        *there = hours;
        Ok(())
    };
    documents::change(store, account, (KIND, KIND), (changed_by, true), change)?;
    Ok(())
}

type Historical = BTreeMap<NodeId, u64>;

/// Leaves nodes out until they are heard of again.
///
/// # Errors
/// When the store cannot be written.
pub fn mark_historical(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    nodes: &[NodeId],
    now_ms: u64,
    changed_by: &str,
) -> Result<(), StoreError> {
    let name = app_id.to_string();
    let change = |there: &mut Historical| -> Result<(), StoreError> {
        there.extend(nodes.iter().map(|node| (*node, now_ms)));
        while there.len() > crate::limits::CHANGED_BACKENDS_MAX {
            let oldest = there.iter().min_by_key(|(_, marked_ms)| **marked_ms).map(|(node, _)| *node);
            oldest.map(|node| there.remove(&node));
        }
        Ok(())
    };
    documents::change(store, account, (HISTORICAL_KIND, &name), (changed_by, true), change)?;
    Ok(())
}

impl Staleness {
    /// Whether a thing is left out.
    #[must_use]
    pub fn is_stale(hours: u64, last_seen_ms: u64, range: TimeRange) -> bool {
        let silent_since_ms = range.end_ms.saturating_sub(hours.saturating_mul(HOUR_MS));
        hours > 0 && last_seen_ms < range.start_ms.min(silent_since_ms)
    }
}

/// Leaves out what was not heard of for long.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn leave_out(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    range: TimeRange,
    entities: &mut Entities,
) -> Result<(), StoreError> {
    let hours = load(store, account)?;
    let historical: Historical = documents::read(store, account, HISTORICAL_KIND, &app_id.to_string())?;
    let fresh = |hours: u64, last_seen_ms: u64| !Staleness::is_stale(hours, last_seen_ms, range);
    entities.tiers.retain(|tier| fresh(hours.tier_hours, tier.last_seen_ms));
    entities.nodes.retain(|node| {
        let marked = historical.get(&node.id).is_some_and(|marked_ms| node.last_seen_ms <= *marked_ms);
        !marked && fresh(hours.node_hours, node.last_seen_ms)
    });
    entities.bts.retain(|bt| fresh(hours.bt_hours, bt.last_seen_ms));
    entities.backends.retain(|backend| {
        backend.resolved_tier_id.is_some() || fresh(hours.backend_hours, backend.last_seen_ms)
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silent_for_long_and_before_the_time_asked_for() {
        let at = |start: u64, end: u64| TimeRange { start_ms: start * HOUR_MS, end_ms: end * HOUR_MS };
        let stale = |hours, last_seen, range| Staleness::is_stale(hours, last_seen * HOUR_MS, range);
        assert!(stale(500, 499, at(1_000, 1_001)));
        assert!(!stale(500, 502, at(1_000, 1_001)), "not silent long enough");
        assert!(!stale(500, 100, at(50, 1_001)), "it was heard of in the time asked for");
        assert!(!stale(0, 0, at(1_000, 1_001)), "never");
    }
}
