//! Kept executions: the list, and one with everything in it.

use axum::Json;
use serde::{Deserialize, Serialize};
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
pub async fn list() -> Result<Json<SnapshotPage>, ApiError> {
    Err(ApiError::not_logged_in())
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
pub async fn one() -> Result<Json<Snapshot>, ApiError> {
    Err(ApiError::not_logged_in())
}
