//! Entities as people decided to see them: with the names and resolutions they chose, without what is stale.

use tierline_model::AppId;
use tierline_store::{Entities, Store, StoreError, TimeRange};

use crate::{backends_admin, staleness, transactions_admin};

/// The entities of an application as people see them. With a range, without what was silent for long then.
///
/// Business transactions somebody excluded or deleted stay in: snapshots and numbers name them. Lists leave them out by
/// [`transactions_admin::BtAdmin::is_hidden`].
///
/// # Errors
/// When the store cannot be read.
pub fn entities(
    store: &dyn Store,
    account: &str,
    app_id: AppId,
    range: Option<TimeRange>,
) -> Result<Entities, StoreError> {
    let mut entities = store.entities(account, app_id)?;
    if let Some(range) = range {
        staleness::leave_out(store, account, app_id, range, &mut entities)?;
    }
    transactions_admin::load(store, account, app_id)?.rename_all(&mut entities.bts);
    let backends = backends_admin::load(store, account, app_id)?;
    backends.apply_to(&mut entities.backends);
    entities.backends.retain(|backend| !backends.is_deleted(backend));
    Ok(entities)
}
