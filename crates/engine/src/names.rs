//! Entities by id, for answers that show names.

use std::collections::HashMap;

use tierline_model::{BackendId, BtId, NodeId, TierId};
use tierline_store::{BackendRecord, BtRecord, Entities, NodeRecord, TierRecord};

/// Shown for an id whose name has not arrived (its originating tier has not reported yet).
pub const UNKNOWN: &str = "(unknown)";

/// Entities by id.
#[derive(Debug, Default)]
pub struct Names<'a> {
    tiers: HashMap<TierId, &'a TierRecord>,
    nodes: HashMap<NodeId, &'a NodeRecord>,
    bts: HashMap<BtId, &'a BtRecord>,
    backends: HashMap<BackendId, &'a BackendRecord>,
}

impl<'a> Names<'a> {
    /// The names in `entities`.
    #[must_use]
    pub fn new(entities: &'a Entities) -> Self {
        let mut names = Self::default();
        names.add(entities);
        names
    }

    /// More names, from another application.
    pub fn add(&mut self, entities: &'a Entities) {
        self.tiers.extend(entities.tiers.iter().map(|t| (t.id, t)));
        self.nodes.extend(entities.nodes.iter().map(|n| (n.id, n)));
        self.bts.extend(entities.bts.iter().map(|b| (b.id, b)));
        self.backends.extend(entities.backends.iter().map(|b| (b.backend.id, b)));
    }

    /// The tier.
    #[must_use]
    pub fn tier(&self, id: TierId) -> Option<&'a TierRecord> {
        self.tiers.get(&id).copied()
    }

    /// The tier's name.
    #[must_use]
    pub fn tier_name(&self, id: TierId) -> &'a str {
        self.tier(id).map_or(UNKNOWN, |t| &*t.name)
    }

    /// The node's name.
    #[must_use]
    pub fn node_name(&self, id: NodeId) -> &'a str {
        self.nodes.get(&id).map_or(UNKNOWN, |n| &*n.name)
    }

    /// The BT.
    #[must_use]
    pub fn bt(&self, id: BtId) -> Option<&'a BtRecord> {
        self.bts.get(&id).copied()
    }

    /// The BT's name.
    #[must_use]
    pub fn bt_name(&self, id: BtId) -> &'a str {
        self.bt(id).map_or(UNKNOWN, |b| &*b.name)
    }

    /// The backend.
    #[must_use]
    pub fn backend(&self, id: BackendId) -> Option<&'a BackendRecord> {
        self.backends.get(&id).copied()
    }

    /// The backend's name.
    #[must_use]
    pub fn backend_name(&self, id: BackendId) -> &'a str {
        self.backend(id).map_or(UNKNOWN, |b| &*b.backend.name)
    }
}
