//! Exit calls that are described by the same objects as before.
//!
//! Programs describe a call by constants: those in a dictionary display are the same objects at each call. Which
//! backend they mean is then known without reading their texts. Only objects that cannot change count: plain `str`
//! and `int`.

use std::cell::RefCell;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyString};
use pyo3::{Borrowed, ffi};
use smallvec::SmallVec;
use tierline::{BackendRef, BtHandle};

use crate::limits::{CONSTANT_BYTES_MAX, CONSTANTS_MAX, KNOWN_CALLS_PER_THREAD};

/// A program's object, by its address.
type Address = *mut ffi::PyObject;

/// The objects that describe a call: its type, its name, names and values of its identifying properties.
///
/// Addresses only: to be compared or held before any code of the program runs.
struct Constants(SmallVec<[Address; CONSTANTS_MAX]>);

/// Where calls of one hash are remembered.
#[derive(Default)]
struct Place {
    /// The hash of the objects seen last: those seen once are not worth holding.
    seen: u64,
    known: Option<Known>,
}

/// What objects meant. They are held, so that no other object takes their addresses.
struct Known {
    core: u64,
    objects: SmallVec<[Py<PyAny>; CONSTANTS_MAX]>,
    backend: BackendRef,
}

thread_local! {
    static PLACES: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
}

/// The backend of what these objects describe: what they meant before, or what `read` makes of them.
///
/// `read` must look at them before it runs code of the program.
#[inline]
pub fn backend(
    bt: &BtHandle,
    exit_type: Option<&Bound<'_, PyAny>>,
    display_name: Option<&Bound<'_, PyAny>>,
    identifying_properties: Option<&Bound<'_, PyAny>>,
    read: impl FnOnce() -> Option<BackendRef>,
) -> Option<BackendRef> {
    let constants = Constants::of(exit_type, display_name, identifying_properties);
    let (Some(constants), Some(core)) = (constants, bt.core_serial()) else {
        return read();
    };
    let hash = constants.hash(core);
    let found = PLACES.with_borrow(|places| places.get(place_of(hash))?.known.as_ref()?.of(core, &constants));
    found.or_else(|| learn(identifying_properties?.py(), core, &constants, hash, read))
}

/// Reads what is not known, and remembers it when it was seen before.
#[cold]
fn learn(
    py: Python<'_>,
    core: u64,
    constants: &Constants,
    hash: u64,
    read: impl FnOnce() -> Option<BackendRef>,
) -> Option<BackendRef> {
    let objects = PLACES.with_borrow_mut(|places| {
        if places.is_empty() {
            places.resize_with(KNOWN_CALLS_PER_THREAD, Place::default);
        }
        let place = places.get_mut(place_of(hash))?;
        let again = std::mem::replace(&mut place.seen, hash) == hash;
        again.then(|| constants.held(py)).flatten()
    });
    let backend = read()?;
    if let Some(objects) = objects {
        let known = Known { core, objects, backend };
        let old = PLACES.with_borrow_mut(|places| places.get_mut(place_of(hash))?.known.replace(known));
        drop(old); // plain texts and numbers: no code of the program runs
    }
    Some(backend)
}

fn place_of(hash: u64) -> usize {
    (hash >> 32) as usize % KNOWN_CALLS_PER_THREAD
}

impl Constants {
    /// `None` for calls with another description, or a longer one.
    #[inline]
    fn of(
        exit_type: Option<&Bound<'_, PyAny>>,
        display_name: Option<&Bound<'_, PyAny>>,
        identifying_properties: Option<&Bound<'_, PyAny>>,
    ) -> Option<Self> {
        let properties = identifying_properties?.cast_exact::<PyDict>().ok()?;
        let mut objects = SmallVec::new();
        objects.push(exit_type?.as_ptr());
        objects.push(display_name?.as_ptr());
        let (mut position, mut name, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: attached, a dictionary, and nothing changes it meanwhile: no code of the program runs here.
        while unsafe {
            ffi::PyDict_Next(properties.as_ptr(), &raw mut position, &raw mut name, &raw mut value)
        } != 0
        {
            if objects.len() + 2 > CONSTANTS_MAX {
                return None;
            }
            objects.push(name);
            objects.push(value);
        }
        Some(Self(objects))
    }

    #[inline]
    fn hash(&self, core: u64) -> u64 {
        // Multiplying by the golden ratio spreads addresses, which differ in their middle bits, over the high ones.
        self.0.iter().fold(core, |hash, object| {
            (hash.rotate_left(5) ^ object.addr() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        })
    }

    /// The objects, held; `None` when one of them could change, or is long.
    fn held(&self, py: Python<'_>) -> Option<SmallVec<[Py<PyAny>; CONSTANTS_MAX]>> {
        self.0
            .iter()
            .map(|object| {
                // SAFETY: the program's arguments and what is in them live, since none of its code ran meanwhile.
                let object = unsafe { Borrowed::from_ptr(py, *object) };
                is_constant(&object).then(|| object.to_owned().unbind())
            })
            .collect()
    }
}

impl Known {
    #[inline]
    fn of(&self, core: u64, constants: &Constants) -> Option<BackendRef> {
        let same = self.core == core
            && self.objects.len() == constants.0.len()
            && self.objects.iter().zip(&constants.0).all(|(held, given)| held.as_ptr() == *given);
        same.then_some(self.backend)
    }
}

fn is_constant(object: &Bound<'_, PyAny>) -> bool {
    match object.cast_exact::<PyString>() {
        Ok(text) => text.to_str().is_ok_and(|text| text.len() <= CONSTANT_BYTES_MAX),
        Err(_) => object.is_exact_instance_of::<PyInt>() && object.extract::<i64>().is_ok(),
    }
}
