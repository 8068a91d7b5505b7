//! Kept executions: the list.

use super::parameters::{Parameters, Place, optional_id};
use crate::controller::Shared;
use crate::limits::PAGE_SNAPSHOTS_USUAL;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tierline_engine::limits::SNAPSHOTS_PER_PAGE_MAX;
use tierline_engine::names::Names;
use tierline_engine::numbers::ms;
use tierline_model::{BackendId, BtId, CapturePolicy, Guid, NodeId, TierId, Verdict};
use tierline_store::{SegmentFilter, SegmentSummary};
use utoipa::{IntoParams, ToSchema};

use super::error::{ApiError, ErrorAnswer};
use super::parameters::Range;

/// Which snapshots. Everything is optional.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotFilter {
    /// Only of this business transaction.
    pub bt: Option<u64>,
    /// Only segments of this tier.
    pub tier: Option<u64>,
    /// Only segments of this node.
    pub node: Option<u64>,
    /// Only with one of these verdicts, separated by commas (`SLOW,VERY_SLOW,STALL,ERROR,NORMAL`).
    pub verdicts: Option<String>,
    /// Only of this request.
    pub guid: Option<String>,
    /// Only segments that called this backend.
    pub backend: Option<u64>,
    /// Only what lasted at least this long.
    pub min_ms: Option<f64>,
    /// Only segments with user data under this key.
    pub user_data_key: Option<String>,
    /// … and with this value.
    pub user_data_value: Option<String>,
    /// Only originating segments (true) or only continuing ones (false).
    pub first_in_chain: Option<bool>,
    /// Only kept for one of these reasons, separated by commas (`SLA_FAILURE,ERROR_SAMPLING,TIME_SAMPLING,…`).
    pub policies: Option<String>,
    /// Only with errors, those of exit calls included (true), or without any (false).
    pub has_errors: Option<bool>,
    /// Only archived ones (true) or only those that are dropped one day (false).
    pub archived: Option<bool>,
    /// Go on after this position (`next` of the page before).
    pub after: Option<String>,
    /// At most so many; 100 when absent, 1,000 at most.
    pub limit: Option<u64>,
}

/// One page of the list, newest first.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotPage {
    /// The snapshots.
    pub items: Vec<SnapshotRow>,
    /// Where to go on; null at the end.
    pub next: Option<String>,
}

/// One line of the list.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotRow {
    /// The request.
    pub guid: String,
    /// The segment.
    pub span_id: String,
    /// The business transaction.
    pub bt_id: u64,
    /// Its name.
    pub bt_name: String,
    /// The tier.
    pub tier_id: u64,
    /// Its name.
    pub tier_name: String,
    /// The node.
    pub node_id: u64,
    /// Its name.
    pub node_name: String,
    /// When it started.
    pub start: u64,
    /// How long it took.
    pub duration_ms: f64,
    /// `NORMAL`, `SLOW`, `VERY_SLOW`, `STALL` or `ERROR`.
    pub verdict: String,
    /// Why it was kept (`SLA_FAILURE`, `ERROR_SAMPLING`, `TIME_SAMPLING`, …).
    pub policy: String,
    /// Whether it is the originating segment.
    pub first_in_chain: bool,
    /// How many exit calls it has.
    pub exit_calls: u64,
    /// How many errors, those of exit calls included.
    pub errors: u64,
    /// Type and message of the first error; empty when none.
    pub error_summary: String,
    /// Whether it is kept for ever.
    pub archived: bool,
}

/// Kept segments, newest first.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/snapshots",
    operation_id = "snapshots_list",
    tag = "snapshots",
    params(("app" = u64, Path, description = "Its id."), Range, SnapshotFilter),
    responses(
        (status = 200, body = SnapshotPage),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn list(
    State(controller): State<Shared>,
    place: Place,
    Parameters(filter): Parameters<SnapshotFilter>,
) -> Result<Json<SnapshotPage>, ApiError> {
    let filter = segment_filter(&place, filter)?;
    let page = controller
        .ask(move |store| {
            let page = store.segments(&place.account, &filter)?;
            let entities = store.entities(&place.account, place.app_id)?;
            let names = Names::new(&entities);
            let items = page.segments.iter().map(|summary| row(summary, &names)).collect();
            Ok(SnapshotPage { items, next: page.next })
        })
        .await?;
    Ok(Json(page))
}

fn segment_filter(place: &Place, filter: SnapshotFilter) -> Result<SegmentFilter, ApiError> {
    let verdicts = filter.verdicts.as_deref().unwrap_or_default().split(',').map(str::trim);
    let verdicts: Result<Vec<Verdict>, _> =
        verdicts.filter(|text| !text.is_empty()).map(str::parse).collect();
    let policies = filter.policies.as_deref().unwrap_or_default().split(',').map(str::trim);
    let policies: Result<Vec<CapturePolicy>, _> =
        policies.filter(|text| !text.is_empty()).map(str::parse).collect();
    let guid = filter.guid.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let guid: Option<Guid> = guid.map(str::parse).transpose().map_err(|error| {
        ApiError::bad_request(format!("That is {error}."), "Copy the whole GUID from a snapshot or a log.")
    })?;
    let limit =
        filter.limit.map_or(PAGE_SNAPSHOTS_USUAL, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let min_ns = filter.min_ms.filter(|ms| ms.is_finite() && *ms > 0.0).map(|ms| (ms * 1e6) as u64);
    Ok(SegmentFilter {
        archived: filter.archived,
        range: Some(place.range),
        app_id: Some(place.app_id),
        tier_ids: optional_id(filter.tier, TierId::from_u64)?.into_iter().collect(),
        node_ids: optional_id(filter.node, NodeId::from_u64)?.into_iter().collect(),
        bt_ids: optional_id(filter.bt, BtId::from_u64)?.into_iter().collect(),
        guids: guid.into_iter().collect(),
        verdicts: verdicts.map_err(|error| {
            ApiError::bad_request(format!("`verdicts` is {error}."), "Separate several by commas.")
        })?,
        policies: policies.map_err(|error| {
            ApiError::bad_request(format!("`policies` is {error}."), "Separate several by commas.")
        })?,
        has_errors: filter.has_errors,
        first_in_chain: filter.first_in_chain,
        duration_ns_min: min_ns,
        backend_id: optional_id(filter.backend, BackendId::from_u64)?,
        user_data: filter
            .user_data_key
            .filter(|key| !key.is_empty())
            .map(|key| (key, filter.user_data_value)),
        after: filter.after.filter(|after| !after.is_empty()),
        limit: limit.clamp(1, SNAPSHOTS_PER_PAGE_MAX),
    })
}

fn row(summary: &SegmentSummary, names: &Names<'_>) -> SnapshotRow {
    SnapshotRow {
        guid: summary.guid.to_string(),
        span_id: summary.span_id.to_string(),
        bt_id: summary.bt_id.get(),
        bt_name: names.bt_name(summary.bt_id).to_owned(),
        tier_id: summary.tier_id.get(),
        tier_name: names.tier_name(summary.tier_id).to_owned(),
        node_id: summary.node_id.get(),
        node_name: names.node_name(summary.node_id).to_owned(),
        start: summary.start_unix_ns / 1_000_000,
        duration_ms: ms(summary.duration_ns),
        verdict: summary.verdict.to_string(),
        policy: summary.policy.to_string(),
        first_in_chain: summary.first_in_chain,
        exit_calls: summary.exit_calls,
        errors: summary.errors,
        error_summary: summary.error_summary.to_string(),
        archived: summary.archived,
    }
}
