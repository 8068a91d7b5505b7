//! Interned backends: a type and identifying properties become a number once.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use tierline_model::name::clean_name;
use tierline_model::{AgentIdentity, Backend, BackendId, BackendKey, ExitType, Property};

use crate::limits::{BACKENDS_MAX, OTHER_BACKENDS_MAX};
use crate::text_hash::NumberMap;

/// What backends beyond the limit are called, one per exit type.
pub const OTHER_BACKENDS_NAME: &str = "All Other Traffic";

const BLOCK: usize = 64;

/// An interned backend: cheap to copy, good for the core that made it. Under another core it means some
/// other backend or All Other Traffic, never a failure.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BackendRef {
    pub(crate) index: u32,
}

/// What a core knows of a backend.
#[derive(Debug)]
pub(crate) struct BackendEntry {
    pub(crate) backend: Backend,
    /// What follows `*exitguid=…` in a correlation header that may be resolved to this tier's successor.
    pub(crate) header_resolve: Box<str>,
    /// The same with `donotresolve=true`.
    pub(crate) header_no_resolve: Box<str>,
    /// The backend that stands for others of its type beyond the limit.
    pub(crate) other: u32,
    pub(crate) is_other: bool,
}

type Block = Box<[OnceLock<BackendEntry>]>;

/// All backends of a core. Grows only; reading takes no lock.
#[derive(Debug)]
pub(crate) struct Backends {
    application: Arc<str>,
    tier_id: tierline_model::TierId,
    blocks: Box<[OnceLock<Block>]>,
    index: RwLock<Index>,
    /// How many there are, for [`Self::bytes`].
    len: AtomicU32,
}

#[derive(Debug, Default)]
struct Index {
    by_id: NumberMap<u64, u32>,
    /// All Other Traffic by type.
    others: Vec<(ExitType, u32)>,
    len: u32,
}

impl Backends {
    pub(crate) fn new(identity: &AgentIdentity) -> Self {
        let backends = Self {
            application: identity.application.clone(),
            tier_id: identity.tier_id(),
            blocks: (0..BACKENDS_MAX / BLOCK).map(|_| OnceLock::new()).collect(),
            index: RwLock::default(),
            len: AtomicU32::new(0),
        };
        // Number 0: where calls go that nothing else is known of.
        backends
            .other(&mut backends.index.write().unwrap_or_else(PoisonError::into_inner), &ExitType::Custom);
        backends
    }

    /// The entry of an index made by [`Self::intern`].
    #[inline]
    pub(crate) fn get(&self, index: u32) -> Option<&BackendEntry> {
        let index = index as usize;
        self.blocks.get(index / BLOCK)?.get()?.get(index % BLOCK)?.get()
    }

    /// Finds or makes the backend. `limit`: how many an agent may have (All Other Traffic not counted).
    pub(crate) fn intern(
        &self,
        exit_type: &ExitType,
        display_name: &str,
        properties: &[(&str, &str)],
        limit: usize,
    ) -> u32 {
        let properties = properties.iter().map(|(name, value)| Property::new(name, value)).collect();
        let key = BackendKey::new(exit_type.clone(), properties, display_name);
        let id = BackendId::of(&self.application, &key);
        {
            let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = index.by_id.get(&id.get()) {
                return *found;
            }
            if index.by_id.len() >= limit
                && let Some((_, other)) = index.others.iter().find(|(t, _)| t == exit_type)
            {
                return *other;
            }
        }
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = index.by_id.get(&id.get()) {
            return *found;
        }
        let other = self.other(&mut index, exit_type);
        if index.by_id.len() >= limit.min(BACKENDS_MAX - OTHER_BACKENDS_MAX - 1) {
            return other;
        }
        let name = Arc::from(clean_name(display_name));
        let made = self.push(&mut index, Backend { id, name, key }, Some(other));
        index.by_id.insert(id.get(), made);
        made
    }

    /// The All Other Traffic backend of a type.
    fn other(&self, index: &mut Index, exit_type: &ExitType) -> u32 {
        if let Some((_, found)) = index.others.iter().find(|(t, _)| t == exit_type) {
            return *found;
        }
        if index.others.len() >= OTHER_BACKENDS_MAX {
            return 0;
        }
        let key = BackendKey::new(exit_type.clone(), Vec::new(), OTHER_BACKENDS_NAME);
        let id = BackendId::of(&self.application, &key);
        let made = self.push(index, Backend { id, name: Arc::from(OTHER_BACKENDS_NAME), key }, None);
        index.others.push((exit_type.clone(), made));
        made
    }

    /// Appends an entry; `other` is `None` for an All Other Traffic.
    fn push(&self, index: &mut Index, backend: Backend, other: Option<u32>) -> u32 {
        let number = index.len;
        let position = number as usize;
        let Some(block) = self.blocks.get(position / BLOCK) else {
            return 0; // unreachable while the limits hold; All Other Traffic is always right
        };
        let block = block.get_or_init(|| (0..BLOCK).map(|_| OnceLock::new()).collect());
        if let Some(place) = block.get(position % BLOCK) {
            let entry = BackendEntry {
                header_resolve: self.header_part(&backend, other.is_some()),
                header_no_resolve: self.header_part(&backend, false),
                other: other.unwrap_or(number),
                is_other: other.is_none(),
                backend,
            };
            let _ = place.set(entry);
            index.len += 1;
            self.len.store(index.len, Ordering::Relaxed);
        }
        number
    }

    /// The part of a header behind the exit sequence, in the order of `CorrelationHeader::write`. All Other
    /// Traffic is never resolved: it stands for many places.
    fn header_part(&self, backend: &Backend, resolve: bool) -> Box<str> {
        let mut text = String::with_capacity(128);
        let id = backend.id;
        if resolve {
            let _ = write!(text, "*unresolvedexitid={id}");
        }
        let _ = write!(text, "*cidfrom={}*etypeorder=", self.tier_id);
        let exit_type = backend.key.exit_type.as_str();
        text.extend(exit_type.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(64));
        if resolve {
            let _ = write!(text, "*cidto={{[UNRESOLVED][{id}]}}");
        } else {
            text.push_str("*donotresolve=true");
        }
        text.into_boxed_str()
    }

    /// Bytes held, about.
    pub(crate) fn bytes(&self) -> usize {
        let len = self.len.load(Ordering::Relaxed) as usize;
        len * (size_of::<BackendEntry>() + 600) + self.blocks.len() * size_of::<OnceLock<Block>>()
    }
}
