//! The two opaque handles a program holds.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};

use pyo3::prelude::*;
use tierline::{BtHandle as CoreBt, ExitHandle as CoreExit};

use crate::guard::quietly;

/// A running business transaction. Opaque, always true, equal to another handle of the same transaction.
///
/// A transaction whose last handle is collected is ended as abandoned.
#[pyclass(frozen, module = "appdynamics.agent.api")]
pub struct BtHandle {
    pub core: CoreBt,
}

#[pymethods]
impl BtHandle {
    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        quietly(false, || other.cast::<Self>().is_ok_and(|other| other.get().core == self.core))
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.core.key().hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        quietly(String::from("<BtHandle>"), || match self.core.guid() {
            Some(guid) => format!("<BtHandle {guid}>"),
            None => String::from("<BtHandle ended>"),
        })
    }
}

/// A running exit call. Opaque and always true.
#[pyclass(frozen, module = "appdynamics.agent.api")]
pub struct ExitCallHandle {
    pub core: CoreExit,
}

#[pymethods]
impl ExitCallHandle {
    fn __repr__(&self) -> &'static str {
        "<ExitCallHandle>"
    }
}
