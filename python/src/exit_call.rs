//! Exit call management.

use std::borrow::Cow;
use std::cell::RefCell;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use smallvec::SmallVec;
use tierline_model::correlation::HEADER_NAME;

use crate::error::errors_of;
use crate::exit_type::{exit_subtype_text, exit_type_of};
use crate::guard::{misuse, quietly};
use crate::handle::ExitCallHandle;
use crate::properties::{Properties, Texts, is_mapping};
use crate::text::{any_text, text};
use crate::transaction::{bt_of, surplus};

/// Under which name the undocumented `exit_subtype` is shown among the optional properties.
const SUBTYPE_PROPERTY: &str = "Exit subtype";

/// Starts a custom exit call from within the specified business transaction.
///
/// Returns its handle, or `None` when none was started: the transaction has ended or has an active one.
#[pyfunction]
#[pyo3(
    signature = (bt_handle=None, exit_type=None, display_name=None, identifying_properties=None,
                 optional_properties=None, operation=None, exit_subtype=None, *more, **unknown),
    text_signature = "(bt_handle, exit_type, display_name, identifying_properties, optional_properties=None, \
                      operation=None, exit_subtype=None)"
)]
#[expect(clippy::too_many_arguments, reason = "the documented signature")]
pub fn start_exit_call(
    bt_handle: Option<&Bound<'_, PyAny>>,
    exit_type: Option<&Bound<'_, PyAny>>,
    display_name: Option<&Bound<'_, PyAny>>,
    identifying_properties: Option<&Bound<'_, PyAny>>,
    optional_properties: Option<&Bound<'_, PyAny>>,
    operation: Option<&Bound<'_, PyAny>>,
    exit_subtype: Option<&Bound<'_, PyAny>>,
    more: &Bound<'_, PyTuple>,
    unknown: Option<&Bound<'_, PyDict>>,
) -> Option<ExitCallHandle> {
    quietly(None, || {
        surplus(more, unknown, "start_exit_call: unknown arguments");
        Arguments {
            bt_handle,
            exit_type,
            display_name,
            identifying_properties,
            optional_properties,
            operation,
            exit_subtype,
        }
        .begin()
    })
}

/// Ends the exit call identified by `exit_call_handle`, with the errors in `exc`.
#[pyfunction]
#[pyo3(
    signature = (exit_call_handle=None, exc=None, *more, **unknown),
    text_signature = "(exit_call_handle, exc=None)"
)]
pub fn end_exit_call(
    exit_call_handle: Option<&Bound<'_, PyAny>>,
    exc: Option<&Bound<'_, PyAny>>,
    more: &Bound<'_, PyTuple>,
    unknown: Option<&Bound<'_, PyDict>>,
) {
    quietly((), || {
        surplus(more, unknown, "end_exit_call: unknown arguments");
        let what = "end_exit_call: exit_call_handle is not an ExitCallHandle";
        let Some(exit_call) = exit_of(exit_call_handle, what) else { return };
        match exc {
            None => exit_call.get().core.end(),
            Some(_) => {
                exit_call.get().core.end_with(errors_of(exc, "end_exit_call: exc is not an exception"))
            }
        }
    });
}

thread_local! {
    /// Where header texts are written, so that making one allocates only the Python string.
    static HEADER: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Makes a correlation header for a custom exit call: `(name, value)`, or `None` if correlation is disabled.
#[pyfunction]
#[pyo3(
    signature = (bt_handle=None, exit_call_handle=None, *more, **unknown),
    text_signature = "(bt_handle, exit_call_handle)"
)]
pub fn make_correlation_header<'py>(
    py: Python<'py>,
    bt_handle: Option<&Bound<'py, PyAny>>,
    exit_call_handle: Option<&Bound<'py, PyAny>>,
    more: &Bound<'py, PyTuple>,
    unknown: Option<&Bound<'py, PyDict>>,
) -> Option<(&'py Bound<'py, PyString>, Bound<'py, PyString>)> {
    quietly(None, || {
        surplus(more, unknown, "make_correlation_header: unknown arguments");
        // The exit call knows its transaction; the first argument is only checked.
        bt_of(bt_handle, "make_correlation_header: bt_handle is not a BtHandle")?;
        let what = "make_correlation_header: exit_call_handle is not an ExitCallHandle";
        let exit_call = exit_of(exit_call_handle, what)?;
        HEADER.with_borrow_mut(|header| {
            header.clear();
            let made = exit_call.get().core.correlation_header(false, header);
            made.then(|| (pyo3::intern!(py, HEADER_NAME), PyString::new(py, header)))
        })
    })
}

/// What describes an exit call, as the program gave it.
pub struct Arguments<'a, 'py> {
    pub bt_handle: Option<&'a Bound<'py, PyAny>>,
    pub exit_type: Option<&'a Bound<'py, PyAny>>,
    pub display_name: Option<&'a Bound<'py, PyAny>>,
    pub identifying_properties: Option<&'a Bound<'py, PyAny>>,
    pub optional_properties: Option<&'a Bound<'py, PyAny>>,
    pub operation: Option<&'a Bound<'py, PyAny>>,
    pub exit_subtype: Option<&'a Bound<'py, PyAny>>,
}

impl Arguments<'_, '_> {
    /// Begins the exit call they describe.
    #[inline]
    pub fn begin(mut self) -> Option<ExitCallHandle> {
        let bt = &bt_of(self.bt_handle, "start_exit_call: bt_handle is not a BtHandle")?.get().core;
        self.sort_fifth_and_sixth();
        let exit_type = exit_type_of(self.exit_type);
        let display_name = self.display_name();
        let identifying = Properties::of(
            self.identifying_properties,
            "start_exit_call: identifying_properties is not a dict",
        );
        let identifying = identifying.texts();
        let identifying: SmallVec<[(&str, &str); 8]> = borrowed(&identifying);
        let optional =
            Properties::of(self.optional_properties, "start_exit_call: optional_properties is not a dict");
        let optional = optional.texts();
        let subtype = exit_subtype_text(self.exit_subtype);
        let mut optional: SmallVec<[(&str, &str); 8]> = borrowed(&optional);
        if let Some(subtype) = &subtype {
            optional.push((SUBTYPE_PROPERTY, subtype));
        }
        let operation = self.operation.map(any_text);
        let operation = operation.as_deref();
        let exit_call = bt.begin_exit_to(&exit_type, &display_name, &identifying, operation, &optional)?;
        Some(ExitCallHandle { core: exit_call })
    }

    /// The documents do not say whether the fifth argument by position is `optional_properties`, as in the
    /// signature, or `operation`, as in the description: a mapping is the one, a text the other (contract.md).
    #[inline]
    fn sort_fifth_and_sixth(&mut self) {
        let fifth_is_text = self.optional_properties.is_some_and(|value| value.is_instance_of::<PyString>());
        let sixth_is_mapping =
            self.operation.is_some_and(|value| !value.is_instance_of::<PyString>() && is_mapping(value));
        if fifth_is_text || sixth_is_mapping {
            std::mem::swap(&mut self.optional_properties, &mut self.operation);
        }
    }

    #[inline]
    fn display_name(&self) -> Cow<'_, str> {
        match self.display_name {
            Some(name) => text(name).unwrap_or_else(|| {
                misuse("start_exit_call: display_name is not a text");
                any_text(name)
            }),
            None => {
                misuse("start_exit_call: display_name is missing");
                Cow::Borrowed("")
            }
        }
    }
}

#[inline]
fn borrowed<'a>(texts: &'a Texts<'_>) -> SmallVec<[(&'a str, &'a str); 8]> {
    texts.iter().map(|(name, value)| (&**name, &**value)).collect()
}

#[inline]
fn exit_of<'a, 'py>(
    handle: Option<&'a Bound<'py, PyAny>>,
    what: &'static str,
) -> Option<&'a Bound<'py, ExitCallHandle>> {
    let handle = handle?;
    match handle.cast::<ExitCallHandle>() {
        Ok(handle) => Some(handle),
        Err(_) => {
            misuse(what);
            None
        }
    }
}
