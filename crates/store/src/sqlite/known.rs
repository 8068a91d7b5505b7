//! Entities the writer has written: nearly every batch names the same ones, and most of it changes nothing.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use crate::entity::{Application, BackendRecord, BtRecord, NodeRecord, TierRecord};
use crate::limits::{ENTITIES_REMEMBERED_MAX, LAST_SEEN_LAG_MS};

/// What `meta.db` holds of an entity at least.
#[derive(Clone, Copy)]
struct Known {
    /// A hash of everything but the times.
    words: u64,
    first_seen_ms: u64,
    last_seen_ms: u64,
}

/// Must be forgotten when a transaction is rolled back. Entities are never removed from their tables.
#[derive(Default)]
pub(super) struct KnownEntities(HashMap<(i64, u8, u64, u64), Known>);

/// An entity with its account: kind, ids, a hash of everything but the times, and first and last time.
pub(super) struct Mention {
    key: (i64, u8, u64, u64),
    known: Known,
}

fn words(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

impl KnownEntities {
    /// Whether writing the entity would change nothing, or only move its last time by less than
    /// [`LAST_SEEN_LAG_MS`]. When it would, it counts as written from now on.
    pub(super) fn holds(&mut self, Mention { key, known: new }: Mention) -> bool {
        if self.0.len() >= ENTITIES_REMEMBERED_MAX && !self.0.contains_key(&key) {
            self.0.clear();
        }
        let known = self.0.entry(key).or_insert(Known { words: !new.words, ..new });
        if known.words == new.words
            && known.first_seen_ms <= new.first_seen_ms
            && new.last_seen_ms < known.last_seen_ms.saturating_add(LAST_SEEN_LAG_MS)
        {
            return true;
        }
        // Words of somebody seen earlier are not written over those of somebody seen later.
        if new.last_seen_ms >= known.last_seen_ms {
            known.words = new.words;
        }
        known.first_seen_ms = known.first_seen_ms.min(new.first_seen_ms);
        known.last_seen_ms = known.last_seen_ms.max(new.last_seen_ms);
        false
    }
}

impl Mention {
    fn of(account: i64, (kind, app_id, id): (u8, u64, u64), words: u64, (first, last): (u64, u64)) -> Self {
        let known = Known { words, first_seen_ms: first, last_seen_ms: last };
        Self { key: (account, kind, app_id, id), known }
    }

    pub(super) fn of_application(account: i64, one: &Application) -> Self {
        let life = (one.first_seen_ms, one.last_seen_ms);
        Self::of(account, (0, one.id.get(), 0), words(&one.name), life)
    }

    pub(super) fn of_tier(account: i64, one: &TierRecord) -> Self {
        let life = (one.first_seen_ms, one.last_seen_ms);
        let words = words((&one.name, one.language.as_str()));
        Self::of(account, (1, one.app_id.get(), one.id.get()), words, life)
    }

    pub(super) fn of_node(account: i64, one: &NodeRecord) -> Self {
        let life = (one.first_seen_ms, one.last_seen_ms);
        let names = (one.tier_id.get(), &one.name, one.language.as_str(), one.process_id);
        let words = words((names, &one.agent_version, &one.runtime_version, &one.host_name, &one.os_type));
        Self::of(account, (2, one.app_id.get(), one.id.get()), words, life)
    }

    pub(super) fn of_bt(account: i64, one: &BtRecord) -> Self {
        let life = (one.first_seen_ms, one.last_seen_ms);
        let words = words((one.tier_id.get(), &one.name, one.entry_type.as_str(), one.other_traffic));
        Self::of(account, (3, one.app_id.get(), one.id.get()), words, life)
    }

    /// The first label stays, so that it is no word to compare. `None` when it says what it resolves to: the newest resolution wins, whoever brings it.
    pub(super) fn of_backend(account: i64, one: &BackendRecord) -> Option<Self> {
        let life = (one.first_seen_ms, one.last_seen_ms);
        let (id, words) = (one.backend.id.get(), words(&one.backend.key));
        one.resolved_tier_id.is_none().then(|| Self::of(account, (4, one.app_id.get(), id), words, life))
    }
}
