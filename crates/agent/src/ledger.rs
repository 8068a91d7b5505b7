//! Counts of what was odd or dropped.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tierline_model::diagnostics::{HiddenName, ReplacedName};
use tierline_model::limits::{NAME_CHARS_MAX, REPLACED_NAMES_MAX};
use tierline_model::name::cut;
use tierline_model::{AgentDiagnostics, DropCause};

use crate::limits::MISUSE_KINDS_MAX;

/// What an agent noticed and the host was never told.
#[derive(Debug, Default)]
pub(crate) struct Oddities {
    misuse: Mutex<Vec<(&'static str, u64)>>,
    replaced_names: Mutex<Vec<ReplacedName>>,
    hidden_names: Mutex<Vec<HiddenName>>,
    drops: [Drops; DropCause::ALL.len()],
    panics: AtomicU64,
}

#[derive(Debug, Default)]
struct Drops {
    total: AtomicU64,
    /// Of `total`, in the present interval.
    interval: AtomicU64,
}

impl Oddities {
    #[cold]
    pub(crate) fn count_misuse(&self, what: &'static str) {
        let mut misuse = self.misuse.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, count)) = misuse.iter_mut().find(|(known, _)| *known == what) {
            *count = count.saturating_add(1);
        } else if misuse.len() < MISUSE_KINDS_MAX {
            misuse.push((what, 1));
        }
    }

    pub(crate) fn count_drop(&self, cause: DropCause, n: u64) {
        let position = DropCause::ALL.iter().position(|c| *c == cause).unwrap_or(0);
        if let Some(drops) = self.drops.get(position) {
            drops.total.fetch_add(n, Ordering::Relaxed);
            drops.interval.fetch_add(n, Ordering::Relaxed);
        }
    }

    pub(crate) fn count_panic(&self) {
        self.panics.fetch_add(1, Ordering::Relaxed);
    }

    /// Remembers that `given` is reported as `reported`, when they differ in more than blanks around.
    pub(crate) fn note_replaced_name(&self, given: &str, reported: &str) {
        if given.trim() == reported {
            return;
        }
        let given = cut(given.trim(), NAME_CHARS_MAX);
        let mut names = self.replaced_names.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() < REPLACED_NAMES_MAX && !names.iter().any(|n| n.given == given) {
            names.push(ReplacedName { given: given.into_owned(), reported: reported.to_owned() });
        }
    }

    /// Remembers what All Other Traffic hid in the interval that ends now.
    pub(crate) fn note_hidden_names(&self, most_called: &[(&str, u64)]) {
        let names = most_called.iter().filter(|(_, calls)| *calls > 0);
        let names = names.map(|(name, calls)| HiddenName { name: (*name).to_owned(), calls: *calls });
        *self.hidden_names.lock().unwrap_or_else(PoisonError::into_inner) = names.collect();
    }

    /// Drops of the interval that ends now.
    pub(crate) fn take_drops(&self) -> BTreeMap<DropCause, u64> {
        let counts = DropCause::ALL.iter().zip(&self.drops);
        let counts = counts.map(|(cause, drops)| (*cause, drops.interval.swap(0, Ordering::Relaxed)));
        counts.filter(|(_, count)| *count > 0).collect()
    }

    pub(crate) fn diagnostics(&self) -> AgentDiagnostics {
        let misuse = self.misuse.lock().unwrap_or_else(PoisonError::into_inner);
        let names = self.replaced_names.lock().unwrap_or_else(PoisonError::into_inner);
        let drops = DropCause::ALL.iter().zip(&self.drops);
        let drops = drops.map(|(cause, drops)| (*cause, drops.total.load(Ordering::Relaxed)));
        AgentDiagnostics {
            misuse: misuse.iter().map(|(what, count)| ((*what).to_owned(), *count)).collect(),
            replaced_names: names.clone(),
            hidden_names: self.hidden_names.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            drops: drops.filter(|(_, count)| *count > 0).collect(),
            panics: self.panics.load(Ordering::Relaxed),
            ..AgentDiagnostics::default()
        }
    }
}
