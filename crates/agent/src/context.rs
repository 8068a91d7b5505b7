//! The active BT of an execution context: of a thread, or of a future that carries its own.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::process;
use crate::transaction::BtHandle;

thread_local! {
    /// Key of the active BT, 0 for none. May be the key of one that is over.
    static ACTIVE: Cell<u64> = const { Cell::new(0) };
}

pub(crate) fn active_key() -> u64 {
    ACTIVE.try_with(Cell::get).unwrap_or(0)
}

pub(crate) fn set_active_key(key: u64) {
    let _ = ACTIVE.try_with(|active| active.set(key));
}

/// Leaves the context when it still belongs to the BT with this key.
pub(crate) fn leave(key: u64) {
    if active_key() == key {
        set_active_key(0);
    }
}

/// The BT that runs in this execution context, whoever began it: for code that has no handle.
///
/// ```
/// fn deep_inside() {
///     if let Some(bt) = tierline::active_bt() {
///         bt.add_user_data("cache", "miss");
///     }
/// }
/// deep_inside(); // without a BT nothing happens
/// ```
#[must_use]
pub fn active_bt() -> Option<BtHandle> {
    let key = active_key();
    if key == 0 {
        return None;
    }
    process::with_current(|core| core.and_then(|core| core.by_key(key)))
}

/// Puts back what was active before, also while unwinding.
pub(crate) struct Restore(pub(crate) u64);

impl Drop for Restore {
    fn drop(&mut self) {
        set_active_key(self.0);
    }
}

/// A future that is an execution context of its own: a BT begun inside is active inside only, on whatever
/// thread the future is polled. From [`scope`] and [`crate::Bt::in_scope`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Scope<F> {
    /// Key of the BT that is active inside.
    key: u64,
    future: F,
}

impl<F> Scope<F> {
    pub(crate) const fn new(key: u64, future: F) -> Self {
        Self { key, future }
    }
}

/// Gives `future` an execution context of its own. Wrap every task that may begin a BT, for example where a
/// server spawns one per connection; no particular runtime is needed.
///
/// ```
/// let task = tierline::scope(async {
///     let bt = tierline::start_bt("/orders", None);
///     // … await as you like …
///     drop(bt);
/// });
/// # let _ = task;
/// ```
pub const fn scope<F: Future>(future: F) -> Scope<F> {
    Scope::new(0, future)
}

impl<F: Future> Future for Scope<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: `future` is never moved out of a pinned `Scope`, `key` is never pinned, and there is no
        // `Drop` or `Unpin` of our own that could break either.
        let (key, future) = unsafe {
            let this = self.get_unchecked_mut();
            (&mut this.key, Pin::new_unchecked(&mut this.future))
        };
        let _restore = Restore(active_key());
        set_active_key(*key);
        let polled = future.poll(task);
        *key = active_key();
        polled
    }
}
