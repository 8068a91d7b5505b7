//! Exit calls: what leaves the tier.

use tierline_model::{ErrorRecord, ExitType};

use crate::backends::BackendRef;

/// What an exit call is begun with.
#[derive(Clone, Debug)]
pub struct ExitCall<'a> {
    /// What kind of call it is.
    pub exit_type: ExitType,
    /// The label of this call.
    pub display_name: &'a str,
    /// Where it goes: from [`crate::recorder::Core::backend`].
    pub backend: &'a BackendRef,
    /// URL, SQL text …
    pub operation: Option<&'a str>,
    /// Shown with the call in a snapshot; no part of the backend's identity.
    pub optional_properties: &'a [(&'a str, &'a str)],
}

/// A running exit call. Dropping it does not end it: a call never ended lasts until its BT's end and is
/// marked so.
#[derive(Debug)]
pub struct ExitHandle(());

impl ExitHandle {
    /// Ends the call.
    pub fn end(&self) {
        self.end_with(Vec::new());
    }

    /// Ends the call with errors.
    pub fn end_with(&self, errors: Vec<ErrorRecord>) {
        let _ = errors;
    }

    /// Appends the text of the correlation header for this call to `out`. `false`, and nothing appended, when
    /// correlation is off or the call is over.
    pub fn correlation_header(&self, do_not_resolve: bool, out: &mut String) -> bool {
        let _ = (do_not_resolve, out);
        false
    }
}
