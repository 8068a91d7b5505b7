//! Texts out of Python objects, borrowed where the object lets us.

use std::borrow::Cow;

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyFloat, PyInt, PyString};

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

/// The text of a plain `int` or `float`, as `str` shows it, without the detour over a Python object.
fn number_text(value: &Bound<'_, PyAny>) -> Option<String> {
    if let Ok(number) = value.cast_exact::<PyInt>() {
        return Some(number.extract::<i64>().ok()?.to_string());
    }
    decimal_text(value.cast_exact::<PyFloat>().ok()?.value())
}

/// `str(number)` for numbers of few digits; `None` for those that Python must show itself.
///
/// A decimal of at most 15 digits that reads back as `number` is the only one of that many digits that does (a
/// double keeps 15), so without zeros at its end it is the shortest, which is what Python shows. Longer ones may tie,
/// and there Rust chooses differently.
fn decimal_text(number: f64) -> Option<String> {
    const DIGITS_MAX: f64 = 1e15;
    let size = number.abs();
    // Python shows smaller ones with an exponent, and 0 has a sign.
    if !(1e-4..DIGITS_MAX).contains(&size) {
        return None;
    }
    for (places, scale) in [(0, 1.0), (1, 10.0), (2, 100.0), (3, 1e3), (4, 1e4), (5, 1e5), (6, 1e6)] {
        let digits = (size * scale).round();
        if digits >= DIGITS_MAX {
            return None;
        }
        // Both are exact, so the quotient is the double nearest to the decimal.
        if digits / scale == size {
            return Some(written(number < 0.0, digits as u64, places));
        }
    }
    None
}

/// `digits` with the point before the last `places`; one place at least.
fn written(negative: bool, digits: u64, places: usize) -> String {
    let mut text = digits.to_string();
    text.reserve(places + 3);
    if places == 0 {
        text.push_str(".0");
    } else {
        while text.len() <= places {
            text.insert(0, '0');
        }
        text.insert(text.len() - places, '.');
    }
    if negative {
        text.insert(0, '-');
    }
    text
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
