//! Windows of time that were added up, for questions that come again: a page asks the same of the same hours again and
//! again, and unpacking them costs a hundred times what adding up their sums does.
//!
//! What there is is always asked of the files; this only saves unpacking it. An entry says what it was made of: which
//! rows in which version, or which packed hours of which sources. The sums of a packed hour change only while it is
//! packed anew, and then its entries are forgotten.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tierline_model::AppId;

use crate::aggregate::Part;
use crate::limits::{WINDOWS_BYTES_MAX, WINDOWS_MAX};
use crate::query::{Dimensions, MetricFamily, MetricFilter, MetricQuery};

/// What a question asks of any window.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Shape {
    account: Arc<str>,
    app_id: AppId,
    family: MetricFamily,
    group_by: Dimensions,
    filter: MetricFilter,
}

impl Shape {
    pub(super) fn of(account: &str, query: &MetricQuery) -> Self {
        Self {
            account: Arc::from(account),
            app_id: query.app_id,
            family: query.family,
            group_by: query.group_by,
            filter: query.filter.clone(),
        }
    }
}

/// What a window is made of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Of {
    /// Rows of reports.
    Rows,
    /// Sums of packed hours.
    Sums,
}

/// A window of time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Window {
    /// Its first minute since 1970.
    pub(super) start: u64,
    /// Minutes: 1, 10 or 60.
    pub(super) width: u64,
    pub(super) of: Of,
}

/// A number for things, different for different ones.
pub(super) fn number_of(things: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    things.hash(&mut hasher);
    hasher.finish()
}

struct Entry {
    made_of: u64,
    with_histogram: bool,
    part: Arc<Part>,
    last_use: u64,
}

#[derive(Default)]
struct State {
    entries: HashMap<(Shape, Window), Entry>,
    bytes: usize,
    uses: u64,
    forgotten: u64,
}

/// The windows.
#[derive(Default)]
pub(super) struct Windows(Mutex<State>);

impl Windows {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in there can be half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often something was forgotten. To be asked before the files are.
    pub(super) fn forgotten(&self) -> u64 {
        self.lock().forgotten
    }

    pub(super) fn get(
        &self,
        shape: &Shape,
        window: Window,
        made_of: u64,
        with_histogram: bool,
    ) -> Option<Arc<Part>> {
        let mut state = self.lock();
        state.uses += 1;
        let uses = state.uses;
        let entry = state.entries.get_mut(&(shape.clone(), window))?;
        if entry.made_of != made_of || (with_histogram && !entry.with_histogram) {
            return None;
        }
        entry.last_use = uses;
        Some(Arc::clone(&entry.part))
    }

    /// Keeps a window, unless something was forgotten since its files were asked.
    pub(super) fn put(
        &self,
        shape: &Shape,
        window: Window,
        made_of: u64,
        with_histogram: bool,
        (part, forgotten): (&Arc<Part>, u64),
    ) {
        let bytes = part.bytes();
        let mut state = self.lock();
        if state.forgotten != forgotten || bytes > WINDOWS_BYTES_MAX / 8 {
            return;
        }
        let entry = Entry { made_of, with_histogram, part: Arc::clone(part), last_use: state.uses };
        state.bytes += bytes;
        if let Some(replaced) = state.entries.insert((shape.clone(), window), entry) {
            state.bytes -= replaced.part.bytes();
        }
        state.shrink();
    }

    /// The sums of these hours since 1970 are others from here on.
    pub(super) fn forget_hours(&self, hours: &[u64]) {
        self.lock().forget(|window| window.of == Of::Sums && hours.contains(&(window.start / 60)));
    }

    /// Nothing is known of any sums.
    pub(super) fn forget_sums(&self) {
        self.lock().forget(|window| window.of == Of::Sums);
    }
}

impl State {
    fn forget(&mut self, which: impl Fn(&Window) -> bool) {
        self.forgotten += 1;
        self.retain(|window, _| !which(window));
    }

    fn retain(&mut self, which: impl Fn(&Window, &Entry) -> bool) {
        let mut bytes = 0;
        self.entries.retain(|(_, window), entry| {
            let stays = which(window, entry);
            bytes += if stays { entry.part.bytes() } else { 0 };
            stays
        });
        self.bytes = bytes;
    }

    /// The half that was not used for longer goes.
    fn shrink(&mut self) {
        if self.bytes <= WINDOWS_BYTES_MAX && self.entries.len() <= WINDOWS_MAX {
            return;
        }
        let mut uses: Vec<u64> = self.entries.values().map(|entry| entry.last_use).collect();
        uses.sort_unstable();
        let middle = uses.get(uses.len() / 2).copied().unwrap_or_default();
        self.retain(|_, entry| entry.last_use > middle);
    }
}
