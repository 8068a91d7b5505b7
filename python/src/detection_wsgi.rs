//! Requests of WSGI servers (PEP 3333).

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use tierline_model::detection::Request;

use crate::detection::{CORRELATION_HEADERS, begin_request_bt, received, short};
use crate::detection_served::Served;
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

/// Begins the transaction of a WSGI request and binds it to its `environ`; `None` when there is to be none, or when
/// someone in front has begun it.
#[pyfunction]
pub fn begin_wsgi(py: Python<'_>, environ: &Bound<'_, PyAny>) -> Option<Served> {
    quietly(None, || begin(py, environ.cast::<PyDict>().ok()?).map(Served::new))
}

/// What the module `appdynamics._native` has of WSGI.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(begin_wsgi, module)?)
}
