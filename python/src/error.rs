//! Exceptions as the errors the core keeps.

use std::borrow::Cow;
use std::sync::Arc;

use pyo3::exceptions::{PyBaseException, PyException, PySystemExit};
use pyo3::prelude::*;
use pyo3::types::{PyList, PySet, PyString, PyTraceback, PyTuple, PyType};
use tierline_model::ErrorRecord;
use tierline_model::limits::{ERROR_MESSAGE_CHARS_MAX, ERROR_STACK_CHARS_MAX, NAME_CHARS_MAX};
use tierline_model::name::cut;

use crate::guard::misuse;
use crate::limits::ERRORS_MAX;
use crate::text::{any_text, string_text, text};

/// The errors in the argument `exc`: an exception, a list of them, what `sys.exc_info()` gave, an exception
/// class, or a text. Nothing for `None` and other things that are false.
pub fn errors_of(exc: Option<&Bound<'_, PyAny>>, what: &'static str) -> Vec<ErrorRecord> {
    let Some(exc) = exc else { return Vec::new() };
    if exc.is_none() {
        return Vec::new();
    }
    if let Some(error) = error_of(exc) {
        return vec![error];
    }
    if let Some(errors) = errors_in(exc) {
        return errors;
    }
    if !matches!(exc.is_truthy(), Ok(false)) {
        misuse(what);
    }
    match text(exc) {
        Some(message) if !message.is_empty() => vec![record("Error", &message, "")],
        _ => Vec::new(),
    }
}

/// The error a `with` block was left by. Leaving it by cancellation, by closing a generator or by ending the
/// program in good order is no error of the transaction.
pub fn escaping_error(exc: &Bound<'_, PyAny>) -> Option<ErrorRecord> {
    let is_error = exc.is_instance_of::<PyException>()
        || (exc.is_instance_of::<PySystemExit>()
            && exc
                .getattr(pyo3::intern!(exc.py(), "code"))
                .is_ok_and(|code| code.is_truthy().unwrap_or(true)));
    if is_error { error_of(exc) } else { None }
}

fn errors_in(exc: &Bound<'_, PyAny>) -> Option<Vec<ErrorRecord>> {
    if let Ok(tuple) = exc.cast::<PyTuple>() {
        // (type, value, traceback) is one error told three times.
        if let Ok((class, value, _)) =
            tuple.extract::<(Bound<'_, PyType>, Bound<'_, PyAny>, Bound<'_, PyAny>)>()
        {
            return Some(error_of(&value).or_else(|| error_of(&class)).into_iter().collect());
        }
        if tuple.len() == 3 && tuple.iter().all(|item| item.is_none()) {
            return Some(Vec::new());
        }
    } else if !exc.is_instance_of::<PyList>() && !exc.is_instance_of::<PySet>() {
        return None;
    }
    let items = exc.try_iter().ok()?;
    Some(items.take(ERRORS_MAX).filter_map(|item| error_of(&item.ok()?)).collect())
}

fn error_of(exc: &Bound<'_, PyAny>) -> Option<ErrorRecord> {
    if let Ok(exception) = exc.cast::<PyBaseException>() {
        return Some(record(&class_name(&exc.get_type()), &any_text(exc), &stack(exception)));
    }
    let class = exc.cast::<PyType>().ok()?;
    class.is_subclass_of::<PyBaseException>().ok()?.then(|| record(&class_name(class), "", ""))
}

fn record(type_name: &str, message: &str, stack: &str) -> ErrorRecord {
    ErrorRecord {
        type_name: Arc::from(cut(type_name, NAME_CHARS_MAX)),
        message: Arc::from(cut(message, ERROR_MESSAGE_CHARS_MAX)),
        stack: Arc::from(stack),
    }
}

/// `ValueError`, `requests.exceptions.Timeout`: what a traceback prints.
fn class_name(class: &Bound<'_, PyType>) -> String {
    let Ok(name) = class.qualname() else { return "Exception".to_owned() };
    let name = string_text(&name).into_owned();
    match class.module() {
        Ok(module) if !matches!(&*string_text(&module), "builtins" | "__main__") => {
            format!("{}.{name}", string_text(&module))
        }
        _ => name,
    }
}

/// What Python would print for the exception. When that fails, or the exception was never raised, nothing.
fn stack(exception: &Bound<'_, PyBaseException>) -> String {
    let traceback = exception.getattr(pyo3::intern!(exception.py(), "__traceback__"));
    if !traceback.is_ok_and(|traceback| traceback.is_instance_of::<PyTraceback>()) {
        return String::new();
    }
    formatted(exception).map_or_else(|_| String::new(), |stack| shortened(&stack).into_owned())
}

fn formatted(exception: &Bound<'_, PyBaseException>) -> PyResult<String> {
    let py = exception.py();
    let module = py.import(pyo3::intern!(py, "traceback"))?;
    // Three arguments: the form with one exists since 3.10 only for calls by position, and differs by version.
    let lines = module.call_method1(
        pyo3::intern!(py, "format_exception"),
        (exception.get_type(), exception, exception.getattr(pyo3::intern!(py, "__traceback__"))?),
    )?;
    let joined = PyString::new(py, "").call_method1(pyo3::intern!(py, "join"), (lines,))?;
    Ok(string_text(joined.cast::<PyString>()?).into_owned())
}

/// The end tells more than the beginning, so a long stack loses its beginning.
fn shortened(stack: &str) -> Cow<'_, str> {
    let surplus = stack.chars().count().saturating_sub(ERROR_STACK_CHARS_MAX);
    if surplus == 0 {
        return Cow::Borrowed(stack);
    }
    let start = stack.char_indices().nth(surplus + 1).map_or(stack.len(), |(index, _)| index);
    Cow::Owned(format!("…{}", &stack[start..]))
}
