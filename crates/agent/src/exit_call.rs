//! Exit calls: what leaves the tier.

use std::sync::Arc;

use tierline_model::ErrorRecord;

use crate::backends::BackendRef;
use crate::clock::monotonic_ns;
use crate::header;
use crate::limits::COUNT_AT_ONCE_AFTER_NS;
use crate::record::Record;
use crate::recorder::Core;
use crate::registry::BtEntry;
use crate::running::Slot;
use crate::shard::Sums;
use crate::thread_cache;
use crate::transaction::cut_error;

/// What an exit call is begun with.
#[derive(Clone, Debug)]
pub struct ExitCall<'a> {
    /// The label of this call.
    pub display_name: &'a str,
    /// Where it goes: from [`crate::recorder::Core::backend`].
    pub backend: &'a BackendRef,
    /// URL, SQL text …
    pub operation: Option<&'a str>,
    /// Shown with the call in a snapshot; no part of the backend's identity.
    pub optional_properties: &'a [(&'a str, &'a str)],
}

/// A running exit call. Dropping it does not end it: a call never ended lasts until its BT's end and is
/// marked so. It does not keep its BT alive either.
///
/// ```
/// # let core = tierline::doc_core();
/// # use tierline::{ExitCall, ExitType};
/// let backend = core.backend(&ExitType::Http, "stock", &[("HOST", "stock.example"), ("PORT", "80")]);
/// let bt = core.begin("/checkout", None);
/// let exit = bt.begin_exit(ExitCall {
///     display_name: "stock",
///     backend: &backend,
///     operation: Some("http://stock.example/items"),
///     optional_properties: &[],
/// });
/// let exit = exit.expect("no other call is active");
/// let mut header = String::new();
/// assert!(exit.correlation_header(false, &mut header));
/// assert!(header.contains("*exitguid=1*"));
/// exit.end();
/// bt.end();
/// ```
#[derive(Clone, Debug)]
pub struct ExitHandle {
    pub(crate) slot: &'static Slot,
    /// The key of its BT.
    pub(crate) key: u64,
    pub(crate) number: u32,
    /// Where its details are, when they are kept.
    pub(crate) position: Option<u32>,
    pub(crate) backend: u32,
}

impl ExitHandle {
    /// Ends the call.
    pub fn end(&self) {
        self.end_with(Vec::new());
    }

    /// Ends the call with errors. Calls that are over already, or whose BT is, count as misuse.
    pub fn end_with(&self, errors: Vec<ErrorRecord>) {
        if self.slot.is_inherited() {
            return;
        }
        let now_ns = monotonic_ns();
        let mut record = self.slot.record.lock();
        if !record.running || self.slot.key() != self.key {
            let core = record.core.clone();
            drop(record);
            misuse(core.as_deref(), "end_exit_call: its business transaction is over");
            return;
        }
        if !self.end_in(&mut record, errors, now_ns) {
            let core = record.core.clone();
            drop(record);
            misuse(core.as_deref(), "end_exit_call: the exit call is over already");
        }
    }

    /// Ends a call that was detected. Nobody made a mistake when it or its BT is over.
    pub(crate) fn end_detected(&self, errors: Vec<ErrorRecord>, exclusive: bool) {
        if self.slot.is_inherited() {
            return;
        }
        let now_ns = monotonic_ns();
        let mut record = self.slot.record.lock();
        if record.running && self.slot.key() == self.key {
            let active = record.exits_active;
            let is_ended = self.end_in(&mut record, errors, now_ns);
            if is_ended && !exclusive {
                // Such a one was not counted.
                record.exits_active = active;
            }
        }
    }

    fn end_in(&self, record: &mut Record, errors: Vec<ErrorRecord>, now_ns: u64) -> bool {
        let failed = !errors.is_empty();
        let Some(position) = self.position else {
            return self.end_without_details(record, failed, now_ns);
        };
        let long_running = now_ns.saturating_sub(record.start_ns) > COUNT_AT_ONCE_AFTER_NS;
        let Some(exit) = record.exits.get_mut(position as usize).filter(|e| !e.ended) else {
            return false;
        };
        exit.ended = true;
        exit.failed = failed;
        exit.duration_ns = now_ns.saturating_sub(exit.start_ns);
        exit.counted = long_running;
        let duration_ns = exit.duration_ns;
        record.exits_active = record.exits_active.saturating_sub(1);
        if failed {
            record.in_error = true;
            for error in errors {
                record.add_exit_error(position, cut_error(error));
            }
        }
        if long_running {
            count_now(record, self.backend, duration_ns, failed);
        }
        true
    }

    fn end_without_details(&self, record: &mut Record, failed: bool, now_ns: u64) -> bool {
        let Some(open) = record.open_calls.iter().position(|open| open.number == self.number) else {
            return false;
        };
        let open = record.open_calls.swap_remove(open);
        record.exits_active = record.exits_active.saturating_sub(1);
        record.in_error |= failed;
        count_now(record, open.backend, now_ns.saturating_sub(open.start_ns), failed);
        true
    }

    /// Appends the text of the correlation header for this call to `out`. `false`, and nothing appended, when
    /// correlation is off or the call is over.
    pub fn correlation_header(&self, do_not_resolve: bool, out: &mut String) -> bool {
        if self.slot.is_inherited() {
            return false;
        }
        let mut record = self.slot.record.lock();
        if !record.running || self.slot.key() != self.key {
            let core = record.core.clone();
            drop(record);
            misuse(core.as_deref(), "make_correlation_header: the business transaction is over");
            return false;
        }
        header::write(&mut record, self.number, self.backend, do_not_resolve, out)
    }
}

impl PartialEq for ExitHandle {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.slot, other.slot) && self.key == other.key && self.number == other.number
    }
}

impl Eq for ExitHandle {}

fn misuse(core: Option<&Core>, what: &'static str) {
    if let Some(core) = core {
        core.count_misuse(what);
    }
}

/// Counts an ended call in the numbers of this thread.
fn count_now(record: &Record, backend: u32, duration_ns: u64, failed: bool) {
    if let Some(core) = &record.core {
        thread_cache::with(core, |cache| {
            count_in(record, &mut cache.shard().sums.lock(), backend, duration_ns, failed);
        });
    }
}

/// Counts an ended call, and that its backend is beyond the limit when it is.
#[inline]
pub(crate) fn count_in(record: &Record, sums: &mut Sums, backend: u32, duration_ns: u64, failed: bool) {
    if let (Some(core), Some(bt)) = (&record.core, &record.bt) {
        count_for(core, bt, sums, backend, duration_ns, failed);
    }
}

/// Counts an ended call of a BT that may be recorded elsewhere.
#[inline]
pub(crate) fn count_for(
    core: &Core,
    bt: &Arc<BtEntry>,
    sums: &mut Sums,
    backend: u32,
    duration_ns: u64,
    failed: bool,
) {
    let entry = core.backends.get(backend);
    let is_other = entry.is_none_or(|entry| entry.is_other);
    let other = || entry.map_or(0, |entry| entry.other);
    let as_meant = sums.count_exit(bt, backend, other, duration_ns, failed);
    if is_other || !as_meant {
        core.count_drop(tierline_model::DropCause::BackendLimit, 1);
    }
}
