//! Small named texts: configuration, users, keys, rules.

/// One version of a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocumentRecord {
    /// Its name within its kind.
    pub name: String,
    /// Its text; empty when this version is its deletion.
    pub text: String,
    /// Counts from 1 and never goes back, also when it was deleted in between.
    pub version: u64,
    /// When it was written, milliseconds since 1970.
    pub changed_ms: u64,
    /// Who wrote it.
    pub changed_by: String,
    /// Whether this version is its deletion.
    pub deleted: bool,
}

/// A document that is to be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DocumentChange<'d> {
    /// What it is.
    pub kind: &'d str,
    /// Its name within its kind.
    pub name: &'d str,
    /// Its text from now on.
    pub text: &'d str,
    /// Who writes it; for the audit, not checked.
    pub changed_by: &'d str,
    /// Only when this is the version that is there; 0 means that there must be none.
    pub expected_version: Option<u64>,
    /// Whether its former texts must not be kept (a password's hash, a key).
    pub secret: bool,
}
