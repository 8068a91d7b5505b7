//! Documents of applications as values: read, changed under a version check, written.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tierline_store::{DocumentChange, Store, StoreError};

/// How often a change is tried again when somebody else was quicker.
const TRIES_MAX: usize = 5;

/// The document as a value; the default when there is none.
///
/// # Errors
/// When the store cannot be read or the document cannot be understood.
pub(crate) fn read<T: DeserializeOwned + Default>(
    store: &dyn Store,
    account: &str,
    kind: &str,
    name: &str,
) -> Result<T, StoreError> {
    match store.document(account, kind, name)? {
        Some(text) => parse(kind, name, &text),
        None => Ok(T::default()),
    }
}

fn parse<T: DeserializeOwned>(kind: &str, name: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("{kind} {name}: {error}")))
}

/// Changes a document: `change` is called again with the newer value when somebody was quicker. `keep` says whether
/// former versions are kept. Answers the value, what `change` answered and the version.
///
/// # Errors
/// What `change` says, or when the store cannot be read or written.
pub(crate) fn change<T, R, E>(
    store: &dyn Store,
    account: &str,
    (kind, name): (&str, &str),
    (changed_by, keep): (&str, bool),
    mut change: impl FnMut(&mut T) -> Result<R, E>,
) -> Result<(T, R), E>
where
    T: DeserializeOwned + Serialize + Default,
    E: From<StoreError>,
{
    let mut tries = 0;
    loop {
        let there = store.document_record(account, kind, name)?.filter(|record| !record.deleted);
        let (mut value, version): (T, u64) = match &there {
            Some(record) => (parse(kind, name, &record.text)?, record.version),
            None => (T::default(), 0),
        };
        let answer = change(&mut value)?;
        let text = serde_json::to_string(&value).map_err(|error| StoreError::Damaged(error.to_string()))?;
        if there.as_ref().is_some_and(|record| record.text == text) {
            return Ok((value, answer));
        }
        let document = DocumentChange {
            kind,
            name,
            text: &text,
            changed_by,
            expected_version: Some(version),
            secret: !keep,
        };
        match store.put_document(account, document) {
            Ok(_) => return Ok((value, answer)),
            Err(StoreError::Conflict { .. }) if tries < TRIES_MAX => tries += 1,
            Err(error) => return Err(error.into()),
        }
    }
}
