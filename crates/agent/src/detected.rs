//! Exit calls that were detected, not made by hand.
//!
//! They differ in two ways. Several may be active at a time: the limit of one is the API's, and a program that awaits
//! five answers at once has made five calls. And nobody made a mistake when one outlives its BT.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tierline_model::{ErrorRecord, ExitType};

use crate::clock::monotonic_ns;
use crate::exit_call::ExitHandle;
use crate::limits::DETECTION_NOTES_MAX;
use crate::recorder::Core;
use crate::running::slots;
use crate::thread_cache;
use crate::transaction::BtHandle;

/// What a detected exit call is begun with.
#[derive(Clone, Copy, Debug)]
pub struct Detected<'a> {
    /// What kind of call it is.
    pub exit_type: &'a ExitType,
    /// The label of its backend.
    pub label: &'a str,
    /// What identifies its backend.
    pub identifying_properties: &'a [(&'a str, &'a str)],
    /// URL without query, SQL without literals, …
    pub operation: &'a str,
    /// Shown with the call; no part of the backend's identity.
    pub optional_properties: &'a [(&'a str, &'a str)],
    /// Whether what is called within it is a part of it, and no call of its own.
    pub exclusive: bool,
    /// Remembers the number of the backend, for those who call the same one again.
    pub known: Option<&'a KnownBackend>,
}

/// Remembers which backend of which core something is. Nothing at first.
#[derive(Debug, Default)]
pub struct KnownBackend(AtomicU64);

impl KnownBackend {
    /// The index among the backends of this core.
    #[inline]
    fn of(&self, core: &Core) -> Option<u32> {
        // Number and serial in one word: both or neither. Serials are small, and never 0.
        let known = self.0.load(Ordering::Relaxed);
        (known >> 32 == core.serial & u64::from(u32::MAX) && known != 0).then_some(known as u32)
    }

    fn remember(&self, core: &Core, index: u32) {
        self.0.store(core.serial << 32 | u64::from(index), Ordering::Relaxed);
    }
}

/// A running exit call that was detected.
#[derive(Clone, Debug)]
pub struct DetectedExit {
    handle: ExitHandle,
    exclusive: bool,
}

impl Core {
    /// Begins an exit call of the running BT with this key. `None` when that is over, and within an exit call made by
    /// hand or an exclusive one: that is it.
    ///
    /// ```
    /// # let core = std::sync::Arc::clone(&tierline::doc_core());
    /// use tierline::{ExitType, detected::Detected};
    /// let call = Detected {
    ///     exit_type: &ExitType::Cache,
    ///     label: "127.0.0.1:6379",
    ///     identifying_properties: &[("Server Pool", "127.0.0.1:6379")],
    ///     operation: "GET",
    ///     optional_properties: &[],
    ///     exclusive: false,
    ///     known: None,
    /// };
    /// let bt = core.begin("/basket", None);
    /// let first = core.begin_detected_exit(bt.key(), &call).unwrap();
    /// let second = core.begin_detected_exit(bt.key(), &call).unwrap();
    /// first.end(Vec::new());
    /// bt.end();
    /// second.end(Vec::new()); // too late, and nobody's mistake
    /// assert_eq!(core.drain_interval(0, 60_000).ledger.exit_calls, 2);
    /// assert!(core.diagnostics().misuse.is_empty());
    /// ```
    #[must_use]
    pub fn begin_detected_exit(&self, key: u64, call: &Detected<'_>) -> Option<DetectedExit> {
        let slot = slots().find(key)?;
        // `find` took a handle; this gives it back, after the record is let go.
        let _bt = BtHandle::new(slot, key);
        let mut record = slot.record.lock();
        let core = record.core.as_ref().filter(|core| record.running && core.serial == self.serial)?;
        if record.exits_active > 0 && !core.concurrent_exit_calls.load(Ordering::Relaxed) {
            return None;
        }
        let backend = call.known.and_then(|known| known.of(core)).unwrap_or_else(|| {
            let index = thread_cache::with(core, |cache| {
                cache.backend(core, call.exit_type, call.label, call.identifying_properties).index
            });
            if let Some(known) = call.known {
                known.remember(core, index);
            }
            index
        });
        let now_ns = monotonic_ns();
        let (number, position) =
            record.begin_exit(backend, call.label, call.operation, call.optional_properties, now_ns)?;
        if !call.exclusive {
            record.exits_active = record.exits_active.saturating_sub(1);
        }
        drop(record);
        let handle = ExitHandle { slot, key, number, position, backend };
        Some(DetectedExit { handle, exclusive: call.exclusive })
    }
}

impl Core {
    /// Whether the running BT with this key is in error by now.
    #[must_use]
    pub fn is_failed(&self, key: u64) -> bool {
        let Some(slot) = slots().find(key) else { return false };
        let _bt = BtHandle::new(slot, key);
        let record = slot.record.lock();
        record.running && record.in_error
    }
}

impl BtHandle {
    /// The handle of no BT: what is active where none is.
    #[must_use]
    pub const fn none() -> Self {
        Self::inert()
    }
}

impl DetectedExit {
    /// Ends the call, in error unless `errors` is empty.
    pub fn end(&self, errors: Vec<ErrorRecord>) {
        self.handle.end_detected(errors, self.exclusive);
    }

    /// Appends the correlation header for this call. `false`, and nothing appended, when correlation is off or the call
    /// is over.
    pub fn correlation_header(&self, out: &mut String) -> bool {
        self.handle.correlation_header(false, out)
    }
}

/// What could not be detected in this process, whatever agents began and ended in it.
static NOTES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Notes why something is not detected, in a sentence, once: `tierline doctor` and the node's page show it.
pub fn note(sentence: &str) {
    let mut notes = NOTES.lock().unwrap_or_else(PoisonError::into_inner);
    if notes.len() < DETECTION_NOTES_MAX && notes.iter().all(|known| known != sentence) {
        notes.push(sentence.to_owned());
    }
}

/// What was noted.
pub(crate) fn notes() -> Vec<String> {
    NOTES.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
