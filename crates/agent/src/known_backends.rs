//! The backends a thread saw: from the texts of a call to a number, without asking the registry.

use tierline_model::ExitType;

use crate::backends::BackendRef;
use crate::limits::{CACHED_BACKEND_BYTES_MAX, CACHED_BACKENDS_PER_THREAD};
use crate::recorder::Core;
use crate::set_cache::SetCache;
use crate::text_hash::{TextHash, same_bytes};

struct Known {
    exit_type: ExitType,
    /// Length and bytes of every text that was given.
    texts: Box<[u8]>,
    index: u32,
}

/// What one thread knows.
pub(crate) struct KnownBackends(SetCache<Known>);

impl KnownBackends {
    pub(crate) fn new() -> Self {
        Self(SetCache::new(CACHED_BACKENDS_PER_THREAD))
    }

    /// The backend of these texts. The label counts only where there is nothing else.
    pub(crate) fn find(
        &mut self,
        core: &Core,
        exit_type: &ExitType,
        display_name: &str,
        properties: &[(&str, &str)],
    ) -> BackendRef {
        let label = if properties.is_empty() { display_name } else { "" };
        let mut hash = TextHash::new(core.seed);
        hash.add(label);
        for (name, value) in properties {
            hash.add(name);
            hash.add(value);
        }
        // The same properties under another type are another backend.
        let hash = hash.finish() ^ type_bits(exit_type);
        let place = self
            .0
            .find(hash, |known| known.exit_type == *exit_type && same_texts(&known.texts, label, properties));
        match place.and_then(|place| self.0.get(place)) {
            Some(known) => BackendRef { index: known.index },
            None => self.learn(core, exit_type, display_name, properties, hash),
        }
    }

    #[cold]
    fn learn(
        &mut self,
        core: &Core,
        exit_type: &ExitType,
        display_name: &str,
        properties: &[(&str, &str)],
        hash: u64,
    ) -> BackendRef {
        let limit = core.config.load().limits.backends_max;
        let index = core.backends.intern(exit_type, display_name, properties, limit);
        let label = if properties.is_empty() { display_name } else { "" };
        let texts = std::iter::once(label).chain(properties.iter().flat_map(|(name, value)| [*name, *value]));
        let bytes: usize = texts.clone().map(|text| text.len() + size_of::<u32>()).sum();
        if bytes <= CACHED_BACKEND_BYTES_MAX {
            let mut all = Vec::with_capacity(bytes);
            for text in texts {
                all.extend_from_slice(&(text.len() as u32).to_le_bytes());
                all.extend_from_slice(text.as_bytes());
            }
            self.0.insert(hash, Known { exit_type: exit_type.clone(), texts: all.into_boxed_slice(), index });
        }
        BackendRef { index }
    }
}

/// A few bits that differ between the types; unknown ones are told apart by comparing.
const fn type_bits(exit_type: &ExitType) -> u64 {
    match exit_type {
        ExitType::Http => 1 << 32,
        ExitType::Db => 2 << 32,
        ExitType::Cache => 3 << 32,
        ExitType::Queue => 4 << 32,
        ExitType::Custom => 5 << 32,
        ExitType::WebService => 6 << 32,
        ExitType::RabbitMq => 7 << 32,
        ExitType::Other(_) => 8 << 32,
    }
}

/// Whether `known` (lengths and bytes) are exactly these texts.
#[inline]
fn same_texts(mut known: &[u8], label: &str, properties: &[(&str, &str)]) -> bool {
    let mut next = |text: &str| -> bool {
        let Some((len, rest)) = known.split_first_chunk::<4>() else {
            return false;
        };
        if u32::from_le_bytes(*len) as usize != text.len() {
            return false;
        }
        let Some((bytes, rest)) = rest.split_at_checked(text.len()) else {
            return false;
        };
        known = rest;
        same_bytes(bytes, text.as_bytes())
    };
    next(label) && properties.iter().all(|(name, value)| next(name) && next(value)) && known.is_empty()
}
