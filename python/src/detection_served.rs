//! Requests that are being served: what their answers say, until they are complete.

use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::detection::{end, status_code};
use crate::guard::quietly;
use crate::handle::BtHandle;
use crate::text::{string_text, text};

/// Under which key of the user data the route of a request is shown. The Node.js agent says the same.
const ROUTE: &str = "Route";

/// The transaction of a request, and what is known of its answer.
#[pyclass(frozen, module = "appdynamics._native")]
pub struct Served {
    bt: BtHandle,
    /// 0 while there is none.
    status: AtomicU16,
    is_over: AtomicBool,
    has_route: AtomicBool,
}

impl Served {
    /// What serves a request of this transaction.
    pub fn new(bt: BtHandle) -> Self {
        Self {
            bt,
            status: AtomicU16::new(0),
            is_over: AtomicBool::new(false),
            has_route: AtomicBool::new(false),
        }
    }

    fn end_once(&self, carrier: Option<&Bound<'_, PyAny>>, exc: Option<&Bound<'_, PyAny>>) {
        if self.is_over.swap(true, Ordering::Relaxed) {
            return;
        }
        self.show_route(carrier);
        let status = self.status.load(Ordering::Relaxed);
        end(&self.bt, (status != 0).then_some(status), exc);
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // An answer that nobody took to its end: servers must, tests and old middleware do not.
        quietly((), || self.end_once(None, None));
    }
}

#[pymethods]
impl Served {
    /// Takes over the status of the answer: a number, or a status line as WSGI has it. `carrier` is as in `end`: some
    /// frameworks forget the route before that.
    #[pyo3(signature = (status, carrier=None))]
    fn started(&self, status: &Bound<'_, PyAny>, carrier: Option<&Bound<'_, PyAny>>) {
        quietly((), || {
            if let Some(status) = status_code(status) {
                self.status.store(status, Ordering::Relaxed);
            }
            self.show_route(carrier);
        });
    }

    /// Looks at a message of ASGI on its way out. True for the last one of an answer without an error: what runs on
    /// behind it is no part of the request. After an error the exception that caused it may follow (Starlette answers
    /// first and raises then).
    fn sees(&self, message: &Bound<'_, PyAny>) -> bool {
        quietly(false, || self.look(message).unwrap_or(false))
    }

    /// Ends the transaction, once, with what escaped. `carrier` is the request's `environ` or `scope`.
    #[pyo3(signature = (carrier=None, exc=None))]
    fn end(&self, carrier: Option<&Bound<'_, PyAny>>, exc: Option<&Bound<'_, PyAny>>) {
        quietly((), || self.end_once(carrier, exc));
    }
}

/// The least HTTP status that says of an answer that it is an error.
const ERRORS_FROM: u16 = 400;

impl Served {
    /// Shows the route, once, of a request that is to be kept.
    fn show_route(&self, carrier: Option<&Bound<'_, PyAny>>) {
        if let Some(carrier) = carrier
            && !self.has_route.load(Ordering::Relaxed)
            && self.bt.core.is_worth_keeping()
            && let Some(route) = route(carrier)
        {
            self.has_route.store(true, Ordering::Relaxed);
            self.bt.core.add_user_data(ROUTE, &route);
        }
    }

    fn look(&self, message: &Bound<'_, PyAny>) -> Option<bool> {
        let message = message.cast::<PyDict>().ok()?;
        let py = message.py();
        let kind = message.get_item(pyo3::intern!(py, "type")).ok()??;
        let kind = kind.cast::<PyString>().ok()?.to_str().ok()?;
        if kind == "http.response.start" {
            self.started(&message.get_item(pyo3::intern!(py, "status")).ok()??, None);
        }
        if kind != "http.response.body" || self.is_over.load(Ordering::Relaxed) {
            return None;
        }
        let status = self.status.load(Ordering::Relaxed);
        let more = message.get_item(pyo3::intern!(py, "more_body")).ok()?;
        let has_more = more.is_some_and(|more| more.is_truthy().unwrap_or(true));
        Some(!has_more && status != 0 && status < ERRORS_FROM)
    }
}

/// The route that the framework found for a request, where that leaves it in `environ` (Flask and what else is made of
/// Werkzeug, Bottle) or `scope` (FastAPI). Attributes only, so nothing of the program runs here.
fn route(carrier: &Bound<'_, PyAny>) -> Option<String> {
    let carrier = carrier.cast::<PyDict>().ok()?;
    let places: [(&str, &[&str]); 4] = [
        ("werkzeug.request", &["url_rule", "rule"]),
        ("bottle.route", &["rule"]),
        ("route", &["path"]),
        // Where our hook of Django leaves it.
        ("appdynamics.route", &["route"]),
    ];
    places.iter().find_map(|(key, attributes)| {
        let found = carrier.get_item(key).ok()??;
        let found = attributes.iter().try_fold(found, |object, name| object.getattr(*name).ok())?;
        Some(string_text(found.cast::<PyString>().ok()?).into_owned())
    })
}

/// Shows the route of a request whose framework tells it, if the request is to be kept.
#[pyfunction]
pub fn show_route(bt_handle: &Bound<'_, PyAny>, route: &Bound<'_, PyAny>) {
    quietly((), || {
        if let (Ok(bt), Some(route)) = (bt_handle.cast::<BtHandle>(), text(route))
            && bt.get().core.is_worth_keeping()
        {
            bt.get().core.add_user_data(ROUTE, &route);
        }
    });
}

/// What the module `appdynamics._native` has of requests that are being served.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Served>()?;
    module.add_function(wrap_pyfunction!(show_route, module)?)
}
