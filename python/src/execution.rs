//! Who is running: the thread, and on it the `asyncio` task or the greenlet.
//!
//! "Thread" in the documents means this (contract.md). A context variable alone cannot tell, because a new task
//! inherits the context of the one that made it.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};

use crate::text::text;

/// One execution context. Two that live at the same time differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Execution {
    /// Counts threads; never used twice.
    pub thread: u64,
    /// The address of the running task or greenlet; 0 when there is neither.
    pub task: u64,
}

static THREADS: AtomicU64 = AtomicU64::new(1);

thread_local! {
    static THREAD: Cell<u64> = const { Cell::new(0) };
}

impl Execution {
    /// The one that calls.
    #[inline]
    pub fn current(py: Python<'_>) -> Self {
        Self { thread: thread(py), task: task_or_greenlet(py) }
    }
}

#[inline]
fn thread(py: Python<'_>) -> u64 {
    let number = THREAD.get();
    if number != 0 { number } else { first_use(py) }
}

/// Gives the thread its number, and tells the core what Python calls it.
#[cold]
fn first_use(py: Python<'_>) -> u64 {
    let number = THREADS.fetch_add(1, Ordering::Relaxed);
    THREAD.set(number);
    let (module, function) = (pyo3::intern!(py, "threading"), pyo3::intern!(py, "current_thread"));
    let current = imported(py, &CURRENT_THREAD, module, function).and_then(|current| current.call0().ok());
    if let Some(name) = current.and_then(|thread| thread.getattr(pyo3::intern!(py, "name")).ok())
        && let Some(name) = text(&name)
    {
        tierline::thread_cache::name_this_thread(&name);
    }
    number
}

/// What the libraries offer, once the program has imported them: the agent never imports them itself, because
/// that would cost a program that does not use them tens of milliseconds.
static MODULES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
static CURRENT_THREAD: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static RUNNING_LOOP: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static CURRENT_TASK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static CURRENT_GREENLET: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// How many modules there were when nothing was found that tells tasks or greenlets apart.
static MODULES_SEARCHED: AtomicUsize = AtomicUsize::new(0);

/// The running task or greenlet; 0 when there is neither.
#[inline]
fn task_or_greenlet(py: Python<'_>) -> u64 {
    let Ok(modules) = modules(py) else { return 0 };
    // A program without asyncio and greenlets is asked no more than whether it imported something since.
    let count = modules.len();
    if MODULES_SEARCHED.load(Ordering::Relaxed) == count {
        return 0;
    }
    let found = task(py).or_else(|| greenlet(py));
    if RUNNING_LOOP.get(py).is_none() && CURRENT_GREENLET.get(py).is_none() {
        MODULES_SEARCHED.store(count, Ordering::Relaxed);
    }
    found.unwrap_or(0)
}

#[inline]
fn modules(py: Python<'_>) -> PyResult<&Bound<'_, PyDict>> {
    let modules = MODULES.get_or_try_init(py, || {
        py.import("sys")?.getattr("modules")?.cast_into::<PyDict>().map(Bound::unbind).map_err(PyErr::from)
    })?;
    Ok(modules.bind(py))
}

/// The running task's address; `Some(0)` in a callback of a running loop, `None` without a running loop.
#[inline]
fn task(py: Python<'_>) -> Option<u64> {
    let running_loop = imported(
        py,
        &RUNNING_LOOP,
        pyo3::intern!(py, "asyncio.events"),
        pyo3::intern!(py, "_get_running_loop"),
    )?;
    let event_loop = running_loop.call0().ok()?;
    if event_loop.is_none() {
        return None;
    }
    let current =
        imported(py, &CURRENT_TASK, pyo3::intern!(py, "asyncio.tasks"), pyo3::intern!(py, "current_task"))?;
    let task = current.call1((event_loop,)).ok()?;
    Some(if task.is_none() { 0 } else { task.as_ptr() as u64 })
}

#[inline]
fn greenlet(py: Python<'_>) -> Option<u64> {
    let current =
        imported(py, &CURRENT_GREENLET, pyo3::intern!(py, "greenlet"), pyo3::intern!(py, "getcurrent"))?;
    Some(current.call0().ok()?.as_ptr() as u64)
}

/// A function of a module that the program has imported; `None` while it has not, or not finished.
#[inline]
fn imported<'py>(
    py: Python<'py>,
    found: &'static PyOnceLock<Py<PyAny>>,
    module: &Bound<'_, PyString>,
    function: &Bound<'_, PyString>,
) -> Option<&'py Bound<'py, PyAny>> {
    if let Some(found) = found.get(py) {
        return Some(found.bind(py));
    }
    let module = modules(py).ok()?.get_item(module).ok()??;
    let value = module.getattr(function).ok()?.unbind();
    Some(found.get_or_init(py, || value).bind(py))
}
