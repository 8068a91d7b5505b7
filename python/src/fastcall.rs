//! Functions of the API that take any arguments: whatever a program passes, by position or by name, nothing raises.
//!
//! PyO3's `#[pyfunction]` can do that too, with `*args, **kwargs`; it then makes a tuple for each call, which costs
//! more than most of these functions. Here the interpreter's vector of arguments is read where it is.

use std::ffi::CStr;

use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use pyo3::{Borrowed, ffi};

use crate::guard::{misuse, quietly};

/// The most parameters a function has.
const PARAMETERS_MAX: usize = 7;

/// A function of the module.
pub trait Function {
    /// What it is called.
    const NAME: &CStr;
    /// `name(parameters)\n--\n\n` and what it does: the interpreter takes the signature from there.
    const DOC: &CStr;
    /// The parameters' names, in their order; at most [`PARAMETERS_MAX`].
    const PARAMETERS: &[&str];
    /// What is counted when a call has more arguments than that, or others.
    const SURPLUS: &'static str;

    /// Does it. `None` is `None` for the program as well.
    fn call<'py>(py: Python<'py>, arguments: &Arguments<'_, 'py>) -> Option<Bound<'py, PyAny>>;
}

/// What a program passed, in the order of the parameters.
#[derive(Default)]
pub struct Arguments<'a, 'py>([Option<Borrowed<'a, 'py, PyAny>>; PARAMETERS_MAX]);

impl<'py> Arguments<'_, 'py> {
    /// The argument of a parameter. `None` when there is none, and when the program passed its `None`.
    #[inline]
    pub fn get(&self, place: usize) -> Option<&Bound<'py, PyAny>> {
        self.0.get(place)?.as_deref()
    }

    /// Takes in one argument. `false` when no parameter wants it.
    #[inline]
    fn put(
        &mut self,
        place: Option<usize>,
        parameters: usize,
        value: *mut ffi::PyObject,
        py: Python<'py>,
    ) -> bool {
        let Some(slot) = place.filter(|place| *place < parameters).and_then(|place| self.0.get_mut(place))
        else {
            return false;
        };
        // SAFETY: the interpreter passes objects that live as long as the call, and the borrow ends with it.
        let value = unsafe { Borrowed::from_ptr(py, value) };
        *slot = (!value.is_none()).then_some(value);
        true
    }
}

/// What the interpreter calls.
unsafe extern "C" fn entry<F: Function>(
    _module: *mut ffi::PyObject,
    values: *const *mut ffi::PyObject,
    by_position: ffi::Py_ssize_t,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls only where it is attached.
    let py = unsafe { Python::assume_attached() };
    let result = quietly(None, || {
        let mut arguments = Arguments::default();
        let by_position = usize::try_from(by_position).unwrap_or(0);
        let mut all_known = true;
        for place in 0..by_position {
            // SAFETY: `values` has as many objects as it is said to have (PEP 590).
            let value = unsafe { *values.add(place) };
            all_known &= arguments.put(Some(place), F::PARAMETERS.len(), value, py);
        }
        if !names.is_null() {
            // SAFETY: `names` is a tuple that lives as long as the call (PEP 590).
            let names = unsafe { Borrowed::from_ptr(py, names) };
            for (number, name) in names.cast::<PyTuple>().ok()?.iter_borrowed().enumerate() {
                let place = parameter(F::PARAMETERS, &name);
                // SAFETY: the values given by name follow those given by position (PEP 590).
                let value = unsafe { *values.add(by_position + number) };
                all_known &= arguments.put(place, F::PARAMETERS.len(), value, py);
            }
        }
        if !all_known {
            misuse(F::SURPLUS);
        }
        F::call(py, &arguments)
    });
    result.map_or_else(|| py.None().into_ptr(), Bound::into_ptr)
}

/// The place of a parameter of this name.
fn parameter(parameters: &[&str], name: &Bound<'_, PyAny>) -> Option<usize> {
    let name = name.cast::<PyString>().ok()?.to_str().ok()?;
    parameters.iter().position(|parameter| *parameter == name)
}

/// Adds a function to the module.
///
/// # Errors
/// When the interpreter has no memory for it.
pub fn add<F: Function>(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    // One per function and interpreter, for as long as the process lives: the interpreter keeps a pointer to it.
    let definition = Box::leak(Box::new(ffi::PyMethodDef {
        ml_name: F::NAME.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: entry::<F> },
        ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS,
        ml_doc: F::DOC.as_ptr(),
    }));
    let name = module.name()?;
    // SAFETY: the definition lives for ever, and the name is a `str`.
    let function = unsafe {
        Bound::from_owned_ptr_or_err(
            py,
            ffi::PyCFunction_NewEx(definition, std::ptr::null_mut(), name.as_ptr()),
        )?
    };
    module.add(&*F::NAME.to_string_lossy(), function)
}
