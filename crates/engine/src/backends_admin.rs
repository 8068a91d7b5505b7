//! What people decide about backends: other names, the tier they are, and that they are none.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tierline_model::name::clean_name;
use tierline_model::{AppId, BackendId, TierId};
use tierline_store::{BackendRecord, Store, StoreError};

use crate::documents;
use crate::limits::CHANGED_BACKENDS_MAX;

/// The kind of document, named by the application's id.
const KIND: &str = "backend-administration";

/// What people decided about the backends of an application.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BackendAdmin {
    names: BTreeMap<BackendId, String>,
    resolved: BTreeMap<BackendId, TierId>,
    /// Never resolved, whatever agents say.
    unresolved: BTreeSet<BackendId>,
    /// Not shown until called again; when, milliseconds since 1970.
    deleted: BTreeMap<BackendId, u64>,
}

/// Why something cannot be done with backends.
#[derive(Debug, thiserror::Error)]
pub enum BackendAdminError {
    /// Too many.
    #[error("at most {CHANGED_BACKENDS_MAX} backends of an application can be changed")]
    TooMany,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackendAdmin {
    /// The tier somebody said a backend is: `Some(None)` when somebody said it is none, `None` when nobody said
    /// anything.
    #[must_use]
    pub fn resolution_of(&self, backend: BackendId) -> Option<Option<TierId>> {
        if self.unresolved.contains(&backend) {
            return Some(None);
        }
        self.resolved.get(&backend).map(|tier| Some(*tier))
    }

    /// Whether somebody deleted it and it was not called since.
    #[must_use]
    pub fn is_deleted(&self, backend: &BackendRecord) -> bool {
        self.deleted.get(&backend.backend.id).is_some_and(|deleted_ms| backend.last_seen_ms <= *deleted_ms)
    }

    /// Names and resolutions as people decided.
    pub fn apply_to(&self, backends: &mut [BackendRecord]) {
        for record in backends {
            if let Some(name) = self.names.get(&record.backend.id) {
                record.backend.name = name.as_str().into();
            }
            if let Some(tier) = self.resolution_of(record.backend.id) {
                record.resolved_tier_id = tier;
            }
        }
    }
}

/// What people decided.
///
/// # Errors
/// When the store cannot be read.
pub fn load(store: &dyn Store, account: &str, app_id: AppId) -> Result<BackendAdmin, StoreError> {
    documents::read(store, account, KIND, &app_id.to_string())
}

/// One decision about a backend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decision {
    /// Another name; an empty one gives back its own.
    Rename(BackendId, String),
    /// It is this tier.
    Resolve(BackendId, TierId),
    /// It is no tier, whatever agents say: the undo of a resolution.
    Unresolve(BackendId),
    /// What agents say counts again.
    Automatic(BackendId),
    /// Forgotten until it is called again; when, milliseconds since 1970.
    Delete(BackendId, u64),
}

/// Decides something about a backend.
///
/// # Errors
/// When there are too many or the store cannot be written.
pub fn decide(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    decision: &Decision,
    changed_by: &str,
) -> Result<BackendAdmin, BackendAdminError> {
    let name = app_id.to_string();
    let change = |admin: &mut BackendAdmin| {
        admin.apply(decision);
        let most = [admin.names.len(), admin.resolved.len(), admin.unresolved.len(), admin.deleted.len()];
        let fits = most.into_iter().all(|count| count <= CHANGED_BACKENDS_MAX);
        if fits { Ok(()) } else { Err(BackendAdminError::TooMany) }
    };
    let (admin, ()) = documents::change(store, account, (KIND, &name), (changed_by, true), change)?;
    Ok(admin)
}

impl BackendAdmin {
    fn apply(&mut self, decision: &Decision) {
        match decision {
            Decision::Rename(id, name) if name.trim().is_empty() => drop(self.names.remove(id)),
            Decision::Rename(id, name) => drop(self.names.insert(*id, clean_name(name).into_owned())),
            Decision::Resolve(id, tier) => {
                self.unresolved.remove(id);
                self.resolved.insert(*id, *tier);
            }
            Decision::Unresolve(id) => {
                self.resolved.remove(id);
                self.unresolved.insert(*id);
            }
            Decision::Automatic(id) => {
                self.resolved.remove(id);
                self.unresolved.remove(id);
            }
            Decision::Delete(id, now_ms) => {
                self.names.remove(id);
                self.resolved.remove(id);
                self.unresolved.remove(id);
                self.deleted.insert(*id, *now_ms);
            }
        }
    }
}
