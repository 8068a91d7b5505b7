//! How things are: violations of health rules, and what was usual.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tierline_engine::baselines::{self, HourBaseline, Trend};
use tierline_engine::evaluation::Level;
use tierline_engine::events::EntityRef;
use tierline_engine::metric_path::parse;
use tierline_engine::violations::{self, Violation};
use tierline_store::Store;
use utoipa::{IntoParams, ToSchema};

use super::error::{ApiError, ErrorAnswer};
use super::parameters::{Parameters, Place, Range};
use crate::controller::Shared;
use crate::permissions::Permission;

/// Something an event or a violation is about.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct EntityInfo {
    /// `APPLICATION`, `APPLICATION_COMPONENT` (a tier), `APPLICATION_COMPONENT_NODE`, `BUSINESS_TRANSACTION`, `BACKEND`,
    /// `ERROR`, `POLICY` (a health rule).
    pub entity_type: String,
    /// Its id.
    pub entity_id: u64,
    /// Its name.
    pub name: String,
}

impl From<&EntityRef> for EntityInfo {
    fn from(entity: &EntityRef) -> Self {
        let EntityRef { entity_type, entity_id, name } = entity.clone();
        Self { entity_type, entity_id, name }
    }
}

/// A violation of a health rule.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ViolationInfo {
    /// Its id.
    pub id: u64,
    /// The rule's id.
    pub rule_id: u64,
    /// The rule's name.
    pub rule_name: String,
    /// Why, in sentences.
    pub description: String,
    /// `OPEN`, `RESOLVED` or `CANCELED`.
    pub status: String,
    /// `WARNING` or `CRITICAL`.
    pub severity: String,
    /// When the data began that showed it.
    pub start_ms: u64,
    /// When it was noticed.
    pub detected_ms: u64,
    /// When it ended; null while it is open.
    pub end_ms: Option<u64>,
    /// What violates the rule.
    pub affected: EntityInfo,
}

impl From<&Violation> for ViolationInfo {
    fn from(violation: &Violation) -> Self {
        let status = match (violation.is_open(), violation.canceled) {
            (true, _) => "OPEN",
            (false, true) => "CANCELED",
            (false, false) => "RESOLVED",
        };
        Self {
            id: violation.id,
            rule_id: violation.rule_id,
            rule_name: violation.rule_name.clone(),
            description: violation.description.clone(),
            status: status.to_owned(),
            severity: word(violation.level).to_owned(),
            start_ms: violation.start_ms,
            detected_ms: violation.detected_ms,
            end_ms: (!violation.is_open()).then_some(violation.end_ms),
            affected: (&violation.affected).into(),
        }
    }
}

const fn word(level: Level) -> &'static str {
    match level {
        Level::Warning => "WARNING",
        Level::Critical => "CRITICAL",
    }
}

/// How an application is now.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Open critical violations.
    pub critical: u64,
    /// Open warnings.
    pub warning: u64,
    /// Everything that violates a rule now, and how badly. What is not here is well.
    pub entities: Vec<EntityHealth>,
}

/// How a thing is now.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct EntityHealth {
    /// What kind of thing.
    pub entity_type: String,
    /// Its id.
    pub entity_id: u64,
    /// `WARNING` or `CRITICAL`.
    pub severity: String,
}

/// Violations that were open at some time of the range, newest first.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/violations",
    operation_id = "violations_list",
    tag = "health",
    params(("app" = u64, Path, description = "Its id."), Range),
    responses(
        (status = 200, body = Vec<ViolationInfo>),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn violations(
    State(controller): State<Shared>,
    place: Place,
) -> Result<Json<Vec<ViolationInfo>>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let ask =
        move |store: &dyn Store| violations::violations(store, &place.account, place.app_id, place.range);
    Ok(Json(controller.ask(ask).await?.iter().map(ViolationInfo::from).collect()))
}

/// How the application is now.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/health",
    operation_id = "health",
    tag = "health",
    params(("app" = u64, Path, description = "Its id.")),
    responses(
        (status = 200, body = Health),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn health(State(controller): State<Shared>, place: Place) -> Result<Json<Health>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let open = controller.ask(move |store| violations::open(store, &place.account, place.app_id)).await?;
    let count = |level: Level| open.iter().filter(|v| v.level == level).count() as u64;
    let mut entities: Vec<EntityHealth> = violations::worst(&open)
        .into_iter()
        .map(|((entity_type, entity_id), level)| EntityHealth {
            entity_type,
            entity_id,
            severity: word(level).to_owned(),
        })
        .collect();
    entities.sort_by(|a, b| (&a.entity_type, a.entity_id).cmp(&(&b.entity_type, b.entity_id)));
    Ok(Json(Health { critical: count(Level::Critical), warning: count(Level::Warning), entities }))
}

/// Which metric's baseline.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct BaselineQuery {
    /// The metric's whole path (`Overall Application Performance|Average Response Time (ms)`).
    pub metric_path: String,
    /// `weekly` (when absent), `daily` or `all`.
    pub trend: Option<String>,
}

/// What was usual in one hour.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct HourOfBaseline {
    /// The hour's start.
    pub start_ms: u64,
    /// The average; null when fewer than four hours like it had data.
    pub value: Option<f64>,
    /// The deviation.
    pub deviation: Option<f64>,
    /// Hours it was made of.
    pub samples: u64,
}

impl From<&HourBaseline> for HourOfBaseline {
    fn from(hour: &HourBaseline) -> Self {
        Self {
            start_ms: hour.start_ms,
            value: hour.baseline.map(|baseline| baseline.value),
            deviation: hour.baseline.map(|baseline| baseline.deviation),
            samples: hour.baseline.map_or(0, |baseline| baseline.samples),
        }
    }
}

/// What was usual for a metric in each hour of the range, at most the last 31 days of it.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/baseline",
    operation_id = "baseline",
    tag = "health",
    params(("app" = u64, Path, description = "Its id."), Range, BaselineQuery),
    responses(
        (status = 200, body = Vec<HourOfBaseline>),
        (status = 400, description = "The path cannot be read.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn baseline(
    State(controller): State<Shared>,
    place: Place,
    Parameters(query): Parameters<BaselineQuery>,
) -> Result<Json<Vec<HourOfBaseline>>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    let pattern = parse(&query.metric_path).map_err(|error| {
        ApiError::bad_request(format!("{error}."), "Copy a path from the metric browser.")
    })?;
    let trend = Trend::of(query.trend.as_deref().unwrap_or_default());
    let work = move |store: &dyn Store| baselines::series(place.scope(store), &pattern, trend);
    Ok(Json(controller.work(work).await??.iter().map(HourOfBaseline::from).collect()))
}
