//! Business transaction management.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use tierline::process;

use crate::context;
use crate::error::errors_of;
use crate::execution::Execution;
use crate::guard::{misuse, quietly};
use crate::handle::BtHandle;
use crate::request;
use crate::sigterm;
use crate::text::{any_text, text};

/// Starts a business transaction of the specified name.
///
/// Returns its handle, or `None` when none was started: the agent is not running, or this execution context
/// (thread, `asyncio` task, greenlet) already has one.
#[pyfunction]
#[pyo3(
    signature = (name=None, correlation_header=None, *more, **unknown),
    text_signature = "(name, correlation_header=None)"
)]
pub fn start_bt(
    py: Python<'_>,
    name: Option<&Bound<'_, PyAny>>,
    correlation_header: Option<&Bound<'_, PyAny>>,
    more: &Bound<'_, PyTuple>,
    unknown: Option<&Bound<'_, PyDict>>,
) -> Option<BtHandle> {
    quietly(None, || {
        surplus(more, unknown, "start_bt: unknown arguments");
        begin(py, name, correlation_header)
    })
}

/// Ends the business transaction identified by `bt_handle`, with the errors in `exc`: an exception or a list.
#[pyfunction]
#[pyo3(signature = (bt_handle=None, exc=None, *more, **unknown), text_signature = "(bt_handle, exc=None)")]
pub fn end_bt(
    bt_handle: Option<&Bound<'_, PyAny>>,
    exc: Option<&Bound<'_, PyAny>>,
    more: &Bound<'_, PyTuple>,
    unknown: Option<&Bound<'_, PyDict>>,
) {
    quietly((), || {
        surplus(more, unknown, "end_bt: unknown arguments");
        let Some(bt) = bt_of(bt_handle, "end_bt: bt_handle is not a BtHandle") else { return };
        match exc {
            None => bt.get().core.end(),
            Some(_) => bt.get().core.end_with(errors_of(exc, "end_bt: exc is not an exception")),
        }
    });
}

/// Attaches custom data to transaction snapshots generated for the business transaction.
#[pyfunction]
#[pyo3(
    signature = (bt_handle=None, key=None, value=None, *more, **unknown),
    text_signature = "(bt_handle, key, value)"
)]
pub fn add_snapshot_data(
    bt_handle: Option<&Bound<'_, PyAny>>,
    key: Option<&Bound<'_, PyAny>>,
    value: Option<&Bound<'_, PyAny>>,
    more: &Bound<'_, PyTuple>,
    unknown: Option<&Bound<'_, PyDict>>,
) {
    quietly((), || {
        surplus(more, unknown, "add_snapshot_data: unknown arguments");
        let Some(bt) = bt_of(bt_handle, "add_snapshot_data: bt_handle is not a BtHandle") else { return };
        let Some(key) = key.and_then(text) else {
            return misuse("add_snapshot_data: key is not a text");
        };
        // A `None` given as value arrives here like no value at all, and `str(None)` is what is documented.
        let value = value.map_or(std::borrow::Cow::Borrowed("None"), any_text);
        bt.get().core.add_user_data(&key, &value);
    });
}

/// The business transaction associated with the request object of any framework, or the active one of this
/// context, or `None`.
#[pyfunction]
#[pyo3(signature = (request=None, *more, **unknown), text_signature = "(request)")]
pub fn get_active_bt_handle(
    py: Python<'_>,
    request: Option<&Bound<'_, PyAny>>,
    more: &Bound<'_, PyTuple>,
    unknown: Option<&Bound<'_, PyDict>>,
) -> Option<BtHandle> {
    quietly(None, || {
        surplus(more, unknown, "get_active_bt_handle: unknown arguments");
        let core = process::current()?;
        if let Some(bt) =
            request.and_then(|request| request::bound_key(request)).and_then(|key| core.by_key(key))
        {
            return Some(BtHandle { core: bt });
        }
        context::active(py, &core).map(|(bt, _)| BtHandle { core: bt })
    })
}

/// What `start_bt` and the context manager do.
#[inline]
pub fn begin(
    py: Python<'_>,
    name: Option<&Bound<'_, PyAny>>,
    correlation_header: Option<&Bound<'_, PyAny>>,
) -> Option<BtHandle> {
    process::with_current(|core| {
        let Some(core) = core else {
            misuse("start_bt: the agent is not running");
            return None;
        };
        sigterm::watch();
        let Some(name) = name.and_then(text) else {
            core.count_misuse("start_bt: name is not a text");
            return None;
        };
        let here = Execution::current(py);
        if context::active(py, core).is_some_and(|(_, begun_by)| begun_by == here) {
            return None;
        }
        let header = correlation_header.filter(|header| !header.is_none());
        let header = header.and_then(|header| header_text(header));
        let bt = core.begin(&name, header.as_deref());
        if !bt.is_active() {
            return None; // the agent is being shut down
        }
        context::activate(py, &bt, here);
        Some(BtHandle { core: bt })
    })
}

/// A header as text, or the pair that `make_correlation_header` gave.
fn header_text<'a>(header: &'a Bound<'_, PyAny>) -> Option<std::borrow::Cow<'a, str>> {
    if let Some(header) = text(header) {
        return Some(header);
    }
    let pair: Option<(Bound<'_, PyAny>, Bound<'_, PyAny>)> = header.extract().ok();
    match pair.as_ref().and_then(|(_, value)| text(value)) {
        Some(value) => Some(std::borrow::Cow::Owned(value.into_owned())),
        None => {
            misuse("start_bt: correlation_header is not a text");
            None
        }
    }
}

/// The handle in an argument. `None` is what `start_bt` gives when it started nothing, and nothing odd.
#[inline]
pub fn bt_of<'a, 'py>(
    handle: Option<&'a Bound<'py, PyAny>>,
    what: &'static str,
) -> Option<&'a Bound<'py, BtHandle>> {
    let handle = handle?;
    match handle.cast::<BtHandle>() {
        Ok(handle) => Some(handle),
        Err(_) => {
            misuse(what);
            None
        }
    }
}

/// Counts arguments that nobody asked for.
#[inline]
pub fn surplus(more: &Bound<'_, PyTuple>, unknown: Option<&Bound<'_, PyDict>>, what: &'static str) {
    if unknown.is_some() || !more.is_empty() {
        misuse(what);
    }
}
