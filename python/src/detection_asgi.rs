//! Requests of ASGI servers.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};
use tierline_model::detection::Request;

use crate::detection::{CORRELATION_HEADERS, begin_request_bt, received, short};
use crate::detection_served::Served;
use crate::guard::quietly;
use crate::limits::DETECTION_HEADERS_MAX;
use crate::request::is_served;
use crate::text::text;

struct Scope<'a, 'py> {
    method: Cow<'a, str>,
    path: Cow<'a, str>,
    query: Cow<'a, str>,
    headers: Option<&'a Bound<'py, PyAny>>,
}

impl Scope<'_, '_> {
    /// The values of the headers wanted, of which the names are in lower case.
    fn headers<const N: usize>(&self, wanted: [&str; N]) -> [Option<String>; N] {
        let mut found = [const { None }; N];
        let Some(headers) = self.headers else { return found };
        if let Ok(pairs) = headers.cast::<PyList>() {
            pairs.iter().take(DETECTION_HEADERS_MAX).for_each(|pair| look(&pair, &wanted, &mut found));
        } else if let Ok(pairs) = headers.try_iter() {
            let pairs = pairs.take(DETECTION_HEADERS_MAX).flatten();
            pairs.for_each(|pair| look(&pair, &wanted, &mut found));
        }
        found
    }
}

/// Puts the value of a header in its place if it is wanted.
fn look(pair: &Bound<'_, PyAny>, wanted: &[&str], found: &mut [Option<String>]) {
    // Servers make lists or tuples.
    let (name, value) = match pair.cast::<PyTuple>() {
        Ok(pair) => (pair.get_item(0), pair.get_item(1)),
        Err(_) => (pair.get_item(0), pair.get_item(1)),
    };
    let (Ok(name), Ok(value)) = (name, value) else { return };
    let Ok(name) = name.cast::<PyBytes>() else { return };
    let name = name.as_bytes();
    let place = wanted.iter().position(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes()));
    if let Some(place) = place.and_then(|place| found.get_mut(place))
        && let Some(value) = text(&value)
    {
        match place {
            // Several of one name are one list.
            Some(before) => *before = format!("{before},{value}"),
            None => *place = Some(value.into_owned()),
        }
    }
}

impl Request for Scope<'_, '_> {
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
        let [found] = self.headers([name]);
        found.map(Cow::Owned)
    }
}

/// Begins the transaction of an HTTP request and binds it to its `scope`; `None` when there is to be none, or when
/// someone in front has begun it.
#[pyfunction]
pub fn begin_asgi(py: Python<'_>, scope: &Bound<'_, PyAny>) -> Option<Served> {
    quietly(None, || {
        let scope = scope.cast::<PyDict>().ok()?;
        if is_served(scope) {
            return None;
        }
        let get = |name| scope.get_item(name).ok().flatten();
        let (method, path) = (get(pyo3::intern!(py, "method"))?, get(pyo3::intern!(py, "path"))?);
        let query = get(pyo3::intern!(py, "query_string"));
        let headers = get(pyo3::intern!(py, "headers"));
        let request = Scope {
            method: text(&method)?,
            path: short(text(&path)?),
            query: short(query.as_ref().and_then(text).unwrap_or_default()),
            headers: headers.as_ref(),
        };
        let headers = || received(request.headers(CORRELATION_HEADERS).map(|header| header.map(Cow::Owned)));
        let bt = begin_request_bt(py, &request, headers)?;
        crate::request::bind_carrier(scope, bt.core.key());
        Some(Served::new(bt))
    })
}

/// What the module `appdynamics._native` has of ASGI.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(begin_asgi, module)?)
}
