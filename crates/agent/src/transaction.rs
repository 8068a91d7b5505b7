//! Business transactions while they run.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tierline_model::limits::{ERROR_MESSAGE_CHARS_MAX, ERROR_STACK_CHARS_MAX, NAME_CHARS_MAX};
use tierline_model::name::cut;
use tierline_model::{CapturePolicy, ErrorRecord, ExitType, Guid};

use crate::backends::BackendRef;
use crate::clock::monotonic_ns;
use crate::decision;
use crate::exit_call::{ExitCall, ExitHandle, count_in};
use crate::header;
use crate::lock::ShortGuard;
use crate::record::Record;
use crate::recorder::Core;
use crate::running::{Slot, slots};
use crate::segment;
use crate::thread_cache;

/// A running BT. Clones share it; when the last one is dropped before [`BtHandle::end`], the BT ends as
/// abandoned. Everything may be called from any thread; an ended BT ignores calls and counts them as misuse.
///
/// ```
/// # let core = tierline::doc_core();
/// let bt = core.begin("/checkout", None);
/// let other = bt.clone();
/// std::thread::spawn(move || other.add_user_data("from", "another thread")).join().unwrap();
/// assert_eq!(core.by_key(bt.key()).as_ref(), Some(&bt));
/// bt.end();
/// assert!(!bt.is_active());
/// ```
pub struct BtHandle {
    /// `None` for a BT that cannot be recorded (the core is closed or inherited): every call is a no-op.
    slot: Option<&'static Slot>,
    key: u64,
}

impl BtHandle {
    pub(crate) const fn new(slot: &'static Slot, key: u64) -> Self {
        Self { slot: Some(slot), key }
    }

    /// A handle of nothing.
    pub(crate) const fn inert() -> Self {
        Self { slot: None, key: u64::MAX }
    }

    /// The running BT with this key.
    pub(crate) fn find(key: u64, core_serial: u64) -> Option<Self> {
        let slot = slots().find(key)?;
        let handle = Self::new(slot, key);
        let is_ours = slot.core_serial.load(Ordering::Relaxed) == core_serial;
        (is_ours && slot.began_ns.load(Ordering::Acquire) != 0).then_some(handle)
    }

    /// The slot, when it may be touched.
    #[inline]
    fn slot(&self) -> Option<&'static Slot> {
        self.slot.filter(|slot| !slot.is_inherited())
    }

    /// The record of the BT while it runs; counts `what` as misuse when it is over.
    #[inline]
    fn record(&self, what: &'static str) -> Option<(&'static Slot, ShortGuard<'static, Record>)> {
        let slot = self.slot()?;
        let record = slot.record.lock();
        if record.running {
            return Some((slot, record));
        }
        let core = record.core.clone();
        drop(record);
        if let Some(core) = core {
            core.count_misuse(what);
        }
        None
    }

    /// Ends the BT.
    #[inline]
    pub fn end(&self) {
        self.end_with(Vec::new());
    }

    /// Ends the BT, in error unless `errors` is empty.
    pub fn end_with(&self, errors: Vec<ErrorRecord>) {
        let Some((slot, mut record)) = self.record("end_bt: the business transaction is over already") else {
            return;
        };
        let now_ns = monotonic_ns();
        for error in errors {
            record.add_error(cut_error(error));
        }
        finish(slot, record, now_ns, false);
    }

    /// Marks the BT as in error. It goes on.
    pub fn mark_error(&self, error: ErrorRecord) {
        if let Some((_, mut record)) = self.record("mark_error: the business transaction is over") {
            record.add_error(cut_error(error));
        }
    }

    /// Adds user data, kept when the BT is. Keys are cut to 100 characters, values to 5,000; of one BT the
    /// first 500 are kept.
    pub fn add_user_data(&self, key: &str, value: &str) {
        if let Some((_, mut record)) = self.record("add_snapshot_data: the business transaction is over") {
            record.add_user_data(key, value);
        }
    }

    /// Asks to keep this execution, however it ends.
    pub fn keep(&self) {
        if let Some((_, mut record)) = self.record("keep: the business transaction is over") {
            record.asked.get_or_insert(CapturePolicy::OnDemand);
        }
    }

    /// Begins an exit call. `None` when the BT is over, or when a call is active and concurrent exit calls
    /// are off.
    #[must_use]
    pub fn begin_exit(&self, call: ExitCall<'_>) -> Option<ExitHandle> {
        self.begin_exit_of(call.display_name, call.operation, call.optional_properties, |_| {
            Some(call.backend.index)
        })
    }

    /// [`Core::backend`], of the core that records this BT. `None` when the BT is over, which counts as misuse.
    #[must_use]
    pub fn backend(
        &self,
        exit_type: &ExitType,
        display_name: &str,
        identifying_properties: &[(&str, &str)],
    ) -> Option<BackendRef> {
        let (_slot, record) = self.record(EXIT_CALL_TOO_LATE)?;
        let core = record.core.as_ref()?;
        Some(thread_cache::with(core, |cache| {
            cache.backend(core, exit_type, display_name, identifying_properties)
        }))
    }

    /// [`Core::backend`] and [`Self::begin_exit`] in one: what most callers want, and the quickest way.
    ///
    /// ```
    /// # let core = tierline::doc_core();
    /// # use tierline::ExitType;
    /// let bt = core.begin("/checkout", None);
    /// let exit = bt.begin_exit_to(&ExitType::Db, "orders", &[("HOST", "db.example")], Some("SELECT 1"), &[]);
    /// exit.expect("none is active").end();
    /// bt.end();
    /// assert_eq!(core.drain_interval(0, 60_000).ledger.exit_calls, 1);
    /// ```
    #[must_use]
    pub fn begin_exit_to(
        &self,
        exit_type: &ExitType,
        display_name: &str,
        identifying_properties: &[(&str, &str)],
        operation: Option<&str>,
        optional_properties: &[(&str, &str)],
    ) -> Option<ExitHandle> {
        self.begin_exit_of(display_name, operation, optional_properties, |record| {
            let core = record.core.as_ref()?;
            Some(thread_cache::with(core, |cache| {
                cache.backend(core, exit_type, display_name, identifying_properties).index
            }))
        })
    }

    /// `backend` is asked once it is sure that a call may begin, with the record locked.
    #[inline]
    fn begin_exit_of(
        &self,
        display_name: &str,
        operation: Option<&str>,
        optional_properties: &[(&str, &str)],
        backend: impl FnOnce(&Record) -> Option<u32>,
    ) -> Option<ExitHandle> {
        let (slot, mut record) = self.record(EXIT_CALL_TOO_LATE)?;
        if !may_begin_exit(&record) {
            return None;
        }
        let backend = backend(&record)?;
        let operation = operation.unwrap_or_default();
        let now_ns = monotonic_ns();
        let (number, position) =
            record.begin_exit(backend, display_name, operation, optional_properties, now_ns)?;
        Some(ExitHandle { slot, key: self.key, number, position, backend })
    }

    /// Whether it still runs.
    #[must_use]
    #[inline]
    pub fn is_active(&self) -> bool {
        self.slot().is_some_and(|slot| slot.began_ns.load(Ordering::Acquire) != 0)
    }

    /// A number for contexts, never 0, found again by [`Core::by_key`].
    #[must_use]
    #[inline]
    pub const fn key(&self) -> u64 {
        self.key
    }

    /// The request's GUID, made now if nobody needed it before. `None` when the BT is over.
    #[must_use]
    pub fn guid(&self) -> Option<Guid> {
        let slot = self.slot()?;
        let mut record = slot.record.lock();
        record.running.then(|| header::guid_of(&mut record))
    }

    /// What it is called here; `None` when it is over, and for one that goes on from another tier, which named it.
    #[must_use]
    pub fn name(&self) -> Option<Arc<str>> {
        let record = self.slot()?.record.lock();
        let origin = record.bt.as_ref()?.bt.origin.as_ref()?;
        record.running.then(|| origin.name.clone())
    }

    /// Whether a snapshot of it were kept if it ended now: for details that cost more than asking.
    #[must_use]
    pub fn is_worth_keeping(&self) -> bool {
        let Some(slot) = self.slot() else { return false };
        let record = slot.record.lock();
        let Some(bt) = record.bt.as_ref().filter(|_| record.running) else { return false };
        let duration_ns = monotonic_ns().saturating_sub(record.start_ns);
        let verdict = bt.thresholds().verdict(duration_ns, record.in_error, record.stalled);
        decision::at_end(verdict, record.asked).is_some()
    }

    /// Tells the cores of a process apart: [`BackendRef`]s are good for one. `None` as [`Self::core`].
    #[must_use]
    #[inline]
    pub fn core_serial(&self) -> Option<u64> {
        Some(self.slot()?.core_serial.load(Ordering::Relaxed))
    }

    /// The core that records it; `None` in a forked child and for a BT that is not recorded.
    #[must_use]
    pub fn core(&self) -> Option<Arc<Core>> {
        self.slot()?.record.lock().core.clone()
    }
}

const EXIT_CALL_TOO_LATE: &str = "start_exit_call: the business transaction is over";

/// One exit call at a time, unless several are allowed.
fn may_begin_exit(record: &Record) -> bool {
    record.exits_active == 0
        || record.core.as_ref().is_some_and(|core| core.concurrent_exit_calls.load(Ordering::Relaxed))
}

/// Ends a running BT: numbers always, a snapshot if it is to be kept.
pub(crate) fn finish(slot: &Slot, mut record: ShortGuard<'_, Record>, end_ns: u64, abandoned: bool) {
    let (Some(core), Some(bt)) = (&record.core, &record.bt) else {
        return;
    };
    let duration_ns = end_ns.saturating_sub(record.start_ns);
    let thresholds = bt.thresholds();
    let verdict = thresholds.verdict(duration_ns, record.in_error, record.stalled || abandoned);
    let policy = decision::at_end(verdict, record.asked);
    thread_cache::with(core, |cache| {
        let mut sums = cache.shard().sums.lock();
        sums.count_segment(bt, verdict, duration_ns, abandoned);
        for exit in record.exits.iter().filter(|exit| !exit.counted) {
            let ns = if exit.ended { exit.duration_ns } else { end_ns.saturating_sub(exit.start_ns) };
            count_in(&record, &mut sums, exit.backend, ns, exit.failed);
        }
        for open in &record.open_calls {
            count_in(&record, &mut sums, open.backend, end_ns.saturating_sub(open.start_ns), false);
        }
    });
    slot.began_ns.store(0, Ordering::Release);
    let wake = policy.and_then(|policy| {
        let end = segment::End { end_ns, verdict, thresholds, policy, in_flight: false, abandoned };
        let replaces = record.stalled;
        let segment = segment::make(&mut record, &end)?;
        let core = record.core.as_ref()?;
        core.keep_segment(segment, replaces).then(|| core.clone())
    });
    record.reset();
    drop(record);
    if let Some(core) = wake {
        core.wake();
    }
}

/// Reports a BT that still runs as a stall. Its final record replaces this one.
pub(crate) fn report_stall(mut record: ShortGuard<'_, Record>, now_ns: u64) {
    let Some(thresholds) = record.bt.as_ref().map(|bt| bt.thresholds()) else {
        return;
    };
    record.stalled = true;
    let duration_ns = now_ns.saturating_sub(record.start_ns);
    let verdict = thresholds.verdict(duration_ns, record.in_error, true);
    let end = segment::End {
        end_ns: now_ns,
        verdict,
        thresholds,
        policy: CapturePolicy::SlaFailure,
        in_flight: true,
        abandoned: false,
    };
    let wake = segment::make(&mut record, &end).and_then(|segment| {
        let core = record.core.as_ref()?;
        core.keep_segment(segment, true).then(|| core.clone())
    });
    drop(record);
    if let Some(core) = wake {
        core.wake();
    }
}

/// Cuts the texts of an error to their limits.
pub(crate) fn cut_error(error: ErrorRecord) -> ErrorRecord {
    let shorten = |text: Arc<str>, chars_max: usize| match cut(&text, chars_max) {
        std::borrow::Cow::Owned(shorter) => Arc::from(shorter),
        std::borrow::Cow::Borrowed(_) => text,
    };
    ErrorRecord {
        type_name: shorten(error.type_name, NAME_CHARS_MAX),
        message: shorten(error.message, ERROR_MESSAGE_CHARS_MAX),
        stack: shorten(error.stack, ERROR_STACK_CHARS_MAX),
    }
}

impl Clone for BtHandle {
    fn clone(&self) -> Self {
        if let Some(slot) = self.slot() {
            slot.add_handle();
        }
        Self { slot: self.slot, key: self.key }
    }
}

impl Drop for BtHandle {
    #[inline]
    fn drop(&mut self) {
        let Some(slot) = self.slot() else {
            return;
        };
        if !slot.remove_handle() {
            return;
        }
        if slot.began_ns.load(Ordering::Acquire) != 0 {
            let record = slot.record.lock();
            if record.running {
                finish(slot, record, monotonic_ns(), true);
            }
        }
        thread_cache::keep_slot(slot);
    }
}

impl PartialEq for BtHandle {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.slot.map(std::ptr::from_ref) == other.slot.map(std::ptr::from_ref)
    }
}

impl Eq for BtHandle {}

impl fmt::Debug for BtHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BtHandle").field("key", &self.key).field("active", &self.is_active()).finish()
    }
}
