//! What people decide about applications: made before anybody reports for them, deleted until somebody does again.

use std::collections::BTreeMap;

use tierline_model::AppId;
use tierline_model::name::clean_name;
use tierline_store::{Application, Entities, Store, StoreError, TimeRange, WriteBatch};

use crate::documents;
use crate::limits::APPLICATIONS_DELETED_MAX;
use crate::staleness::{self, Staleness};

/// The kind of document, one per account.
const KIND: &str = "deleted-applications";

/// When which application was deleted, milliseconds since 1970.
type Deleted = BTreeMap<AppId, u64>;

/// The applications of an account that nobody deleted since they were heard of, by name.
///
/// # Errors
/// When the store cannot be read.
pub fn known(store: &dyn Store, account: &str) -> Result<Vec<Application>, StoreError> {
    let deleted: Deleted = documents::read(store, account, KIND, KIND)?;
    let mut all = store.applications(account)?;
    all.retain(|app| deleted.get(&app.id).is_none_or(|deleted_ms| app.last_seen_ms > *deleted_ms));
    Ok(all)
}

/// The same without those that were silent for long.
///
/// # Errors
/// When the store cannot be read.
pub fn listed(store: &dyn Store, account: &str, range: TimeRange) -> Result<Vec<Application>, StoreError> {
    let hours = staleness::load(store, account)?.application_hours;
    let mut all = known(store, account)?;
    all.retain(|app| !Staleness::is_stale(hours, app.last_seen_ms, range));
    Ok(all)
}

/// Makes an application nobody reports for yet. `None` when there is one of that name.
///
/// # Errors
/// When the store cannot be written.
pub fn create(
    store: &dyn Store,
    account: &str,
    name: &str,
    now_ms: u64,
) -> Result<Option<Application>, StoreError> {
    let name = clean_name(name);
    let id = AppId::of(&name);
    if known(store, account)?.iter().any(|app| app.id == id) {
        return Ok(None);
    }
    let application =
        Application { id, name: name.as_ref().into(), first_seen_ms: now_ms, last_seen_ms: now_ms };
    let entities = Entities { applications: vec![application.clone()], ..Entities::default() };
    let batch =
        WriteBatch { account: account.to_owned(), received_ms: now_ms, entities, ..WriteBatch::default() };
    store.write(batch)?;
    Ok(Some(application))
}

/// Takes an application out of all lists until it is heard of again. What was measured stays as long as its retention
/// says.
///
/// # Errors
/// When the store cannot be written.
pub fn delete(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    now_ms: u64,
    changed_by: &str,
) -> Result<(), StoreError> {
    let change = |deleted: &mut Deleted| -> Result<(), StoreError> {
        deleted.insert(app_id, now_ms);
        while deleted.len() > APPLICATIONS_DELETED_MAX {
            let oldest = deleted.iter().min_by_key(|(_, deleted_ms)| **deleted_ms).map(|(app, _)| *app);
            oldest.map(|app| deleted.remove(&app));
        }
        Ok(())
    };
    documents::change(store, account, (KIND, KIND), (changed_by, true), change)?;
    Ok(())
}
