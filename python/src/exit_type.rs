//! `EXIT_*` constants: integers on Python's side, [`ExitType`] on ours.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};
use tierline_model::ExitType;

use crate::guard::{misuse, quietly};
use crate::limits::EXIT_NAMES_MAX;
use crate::text::{string_text, text};

/// The documented constants and `EXIT_CUSTOM`, which programs use too.
pub const CONSTANTS: [(&str, u64); 5] =
    [("EXIT_HTTP", 1), ("EXIT_DB", 2), ("EXIT_CACHE", 3), ("EXIT_QUEUE", 4), ("EXIT_CUSTOM", CUSTOM)];

const CUSTOM: u64 = 5;

/// Numbers of names that only a program knows start here.
const FIRST_OTHER: u64 = 1_000;

/// The other names that were asked for, without `EXIT_`, in the order of their numbers.
static OTHERS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The number of `EXIT_<name>`: the same whenever it is asked for, another one for another name.
#[pyfunction]
pub fn exit_constant(name: &str) -> u64 {
    quietly(CUSTOM, || {
        if let Some((_, number)) = CONSTANTS.iter().find(|(known, _)| *known == name) {
            return *number;
        }
        let name = name.strip_prefix("EXIT_").unwrap_or(name);
        let mut others = OTHERS.lock().unwrap_or_else(PoisonError::into_inner);
        let index = match others.iter().position(|other| other == name) {
            Some(index) => index,
            None if others.len() < EXIT_NAMES_MAX => {
                others.push(name.to_owned());
                others.len() - 1
            }
            None => return CUSTOM,
        };
        FIRST_OTHER + index as u64
    })
}

/// The exit type in an argument: one of the numbers, or a name.
#[inline]
pub fn exit_type_of(value: Option<&Bound<'_, PyAny>>) -> ExitType {
    match value {
        Some(value) if value.is_instance_of::<PyInt>() => match value.extract::<u64>() {
            Ok(1) => ExitType::Http,
            Ok(2) => ExitType::Db,
            Ok(3) => ExitType::Cache,
            Ok(4) => ExitType::Queue,
            Ok(CUSTOM) => ExitType::Custom,
            Ok(number) => other(number).map_or_else(odd, |name| ExitType::parse(&name)),
            Err(_) => odd(),
        },
        Some(value) => {
            value.cast::<PyString>().map_or_else(|_| odd(), |name| ExitType::parse(&string_text(name)))
        }
        None => odd(),
    }
}

/// What `exit_subtype` says, for display: `MONGODB` for `EXIT_SUBTYPE_MONGODB`.
pub fn exit_subtype_text<'a>(value: Option<&'a Bound<'_, PyAny>>) -> Option<Cow<'a, str>> {
    let value = value.filter(|value| !value.is_none())?;
    let name = match value.extract::<u64>() {
        Ok(number) => Cow::Owned(other(number)?),
        Err(_) => text(value)?,
    };
    Some(match name.strip_prefix("EXIT_").unwrap_or(&name).strip_prefix("SUBTYPE_") {
        Some(subtype) => Cow::Owned(subtype.to_owned()),
        None => name,
    })
}

fn other(number: u64) -> Option<String> {
    let index = usize::try_from(number.checked_sub(FIRST_OTHER)?).ok()?;
    OTHERS.lock().unwrap_or_else(PoisonError::into_inner).get(index).cloned()
}

#[cold]
fn odd() -> ExitType {
    misuse("start_exit_call: exit_type is not one of the EXIT_ constants");
    ExitType::Custom
}
