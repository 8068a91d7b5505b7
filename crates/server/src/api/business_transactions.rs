//! Business transactions with their numbers.

use super::parameters::Place;
use crate::controller::Shared;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tierline_engine::Scope;
use tierline_engine::business_transactions::{business_transactions, tiers_involved};
use tierline_engine::names::Names;
use tierline_model::BtId;
use tierline_store::StoreError;
use utoipa::ToSchema;

use super::error::{ApiError, ErrorAnswer};
use super::numbers::{Spark, Verdicts};
use super::parameters::Range;

/// One line of the list.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BusinessTransactionRow {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its originating tier.
    pub tier_id: u64,
    /// Its originating tier's name.
    pub tier_name: String,
    /// How it enters the tier, as in the REST API (`PYTHON_WEB`).
    pub entry_type: String,
    /// How it enters the tier, for people (`Python Web`).
    pub entry_title: String,
    /// Whether it is its tier's All Other Traffic.
    pub other_traffic: bool,
    /// Executions that started in it.
    pub calls: u64,
    /// Executions per minute of the asked time.
    pub calls_per_minute: f64,
    /// Average; null without calls.
    pub average_ms: Option<f64>,
    /// Shortest; null without calls.
    pub min_ms: Option<f64>,
    /// Longest; null without calls.
    pub max_ms: Option<f64>,
    /// 95 of 100 were faster; null without calls.
    pub p95: Option<f64>,
    /// In error.
    pub errors: u64,
    /// Their share of all calls, 0 to 100.
    pub error_percent: f64,
    /// How they went.
    pub verdicts: Verdicts,
    /// When it was last heard of.
    pub last_seen: u64,
    /// The same over time.
    pub spark: Spark,
}

/// One business transaction.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BusinessTransactionDetails {
    /// What the list says of it.
    #[serde(flatten)]
    pub row: BusinessTransactionRow,
    /// The tiers that take part in it, the originating one first.
    pub tiers: Vec<BusinessTransactionTier>,
}

/// What one tier does for a business transaction.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BusinessTransactionTier {
    /// The tier.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether the business transaction starts here.
    pub originating: bool,
    /// Segments.
    pub calls: u64,
    /// Average; null without calls.
    pub average_ms: Option<f64>,
    /// Segments in error.
    pub errors: u64,
}

/// All business transactions with their numbers.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/business-transactions",
    operation_id = "business_transactions_list",
    tag = "business_transactions",
    params(("app" = u64, Path, description = "Its id."), Range),
    responses(
        (status = 200, body = Vec<BusinessTransactionRow>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    place: Place,
) -> Result<Json<Vec<BusinessTransactionRow>>, ApiError> {
    let rows = controller.ask(move |store| rows(place.scope(store), None)).await?;
    Ok(Json(rows))
}

/// One business transaction.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/business-transactions/{bt}",
    operation_id = "business_transactions_one",
    tag = "business_transactions",
    params(("app" = u64, Path, description = "Its id."), ("bt" = u64, Path, description = "Its id."), Range),
    responses(
        (status = 200, body = BusinessTransactionDetails),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn one(
    State(controller): State<Shared>,
    place: Place,
) -> Result<Json<BusinessTransactionDetails>, ApiError> {
    let bt = place.path_id("bt", BtId::from_u64)?;
    let found = controller
        .ask(move |store| {
            let scope = place.scope(store);
            let row = rows(scope, Some(bt))?.into_iter().next();
            let entities = scope.entities()?;
            let names = Names::new(&entities);
            let tiers = tiers_involved(scope, bt)?;
            let tiers = tiers.iter().map(|tier| BusinessTransactionTier {
                id: tier.tier_id.get(),
                name: names.tier_name(tier.tier_id).to_owned(),
                originating: tier.originating,
                calls: tier.numbers.calls,
                average_ms: tier.numbers.average_ms(),
                errors: tier.numbers.errors(),
            });
            Ok(row.map(|row| BusinessTransactionDetails { row, tiers: tiers.collect() }))
        })
        .await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("business transaction"))
}

fn rows(scope: Scope<'_>, only: Option<BtId>) -> Result<Vec<BusinessTransactionRow>, StoreError> {
    let entities = scope.entities()?;
    let names = Names::new(&entities);
    let all = business_transactions(scope, only)?;
    Ok(all
        .iter()
        .map(|one| BusinessTransactionRow {
            id: one.bt.id.get(),
            name: one.bt.name.to_string(),
            tier_id: one.bt.tier_id.get(),
            tier_name: names.tier_name(one.bt.tier_id).to_owned(),
            entry_type: one.bt.entry_type.as_str().to_owned(),
            entry_title: one.bt.entry_type.title().to_owned(),
            other_traffic: one.bt.other_traffic,
            calls: one.numbers.calls,
            calls_per_minute: one.numbers.per_minute(scope.range),
            average_ms: one.numbers.average_ms(),
            min_ms: one.numbers.min_ms(),
            max_ms: one.numbers.max_ms(),
            p95: one.numbers.quantile_ms(0.95),
            errors: one.numbers.errors(),
            error_percent: one.numbers.error_percent(),
            verdicts: one.numbers.verdicts.into(),
            last_seen: one.bt.last_seen_ms,
            spark: (&one.spark).into(),
        })
        .collect())
}
