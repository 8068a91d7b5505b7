//! Applications with their numbers.

use tierline_store::{Application, Entities, Store, StoreError, TimeRange};

use crate::applications_admin;
use crate::numbers::Numbers;
use crate::scope::Scope;
use crate::series::{Series, Steps, Subject};

/// An application with its numbers.
#[derive(Debug)]
pub struct ApplicationNumbers {
    /// The application.
    pub application: Application,
    /// How many tiers it has.
    pub tiers: usize,
    /// How many nodes it has.
    pub nodes: usize,
    /// BTs begun.
    pub numbers: Numbers,
    /// The same over time.
    pub spark: Series,
}

/// All applications of an account, by name.
///
/// # Errors
/// When the store cannot be read.
pub fn applications(
    store: &dyn Store,
    account: &str,
    range: TimeRange,
) -> Result<Vec<ApplicationNumbers>, StoreError> {
    let mut all = Vec::new();
    for application in applications_admin::listed(store, account, range)? {
        let scope = Scope { store, account, app_id: application.id, range };
        let entities: Entities = scope.entities()?;
        let steps = Steps::spark(range);
        let rows = scope.ask(Subject::default().question().step_minutes(steps.minutes))?;
        all.push(ApplicationNumbers {
            application,
            tiers: entities.tiers.len(),
            nodes: entities.nodes.len(),
            numbers: Numbers::of(&rows),
            spark: Series::of(steps, &rows),
        });
    }
    Ok(all)
}
