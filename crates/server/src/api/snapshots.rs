//! Kept executions: the list, and one with everything in it.

use super::numbers::properties;
use super::parameters::{Parameters, Place, optional_id};
use crate::controller::Shared;
use crate::limits::PAGE_SNAPSHOTS_USUAL;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tierline_engine::limits::SNAPSHOTS_PER_PAGE_MAX;
use tierline_engine::names::Names;
use tierline_engine::numbers::ms;
use tierline_engine::snapshots::{Execution, PlacedExit, PlacedSegment, execution};
use tierline_model::{
    BackendId, BtId, ErrorRecord, ExitCallRecord, Guid, NodeId, SegmentKind, Thresholds, TierId, Verdict,
};
use tierline_store::{SegmentFilter, SegmentSummary};
use utoipa::{IntoParams, ToSchema};

use super::error::{ApiError, ErrorAnswer};
use super::numbers::NameValue;
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
}

/// One kept execution over all its tiers.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The request.
    pub guid: String,
    /// The business transaction.
    pub bt_id: u64,
    /// Its name.
    pub bt_name: String,
    /// When it started.
    pub start: u64,
    /// From the first start to the last end.
    pub duration_ms: f64,
    /// The originating segment's verdict (of the earliest segment when that one was not kept).
    pub verdict: String,
    /// Its segments by start.
    pub segments: Vec<SnapshotSegment>,
}

/// What one tier did.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotSegment {
    /// This segment's span.
    pub span_id: String,
    /// The exit call that led here.
    pub parent_span_id: Option<String>,
    /// Empty at the root, else the sequence of the exit call that led here (`1|2`).
    pub sequence: String,
    /// The application.
    pub app_id: u64,
    /// The tier.
    pub tier_id: u64,
    /// Its name.
    pub tier_name: String,
    /// The node.
    pub node_id: u64,
    /// Its name.
    pub node_name: String,
    /// The business transaction's name.
    pub bt_name: String,
    /// `internal`, `server` or `consumer`.
    pub kind: String,
    /// When it started, with fractions.
    pub start: f64,
    /// Milliseconds after the snapshot's start.
    pub offset_ms: f64,
    /// How long it took.
    pub duration_ms: f64,
    /// `NORMAL`, `SLOW`, `VERY_SLOW`, `STALL` or `ERROR`.
    pub verdict: String,
    /// Why it was kept.
    pub policy: String,
    /// Whether it was still running when it was reported.
    pub in_flight: bool,
    /// Whether it never ended by itself.
    pub abandoned: bool,
    /// The thread it began on.
    pub thread: String,
    /// What it was measured against.
    pub thresholds: ThresholdsInfo,
    /// Its errors.
    pub errors: Vec<ErrorInfo>,
    /// User data in the order given.
    pub user_data: Vec<KeyValue>,
    /// Exit calls whose details exceeded the agent's limit.
    pub exit_calls_dropped: u64,
    /// Exit calls in the order begun.
    pub exit_calls: Vec<SnapshotExitCall>,
}

/// Thresholds in force; null means never.
#[derive(Serialize, ToSchema, Debug, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub struct ThresholdsInfo {
    /// Slow above.
    pub slow_ms: Option<f64>,
    /// Very slow above.
    pub very_slow_ms: Option<f64>,
    /// Stalled above.
    pub stall_ms: Option<f64>,
}

/// An error.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ErrorInfo {
    /// The exception's type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its message.
    pub message: String,
    /// Its stack in the language's own form.
    pub stack: String,
}

/// User data.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct KeyValue {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

/// One exit call.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotExitCall {
    /// Its number in the request's chain.
    pub sequence: String,
    /// Its span.
    pub span_id: String,
    /// The backend called.
    pub backend_id: u64,
    /// Its name.
    pub backend_name: String,
    /// `HTTP`, `DB`, `CACHE`, `QUEUE`, `CUSTOM`, ….
    pub exit_type: String,
    /// The label given for this call.
    pub display_name: String,
    /// URL, SQL text …; empty when not given.
    pub operation: String,
    /// What identifies the backend.
    pub identifying_properties: Vec<NameValue>,
    /// What was added for this call.
    pub optional_properties: Vec<NameValue>,
    /// Milliseconds after the snapshot's start.
    pub offset_ms: f64,
    /// How long it took.
    pub duration_ms: f64,
    /// Whether its end was seen.
    pub ended: bool,
    /// Its errors.
    pub errors: Vec<ErrorInfo>,
    /// The tier it reached, when a segment there was kept or the backend is known to be that tier.
    pub to_tier_id: Option<u64>,
    /// That tier's name.
    pub to_tier_name: Option<String>,
    /// The segment it reached, when it was kept.
    pub to_span_id: Option<String>,
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

/// One kept execution over all its tiers.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/snapshots/{guid}",
    operation_id = "snapshots_one",
    tag = "snapshots",
    params(("app" = u64, Path, description = "Its id."), ("guid" = String, Path, description = "The request's GUID.")),
    responses(
        (status = 200, body = Snapshot),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn one(State(controller): State<Shared>, place: Place) -> Result<Json<Snapshot>, ApiError> {
    let guid: Guid = place.path_text("guid").parse().map_err(|_| ApiError::not_found("snapshot"))?;
    let found = controller
        .ask(move |store| {
            Ok(execution(store, &place.account, place.app_id, guid)?.map(|e| snapshot(guid, &e)))
        })
        .await?;
    found.flatten().map(Json).ok_or_else(|| ApiError::not_found("snapshot"))
}

fn segment_filter(place: &Place, filter: SnapshotFilter) -> Result<SegmentFilter, ApiError> {
    let verdicts = filter.verdicts.as_deref().unwrap_or_default().split(',').map(str::trim);
    let verdicts: Result<Vec<Verdict>, _> =
        verdicts.filter(|text| !text.is_empty()).map(str::parse).collect();
    let guid = filter.guid.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let guid: Option<Guid> = guid.map(str::parse).transpose().map_err(|error| {
        ApiError::bad_request(format!("That is {error}."), "Copy the whole GUID from a snapshot or a log.")
    })?;
    let limit =
        filter.limit.map_or(PAGE_SNAPSHOTS_USUAL, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let min_ns = filter.min_ms.filter(|ms| ms.is_finite() && *ms > 0.0).map(|ms| (ms * 1e6) as u64);
    Ok(SegmentFilter {
        archived: None,
        range: Some(place.range),
        app_id: Some(place.app_id),
        tier_ids: optional_id(filter.tier, TierId::from_u64)?.into_iter().collect(),
        node_ids: optional_id(filter.node, NodeId::from_u64)?.into_iter().collect(),
        bt_ids: optional_id(filter.bt, BtId::from_u64)?.into_iter().collect(),
        guids: guid.into_iter().collect(),
        verdicts: verdicts.map_err(|error| {
            ApiError::bad_request(format!("`verdicts` is {error}."), "Separate several by commas.")
        })?,
        policies: Vec::new(),
        has_errors: None,
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
    }
}

fn snapshot(guid: Guid, execution: &Execution) -> Option<Snapshot> {
    let names = execution.names();
    let root = &execution.root()?.record.segment;
    let bt_name = |bt: &tierline_model::BtRef| match &bt.origin {
        Some(origin) => origin.name.to_string(),
        None => names.bt_name(bt.id).to_owned(),
    };
    let segments =
        execution.segments.iter().map(|placed| segment(placed, &names, bt_name(&placed.record.segment.bt)));
    Some(Snapshot {
        guid: guid.to_string(),
        bt_id: root.bt.id.get(),
        bt_name: bt_name(&root.bt),
        start: execution.start_unix_ns / 1_000_000,
        duration_ms: ms(execution.duration_ns),
        verdict: execution.verdict.to_string(),
        segments: segments.collect(),
    })
}

fn segment(placed: &PlacedSegment, names: &Names<'_>, bt_name: String) -> SnapshotSegment {
    let (record, segment) = (&placed.record, &placed.record.segment);
    let exits = segment.exit_calls.iter().zip(&placed.exits);
    SnapshotSegment {
        span_id: segment.span_id.to_string(),
        parent_span_id: segment.parent_span_id.map(|span| span.to_string()),
        sequence: segment.sequence.to_string(),
        app_id: record.app_id.get(),
        tier_id: record.tier_id.get(),
        tier_name: names.tier_name(record.tier_id).to_owned(),
        node_id: record.node_id.get(),
        node_name: names.node_name(record.node_id).to_owned(),
        bt_name,
        kind: match segment.kind {
            SegmentKind::Internal => "internal",
            SegmentKind::Server => "server",
            SegmentKind::Consumer => "consumer",
        }
        .to_owned(),
        start: ms(segment.start_unix_ns),
        offset_ms: ms(placed.offset_ns),
        duration_ms: ms(segment.duration_ns),
        verdict: segment.verdict.to_string(),
        policy: segment.policy.to_string(),
        in_flight: segment.in_flight,
        abandoned: segment.abandoned,
        thread: segment.thread.to_string(),
        thresholds: thresholds(segment.thresholds),
        errors: segment.errors.iter().map(error).collect(),
        user_data: segment
            .user_data
            .iter()
            .map(|(key, value)| KeyValue { key: key.to_string(), value: value.to_string() })
            .collect(),
        exit_calls_dropped: segment.exit_calls_dropped,
        exit_calls: exits.map(|(exit, place)| exit_call(exit, *place, placed.offset_ns, names)).collect(),
    }
}

fn exit_call(
    exit: &ExitCallRecord,
    place: PlacedExit,
    offset_ns: u64,
    names: &Names<'_>,
) -> SnapshotExitCall {
    SnapshotExitCall {
        sequence: exit.sequence.to_string(),
        span_id: place.span_id.to_string(),
        backend_id: exit.backend.id.get(),
        backend_name: exit.backend.name.to_string(),
        exit_type: exit.backend.key.exit_type.to_string(),
        display_name: exit.display_name.to_string(),
        operation: exit.operation.to_string(),
        identifying_properties: properties(&exit.backend.key.properties),
        optional_properties: properties(&exit.optional_properties),
        offset_ms: ms(offset_ns.saturating_add(exit.start_offset_ns)),
        duration_ms: ms(exit.duration_ns),
        ended: exit.ended,
        errors: exit.errors.iter().map(error).collect(),
        to_tier_id: place.to_tier.map(|tier| tier.get()),
        to_tier_name: place.to_tier.map(|tier| names.tier_name(tier).to_owned()),
        to_span_id: place.to_span.map(|span| span.to_string()),
    }
}

fn thresholds(thresholds: Thresholds) -> ThresholdsInfo {
    let unless_never = |ns: u64| (ns != u64::MAX).then(|| ms(ns));
    ThresholdsInfo {
        slow_ms: unless_never(thresholds.slow_ns),
        very_slow_ms: unless_never(thresholds.very_slow_ns),
        stall_ms: unless_never(thresholds.stall_ns),
    }
}

fn error(error: &ErrorRecord) -> ErrorInfo {
    ErrorInfo {
        type_name: error.type_name.to_string(),
        message: error.message.to_string(),
        stack: error.stack.to_string(),
    }
}
