//! The application list and one application.

use super::parameters::{Parameters, Place};
use super::visitor::LoggedIn;
use crate::controller::Shared;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tierline_engine::Scope;
use tierline_engine::applications::{ApplicationNumbers, applications};
use tierline_engine::evaluation::Level;
use tierline_engine::nodes::{nodes, warnings};
use tierline_engine::violations::{self, Violation};
use tierline_store::{Store, StoreError, TierRecord, TimeRange};
use utoipa::ToSchema;

use super::error::{ApiError, ErrorAnswer};
use super::numbers::{Spark, Verdicts};
use super::parameters::Range;

/// One line of the application list.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationRow {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// How many tiers it has.
    pub tiers: u64,
    /// How many nodes it has.
    pub nodes: u64,
    /// Business transactions begun in the asked time.
    pub calls: u64,
    /// Calls per minute of the asked time.
    pub calls_per_minute: f64,
    /// Average response time; null without calls.
    pub average_ms: Option<f64>,
    /// Business transactions in error.
    pub errors: u64,
    /// Their share of all calls, 0 to 100.
    pub error_percent: f64,
    /// How they went.
    pub verdicts: Verdicts,
    /// Violations of health rules that are open now and critical.
    pub critical: u64,
    /// Violations of health rules that are open now and warnings.
    pub warning: u64,
    /// The same over time.
    pub spark: Spark,
}

/// One application.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationDetails {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// When it was first heard of.
    pub first_seen: u64,
    /// When it was last heard of.
    pub last_seen: u64,
    /// Its tiers by name.
    pub tiers: Vec<TierInfo>,
    /// What its people should know, in sentences: numbers that do not add up, drops, refused data.
    pub warnings: Vec<String>,
}

/// A tier.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct TierInfo {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `python`, `nodejs`, `rust` or `other`.
    pub language: String,
    /// The name of its kind of agent in the REST API (`PYTHON_APP_AGENT`).
    pub agent_type: String,
    /// How many nodes it has.
    pub nodes: u64,
}

/// All applications with their numbers.
#[utoipa::path(
    get,
    path = "/api/applications",
    operation_id = "applications_list",
    tag = "applications",
    params(Range),
    responses(
        (status = 200, body = Vec<ApplicationRow>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    Parameters(range): Parameters<Range>,
) -> Result<Json<Vec<ApplicationRow>>, ApiError> {
    let range = range.resolve()?;
    let rows = move |store: &dyn Store| -> Result<Vec<ApplicationRow>, StoreError> {
        let account = &visitor.account;
        let all = applications(store, account, range)?;
        all.iter()
            .map(|one| Ok(row(one, range, &violations::open(store, account, one.application.id)?)))
            .collect()
    };
    Ok(Json(controller.ask(rows).await?))
}

/// One application.
#[utoipa::path(
    get,
    path = "/api/applications/{app}",
    operation_id = "applications_one",
    tag = "applications",
    params(("app" = u64, Path, description = "Its id.")),
    responses(
        (status = 200, body = ApplicationDetails),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn one(
    State(controller): State<Shared>,
    place: Place,
) -> Result<Json<ApplicationDetails>, ApiError> {
    let details = controller.ask(move |store| details(place.scope(store))).await?;
    details.map(Json).ok_or_else(|| ApiError::not_found("application"))
}

fn row(one: &ApplicationNumbers, range: TimeRange, open: &[Violation]) -> ApplicationRow {
    let count = |level: Level| open.iter().filter(|violation| violation.level == level).count() as u64;
    ApplicationRow {
        id: one.application.id.get(),
        name: one.application.name.to_string(),
        tiers: one.tiers as u64,
        nodes: one.nodes as u64,
        calls: one.numbers.calls,
        calls_per_minute: one.numbers.per_minute(range),
        average_ms: one.numbers.average_ms(),
        errors: one.numbers.errors(),
        error_percent: one.numbers.error_percent(),
        verdicts: one.numbers.verdicts.into(),
        critical: count(Level::Critical),
        warning: count(Level::Warning),
        spark: (&one.spark).into(),
    }
}

fn details(scope: Scope<'_>) -> Result<Option<ApplicationDetails>, StoreError> {
    let applications = scope.store.applications(scope.account)?;
    let Some(application) = applications.into_iter().find(|a| a.id == scope.app_id) else { return Ok(None) };
    let entities = scope.entities()?;
    let tier = |tier: &TierRecord| TierInfo {
        id: tier.id.get(),
        name: tier.name.to_string(),
        language: tier.language.as_str().to_owned(),
        agent_type: tier.language.agent_type().to_owned(),
        nodes: entities.nodes.iter().filter(|node| node.tier_id == tier.id).count() as u64,
    };
    Ok(Some(ApplicationDetails {
        id: application.id.get(),
        name: application.name.to_string(),
        first_seen: application.first_seen_ms,
        last_seen: application.last_seen_ms,
        tiers: entities.tiers.iter().map(tier).collect(),
        warnings: warnings(&nodes(scope)?),
    }))
}
