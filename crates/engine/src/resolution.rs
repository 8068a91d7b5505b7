//! Which backend turned out to be which tier.

use std::collections::HashMap;

use tierline_model::{BackendId, TierId};
use tierline_store::{Entities, MetricRow};

use crate::backends_admin::BackendAdmin;

/// Backends that are tiers.
#[derive(Debug, Default, Clone)]
pub struct Resolutions(HashMap<BackendId, TierId>);

impl Resolutions {
    /// What is stored, and where that says nothing, the tier that executed most segments called through the
    /// backend (`rows`: segments by tier and backend).
    #[must_use]
    pub fn new(entities: &Entities, rows: &[MetricRow]) -> Self {
        let mut seen: HashMap<BackendId, (TierId, u64)> = HashMap::new();
        for row in rows {
            if let (Some(backend), Some(tier)) = (row.backend_id, row.tier_id)
                && seen.get(&backend).is_none_or(|(_, count)| row.count > *count)
            {
                seen.insert(backend, (tier, row.count));
            }
        }
        let mut resolved: HashMap<BackendId, TierId> =
            seen.into_iter().map(|(backend, (tier, _))| (backend, tier)).collect();
        resolved.extend(entities.backends.iter().filter_map(|b| Some((b.backend.id, b.resolved_tier_id?))));
        Self(resolved)
    }

    /// What people decided counts more than what agents say.
    pub fn decide(&mut self, admin: &BackendAdmin) {
        self.0.retain(|backend, _| admin.resolution_of(*backend) != Some(None));
    }

    /// The tier a backend is.
    #[must_use]
    pub fn tier_of(&self, backend: BackendId) -> Option<TierId> {
        self.0.get(&backend).copied()
    }
}
