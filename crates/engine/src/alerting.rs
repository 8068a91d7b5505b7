//! What people set up to be told: health rules, policies, actions, schedules and suppressions.
//!
//! Each thing is a document of its application whose text is its form in the public REST API (facts/controller-api
//! 2.4): one shape for both, and keys we do not know are kept, so that a client reads back what it wrote.

pub mod action;
pub mod default_rules;
pub mod expression;
pub mod health_rule;
pub mod number;
pub mod policy;
pub mod schedule;
pub mod suppression;

use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tierline_model::AppId;
use tierline_store::{DocumentChange, DocumentRecord, Store, StoreError};

use crate::limits::{ALERTING_NAME_CHARS_MAX, ALERTING_OBJECTS_MAX};

pub use action::{Action, ActionKind};
pub use health_rule::HealthRule;
pub use policy::Policy;
pub use schedule::Schedule;
pub use suppression::{ActionSuppression, HealthRuleSuppression};

/// Why something cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum AlertingError {
    /// Another one of this application has the name.
    #[error("a {what} named {name:?} exists already")]
    NameTaken {
        /// What it is.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// There is none with this id.
    #[error("there is no {what} with the id {id}")]
    NotFound {
        /// What it is.
        what: &'static str,
        /// The id.
        id: u64,
    },
    /// It cannot mean anything.
    #[error("the {what} cannot be used: {reason}")]
    Invalid {
        /// What it is.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// The application has as many as it may have.
    #[error("an application has at most {ALERTING_OBJECTS_MAX} of each kind: delete a {0} first")]
    TooMany(&'static str),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Something people set up.
pub trait Alerting: Serialize + DeserializeOwned + Clone + Send + 'static {
    /// The kind of its documents.
    const KIND: &'static str;
    /// What it is called in sentences.
    const WHAT: &'static str;
    /// Whether it may hold a secret (a webhook's token): then only those who may change it see it whole.
    const MAY_HOLD_SECRETS: bool = false;
    /// Its id within the application.
    fn id(&self) -> u64;
    /// Gives it an id.
    fn set_id(&mut self, id: u64);
    /// Its name, the only one in the application.
    fn name(&self) -> &str;
    /// Says why it cannot mean anything.
    ///
    /// # Errors
    /// A sentence without its subject.
    fn check(&self) -> Result<(), String>;
    /// Says why it cannot mean anything beside what else the application has.
    ///
    /// # Errors
    /// When it names something that is not there, or the store cannot be read.
    fn check_in(&self, _store: &dyn Store, _account: &str, _app_id: AppId) -> Result<(), AlertingError> {
        Ok(())
    }
    /// What every application has from the beginning; ids from 1 on.
    #[must_use]
    fn defaults() -> Vec<Self> {
        Vec::new()
    }
}

/// Something people set up, and who changed it last.
#[derive(Clone, Debug)]
pub struct Versioned<T> {
    /// The thing.
    pub value: T,
    /// Rises with every change.
    pub version: u64,
    /// When, milliseconds since 1970.
    pub changed_ms: u64,
    /// By whom.
    pub changed_by: String,
}

/// Names and ids are given out by one at a time. Readers do not wait.
static CHANGES: Mutex<()> = Mutex::new(());

/// Who made what nobody made.
const NOBODY: &str = "system";

/// Ids below are for defaults.
const FIRST_OWN_ID: u64 = 100;

fn document_name(app_id: AppId, id: u64) -> String {
    format!("{app_id}/{id}")
}

fn read<T: Alerting>(record: DocumentRecord) -> Result<Versioned<T>, StoreError> {
    let value = serde_json::from_str(&record.text)
        .map_err(|error| StoreError::Damaged(format!("{} {}: {error}", T::WHAT, record.name)))?;
    Ok(Versioned {
        value,
        version: record.version,
        changed_ms: record.changed_ms,
        changed_by: record.changed_by,
    })
}

fn all<T: Alerting>(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
) -> Result<Vec<Versioned<T>>, StoreError> {
    let prefix = format!("{app_id}/");
    let records = store.documents(account, T::KIND)?.into_iter();
    let mut found: Vec<Versioned<T>> =
        records.filter(|record| record.name.starts_with(&prefix)).map(read).collect::<Result<_, _>>()?;
    found.sort_by_key(|one| one.value.id());
    Ok(found)
}

/// Makes what every application has from the beginning, once; what was deleted stays deleted.
fn make_defaults<T: Alerting>(store: &dyn Store, account: &str, app_id: AppId) -> Result<(), AlertingError> {
    let defaults = T::defaults();
    let (marker_kind, marker) = (format!("{}-defaults", T::KIND), app_id.to_string());
    if defaults.is_empty() || store.document(account, &marker_kind, &marker)?.is_some() {
        return Ok(());
    }
    let _one_at_a_time = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
    if store.document(account, &marker_kind, &marker)?.is_some() {
        return Ok(());
    }
    for value in defaults {
        match put(store, account, app_id, &value, Some(0), NOBODY) {
            // Made by a start that was cut off before the marker.
            Ok(()) | Err(AlertingError::Store(StoreError::Conflict { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    let change = DocumentChange {
        kind: &marker_kind,
        name: &marker,
        text: "made",
        changed_by: NOBODY,
        ..DocumentChange::default()
    };
    store.put_document(account, change)?;
    Ok(())
}

fn put<T: Alerting>(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    value: &T,
    expected_version: Option<u64>,
    changed_by: &str,
) -> Result<(), AlertingError> {
    let text = serde_json::to_string(value).map_err(|error| invalid::<T>(error.to_string()))?;
    let name = document_name(app_id, value.id());
    let change = DocumentChange {
        kind: T::KIND,
        name: &name,
        text: &text,
        changed_by,
        expected_version,
        ..DocumentChange::default()
    };
    store.put_document(account, change)?;
    Ok(())
}

pub(crate) fn invalid<T: Alerting>(reason: String) -> AlertingError {
    AlertingError::Invalid { what: T::WHAT, reason }
}

fn check<T: Alerting>(value: &T, others: &[Versioned<T>]) -> Result<(), AlertingError> {
    let name = value.name();
    if name.trim().is_empty() || name.chars().count() > ALERTING_NAME_CHARS_MAX {
        return Err(invalid::<T>(format!("its name must have 1 to {ALERTING_NAME_CHARS_MAX} characters")));
    }
    value.check().map_err(invalid::<T>)?;
    if others.iter().any(|other| other.value.name() == name && other.value.id() != value.id()) {
        return Err(AlertingError::NameTaken { what: T::WHAT, name: name.to_owned() });
    }
    Ok(())
}

/// All of an application, by id.
///
/// # Errors
/// When the store cannot be read.
pub fn list<T: Alerting>(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
) -> Result<Vec<Versioned<T>>, AlertingError> {
    make_defaults::<T>(store, account, app_id)?;
    Ok(all(store, account, app_id)?)
}

/// One of an application.
///
/// # Errors
/// When there is none with this id.
pub fn get<T: Alerting>(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    id: u64,
) -> Result<Versioned<T>, AlertingError> {
    make_defaults::<T>(store, account, app_id)?;
    let found = store.document_record(account, T::KIND, &document_name(app_id, id))?;
    match found.filter(|record| !record.deleted) {
        Some(record) => Ok(read(record)?),
        None => Err(AlertingError::NotFound { what: T::WHAT, id }),
    }
}

/// Makes one; it gets an id.
///
/// # Errors
/// When it cannot mean anything, its name is taken or there are too many.
pub fn create<T: Alerting>(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    mut value: T,
    changed_by: &str,
) -> Result<T, AlertingError> {
    make_defaults::<T>(store, account, app_id)?;
    value.check_in(store, account, app_id)?;
    let _one_at_a_time = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
    let others = all::<T>(store, account, app_id)?;
    if others.len() >= ALERTING_OBJECTS_MAX {
        return Err(AlertingError::TooMany(T::WHAT));
    }
    value.set_id(0);
    check(&value, &others)?;
    // The version of a document never goes back: ids are not given out twice.
    let (kind, name) = (format!("{}-ids", T::KIND), app_id.to_string());
    let counter = DocumentChange {
        kind: &kind,
        name: &name,
        changed_by: NOBODY,
        secret: true,
        ..DocumentChange::default()
    };
    value.set_id(FIRST_OWN_ID + store.put_document(account, counter)?);
    put(store, account, app_id, &value, Some(0), changed_by)?;
    Ok(value)
}

/// Replaces one. With `expected_version` only when nobody changed it meanwhile.
///
/// # Errors
/// When there is none, it cannot mean anything, its name is taken or somebody changed it.
pub fn update<T: Alerting>(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    id: u64,
    mut value: T,
    expected_version: Option<u64>,
    changed_by: &str,
) -> Result<T, AlertingError> {
    make_defaults::<T>(store, account, app_id)?;
    value.check_in(store, account, app_id)?;
    let _one_at_a_time = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
    let others = all::<T>(store, account, app_id)?;
    let there = others.iter().find(|other| other.value.id() == id);
    let there = there.ok_or(AlertingError::NotFound { what: T::WHAT, id })?;
    value.set_id(id);
    check(&value, &others)?;
    put(store, account, app_id, &value, Some(expected_version.unwrap_or(there.version)), changed_by)?;
    Ok(value)
}

/// Deletes one.
///
/// # Errors
/// When there is none.
pub fn delete<T: Alerting>(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    id: u64,
    changed_by: &str,
) -> Result<(), AlertingError> {
    make_defaults::<T>(store, account, app_id)?;
    let name = document_name(app_id, id);
    if store.delete_document(account, T::KIND, &name, changed_by, None)? {
        Ok(())
    } else {
        Err(AlertingError::NotFound { what: T::WHAT, id })
    }
}

macro_rules! alerting {
    ($thing:ty, $kind:literal, $what:literal $(, $defaults:path)? $(; beside: $beside:ident)? $(; may hold secrets: $secrets:literal)?) => {
        impl $crate::alerting::Alerting for $thing {
            const KIND: &'static str = $kind;
            const WHAT: &'static str = $what;
            $(const MAY_HOLD_SECRETS: bool = $secrets;)?
            fn id(&self) -> u64 {
                self.id
            }
            fn set_id(&mut self, id: u64) {
                self.id = id;
            }
            fn name(&self) -> &str {
                &self.name
            }
            fn check(&self) -> Result<(), String> {
                self.reason_against()
            }
            $(fn defaults() -> Vec<Self> {
                $defaults()
            })?
            $(fn check_in(
                &self,
                store: &dyn tierline_store::Store,
                account: &str,
                app_id: tierline_model::AppId,
            ) -> Result<(), $crate::alerting::AlertingError> {
                self.$beside(store, account, app_id)
            })?
        }
    };
}
pub(crate) use alerting;
