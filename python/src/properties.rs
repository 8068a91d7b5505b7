//! Dictionaries of properties as pairs of texts.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use smallvec::SmallVec;

use crate::guard::misuse;
use crate::limits::PROPERTIES_SEEN_MAX;
use crate::text::any_text;

/// Name and value, and the objects they are borrowed from.
pub struct Properties<'py> {
    objects: Pairs<'py>,
}

/// Names and values. Room for four on the stack: programs give no more (facts/api-usage 1).
type Pairs<'py> = SmallVec<[(Bound<'py, PyAny>, Bound<'py, PyAny>); 4]>;

/// The texts of [`Properties`].
pub type Texts<'a> = SmallVec<[(Cow<'a, str>, Cow<'a, str>); 4]>;

impl<'py> Properties<'py> {
    /// The entries of a dictionary, of another mapping, or of a sequence of pairs. `None` as a whole is empty,
    /// `None` as a value an absent property; anything else is odd and empty.
    #[inline]
    pub fn of(value: Option<&Bound<'py, PyAny>>, what: &'static str) -> Self {
        Self::first(value, PROPERTIES_SEEN_MAX, what)
    }

    /// As [`Properties::of`], of at most `entries_max` entries.
    #[inline]
    pub fn first(value: Option<&Bound<'py, PyAny>>, entries_max: usize, what: &'static str) -> Self {
        let mut objects = SmallVec::new();
        if let Some(value) = value {
            if let Ok(dict) = value.cast::<PyDict>() {
                for (name, value) in dict.iter().take(entries_max) {
                    if !value.is_none() {
                        objects.push((name, value));
                    }
                }
            } else if !value.is_none() {
                match pairs(value, entries_max) {
                    Some(pairs) => objects = pairs,
                    None => misuse(what),
                }
            }
        }
        Self { objects }
    }

    /// The texts. Integers and all other objects as `str` shows them.
    pub fn texts(&self) -> Texts<'_> {
        self.objects.iter().map(|(name, value)| (any_text(name), any_text(value))).collect()
    }
}

/// Whether `value` is a mapping by what it can do. Its class is not asked: that runs the code of lazy objects, and
/// `collections.abc.Mapping` of the interpreter that asked first may be gone with it.
pub fn is_mapping(value: &Bound<'_, PyAny>) -> bool {
    let class = value.get_type();
    let has = |name| class.getattr(name).is_ok();
    has("keys") && has("items") && has("__getitem__")
}

/// The pairs of a mapping that is not a `dict`, or of a list of pairs.
fn pairs<'py>(value: &Bound<'py, PyAny>, entries_max: usize) -> Option<Pairs<'py>> {
    let items = if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        value.clone()
    } else {
        is_mapping(value).then(|| value.call_method0("items").ok())??
    };
    let mut pairs = SmallVec::new();
    for item in items.try_iter().ok()?.take(entries_max) {
        let (name, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = item.ok()?.extract().ok()?;
        if !value.is_none() {
            pairs.push((name, value));
        }
    }
    Some(pairs)
}
