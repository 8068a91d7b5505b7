//! Business transaction management.

use std::borrow::Cow;
use std::ffi::CStr;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use tierline::process;

use crate::context;
use crate::error::errors_of;
use crate::execution::Execution;
use crate::fastcall::{Arguments, Function};
use crate::guard::misuse;
use crate::handle::BtHandle;
use crate::request;
use crate::sigterm;
use crate::text::{any_text, text};

/// `start_bt`.
pub struct StartBt;

impl Function for StartBt {
    const NAME: &CStr = c"start_bt";
    const DOC: &CStr = c"start_bt(name, correlation_header=None)\n--\n\n\
        Starts a business transaction of the specified name.\n\n\
        Returns its handle, or `None` when none was started: the agent is not running, or this execution context\n\
        (thread, `asyncio` task, greenlet) already has one.";
    const PARAMETERS: &[&str] = &["name", "correlation_header"];
    const SURPLUS: &'static str = "start_bt: unknown arguments";

    #[inline]
    fn call<'py>(py: Python<'py>, arguments: &Arguments<'_, 'py>) -> Option<Bound<'py, PyAny>> {
        // Making an object fails only without memory.
        Some(Bound::new(py, begin(py, arguments.get(0), arguments.get(1))?).ok()?.into_any())
    }
}

/// `end_bt`.
pub struct EndBt;

impl Function for EndBt {
    const NAME: &CStr = c"end_bt";
    const DOC: &CStr = c"end_bt(bt_handle, exc=None)\n--\n\n\
        Ends the business transaction identified by `bt_handle`, with the errors in `exc`: an exception or a list.";
    const PARAMETERS: &[&str] = &["bt_handle", "exc"];
    const SURPLUS: &'static str = "end_bt: unknown arguments";

    #[inline]
    fn call<'py>(_py: Python<'py>, arguments: &Arguments<'_, 'py>) -> Option<Bound<'py, PyAny>> {
        let bt = bt_of(arguments.get(0), "end_bt: bt_handle is not a BtHandle")?;
        match arguments.get(1) {
            None => bt.get().core.end(),
            exc => bt.get().core.end_with(errors_of(exc, "end_bt: exc is not an exception")),
        }
        None
    }
}

/// `add_snapshot_data`.
pub struct AddSnapshotData;

impl Function for AddSnapshotData {
    const NAME: &CStr = c"add_snapshot_data";
    const DOC: &CStr = c"add_snapshot_data(bt_handle, key, value)\n--\n\n\
        Attaches custom data to transaction snapshots generated for the business transaction.";
    const PARAMETERS: &[&str] = &["bt_handle", "key", "value"];
    const SURPLUS: &'static str = "add_snapshot_data: unknown arguments";

    #[inline]
    fn call<'py>(_py: Python<'py>, arguments: &Arguments<'_, 'py>) -> Option<Bound<'py, PyAny>> {
        let bt = bt_of(arguments.get(0), "add_snapshot_data: bt_handle is not a BtHandle")?;
        let Some(key) = arguments.get(1).and_then(text) else {
            misuse("add_snapshot_data: key is not a text");
            return None;
        };
        // A `None` given as value arrives here like no value at all, and `str(None)` is what is documented.
        let value = arguments.get(2).map_or(Cow::Borrowed("None"), any_text);
        bt.get().core.add_user_data(&key, &value);
        None
    }
}

/// `get_active_bt_handle`.
pub struct GetActiveBtHandle;

impl Function for GetActiveBtHandle {
    const NAME: &CStr = c"get_active_bt_handle";
    const DOC: &CStr = c"get_active_bt_handle(request)\n--\n\n\
        The business transaction associated with the request object of any framework, or the active one of this\n\
        context, or `None`.";
    const PARAMETERS: &[&str] = &["request"];
    const SURPLUS: &'static str = "get_active_bt_handle: unknown arguments";

    fn call<'py>(py: Python<'py>, arguments: &Arguments<'_, 'py>) -> Option<Bound<'py, PyAny>> {
        let core = process::current()?;
        let bound = arguments.get(0).and_then(|request| request::bound_key(request));
        let bt = bound.and_then(|key| core.by_key(key));
        let bt = bt.or_else(|| context::active(py, &core).map(|(bt, _)| bt))?;
        Some(Bound::new(py, BtHandle { core: bt }).ok()?.into_any())
    }
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
        if context::is_busy(py, core, here) {
            return None;
        }
        let header = correlation_header.filter(|header| !header.is_none());
        let header = header.and_then(|header| header_text(header));
        let bt = core.begin(&name, header.as_deref());
        if !bt.is_active() {
            return None; // the agent is being shut down
        }
        context::activate(py, core, &bt, here);
        Some(BtHandle { core: bt })
    })
}

/// A header as text, or the pair that `make_correlation_header` gave.
fn header_text<'a>(header: &'a Bound<'_, PyAny>) -> Option<Cow<'a, str>> {
    if let Some(header) = text(header) {
        return Some(header);
    }
    let pair: Option<(Bound<'_, PyAny>, Bound<'_, PyAny>)> = header.extract().ok();
    match pair.as_ref().and_then(|(_, value)| text(value)) {
        Some(value) => Some(Cow::Owned(value.into_owned())),
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
