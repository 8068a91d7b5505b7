//! The scorecard: everything of a subject as one set of numbers.

use tierline_store::StoreError;

use crate::numbers::Numbers;
use crate::scope::Scope;
use crate::series::Subject;

/// The numbers of a subject over the scope's time, with percentiles.
///
/// # Errors
/// When the store cannot be read.
pub fn scorecard(scope: Scope<'_>, subject: Subject) -> Result<Numbers, StoreError> {
    Ok(Numbers::of(&scope.ask(subject.question().with_histogram())?))
}
