//! Detected business transactions: begun by a request or a message, ended by its answer.
//!
//! What a request is called and what counts as an error is the core's to say, for every language alike. The parts of a
//! library that are patched are Python's (`appdynamics/agent/detection`); here is what they call, in as few calls as
//! possible. Nothing here calls what a program observes: before Python 3.14 the interpreter ends daemon threads by
//! unwinding them, at whatever they wait for, and no frame of Rust survives that.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tierline::settings::Settings;
use tierline::{Core, process};
use tierline_model::ErrorRecord;
use tierline_model::detection::{Detected, Request};
use tierline_model::limits::NAME_CHARS_MAX;
use tierline_model::name::clean_bt_name;

use crate::context;
use crate::error::escaping_error;
use crate::execution::Execution;
use crate::guard::quietly;
use crate::handle::BtHandle;
use crate::limits::{DETECTION_TEXT_CHARS_MAX, IGNORED_ERRORS_REMEMBERED_MAX};
use crate::request::{bind_request, bound_key};
use crate::sigterm;
use crate::text::{any_text, text};

/// What is detected, as the settings say.
struct Wanted {
    on: bool,
    without: Vec<String>,
}

static WANTED: Mutex<Wanted> = Mutex::new(Wanted { on: false, without: Vec::new() });
static RAW_SQL: AtomicBool = AtomicBool::new(false);

/// Takes over what the settings say of detection.
pub fn configure(settings: &Settings) {
    RAW_SQL.store(settings.raw_sql, Ordering::Relaxed);
    let wanted =
        Wanted { on: settings.detection && settings.enabled, without: settings.detection_without.clone() };
    *WANTED.lock().unwrap_or_else(PoisonError::into_inner) = wanted;
}

/// Whether detected SQL keeps its literals.
pub fn keeps_sql_raw() -> bool {
    RAW_SQL.load(Ordering::Relaxed)
}

/// The libraries that are to be left untouched; `None` when all are.
#[pyfunction]
pub fn detection_without() -> Option<Vec<String>> {
    let wanted = WANTED.lock().unwrap_or_else(PoisonError::into_inner);
    wanted.on.then(|| wanted.without.clone())
}

/// The headers that correlate, in the order of `incoming::read_all`.
pub const CORRELATION_HEADERS: [&str; 3] = ["singularityheader", "traceparent", "tracestate"];

/// Joins what was received of these, each in its line; `None` when there was nothing.
pub fn received(headers: [Option<Cow<'_, str>>; 3]) -> Option<String> {
    let [header, parent, state] = headers;
    if header.is_none() && parent.is_none() {
        return None;
    }
    // A line feed in a header would make two lines of one.
    let line = |header: Option<Cow<'_, str>>| header.map(|text| text.replace('\n', " ")).unwrap_or_default();
    Some(format!("{}\n{}\n{}", line(header), line(parent), line(state)))
}

/// Begins the transaction of a request; `None` when there is to be none, or this execution context has one.
pub fn begin_request_bt(
    py: Python<'_>,
    request: &dyn Request,
    headers: impl FnOnce() -> Option<String>,
) -> Option<BtHandle> {
    process::with_current(|core| {
        let core = core?;
        let here = Execution::current(py);
        if context::is_busy(py, core, here) {
            return None;
        }
        let Detected::Named(name) = core.detector().detect(request) else { return None };
        let bt = begin(py, core, here, &name, headers().as_deref())?;
        core.collect_request(&bt.core, &name, request);
        Some(bt)
    })
}

fn begin(
    py: Python<'_>,
    core: &Arc<Core>,
    here: Execution,
    name: &str,
    headers: Option<&str>,
) -> Option<BtHandle> {
    sigterm::watch();
    let bt = core.begin(name, headers);
    if !bt.is_active() {
        return None; // the agent is being shut down
    }
    context::activate(py, core, &bt, here);
    Some(BtHandle { core: bt })
}

/// Begins the transaction of a message or task called `name`, unless this execution context has one, or detection is
/// switched off or excludes it. `header`, `traceparent` and `tracestate` are what came with it: texts, bytes or `None`.
#[pyfunction]
#[pyo3(signature = (name, header=None, traceparent=None, tracestate=None))]
pub fn begin_task(
    py: Python<'_>,
    name: &Bound<'_, PyAny>,
    header: Option<&Bound<'_, PyAny>>,
    traceparent: Option<&Bound<'_, PyAny>>,
    tracestate: Option<&Bound<'_, PyAny>>,
) -> Option<BtHandle> {
    quietly(None, || {
        process::with_current(|core| {
            let core = core?;
            let here = Execution::current(py);
            if context::is_busy(py, core, here) {
                return None;
            }
            let name = any_text(name);
            let config = core.config();
            let excluded = &config.detection.excluded_bts;
            let is_excluded =
                !excluded.is_empty() && excluded.iter().any(|one| **one == *clean_bt_name(&name));
            if !config.detection.enabled || is_excluded {
                return None;
            }
            let headers = [header, traceparent, tracestate].map(|header| header.and_then(text));
            begin(py, core, here, &name, received(headers).as_deref())
        })
    })
}

/// A request with a mapping of headers, as Tornado and aiohttp have it.
struct Shown<'a, 'py> {
    method: Cow<'a, str>,
    path: Cow<'a, str>,
    query: Cow<'a, str>,
    headers: &'a Bound<'py, PyAny>,
}

impl Shown<'_, '_> {
    fn get(&self, name: &str) -> Option<String> {
        let value = self.headers.call_method1(pyo3::intern!(self.headers.py(), "get"), (name,)).ok()?;
        Some(text(&value)?.into_owned())
    }
}

impl Request for Shown<'_, '_> {
    fn method(&self) -> &str {
        &self.method
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn query(&self) -> &str {
        &self.query
    }

    fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(Cow::Owned)
    }
}

/// Begins the transaction of a request whose headers are a mapping without regard to case, and binds it to `carrier`.
#[pyfunction]
pub fn begin_request(
    py: Python<'_>,
    carrier: &Bound<'_, PyAny>,
    method: &Bound<'_, PyAny>,
    path: &Bound<'_, PyAny>,
    query: &Bound<'_, PyAny>,
    headers: &Bound<'_, PyAny>,
) -> Option<BtHandle> {
    quietly(None, || {
        let request = Shown {
            method: text(method).unwrap_or_default(),
            path: short(text(path).unwrap_or_default()),
            query: short(text(query).unwrap_or_default()),
            headers,
        };
        let received_headers = || received(CORRELATION_HEADERS.map(|name| request.get(name).map(Cow::Owned)));
        let bt = begin_request_bt(py, &request, received_headers)?;
        bind(carrier, py, &bt);
        Some(bt)
    })
}

fn bind(carrier: &Bound<'_, PyAny>, py: Python<'_>, bt: &BtHandle) {
    // Where a request is a dictionary it carries the transaction; where it has one of attributes, that is written
    // past `__setattr__`, because aiohttp warns of attributes it does not know.
    let Ok(attributes) = carrier.getattr(pyo3::intern!(py, "__dict__")) else {
        if let Ok(handle) = Bound::new(py, BtHandle { core: bt.core.clone() }) {
            bind_request(carrier, handle.as_any());
        }
        return;
    };
    if let Ok(attributes) = attributes.cast::<PyDict>() {
        let _ = attributes.set_item(pyo3::intern!(py, "_appdynamics_bt"), bt.core.key());
    }
}

/// Cuts what rules are compared with.
pub fn short(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.len() <= DETECTION_TEXT_CHARS_MAX {
        return text;
    }
    let end = text.floor_char_boundary(DETECTION_TEXT_CHARS_MAX);
    Cow::Owned(text.get(..end).unwrap_or_default().to_owned())
}

/// Ends a detected transaction: with the status of its answer, if it has one, and with what escaped its handler.
#[pyfunction]
#[pyo3(signature = (bt_handle, status=None, exc=None))]
pub fn end_request(
    bt_handle: &Bound<'_, PyAny>,
    status: Option<&Bound<'_, PyAny>>,
    exc: Option<&Bound<'_, PyAny>>,
) {
    quietly((), || {
        if let Ok(bt) = bt_handle.cast::<BtHandle>() {
            end(bt.get(), status.and_then(status_code), exc);
        }
    });
}

/// The code of a status: a number, or a status line as WSGI has it (`404 Not Found`).
pub fn status_code(status: &Bound<'_, PyAny>) -> Option<u16> {
    match text(status) {
        Some(line) => line.get(..3)?.parse().ok(),
        // Also an `http.HTTPStatus`.
        None => status.extract().ok(),
    }
}

/// See [`end_request`].
pub fn end(bt: &BtHandle, status: Option<u16>, exc: Option<&Bound<'_, PyAny>>) {
    let Some(core) = bt.core.core() else { return };
    let key = bt.core.key();
    if !core.is_running(key) {
        // The program ended it by hand.
        return;
    }
    if let Some(exc) = exc {
        fail(&core, bt, exc);
    }
    if let Some(status) = status {
        core.collect_status(&bt.core, status);
    }
    if let Some(status) = status.filter(|status| core.is_error_status(*status))
        && !core.is_failed(key)
        && !forget_ignored(key)
    {
        bt.core.mark_error(status_error(status));
    }
    bt.core.end();
}

/// Keeps an error that a framework was given and answers itself, for the transaction of `request`, or the active one.
#[pyfunction]
pub fn fail_request(py: Python<'_>, request: Option<&Bound<'_, PyAny>>, exc: &Bound<'_, PyAny>) {
    quietly((), || {
        let Some(core) = process::current() else { return };
        let bt = request.and_then(bound_key).and_then(|key| core.by_key(key));
        if let Some(bt) = bt.or_else(|| context::active(py, &core).map(|(bt, _)| bt)) {
            fail(&core, &BtHandle { core: bt }, exc);
        }
    });
}

fn fail(core: &Core, bt: &BtHandle, exc: &Bound<'_, PyAny>) {
    let key = bt.core.key();
    if core.is_failed(key) {
        // The same one on its way out.
        return;
    }
    let Some(error) = escaping_error(exc) else { return };
    if core.ignores_error(&error.type_name, &error.message) {
        let mut ignored = IGNORED.lock().unwrap_or_else(PoisonError::into_inner);
        if ignored.len() >= IGNORED_ERRORS_REMEMBERED_MAX {
            ignored.remove(0);
        }
        ignored.push(key);
        drop(ignored);
        bt.core.add_user_data("Ignored error", &format!("{}: {}", error.type_name, error.message));
    } else {
        bt.core.mark_error(error);
    }
}

/// Keys of transactions whose error is ignored: the status of such an answer is no error either.
static IGNORED: Mutex<Vec<u64>> = Mutex::new(Vec::new());

fn forget_ignored(key: u64) -> bool {
    let mut ignored = IGNORED.lock().unwrap_or_else(PoisonError::into_inner);
    let place = ignored.iter().position(|one| *one == key);
    place.map(|place| ignored.swap_remove(place)).is_some()
}

/// An error status as an error.
pub fn status_error(status: u16) -> ErrorRecord {
    let type_name = format!("HTTP {status}");
    debug_assert!(type_name.len() <= NAME_CHARS_MAX);
    ErrorRecord {
        message: Arc::from(reason(status).map_or(type_name.clone(), |reason| format!("{status} {reason}"))),
        type_name: Arc::from(type_name),
        stack: Arc::from(""),
    }
}

/// What an error status means (RFC 9110, 15; RFC 6585).
const fn reason(status: u16) -> Option<&'static str> {
    Some(match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => return None,
    })
}

/// Notes why a library is not observed, for `tierline doctor` and the node's page.
#[pyfunction]
pub fn note_detection(sentence: &str) {
    quietly((), || tierline::detected::note(&short(Cow::Borrowed(sentence))));
}

/// What a thread takes along from the execution context that started it.
#[pyclass(frozen, module = "appdynamics._native")]
pub struct Carried {
    key: u64,
    execution: Execution,
}

/// What a thread or task that is started now takes along; `None` outside of transactions.
#[pyfunction]
pub fn carry(py: Python<'_>) -> Option<Carried> {
    quietly(None, || {
        process::with_current(|core| {
            let (bt, execution) = context::active(py, core?)?;
            Some(Carried { key: bt.key(), execution })
        })
    })
}

/// What was active before something carried was.
#[pyclass(frozen, module = "appdynamics._native")]
pub struct Before {
    core: Arc<Core>,
    /// The key of what was active, and who began it.
    active: Option<(u64, Execution)>,
}

/// Makes what was carried active here. `None` when it is over by now.
#[pyfunction]
pub fn enter_carried(py: Python<'_>, carried: &Bound<'_, Carried>) -> Option<Before> {
    quietly(None, || {
        let core = process::current()?;
        let carried = carried.get();
        let bt = core.by_key(carried.key)?;
        let active = context::active(py, &core).map(|(bt, execution)| (bt.key(), execution));
        context::activate(py, &core, &bt, carried.execution);
        Some(Before { core, active })
    })
}

/// Leaves the context as it was before [`enter_carried`].
#[pyfunction]
pub fn leave_carried(py: Python<'_>, before: &Bound<'_, Before>) {
    quietly((), || {
        let Before { core, active } = before.get();
        let active = active.and_then(|(key, execution)| Some((core.by_key(key)?, execution)));
        let (bt, execution) = active.unwrap_or_else(|| (tierline::BtHandle::none(), Execution::current(py)));
        context::activate(py, core, &bt, execution);
    });
}

/// What the module `appdynamics._native` has of detection.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(detection_without, module)?)?;
    module.add_function(wrap_pyfunction!(begin_task, module)?)?;
    module.add_function(wrap_pyfunction!(begin_request, module)?)?;
    module.add_function(wrap_pyfunction!(end_request, module)?)?;
    module.add_function(wrap_pyfunction!(fail_request, module)?)?;
    module.add_function(wrap_pyfunction!(note_detection, module)?)?;
    module.add_function(wrap_pyfunction!(carry, module)?)?;
    module.add_function(wrap_pyfunction!(enter_carried, module)?)?;
    module.add_function(wrap_pyfunction!(leave_carried, module)?)?;
    crate::detection_served::add(module)?;
    crate::detection_wsgi::add(module)?;
    crate::detection_asgi::add(module)?;
    crate::detection_exit::add(module)
}
