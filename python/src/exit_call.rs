//! Exit call management.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ffi::CStr;

use pyo3::prelude::*;
use pyo3::types::PyString;
use smallvec::SmallVec;
use tierline::{BackendRef, BtHandle, ExitCall};
use tierline_model::correlation::HEADER_NAME;

use crate::constants;
use crate::error::errors_of;
use crate::exit_type::{exit_subtype_text, exit_type_of};
use crate::fastcall::{Arguments, Function};
use crate::guard::misuse;
use crate::handle::ExitCallHandle;
use crate::properties::{Properties, Texts, is_mapping};
use crate::text::{any_text, text};
use crate::transaction::bt_of;

/// Under which name the undocumented `exit_subtype` is shown among the optional properties.
const SUBTYPE_PROPERTY: &str = "Exit subtype";

/// `start_exit_call`.
pub struct StartExitCall;

impl Function for StartExitCall {
    const NAME: &CStr = c"start_exit_call";
    const DOC: &CStr = c"start_exit_call(bt_handle, exit_type, display_name, identifying_properties, \
        optional_properties=None, operation=None, exit_subtype=None)\n--\n\n\
        Starts a custom exit call from within the specified business transaction.\n\n\
        Returns its handle, or `None` when none was started: the transaction has ended or has an active one.";
    const PARAMETERS: &[&str] = &[
        "bt_handle",
        "exit_type",
        "display_name",
        "identifying_properties",
        "optional_properties",
        "operation",
        "exit_subtype",
    ];
    const SURPLUS: &'static str = "start_exit_call: unknown arguments";

    #[inline]
    fn call<'py>(py: Python<'py>, arguments: &Arguments<'_, 'py>) -> Option<Bound<'py, PyAny>> {
        let exit_call = Described {
            bt_handle: arguments.get(0),
            exit_type: arguments.get(1),
            display_name: arguments.get(2),
            identifying_properties: arguments.get(3),
            optional_properties: arguments.get(4),
            operation: arguments.get(5),
            exit_subtype: arguments.get(6),
        }
        .begin()?;
        // Making an object fails only without memory.
        Some(Bound::new(py, exit_call).ok()?.into_any())
    }
}

/// `end_exit_call`.
pub struct EndExitCall;

impl Function for EndExitCall {
    const NAME: &CStr = c"end_exit_call";
    const DOC: &CStr = c"end_exit_call(exit_call_handle, exc=None)\n--\n\n\
        Ends the exit call identified by `exit_call_handle`, with the errors in `exc`.";
    const PARAMETERS: &[&str] = &["exit_call_handle", "exc"];
    const SURPLUS: &'static str = "end_exit_call: unknown arguments";

    #[inline]
    fn call<'py>(_py: Python<'py>, arguments: &Arguments<'_, 'py>) -> Option<Bound<'py, PyAny>> {
        let exit_call =
            exit_of(arguments.get(0), "end_exit_call: exit_call_handle is not an ExitCallHandle")?;
        match arguments.get(1) {
            None => exit_call.get().core.end(),
            exc => exit_call.get().core.end_with(errors_of(exc, "end_exit_call: exc is not an exception")),
        }
        None
    }
}

thread_local! {
    /// Where header texts are written, so that making one allocates only the Python string.
    static HEADER: RefCell<String> = const { RefCell::new(String::new()) };
}

/// `make_correlation_header`.
pub struct MakeCorrelationHeader;

impl Function for MakeCorrelationHeader {
    const NAME: &CStr = c"make_correlation_header";
    const DOC: &CStr = c"make_correlation_header(bt_handle, exit_call_handle)\n--\n\n\
        Makes a correlation header for a custom exit call: `(name, value)`, or `None` if correlation is disabled.";
    const PARAMETERS: &[&str] = &["bt_handle", "exit_call_handle"];
    const SURPLUS: &'static str = "make_correlation_header: unknown arguments";

    #[inline]
    fn call<'py>(py: Python<'py>, arguments: &Arguments<'_, 'py>) -> Option<Bound<'py, PyAny>> {
        // The exit call knows its transaction; the first argument is only checked.
        bt_of(arguments.get(0), "make_correlation_header: bt_handle is not a BtHandle")?;
        let what = "make_correlation_header: exit_call_handle is not an ExitCallHandle";
        let exit_call = exit_of(arguments.get(1), what)?;
        HEADER.with_borrow_mut(|header| {
            header.clear();
            if !exit_call.get().core.correlation_header(false, header) {
                return None;
            }
            let pair = (pyo3::intern!(py, HEADER_NAME), PyString::new(py, header));
            Some(pair.into_pyobject(py).ok()?.into_any())
        })
    }
}

/// What describes an exit call, as the program gave it.
pub struct Described<'a, 'py> {
    pub bt_handle: Option<&'a Bound<'py, PyAny>>,
    pub exit_type: Option<&'a Bound<'py, PyAny>>,
    pub display_name: Option<&'a Bound<'py, PyAny>>,
    pub identifying_properties: Option<&'a Bound<'py, PyAny>>,
    pub optional_properties: Option<&'a Bound<'py, PyAny>>,
    pub operation: Option<&'a Bound<'py, PyAny>>,
    pub exit_subtype: Option<&'a Bound<'py, PyAny>>,
}

impl Described<'_, '_> {
    /// Begins the exit call they describe.
    #[inline]
    pub fn begin(mut self) -> Option<ExitCallHandle> {
        let bt = &bt_of(self.bt_handle, "start_exit_call: bt_handle is not a BtHandle")?.get().core;
        self.sort_fifth_and_sixth();
        let display_name = self.display_name();
        let backend =
            constants::backend(bt, self.exit_type, self.display_name, self.identifying_properties, || {
                self.read_backend(bt, &display_name)
            })?;
        let optional =
            Properties::of(self.optional_properties, "start_exit_call: optional_properties is not a dict");
        let optional = optional.texts();
        let subtype = exit_subtype_text(self.exit_subtype);
        let mut optional: SmallVec<[(&str, &str); 4]> = borrowed(&optional);
        if let Some(subtype) = &subtype {
            optional.push((SUBTYPE_PROPERTY, subtype));
        }
        let operation = self.operation.map(any_text);
        let exit_call = bt.begin_exit(ExitCall {
            display_name: &display_name,
            backend: &backend,
            operation: operation.as_deref(),
            optional_properties: &optional,
        })?;
        Some(ExitCallHandle { core: exit_call })
    }

    fn read_backend(&self, bt: &BtHandle, display_name: &str) -> Option<BackendRef> {
        let exit_type = exit_type_of(self.exit_type);
        let identifying = Properties::of(
            self.identifying_properties,
            "start_exit_call: identifying_properties is not a dict",
        );
        let identifying = identifying.texts();
        bt.backend(&exit_type, display_name, &borrowed(&identifying))
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
fn borrowed<'a>(texts: &'a Texts<'_>) -> SmallVec<[(&'a str, &'a str); 4]> {
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
