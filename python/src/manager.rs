//! The context managers `bt` and `exit_call`, for `with` and `async with`.
//!
//! The body runs in any case, with the handle or `None`. What escapes it is recorded and goes on.

use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyStopIteration;
use pyo3::prelude::*;
use pyo3::pyclass::boolean_struct::True;
use pyo3::types::{PyDict, PyTuple};
use pyo3::{BoundObject as _, PyClass, PyClassInitializer};
use tierline_model::ErrorRecord;

use crate::error::escaping_error;
use crate::exit_call::Described;
use crate::guard::quietly;
use crate::handle::{BtHandle, ExitCallHandle};
use crate::transaction::{begin, surplus};

type Argument = Option<Py<PyAny>>;

/// What a manager entered and has not left yet. A stack, because one manager may be entered again inside.
type Entered<T> = Mutex<Vec<Option<Py<T>>>>;

fn push<T: PyClass>(
    py: Python<'_>,
    entered: &Entered<T>,
    item: Option<impl Into<PyClassInitializer<T>>>,
) -> Option<Py<T>> {
    // Making an object fails only without memory.
    let item = item.and_then(|item| Py::new(py, item).ok());
    let copy = item.as_ref().map(|item| item.clone_ref(py));
    entered.lock().unwrap_or_else(PoisonError::into_inner).push(copy);
    item
}

/// Ends what was entered last, with what escapes the body; `false` lets that go on.
fn leave<T: Ends>(entered: &Entered<T>, escaping: Option<&Bound<'_, PyAny>>) -> bool {
    quietly(false, || {
        if let Some(handle) = entered.lock().unwrap_or_else(PoisonError::into_inner).pop().flatten() {
            handle.get().end_with(escaping.and_then(escaping_error));
        }
        false
    })
}

/// A handle whose work ends when its body is left.
trait Ends: PyClass<Frozen = True> + Sync {
    fn end_with(&self, error: Option<ErrorRecord>);
}

macro_rules! ends {
    ($($handle:ty),*) => {$(
        impl Ends for $handle {
            fn end_with(&self, error: Option<ErrorRecord>) {
                match error {
                    None => self.core.end(),
                    Some(error) => self.core.end_with(vec![error]),
                }
            }
        }
    )*};
}

ends!(BtHandle, ExitCallHandle);

/// Reports some work as a business transaction. Yields its handle, or `None`.
#[pyclass(frozen, name = "bt", module = "appdynamics.agent.api")]
pub struct BtManager {
    name: Argument,
    correlation_header: Argument,
    entered: Entered<BtHandle>,
}

#[pymethods]
impl BtManager {
    #[new]
    #[pyo3(
        signature = (name=None, correlation_header=None, *more, **unknown),
        text_signature = "(name, correlation_header=None)"
    )]
    fn new(
        name: Argument,
        correlation_header: Argument,
        more: &Bound<'_, PyTuple>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> Self {
        quietly((), || surplus(more, unknown, "bt: unknown arguments"));
        Self { name, correlation_header, entered: Mutex::new(Vec::new()) }
    }

    fn __enter__(&self, py: Python<'_>) -> Option<Py<BtHandle>> {
        quietly(None, || {
            let handle = begin(py, bound(py, &self.name), bound(py, &self.correlation_header));
            push(py, &self.entered, handle)
        })
    }

    #[pyo3(signature = (_class=None, exc=None, _traceback=None))]
    fn __exit__(
        &self,
        _class: Option<&Bound<'_, PyAny>>,
        exc: Option<&Bound<'_, PyAny>>,
        _traceback: Option<&Bound<'_, PyAny>>,
    ) -> bool {
        leave(&self.entered, exc)
    }

    fn __aenter__(&self, py: Python<'_>) -> PyResult<Ready> {
        Ready::with(py, self.__enter__(py))
    }

    #[pyo3(signature = (_class=None, exc=None, _traceback=None))]
    fn __aexit__(
        &self,
        py: Python<'_>,
        _class: Option<&Bound<'_, PyAny>>,
        exc: Option<&Bound<'_, PyAny>>,
        _traceback: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Ready> {
        Ready::with(py, self.__exit__(_class, exc, _traceback))
    }
}

/// Adds an exit call to a business transaction. Yields its handle, or `None`.
#[pyclass(frozen, name = "exit_call", module = "appdynamics.agent.api")]
pub struct ExitCallManager {
    bt_handle: Argument,
    exit_type: Argument,
    display_name: Argument,
    identifying_properties: Argument,
    optional_properties: Argument,
    operation: Argument,
    exit_subtype: Argument,
    entered: Entered<ExitCallHandle>,
}

#[pymethods]
impl ExitCallManager {
    #[new]
    #[pyo3(
        signature = (bt_handle=None, exit_type=None, display_name=None, identifying_properties=None,
                     optional_properties=None, operation=None, exit_subtype=None, *more, **unknown),
        text_signature = "(bt_handle, exit_type, display_name, identifying_properties, optional_properties=None, \
                          operation=None, exit_subtype=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "the documented signature")]
    fn new(
        bt_handle: Argument,
        exit_type: Argument,
        display_name: Argument,
        identifying_properties: Argument,
        optional_properties: Argument,
        operation: Argument,
        exit_subtype: Argument,
        more: &Bound<'_, PyTuple>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> Self {
        quietly((), || surplus(more, unknown, "exit_call: unknown arguments"));
        Self {
            bt_handle,
            exit_type,
            display_name,
            identifying_properties,
            optional_properties,
            operation,
            exit_subtype,
            entered: Mutex::new(Vec::new()),
        }
    }

    fn __enter__(&self, py: Python<'_>) -> Option<Py<ExitCallHandle>> {
        quietly(None, || {
            let handle = Described {
                bt_handle: bound(py, &self.bt_handle),
                exit_type: bound(py, &self.exit_type),
                display_name: bound(py, &self.display_name),
                identifying_properties: bound(py, &self.identifying_properties),
                optional_properties: bound(py, &self.optional_properties),
                operation: bound(py, &self.operation),
                exit_subtype: bound(py, &self.exit_subtype),
            }
            .begin();
            push(py, &self.entered, handle)
        })
    }

    #[pyo3(signature = (_class=None, exc=None, _traceback=None))]
    fn __exit__(
        &self,
        _class: Option<&Bound<'_, PyAny>>,
        exc: Option<&Bound<'_, PyAny>>,
        _traceback: Option<&Bound<'_, PyAny>>,
    ) -> bool {
        leave(&self.entered, exc)
    }

    fn __aenter__(&self, py: Python<'_>) -> PyResult<Ready> {
        Ready::with(py, self.__enter__(py))
    }

    #[pyo3(signature = (_class=None, exc=None, _traceback=None))]
    fn __aexit__(
        &self,
        py: Python<'_>,
        _class: Option<&Bound<'_, PyAny>>,
        exc: Option<&Bound<'_, PyAny>>,
        _traceback: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Ready> {
        Ready::with(py, self.__exit__(_class, exc, _traceback))
    }
}

#[inline]
fn bound<'a, 'py>(py: Python<'py>, argument: &'a Argument) -> Option<&'a Bound<'py, PyAny>> {
    argument.as_ref().map(|argument| argument.bind(py))
}

/// An awaitable that has its result already: nothing here waits.
#[pyclass(frozen)]
pub struct Ready {
    value: Py<PyAny>,
}

impl Ready {
    fn with<'py>(py: Python<'py>, value: impl IntoPyObject<'py>) -> PyResult<Self> {
        let value = value.into_pyobject(py).map_err(Into::into)?;
        Ok(Self { value: value.into_any().unbind() })
    }
}

#[pymethods]
impl Ready {
    fn __await__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<()> {
        Err(PyStopIteration::new_err(self.value.clone_ref(py)))
    }
}
