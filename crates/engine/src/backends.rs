//! Backends with their numbers.

use std::collections::HashMap;

use tierline_model::{BackendId, BtId, TierId};
use tierline_store::{BackendRecord, Dimension, MetricFilter, MetricRow, StoreError};

use crate::numbers::Numbers;
use crate::scope::{Question, Scope};
use crate::series::{Series, Steps};

/// A backend with its numbers.
#[derive(Debug)]
pub struct BackendNumbers {
    /// The backend.
    pub backend: BackendRecord,
    /// The tier it turned out to be.
    pub tier_id: Option<TierId>,
    /// Calls to it.
    pub numbers: Numbers,
    /// The same over time.
    pub spark: Series,
}

/// All backends of the application, most calls first, or the one asked for.
///
/// # Errors
/// When the store cannot be read.
pub fn backends(scope: Scope<'_>, only: Option<BackendId>) -> Result<Vec<BackendNumbers>, StoreError> {
    let entities = scope.entities()?;
    let resolutions = scope.resolutions(&entities)?;
    let steps = Steps::spark(scope.range);
    let filter = MetricFilter { backend_id: only, ..MetricFilter::default() };
    let question = Question::exits().by(&[Dimension::Backend]).only(filter).step_minutes(steps.minutes);
    let mut sparks = Series::split(steps, &scope.ask(question)?, |row| row.backend_id);
    let mut all: Vec<BackendNumbers> = entities
        .backends
        .into_iter()
        .filter(|backend| only.is_none_or(|id| id == backend.backend.id))
        .map(|backend| {
            let spark = sparks.remove(&backend.backend.id).unwrap_or_else(|| Series::empty(steps));
            let tier_id = resolutions.tier_of(backend.backend.id);
            BackendNumbers { tier_id, numbers: spark.total(), spark, backend }
        })
        .collect();
    all.sort_by(|a, b| {
        b.numbers
            .calls
            .cmp(&a.numbers.calls)
            .then_with(|| a.backend.backend.name.cmp(&b.backend.backend.name))
    });
    Ok(all)
}

/// Who calls a backend.
#[derive(Debug, Default)]
pub struct BackendCallers {
    /// Tiers, most calls first.
    pub tiers: Vec<(TierId, Numbers)>,
    /// BTs, most calls first.
    pub bts: Vec<(BtId, Numbers)>,
}

/// Who calls a backend, and for which BTs.
///
/// # Errors
/// When the store cannot be read.
pub fn callers(scope: Scope<'_>, backend: BackendId) -> Result<BackendCallers, StoreError> {
    let filter = MetricFilter { backend_id: Some(backend), ..MetricFilter::default() };
    let rows = scope.ask(Question::exits().by(&[Dimension::Tier, Dimension::Bt]).only(filter))?;
    Ok(BackendCallers { tiers: by(&rows, |row| row.tier_id), bts: by(&rows, |row| row.bt_id) })
}

fn by<K: std::hash::Hash + Ord + Copy>(
    rows: &[MetricRow],
    key: impl Fn(&MetricRow) -> Option<K>,
) -> Vec<(K, Numbers)> {
    let mut all: HashMap<K, Numbers> = HashMap::new();
    for row in rows {
        if let Some(key) = key(row) {
            all.entry(key).or_default().add(row);
        }
    }
    let mut all: Vec<(K, Numbers)> = all.into_iter().collect();
    all.sort_by_key(|(key, numbers)| (u64::MAX - numbers.calls, *key));
    all
}
