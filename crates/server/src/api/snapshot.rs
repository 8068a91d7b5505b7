//! One kept execution with everything in it, and whether it is kept for ever.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_engine::names::Names;
use tierline_engine::numbers::ms;
use tierline_engine::snapshots::{Execution, PlacedExit, PlacedSegment, execution};
use tierline_model::{Backend, BackendId, ErrorRecord, ExitCallRecord, Guid, SegmentKind, Thresholds};
use tierline_store::{SegmentFilter, Store};
use utoipa::ToSchema;

use super::body::Body;
use super::error::{ApiError, ErrorAnswer};
use super::numbers::{NameValue, properties};
use super::parameters::Place;
use crate::audit::{self, Action};
use crate::controller::{Shared, now_ms};
use crate::permissions::Permission;

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
    /// Whether it is kept for ever.
    pub archived: bool,
    /// The backends its exit calls called; exit calls name them by their place here.
    pub backends: Vec<SnapshotBackend>,
    /// Its segments by start.
    pub segments: Vec<SnapshotSegment>,
}

/// A backend an execution called.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotBackend {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `HTTP`, `DB`, `CACHE`, `QUEUE`, `CUSTOM`, ….
    pub exit_type: String,
    /// What identifies it.
    pub properties: Vec<NameValue>,
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
    /// CPU time of the thread; null when not known.
    pub cpu_ms: Option<f64>,
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

/// One exit call. An execution may have 50,000 of them: what says nothing is left out.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotExitCall {
    /// Its number in the request's chain.
    pub sequence: String,
    /// Its span.
    pub span_id: String,
    /// The backend called: its place among the snapshot's `backends`.
    pub backend: usize,
    /// The label given for this call.
    pub display_name: String,
    /// URL, SQL text …; left out when not given.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub operation: String,
    /// What was added for this call; left out when nothing was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub optional_properties: Vec<NameValue>,
    /// Milliseconds after the snapshot's start.
    pub offset_ms: f64,
    /// How long it took.
    pub duration_ms: f64,
    /// Whether its end was seen.
    pub ended: bool,
    /// Its errors; left out when it has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorInfo>,
    /// The tier it reached, when a segment there was kept or the backend is known to be that tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_tier_id: Option<u64>,
    /// That tier's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_tier_name: Option<String>,
    /// The segment it reached, when it was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_span_id: Option<String>,
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
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn one(State(controller): State<Shared>, place: Place) -> Result<Json<Snapshot>, ApiError> {
    let guid: Guid = place.path_text("guid").parse().map_err(|_| ApiError::not_found("snapshot"))?;
    let found = controller
        .ask(move |store| {
            let Some(found) = execution(store, &place.account, place.app_id, guid)? else { return Ok(None) };
            let only = SegmentFilter { guids: vec![guid], limit: 1, ..SegmentFilter::default() };
            let archived =
                store.segments(&place.account, &only)?.segments.first().is_some_and(|s| s.archived);
            Ok(snapshot(guid, &found, archived))
        })
        .await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("snapshot"))
}

/// Whether a snapshot is to be kept for ever.
#[derive(Deserialize, ToSchema, Debug, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub struct ArchiveRequest {
    /// Kept for ever (true), or dropped like the others one day (false).
    pub archived: bool,
}

/// Keeps all segments of an execution for ever, or no longer.
#[utoipa::path(
    post,
    path = "/api/applications/{app}/snapshots/{guid}/archive",
    operation_id = "snapshots_archive",
    tag = "snapshots",
    params(("app" = u64, Path, description = "Its id."), ("guid" = String, Path, description = "The request's GUID.")),
    request_body = ArchiveRequest,
    responses(
        (status = 204, description = "Done."),
        (status = 400, description = "It cannot be read.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn archive(
    State(controller): State<Shared>,
    place: Place,
    Body(request): Body<ArchiveRequest>,
) -> Result<StatusCode, ApiError> {
    place.visitor.must(Permission::ConfigureApplications)?;
    let guid: Guid = place.path_text("guid").parse().map_err(|_| ApiError::not_found("snapshot"))?;
    let work = move |store: &dyn Store| -> Result<(), ApiError> {
        if execution(store, &place.account, place.app_id, guid)?.is_none() {
            return Err(ApiError::not_found("snapshot"));
        }
        store.archive(&place.account, guid, request.archived)?;
        audit::record(store, &place.visitor, Action::ObjectUpdated, &format!("snapshot:{guid}"), now_ms());
        Ok(())
    };
    controller.work(work).await??;
    Ok(StatusCode::NO_CONTENT)
}

/// The backends of an execution, each once.
#[derive(Default)]
struct Backends {
    listed: Vec<SnapshotBackend>,
    places: HashMap<BackendId, usize>,
}

impl Backends {
    fn place(&mut self, backend: &Backend) -> usize {
        *self.places.entry(backend.id).or_insert_with(|| {
            self.listed.push(SnapshotBackend {
                id: backend.id.get(),
                name: backend.name.to_string(),
                exit_type: backend.key.exit_type.to_string(),
                properties: properties(&backend.key.properties),
            });
            self.listed.len() - 1
        })
    }
}

fn snapshot(guid: Guid, execution: &Execution, archived: bool) -> Option<Snapshot> {
    let names = execution.names();
    let root = &execution.root()?.record.segment;
    let bt_name = |bt: &tierline_model::BtRef| match &bt.origin {
        Some(origin) => origin.name.to_string(),
        None => names.bt_name(bt.id).to_owned(),
    };
    let mut backends = Backends::default();
    let segments = execution
        .segments
        .iter()
        .map(|placed| segment(placed, &names, bt_name(&placed.record.segment.bt), &mut backends))
        .collect();
    Some(Snapshot {
        guid: guid.to_string(),
        bt_id: root.bt.id.get(),
        bt_name: bt_name(&root.bt),
        start: execution.start_unix_ns / 1_000_000,
        duration_ms: ms(execution.duration_ns),
        verdict: execution.verdict.to_string(),
        archived,
        backends: backends.listed,
        segments,
    })
}

fn segment(
    placed: &PlacedSegment,
    names: &Names<'_>,
    bt_name: String,
    backends: &mut Backends,
) -> SnapshotSegment {
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
        cpu_ms: segment.cpu_ns.map(ms),
        thresholds: thresholds(segment.thresholds),
        errors: segment.errors.iter().map(error).collect(),
        user_data: segment
            .user_data
            .iter()
            .map(|(key, value)| KeyValue { key: key.to_string(), value: value.to_string() })
            .collect(),
        exit_calls_dropped: segment.exit_calls_dropped,
        exit_calls: exits
            .map(|(exit, place)| {
                exit_call(exit, backends.place(&exit.backend), *place, (placed.offset_ns, names))
            })
            .collect(),
    }
}

fn exit_call(
    exit: &ExitCallRecord,
    backend: usize,
    place: PlacedExit,
    (offset_ns, names): (u64, &Names<'_>),
) -> SnapshotExitCall {
    SnapshotExitCall {
        sequence: exit.sequence.to_string(),
        span_id: place.span_id.to_string(),
        backend,
        display_name: exit.display_name.to_string(),
        operation: exit.operation.to_string(),
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
