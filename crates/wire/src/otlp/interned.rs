//! Texts and backends that come again and again, made once for each thread that decodes.
//!
//! Nearly every name in a request stood in the one before. What is found here costs a hash and a comparison instead of
//! an allocation. Nothing depends on what is found: a miss makes the same value anew.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use tierline_model::Backend;
use xxhash_rust::xxh3::xxh3_64;

use crate::limits::{INTERNED_BACKENDS_MAX, INTERNED_TEXT_BYTES_MAX, INTERNED_TEXTS_MAX};

thread_local! {
    /// The text whose hash ends in the slot's number, whichever came last.
    static TEXTS: RefCell<Vec<Option<Arc<str>>>> = const { RefCell::new(Vec::new()) };
    static BACKENDS: RefCell<HashMap<u64, Backend>> = RefCell::default();
}

/// A shared text.
pub(super) fn text(text: &str) -> Arc<str> {
    if text.len() > INTERNED_TEXT_BYTES_MAX {
        return Arc::from(text);
    }
    TEXTS.with_borrow_mut(|slots| {
        if slots.is_empty() {
            slots.resize(INTERNED_TEXTS_MAX, None);
        }
        let number = xxh3_64(text.as_bytes()) as usize % INTERNED_TEXTS_MAX;
        match slots.get_mut(number) {
            Some(Some(known)) if **known == *text => Arc::clone(known),
            Some(slot) => Arc::clone(slot.insert(Arc::from(text))),
            None => Arc::from(text),
        }
    })
}

/// The backend with this id that `is_same` accepts, or the one that `make` makes.
pub(super) fn backend(
    id: u64,
    is_same: impl FnOnce(&Backend) -> bool,
    make: impl FnOnce() -> Backend,
) -> Backend {
    BACKENDS.with_borrow_mut(|known| {
        if let Some(backend) = known.get(&id)
            && is_same(backend)
        {
            return backend.clone();
        }
        let made = make();
        if known.len() >= INTERNED_BACKENDS_MAX {
            known.clear();
        }
        known.insert(id, made.clone());
        made
    })
}
