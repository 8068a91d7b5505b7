//! Business transactions with their numbers.

use std::collections::HashMap;

use tierline_model::{BtId, TierId};
use tierline_store::{BtRecord, Dimension, MetricFilter, StoreError};

use crate::numbers::Numbers;
use crate::scope::{Question, Scope};
use crate::series::{Series, Steps, Subject};
use crate::transactions_admin;

/// A BT with its numbers.
#[derive(Debug)]
pub struct BtNumbers {
    /// The BT.
    pub bt: BtRecord,
    /// Its executions, with percentiles.
    pub numbers: Numbers,
    /// The same over time.
    pub spark: Series,
}

/// All BTs of the application, most calls first, without those somebody excluded or deleted; or the one asked for.
///
/// # Errors
/// When the store cannot be read.
pub fn business_transactions(scope: Scope<'_>, only: Option<BtId>) -> Result<Vec<BtNumbers>, StoreError> {
    let question = Subject { bt: only, ..Subject::default() }.question().by(&[Dimension::Bt]);
    let mut numbers: HashMap<BtId, Numbers> = HashMap::new();
    for row in scope.ask(question.clone().with_histogram())? {
        if let Some(bt) = row.bt_id {
            numbers.entry(bt).or_default().add(&row);
        }
    }
    let steps = Steps::spark(scope.range);
    let mut sparks = Series::split(steps, &scope.ask(question.step_minutes(steps.minutes))?, |row| row.bt_id);
    let admin = transactions_admin::load(scope.store, scope.account, scope.app_id)?;
    let mut all: Vec<BtNumbers> = scope
        .entities()?
        .bts
        .into_iter()
        .filter(|bt| only.map_or_else(|| !admin.is_hidden(bt), |id| id == bt.id))
        .map(|bt| BtNumbers {
            numbers: numbers.remove(&bt.id).unwrap_or_default(),
            spark: sparks.remove(&bt.id).unwrap_or_else(|| Series::empty(steps)),
            bt,
        })
        .collect();
    all.sort_by(|a, b| b.numbers.calls.cmp(&a.numbers.calls).then_with(|| a.bt.name.cmp(&b.bt.name)));
    Ok(all)
}

/// What one tier does for a BT.
#[derive(Debug)]
pub struct BtTier {
    /// The tier.
    pub tier_id: TierId,
    /// Whether the BT starts here.
    pub originating: bool,
    /// Its segments.
    pub numbers: Numbers,
}

/// The tiers that took part in a BT, the originating one first, then most calls first.
///
/// # Errors
/// When the store cannot be read.
pub fn tiers_involved(scope: Scope<'_>, bt: BtId) -> Result<Vec<BtTier>, StoreError> {
    let filter = MetricFilter { bt_id: Some(bt), ..MetricFilter::default() };
    let rows = scope.ask(Question::segments().by(&[Dimension::Tier, Dimension::Originating]).only(filter))?;
    let mut tiers: HashMap<TierId, BtTier> = HashMap::new();
    for row in &rows {
        let Some(tier_id) = row.tier_id else { continue };
        let tier = tiers.entry(tier_id).or_insert_with(|| BtTier {
            tier_id,
            originating: false,
            numbers: Numbers::default(),
        });
        tier.originating |= row.originating == Some(true);
        tier.numbers.add(row);
    }
    let mut tiers: Vec<BtTier> = tiers.into_values().collect();
    tiers.sort_by_key(|tier| (!tier.originating, u64::MAX - tier.numbers.calls, tier.tier_id));
    Ok(tiers)
}
