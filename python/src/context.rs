//! The active transaction of the calling context: a `contextvars.ContextVar`.
//!
//! Its value is a *mark*: 24 bytes that say which transaction (the core's key: slot and generation, so that a
//! stale mark is recognised) and which execution context began it. Not the handle: a context may live long, and
//! a handle nobody else holds must be collected.

use std::cell::Cell;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict as _, PyBytes};
use tierline::{BtHandle, Core};

use crate::execution::Execution;

/// The bound methods of the variable.
struct Variable {
    get: Py<PyAny>,
    set: Py<PyAny>,
}

static VARIABLE: PyOnceLock<Variable> = PyOnceLock::new();

/// Makes the variable. Once, when the module is imported.
pub fn prepare(py: Python<'_>) -> PyResult<()> {
    VARIABLE.get_or_try_init(py, || {
        let variable = py
            .import("contextvars")?
            .getattr("ContextVar")?
            .call(("appdynamics.active_bt",), Some(&[("default", py.None())].into_py_dict(py)?))?;
        PyResult::Ok(Variable {
            get: variable.getattr("get")?.unbind(),
            set: variable.getattr("set")?.unbind(),
        })
    })?;
    Ok(())
}

thread_local! {
    /// The key of the only transaction begun on this thread that may still run.
    static ONLY: Cell<Only> = const { Cell::new(Only::Key(0)) };
}

/// What a thread knows of the transactions begun on it, without asking its contexts.
#[derive(Clone, Copy)]
enum Only {
    /// All but the one with this key are over; 0 before the first.
    Key(u64),
    /// Several ran at the same time, as those of tasks do: the contexts must be asked from then on.
    Several,
}

/// Whether `here` began a transaction that still runs and that this context knows.
#[inline]
pub fn is_busy(py: Python<'_>, core: &Core, here: Execution) -> bool {
    match ONLY.get() {
        Only::Key(key) if !core.is_running(key) => false,
        _ => marked(py).is_some_and(|(key, begun_by)| begun_by == here && core.is_running(key)),
    }
}

/// The running transaction this context knows, begun here or inherited, and who began it.
pub fn active(py: Python<'_>, core: &Core) -> Option<(BtHandle, Execution)> {
    let (key, execution) = marked(py)?;
    Some((core.by_key(key)?, execution))
}

/// The key of the transaction this context knows, which may be over by now, and who began it.
#[inline]
pub fn marked(py: Python<'_>) -> Option<(u64, Execution)> {
    let mark = VARIABLE.get(py)?.get.bind(py).call0().ok()?;
    read(mark.cast::<PyBytes>().ok()?.as_bytes())
}

/// Marks `bt` as active from here on, and for all that inherits this context later.
#[inline]
pub fn activate(py: Python<'_>, core: &Core, bt: &BtHandle, execution: Execution) {
    ONLY.set(match ONLY.get() {
        Only::Key(key) if !core.is_running(key) => Only::Key(bt.key()),
        _ => Only::Several,
    });
    let mut mark = [0; 24];
    mark[..8].copy_from_slice(&bt.key().to_ne_bytes());
    mark[8..16].copy_from_slice(&execution.thread.to_ne_bytes());
    mark[16..].copy_from_slice(&execution.task.to_ne_bytes());
    if let Some(variable) = VARIABLE.get(py) {
        let mark = PyBytes::new(py, &mark);
        // Fails only without memory; then the transaction is not found by `get_active_bt_handle`.
        // SAFETY: attached, all objects live, and the arguments end with a null. In the stable ABI of Python 3.10 this
        // is the one call with an argument that makes no tuple for it.
        let token = unsafe {
            let set = variable.set.as_ptr();
            let token =
                ffi::PyObject_CallFunctionObjArgs(set, mark.as_ptr(), std::ptr::null_mut::<ffi::PyObject>());
            Bound::from_owned_ptr_or_err(py, token)
        };
        drop(token);
    }
}

fn read(mark: &[u8]) -> Option<(u64, Execution)> {
    let number = |at: usize| Some(u64::from_ne_bytes(mark.get(at..at + 8)?.try_into().ok()?));
    Some((number(0)?, Execution { thread: number(8)?, task: number(16)? }))
}
