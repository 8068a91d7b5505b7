//! Texts out of Python objects, borrowed where the object lets us.

use std::borrow::Cow;

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyInt, PyString};

/// The text of a `str` or of UTF-8 in `bytes`; `None` for anything else.
///
/// What is not valid (lone surrogates, bytes that are not UTF-8) becomes U+FFFD.
#[inline]
pub fn text<'a>(value: &'a Bound<'_, PyAny>) -> Option<Cow<'a, str>> {
    if let Ok(string) = value.cast::<PyString>() {
        return Some(string_text(string));
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Some(String::from_utf8_lossy(bytes.as_bytes()));
    }
    let array = value.cast::<PyByteArray>().ok()?;
    Some(Cow::Owned(String::from_utf8_lossy(&array.to_vec()).into_owned()))
}

/// The text of any object: as [`text`], else `str(value)`, else the name of its type in angle brackets.
pub fn any_text<'a>(value: &'a Bound<'_, PyAny>) -> Cow<'a, str> {
    if let Ok(string) = value.cast::<PyString>() {
        return string_text(string);
    }
    if let Some(number) = number_text(value) {
        return Cow::Owned(number);
    }
    if let Some(text) = text(value) {
        return text;
    }
    match value.str() {
        Ok(string) => Cow::Owned(string_text(&string).into_owned()),
        Err(error) => {
            leave_interrupts_to_the_host(value.py(), &error);
            Cow::Owned(format!("<{}>", type_name(value)))
        }
    }
}

/// The text of a plain `int`, as `str` shows it, without the detour over a Python object. (Not of a `float`: where two
/// shortest texts are equally near, Rust and Python choose differently.)
fn number_text(value: &Bound<'_, PyAny>) -> Option<String> {
    let number = value.cast_exact::<PyInt>().ok()?.extract::<i64>().ok()?;
    Some(number.to_string())
}

/// A Ctrl-C that came while the program's own `str()` ran is the program's: it is raised again where the call returns.
fn leave_interrupts_to_the_host(py: Python<'_>, error: &PyErr) {
    if error.is_instance_of::<PyKeyboardInterrupt>(py) {
        // SAFETY: the interpreter is attached; this only marks SIGINT as arrived.
        unsafe { pyo3::ffi::PyErr_SetInterrupt() };
    }
}

/// The name of an object's type.
pub fn type_name(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "object".to_owned(), |name| string_text(&name).into_owned())
}

#[inline]
pub fn string_text<'a>(string: &'a Bound<'_, PyString>) -> Cow<'a, str> {
    match string.to_str() {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => string.to_string_lossy(),
    }
}
