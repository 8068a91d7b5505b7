//! How the controller itself is.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tierline_store::Retention;
use utoipa::ToSchema;

use super::error::{ApiError, ErrorAnswer};
use super::visitor::LoggedIn;
use crate::controller::Shared;

/// How the controller itself is.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct StatusAnswer {
    /// Its version.
    pub version: String,
    /// When it started.
    pub started: u64,
    /// Whether it can keep what is reported.
    pub store: StoreStatus,
    /// What comes in.
    pub ingest: IngestStatus,
}

/// Whether the controller can keep what is reported.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct StoreStatus {
    /// False while nothing can be written: what is there is still shown, and senders are told to come back.
    pub writable: bool,
    /// Why not; null when it can.
    pub reason: Option<String>,
    /// Since when not; null when it can.
    pub since: Option<u64>,
    /// Bytes of all its files.
    pub bytes: u64,
    /// Bytes they may have; null without a limit.
    pub limit_bytes: Option<u64>,
    /// How long what is kept.
    pub retention: RetentionDays,
    /// Bytes free on its disk.
    pub disk_free_bytes: u64,
    /// Snapshots dropped before their time since the start, to keep below the limit.
    pub snapshots_dropped_for_room: u64,
    /// Days of minute or ten-minute numbers dropped before their time since the start, for the same reason.
    pub metric_days_dropped_for_room: u64,
    /// Damaged files that were put aside since the start.
    pub damaged_files: Vec<String>,
    /// Why packing or dropping of old data failed the last time; null when it did not.
    pub upkeep_problem: Option<String>,
}

/// How long what is kept, in days. Set where the controller is started (docs/guide/controller.md).
#[derive(Serialize, ToSchema, Debug, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub struct RetentionDays {
    /// One-minute numbers.
    pub minutes: u64,
    /// Ten-minute sums.
    pub ten_minutes: u64,
    /// One-hour sums.
    pub hours: u64,
    /// Snapshots that are not archived.
    pub snapshots: u64,
    /// Events and violations.
    pub events: u64,
    /// Who did what.
    pub audit: u64,
}

impl From<Retention> for RetentionDays {
    fn from(retention: Retention) -> Self {
        let Retention { minutes_days, tens_days, hours_days, snapshots_days, events_days, audit_days } =
            retention;
        Self {
            minutes: minutes_days,
            ten_minutes: tens_days,
            hours: hours_days,
            snapshots: snapshots_days,
            events: events_days,
            audit: audit_days,
        }
    }
}

/// What comes in.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct IngestStatus {
    /// Requests arriving or worked on.
    pub open: u64,
    /// Requests being decoded or written.
    pub running: u64,
    /// Requests waiting for their turn.
    pub waiting: u64,
    /// Bytes they hold.
    pub memory_bytes: u64,
    /// Bytes they may hold.
    pub memory_limit_bytes: u64,
    /// Requests of this account written since the start.
    pub accepted: u64,
    /// Requests of this account told to come back since the start.
    pub deferred: u64,
    /// Requests of this account refused for good since the start.
    pub refused: u64,
}

/// How the controller itself is.
#[utoipa::path(
    get,
    path = "/api/status",
    operation_id = "status",
    tag = "status",
    responses(
        (status = 200, body = StatusAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
    )
)]
pub async fn status(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
) -> Result<Json<StatusAnswer>, ApiError> {
    let health = controller.ask(|store| store.health_lately()).await?;
    let trouble = controller.store_state.trouble();
    let own = controller.counters.of_account(&visitor.account);
    let (running, waiting) = controller.gate.requests();
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    Ok(Json(StatusAnswer {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started: controller.started_ms,
        store: StoreStatus {
            writable: trouble.is_none(),
            reason: trouble.as_ref().map(|trouble| trouble.reason.clone()),
            since: trouble.map(|trouble| trouble.since_ms),
            bytes: health.bytes,
            limit_bytes: health.bytes_max,
            retention: health.retention.into(),
            disk_free_bytes: health.disk_free_bytes,
            snapshots_dropped_for_room: health.segments_dropped_for_room,
            metric_days_dropped_for_room: health.metric_days_dropped_for_room,
            damaged_files: health.quarantined.into_iter().map(|damaged| damaged.file).collect(),
            upkeep_problem: health.upkeep_error,
        },
        ingest: IngestStatus {
            open: controller.gate.requests_open() as u64,
            running: running as u64,
            waiting: waiting as u64,
            memory_bytes: controller.gate.memory_bytes() as u64,
            memory_limit_bytes: controller.gate.memory_bytes_max() as u64,
            accepted: count(&own.batches_accepted),
            deferred: count(&own.batches_deferred),
            refused: count(&own.batches_refused),
        },
    }))
}
