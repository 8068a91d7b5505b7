//! Requests of WSGI servers (PEP 3333).
//!
//! All of a request is served here: that costs less than the few calls from Python into native code that it would take
//! otherwise, and leaves no frames in tracebacks.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyStopIteration;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};
use pyo3::{PyTraverseError, PyVisit};
use tierline_model::detection::Request;

use crate::detection::{CORRELATION_HEADERS, begin_request_bt, end, received, short};
use crate::guard::quietly;
use crate::handle::BtHandle;
use crate::request::{bind_carrier, is_served};
use crate::text::string_text;

struct Environ<'a, 'py> {
    environ: &'a Bound<'py, PyDict>,
    method: String,
    path: String,
    query: String,
}

/// A value of `environ` as it was sent: PEP 3333 has bytes as Latin-1 there.
fn wsgi_text(environ: &Bound<'_, PyDict>, name: &Bound<'_, PyString>) -> Option<String> {
    let value = environ.get_item(name).ok()??;
    let value = string_text(value.cast::<PyString>().ok()?);
    if value.is_ascii() {
        return Some(value.into_owned());
    }
    let bytes: Option<Vec<u8>> = value.chars().map(|char| u8::try_from(u32::from(char)).ok()).collect();
    Some(match bytes {
        Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        None => value.into_owned(),
    })
}

/// The name of a header in `environ`.
fn variable(header: &str) -> String {
    match header {
        "content-type" => "CONTENT_TYPE".to_owned(),
        "content-length" => "CONTENT_LENGTH".to_owned(),
        _ => format!("HTTP_{}", header.to_ascii_uppercase().replace('-', "_")),
    }
}

impl Request for Environ<'_, '_> {
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
        let name = PyString::new(self.environ.py(), &variable(name));
        wsgi_text(self.environ, &name).map(Cow::Owned)
    }
}

fn begin(py: Python<'_>, environ: &Bound<'_, PyDict>) -> Option<BtHandle> {
    let get = |name| wsgi_text(environ, name);
    if is_served(environ) || environ.contains(pyo3::intern!(py, "HTTP_UPGRADE")).unwrap_or(false) {
        return None;
    }
    let mut path = get(pyo3::intern!(py, "SCRIPT_NAME")).unwrap_or_default();
    path.push_str(&get(pyo3::intern!(py, "PATH_INFO")).unwrap_or_default());
    let request = Environ {
        environ,
        method: get(pyo3::intern!(py, "REQUEST_METHOD"))?,
        path: short(Cow::Owned(path)).into_owned(),
        query: short(Cow::Owned(get(pyo3::intern!(py, "QUERY_STRING")).unwrap_or_default())).into_owned(),
    };
    let headers = || {
        debug_assert_eq!(CORRELATION_HEADERS.map(variable), VARIABLES);
        let names = [
            pyo3::intern!(py, "HTTP_SINGULARITYHEADER"),
            pyo3::intern!(py, "HTTP_TRACEPARENT"),
            pyo3::intern!(py, "HTTP_TRACESTATE"),
        ];
        received(names.map(|name| get(name).map(Cow::Owned)))
    };
    let bt = begin_request_bt(py, &request, headers)?;
    bind_carrier(environ, bt.core.key());
    Some(bt)
}

/// [`CORRELATION_HEADERS`] in `environ`.
const VARIABLES: [&str; 3] = ["HTTP_SINGULARITYHEADER", "HTTP_TRACEPARENT", "HTTP_TRACESTATE"];

/// A request that is being served, in front of the server's `start_response`.
#[pyclass(frozen, name = "start_response", module = "appdynamics._native")]
pub struct Served {
    bt: BtHandle,
    /// 0 before `start_response` was called.
    status: AtomicU16,
    start_response: Py<PyAny>,
}

impl Served {
    fn end(&self, exc: Option<&Bound<'_, PyAny>>) {
        quietly((), || {
            let status = self.status.load(Ordering::Relaxed);
            // Whether an answer that was begun came to its end or was broken off, its status was sent.
            end(&self.bt, (status != 0).then_some(status), exc);
        });
    }
}

#[pymethods]
impl Served {
    #[pyo3(signature = (*arguments, **named))]
    fn __call__(
        &self,
        py: Python<'_>,
        arguments: &Bound<'_, PyTuple>,
        named: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        quietly((), || {
            let status = arguments.get_item(0).ok().and_then(|status| status.cast_into::<PyString>().ok());
            let code = status.and_then(|status| string_text(&status).get(..3)?.parse().ok());
            self.status.store(code.unwrap_or(0), Ordering::Relaxed);
        });
        self.start_response.bind(py).call(arguments, named).map(Bound::unbind)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.start_response)
    }
}

/// The body of an answer that is not complete yet: the transaction ends when the server has taken all
/// of it, or closes it.
#[pyclass(frozen, name = "body", module = "appdynamics._native")]
pub struct Body {
    inner: Py<PyAny>,
    iterator: Mutex<Option<Py<PyAny>>>,
    served: Py<Served>,
}

#[pymethods]
impl Body {
    fn __iter__(this: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        let py = this.py();
        let iterator =
            this.get().inner.bind(py).try_iter().inspect_err(|error| this.get().fail(py, error))?;
        *this.get().iterator.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(iterator.into_any().unbind());
        Ok(this)
    }

    fn __next__<'py>(this: Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = this.py();
        let known = |body: &Self| {
            let iterator = body.iterator.lock().unwrap_or_else(PoisonError::into_inner);
            iterator.as_ref().map(|iterator| iterator.clone_ref(py))
        };
        if known(this.get()).is_none() {
            Self::__iter__(this.clone())?;
        }
        let Some(iterator) = known(this.get()) else { return Ok(None) };
        let this = this.get();
        // SAFETY: attached. The slot of the iterator's class is asked as `next()` does, without a method object.
        let next = unsafe { Bound::from_owned_ptr_or_opt(py, pyo3::ffi::PyIter_Next(iterator.as_ptr())) };
        match next {
            Some(next) => Ok(Some(next)),
            None => match PyErr::take(py).filter(|error| !error.is_instance_of::<PyStopIteration>(py)) {
                // All of it was handed to the server. `close` follows, but not from everyone.
                None => {
                    this.served.get().end(None);
                    Ok(None)
                }
                Some(error) => {
                    this.fail(py, &error);
                    Err(error)
                }
            },
        }
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let closed = match self.inner.bind(py).getattr_opt(pyo3::intern!(py, "close"))? {
            Some(close) => close.call0().map(|_| ()),
            None => Ok(()),
        };
        match &closed {
            Ok(()) => self.served.get().end(None),
            Err(error) => self.fail(py, error),
        }
        closed
    }

    /// Whatever else a server or middleware looks for.
    fn __getattr__<'py>(&self, py: Python<'py>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        self.inner.bind(py).getattr(name)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.inner)?;
        if let Ok(iterator) = self.iterator.try_lock() {
            visit.call(&*iterator)?;
        }
        visit.call(&self.served)
    }
}

impl Body {
    fn fail(&self, py: Python<'_>, error: &PyErr) {
        self.served.get().end(Some(error.value(py).as_any()));
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        // Servers must close what they iterate; tests and old middleware do not.
        self.served.get().end(None);
    }
}

/// Calls a WSGI application: `function(receiver, environ, start_response)`, without `receiver` when that is `None`. The
/// request becomes a transaction if it is to be one.
#[pyfunction]
pub fn serve_wsgi<'py>(
    py: Python<'py>,
    function: &Bound<'py, PyAny>,
    receiver: Option<&Bound<'py, PyAny>>,
    environ: &Bound<'py, PyAny>,
    start_response: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let call = |start_response: &Bound<'py, PyAny>| match receiver {
        Some(receiver) => function.call1((receiver, environ, start_response)),
        None => function.call1((environ, start_response)),
    };
    let served = environ.cast::<PyDict>().ok().and_then(|environ| {
        let bt = quietly(None, || begin(py, environ))?;
        let start_response = start_response.clone().unbind();
        // Making an object fails only without memory.
        Bound::new(py, Served { bt, status: AtomicU16::new(0), start_response }).ok()
    });
    let Some(served) = served else { return call(start_response) };
    match call(served.as_any()) {
        Ok(body) => Ok(answered(py, &served, environ, body)),
        Err(error) => {
            served.get().end(Some(error.value(py).as_any()));
            Err(error)
        }
    }
}

/// A body that is there as a whole is left as it is, as is one that the server knows how to send without reading it.
fn answered<'py>(
    py: Python<'py>,
    served: &Bound<'py, Served>,
    environ: &Bound<'py, PyAny>,
    body: Bound<'py, PyAny>,
) -> Bound<'py, PyAny> {
    let is_whole = body.is_exact_instance_of::<PyList>() || body.is_exact_instance_of::<PyTuple>();
    if is_whole || is_file(py, environ, &body) {
        served.get().end(None);
        return body;
    }
    let wrapped =
        Body { inner: body.clone().unbind(), iterator: Mutex::new(None), served: served.clone().unbind() };
    Bound::new(py, wrapped).map_or(body, Bound::into_any)
}

fn is_file(py: Python<'_>, environ: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>) -> bool {
    let wrapper = environ.cast::<PyDict>().ok().and_then(|environ| {
        environ.get_item(pyo3::intern!(py, "wsgi.file_wrapper")).ok().flatten()?.cast_into::<PyType>().ok()
    });
    wrapper.is_some_and(|wrapper| body.is_instance(&wrapper).unwrap_or(false))
}

/// What the module `appdynamics._native` has of WSGI.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(serve_wsgi, module)?)
}
