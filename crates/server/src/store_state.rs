//! Whether the store can be written: seen from every write, tried again by itself, shown on the page.

use std::sync::{Mutex, PoisonError};

use tierline_store::{DocumentChange, Store, StoreError};

use crate::access_keys::SYSTEM;
use crate::log;

/// Why and since when nothing can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// In words for people.
    pub reason: String,
    /// Since when, milliseconds since 1970.
    pub since_ms: u64,
}

/// The last word of the store about writing.
#[derive(Default)]
pub struct StoreState(Mutex<Option<Trouble>>);

impl StoreState {
    /// Takes in how a write went.
    pub fn saw<T>(&self, written: &Result<T, StoreError>, now_ms: u64) {
        let mut trouble = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match written {
            Ok(_) => {
                if let Some(over) = trouble.take() {
                    let seconds = now_ms.saturating_sub(over.since_ms) / 1_000;
                    log::line(&format!("the store can be written again after {seconds} s"));
                }
            }
            Err(error @ (StoreError::Unavailable(_) | StoreError::Damaged(_))) => {
                let reason = error.to_string();
                match trouble.as_mut() {
                    Some(known) => known.reason = reason,
                    None => {
                        log::line(&format!("nothing is accepted any more, only shown: {reason}"));
                        *trouble = Some(Trouble { reason, since_ms: now_ms });
                    }
                }
            }
            // A batch that cannot be kept says nothing about the store.
            Err(_) => {}
        }
    }

    /// What is wrong; `None` when all is well.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tries to write, when the last write failed: also when nobody reports any more, the end of the trouble is
    /// seen. Blocks.
    pub fn try_again(&self, store: &dyn Store, now_ms: u64) {
        if self.trouble().is_none() {
            return;
        }
        let text = now_ms.to_string();
        let change = DocumentChange {
            kind: "store-state",
            name: "last-try",
            text: &text,
            secret: true,
            ..DocumentChange::default()
        };
        self.saw(&store.put_document(SYSTEM, change), now_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_begins_and_ends_with_writes() {
        let state = StoreState::default();
        state.saw::<()>(&Err(StoreError::TooLarge { what: "spans", limit: 1 }), 5);
        assert_eq!(state.trouble(), None);
        state.saw::<()>(&Err(StoreError::Unavailable("disk full".into())), 10);
        state.saw::<()>(&Err(StoreError::Unavailable("read-only".into())), 20);
        let trouble = state.trouble().unwrap();
        assert!(trouble.since_ms == 10 && trouble.reason.contains("read-only"));
        state.saw(&Ok(()), 30);
        assert_eq!(state.trouble(), None);
    }
}
