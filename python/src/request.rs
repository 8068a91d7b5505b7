//! Finding the transaction of a request object, whatever the framework.
//!
//! A transaction is bound to a request by one entry in a dictionary the request carries for its whole life: the
//! WSGI `environ` or the ASGI `scope`; and as an attribute where there is neither. So a middleware, a view and a
//! template that see different objects of one request find the same transaction. Nothing is kept here.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use tierline::process;

use crate::guard::quietly;
use crate::handle::BtHandle;
use crate::limits::PROXY_LAYERS_MAX;

/// The key in `environ` and `scope`. Frameworks pass on what they do not know.
const CARRIER_KEY: &str = "appdynamics.bt";

/// The attribute of requests without such a dictionary (Tornado's).
const ATTRIBUTE: &str = "_appdynamics_bt";

/// Attributes in which requests keep their dictionary: Werkzeug (Flask), WebOb (Pyramid), Bottle and Django
/// (`environ`), Starlette, FastAPI and Django (`scope`), CherryPy (`wsgi_environ`).
const CARRIERS: [&str; 3] = ["environ", "scope", "wsgi_environ"];

/// The core's key of the transaction bound to `request`.
pub fn bound_key(request: &Bound<'_, PyAny>) -> Option<u64> {
    if request.is_none() {
        return None;
    }
    let request = unwrapped(request);
    let value = match carrier(&request) {
        Some(carrier) => carrier.get_item(PyString::intern(request.py(), CARRIER_KEY)).ok()??,
        None => request.getattr(ATTRIBUTE).ok()?,
    };
    value.extract().ok()
}

/// Binds a transaction to a request, so that `get_active_bt_handle(request)` finds it from any thread or task.
/// True if the request could carry it. For instrumentation; programs have no need of it.
#[pyfunction]
pub fn bind_request(request: &Bound<'_, PyAny>, bt_handle: &Bound<'_, PyAny>) -> bool {
    quietly(false, || {
        let Ok(bt) = bt_handle.cast::<BtHandle>() else { return false };
        let request = unwrapped(request);
        let key = bt.get().core.key();
        match carrier(&request) {
            Some(carrier) => carrier.set_item(CARRIER_KEY, key).is_ok(),
            None => request.setattr(ATTRIBUTE, key).is_ok(),
        }
    })
}

/// Whether the request of this dictionary has a transaction that runs.
pub fn is_served(carrier: &Bound<'_, PyDict>) -> bool {
    let key = carrier.get_item(pyo3::intern!(carrier.py(), CARRIER_KEY)).ok().flatten();
    key.and_then(|key| key.extract().ok())
        .is_some_and(|key| process::with_current(|core| core.is_some_and(|core| core.is_running(key))))
}

/// Binds a transaction to the request of this dictionary.
pub fn bind_carrier(carrier: &Bound<'_, PyDict>, key: u64) {
    let _ = carrier.set_item(pyo3::intern!(carrier.py(), CARRIER_KEY), key);
}

/// The object behind Werkzeug's proxies. One used outside a request raises; it then stays what it is.
fn unwrapped<'py>(request: &Bound<'py, PyAny>) -> Bound<'py, PyAny> {
    let mut request = request.clone();
    for _ in 0..PROXY_LAYERS_MAX {
        let inner = request.call_method0(pyo3::intern!(request.py(), "_get_current_object"));
        match inner {
            Ok(inner) if !inner.is(&request) => request = inner,
            _ => break,
        }
    }
    request
}

fn carrier<'py>(request: &Bound<'py, PyAny>) -> Option<Bound<'py, PyDict>> {
    if let Ok(dict) = request.cast::<PyDict>() {
        return Some(dict.clone());
    }
    CARRIERS.iter().find_map(|name| request.getattr(*name).ok()?.cast_into::<PyDict>().ok())
}
