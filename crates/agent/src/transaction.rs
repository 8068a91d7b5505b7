//! Business transactions while they run.

use std::sync::Arc;

use tierline_model::{ErrorRecord, Guid};

use crate::exit_call::{ExitCall, ExitHandle};
use crate::recorder::Core;

/// A running BT. Clones share it; when the last one is dropped before [`BtHandle::end`], the BT ends as
/// abandoned. Everything may be called from any thread; an ended BT ignores calls and counts them as misuse.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BtHandle(());

impl BtHandle {
    /// Ends the BT.
    pub fn end(&self) {
        self.end_with(Vec::new());
    }

    /// Ends the BT in error (unless `errors` is empty).
    pub fn end_with(&self, errors: Vec<ErrorRecord>) {
        let _ = errors;
    }

    /// Marks the BT as in error.
    pub fn mark_error(&self, error: ErrorRecord) {
        let _ = error;
    }

    /// Adds user data, kept when the BT is.
    pub fn add_user_data(&self, key: &str, value: &str) {
        let _ = (key, value);
    }

    /// Begins an exit call. `None` when the BT is over, or when a call is active and concurrent exit calls
    /// are off.
    #[must_use]
    pub fn begin_exit(&self, call: ExitCall<'_>) -> Option<ExitHandle> {
        let _ = call;
        None
    }

    /// Whether it still runs.
    #[must_use]
    pub fn is_active(&self) -> bool {
        false
    }

    /// A number for contexts, never 0, found again by [`Core::by_key`].
    #[must_use]
    pub fn key(&self) -> u64 {
        1
    }

    /// The request's GUID, made now if nobody needed it before. `None` when the BT is over.
    #[must_use]
    pub fn guid(&self) -> Option<Guid> {
        None
    }

    /// The core that records it; `None` when the BT is over.
    #[must_use]
    pub fn core(&self) -> Option<Arc<Core>> {
        None
    }
}
