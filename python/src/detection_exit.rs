//! Detected exit calls.

use std::borrow::Cow;
use std::fmt::Write as _;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};
use smallvec::SmallVec;
use tierline::detected::{Detected, DetectedExit, KnownBackend};
use tierline::outside::Outside;
use tierline::sql::Dialect;
use tierline::{process, sql_cache};
use tierline_model::correlation::HEADER_NAME;
use tierline_model::{ErrorRecord, ExitType};

use crate::context;
use crate::detection::{CORRELATION_HEADERS, keeps_sql_raw, short, status_error};
use crate::error::escaping_error;
use crate::guard::quietly;
use crate::limits::{HTTP1_LINES_SEEN_MAX, TRACE_STATE_CHARS_MAX};
use crate::text::{any_text, text};

/// Where exit calls go: made once per connection or pool, and given to every call.
#[pyclass(frozen, module = "appdynamics._native")]
pub struct Backend {
    exit_type: ExitType,
    label: String,
    properties: Vec<(String, String)>,
    /// For SQL.
    dialect: Option<Dialect>,
    known: KnownBackend,
}

#[pymethods]
impl Backend {
    /// `properties` is a dictionary of identifying properties; `sql` the vendor whose SQL the operations are.
    #[new]
    #[pyo3(signature = (exit_type, label, properties, sql=None))]
    fn new(
        exit_type: &str,
        label: &Bound<'_, PyAny>,
        properties: &Bound<'_, PyAny>,
        sql: Option<&str>,
    ) -> PyResult<Self> {
        let pairs = properties.cast::<pyo3::types::PyDict>()?;
        let pairs = pairs.iter().filter(|(_, value)| !value.is_none());
        Ok(Self {
            exit_type: ExitType::parse(exit_type),
            label: any_text(label).into_owned(),
            properties: pairs
                .map(|(name, value)| (any_text(&name).into(), any_text(&value).into()))
                .collect(),
            dialect: sql.map(Dialect::of_vendor),
            known: KnownBackend::default(),
        })
    }
}

impl Backend {
    fn begin(
        &self,
        py: Python<'_>,
        operation: &str,
        optional: &[(&str, &str)],
        exclusive: bool,
    ) -> Option<DetectedExit> {
        let properties: SmallVec<[(&str, &str); 4]> =
            self.properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        begin(
            py,
            &Detected {
                exit_type: &self.exit_type,
                label: &self.label,
                identifying_properties: &properties,
                operation,
                optional_properties: optional,
                exclusive,
                known: Some(&self.known),
            },
        )
    }
}

fn begin(py: Python<'_>, call: &Detected<'_>) -> Option<DetectedExit> {
    process::with_current(|core| {
        let core = core?;
        core.begin_detected_exit(context::marked(py)?.0, call)
    })
}

/// A detected exit call that runs.
#[pyclass(frozen, module = "appdynamics._native")]
pub struct Exit {
    core: DetectedExit,
}

#[pymethods]
impl Exit {
    /// Ends it, with what escaped it.
    #[pyo3(signature = (exc=None))]
    fn end(&self, exc: Option<&Bound<'_, PyAny>>) {
        quietly((), || self.core.end(errors(exc)));
    }

    /// Ends it with the status of an HTTP answer.
    fn answered(&self, status: &Bound<'_, PyAny>) {
        quietly((), || {
            let is_error = |status: &u16| {
                process::with_current(|core| {
                    core.is_some_and(|core| core.config().errors.is_error_status(*status))
                })
            };
            let status = status.extract::<u16>().ok().filter(is_error);
            self.core.end(status.map(status_error).into_iter().collect());
        });
    }

    /// What the tier behind needs to go on: names and values of headers to add, less those that are there: `present`
    /// is asked with `in` and, for `tracestate`, with `get`. Empty when correlation is off.
    fn headers<'py>(&self, py: Python<'py>, present: &Bound<'py, PyAny>) -> Vec<(&'static str, String)> {
        quietly(Vec::new(), || {
            let Some(made) = Correlation::of(&self.core) else { return Vec::new() };
            let has = |name: &str| present.contains(name).unwrap_or(true);
            if has(HEADER_NAME) {
                return Vec::new();
            }
            let state = present.call_method1(pyo3::intern!(py, "get"), ("tracestate",)).ok();
            let state = state.as_ref().and_then(text);
            made.beside(has("traceparent"), state.as_deref()).collect()
        })
    }
}

/// What escaped an exit call, unless it does not count.
fn errors(exc: Option<&Bound<'_, PyAny>>) -> Vec<ErrorRecord> {
    let error = exc.and_then(escaping_error).filter(|error| {
        !process::with_current(|core| {
            core.is_some_and(|core| core.ignores_error(&error.type_name, &error.message))
        })
    });
    error.into_iter().collect()
}

/// The headers of an exit call.
struct Correlation {
    header: String,
    parent: String,
    state: String,
}

impl Correlation {
    fn of(exit: &DetectedExit) -> Option<Self> {
        let mut header = String::new();
        if !exit.correlation_header(&mut header) {
            return None;
        }
        let mut context = String::new();
        Outside::trace_context(&header, &mut context);
        let (parent, state) = context.split_once('\n').unwrap_or_default();
        Some(Self { parent: parent.to_owned(), state: state.to_owned(), header })
    }

    /// What to add beside a `traceparent` and `tracestate` that are there. The former stays; our member of the latter
    /// joins those of others. One of ours came in with the request and was passed on: it is of the tier in front.
    fn beside(self, has_parent: bool, state: Option<&str>) -> impl Iterator<Item = (&'static str, String)> {
        let [header_name, parent_name, state_name] = CORRELATION_HEADERS;
        let mut joined = self.state;
        for member in state.unwrap_or_default().split(',').map(str::trim) {
            if !member.is_empty() && !member.starts_with("appd=") && !joined.is_empty() {
                let _ = write!(joined, ",{member}");
            }
        }
        let state = Some(joined).filter(|state| !state.is_empty() && state.len() <= TRACE_STATE_CHARS_MAX);
        let parent = Some(self.parent).filter(|parent| !has_parent && !parent.is_empty());
        let all = [
            Some((header_name, self.header)),
            parent.map(|p| (parent_name, p)),
            state.map(|s| (state_name, s)),
        ];
        all.into_iter().flatten()
    }
}

/// Begins an exit call in the active transaction; `None` when there is none. `operation` is a text, bytes, or anything
/// that `str` shows. Within an `exclusive` one no other is begun.
#[pyfunction]
#[pyo3(signature = (backend, operation, exclusive=false))]
pub fn begin_exit(
    py: Python<'_>,
    backend: &Bound<'_, Backend>,
    operation: &Bound<'_, PyAny>,
    exclusive: bool,
) -> Option<Exit> {
    quietly(None, || {
        let backend = backend.get();
        let operation = text(operation).unwrap_or_else(|| any_text(operation));
        let core = match backend.dialect {
            Some(dialect) if !keeps_sql_raw() => {
                sql_cache::with_cleaned(&operation, dialect, |sql| backend.begin(py, sql, &[], exclusive))?
            }
            _ => backend.begin(py, &operation, &[], exclusive)?,
        };
        Some(Exit { core })
    })
}

/// Whether there is an active transaction: for callers to whom describing an exit call costs more than asking.
#[pyfunction]
pub fn is_observed(py: Python<'_>) -> bool {
    quietly(false, || {
        process::with_current(|core| {
            core.is_some_and(|core| context::marked(py).is_some_and(|(key, _)| core.is_running(key)))
        })
    })
}

/// An HTTP exit call, as the document's table has it: host and port identify it, the operation has no query.
fn begin_http_exit(
    py: Python<'_>,
    scheme: &str,
    host: &str,
    port: u16,
    method: &str,
    target: &str,
) -> Option<DetectedExit> {
    let (scheme, host, port, path) = match absolute(target) {
        // A proxy is sent the whole address.
        Some((scheme, authority, path)) => {
            let (host, port) = split_authority(authority);
            (scheme, host, port.unwrap_or(default_port(scheme)), path)
        }
        None => (scheme, host, port, target),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let slash = if path.starts_with('/') || path.is_empty() { "" } else { "/" };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let label = if bare.contains(':') { format!("[{bare}]:{port}") } else { format!("{bare}:{port}") };
    let operation = format!("{scheme}://{label}{slash}{path}");
    let port = port.to_string();
    begin(
        py,
        &Detected {
            exit_type: &ExitType::Http,
            label: &label,
            identifying_properties: &[("HOST", bare), ("PORT", &port)],
            operation: &operation,
            optional_properties: &[("Method", method)],
            exclusive: false,
            known: None,
        },
    )
}

fn default_port(scheme: &str) -> u16 {
    if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 }
}

fn absolute(target: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = target.split_once("://").filter(|(scheme, _)| scheme.len() <= 5)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    Some((scheme, authority.rsplit_once('@').map_or(authority, |(_, host)| host), path))
}

fn split_authority(authority: &str) -> (&str, Option<u16>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && !port.contains(']') => (host, port.parse().ok()),
        _ => (authority, None),
    }
}

/// Begins an HTTP exit call: `target` is the path with its query, or a whole URL.
#[pyfunction]
pub fn begin_http(
    py: Python<'_>,
    scheme: &Bound<'_, PyAny>,
    host: &Bound<'_, PyAny>,
    port: Option<u16>,
    method: &Bound<'_, PyAny>,
    target: &Bound<'_, PyAny>,
) -> Option<Exit> {
    quietly(None, || {
        let scheme = text(scheme)?;
        let port = port.unwrap_or_else(|| default_port(&scheme));
        let (host, method, target) = (text(host)?, text(method)?, text(target)?);
        Some(Exit { core: begin_http_exit(py, &scheme, &host, port, &method, &short(target))? })
    })
}

/// Begins the exit call of a request whose lines wait to be sent, as `http.client` has them (request line first), and
/// puts the correlation headers behind them.
#[pyfunction]
pub fn begin_http1(
    py: Python<'_>,
    is_https: bool,
    host: &Bound<'_, PyAny>,
    port: Option<u16>,
    lines: &Bound<'_, PyList>,
) -> Option<Exit> {
    quietly(None, || {
        let first = lines.get_item(0).ok()?.cast_into::<PyBytes>().ok()?;
        let line = String::from_utf8_lossy(first.as_bytes());
        let mut words = line.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        let (scheme, host) = (if is_https { "https" } else { "http" }, text(host)?);
        let port = port.unwrap_or_else(|| default_port(scheme));
        let core = begin_http_exit(py, scheme, &host, port, method, &short(Cow::Borrowed(target)))?;
        add_lines(py, &core, lines);
        Some(Exit { core })
    })
}

fn add_lines(py: Python<'_>, exit: &DetectedExit, lines: &Bound<'_, PyList>) -> Option<()> {
    let names = CORRELATION_HEADERS;
    let mut there: [Option<(usize, String)>; 3] = [const { None }; 3];
    for (place, line) in lines.iter().enumerate().skip(1).take(HTTP1_LINES_SEEN_MAX) {
        let Ok(line) = line.cast_into::<PyBytes>() else { continue };
        let bytes = line.as_bytes();
        let Some(colon) = bytes.iter().position(|byte| *byte == b':') else { continue };
        let name = bytes.get(..colon)?;
        if let Some(which) = names.iter().position(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes())) {
            let value = String::from_utf8_lossy(bytes.get(colon + 1..)?).trim().to_owned();
            *there.get_mut(which)? = Some((place, value));
        }
    }
    let [header, parent, state] = there;
    if header.is_some() {
        return None;
    }
    let made = Correlation::of(exit)?;
    for (name, value) in made.beside(parent.is_some(), state.as_ref().map(|(_, value)| value.as_str())) {
        let line = PyBytes::new(py, format!("{name}: {value}").as_bytes());
        match &state {
            Some((place, _)) if name == "tracestate" => lines.set_item(*place, line).ok()?,
            _ => lines.append(line).ok()?,
        }
    }
    Some(())
}

/// Counts a connection that could not be made as a failed exit call.
#[pyfunction]
pub fn count_failed_http(
    py: Python<'_>,
    scheme: &Bound<'_, PyAny>,
    host: &Bound<'_, PyAny>,
    port: Option<u16>,
    exc: &Bound<'_, PyAny>,
) {
    let empty = PyString::new(py, "");
    if let Some(exit) = begin_http(py, scheme, host, port, empty.as_any(), empty.as_any()) {
        exit.end(Some(exc));
    }
}

/// What the module `appdynamics._native` has of exit calls.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Backend>()?;
    module.add_function(wrap_pyfunction!(begin_exit, module)?)?;
    module.add_function(wrap_pyfunction!(is_observed, module)?)?;
    module.add_function(wrap_pyfunction!(begin_http, module)?)?;
    module.add_function(wrap_pyfunction!(begin_http1, module)?)?;
    module.add_function(wrap_pyfunction!(count_failed_http, module)?)
}
