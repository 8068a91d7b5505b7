//! What can go wrong with a store.

/// An error of a store, in words a person can act on.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot take or give data now, but may later: disk full, read-only, file busy.
    #[error("the store cannot be used right now: {0}")]
    Unavailable(String),
    /// Its files are damaged.
    #[error("the store's files cannot be understood: {0}")]
    Damaged(String),
    /// Its files were written by a newer version.
    #[error("the store's files are too new: {0}")]
    Newer(String),
    /// The question asks for more than the limit.
    #[error("the answer would have more than {limit} {what}; ask for a shorter time or fewer series")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// Somebody else changed it meanwhile.
    #[error(
        "{what} was changed meanwhile: version {expected} was expected, but {found} is there; read it again"
    )]
    Conflict {
        /// What was to be changed.
        what: String,
        /// The version that was expected; 0 is none.
        expected: u64,
        /// The version that is there; 0 is none.
        found: u64,
    },
}
