//! Interned backends.

/// An interned backend: cheap to copy, good for the core that made it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BackendRef {
    pub(crate) index: u32,
}
