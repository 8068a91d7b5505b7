//! Texts out of Python objects, borrowed where the object lets us.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyString};

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
    if let Some(text) = text(value) {
        return text;
    }
    match value.str() {
        Ok(string) => Cow::Owned(string_text(&string).into_owned()),
        Err(_) => Cow::Owned(format!("<{}>", type_name(value))),
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
