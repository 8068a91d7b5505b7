//! What is written.

use tierline_model::{AgentIdentity, AppId, BackendId, IntervalReport, Segment, TierId};

use crate::entity::Entities;

/// The numbers of one agent for one interval. (account, incarnation, `report.start_ms`) is its key: a second
/// writing replaces the first, reports with other keys add up.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeReport {
    /// Who reports.
    pub identity: AgentIdentity,
    /// The numbers.
    pub report: IntervalReport,
}

/// Kept segments of one agent. (account, `guid`, `span_id`) is the key of each: a second writing replaces,
/// except that a record made in flight never replaces the final one (a spool may deliver it late).
#[derive(Clone, PartialEq, Debug)]
pub struct NodeSegments {
    /// Who reports.
    pub identity: AgentIdentity,
    /// The segments.
    pub segments: Vec<Segment>,
}

/// A backend that turned out to be a monitored tier. A continuing tier knows the backend through which it was
/// called by id only, so this may come before, with or after the backend's own record. The newest wins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Resolution {
    /// The application of the backend.
    pub app_id: AppId,
    /// The backend.
    pub backend_id: BackendId,
    /// The tier it is.
    pub tier_id: TierId,
}

/// One durable write: all or nothing.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WriteBatch {
    /// Whose data this is, from the access key.
    pub account: String,
    /// When it was received, milliseconds since 1970.
    pub received_ms: u64,
    /// Entities that appear in it.
    pub entities: Entities,
    /// Backends that turned out to be tiers.
    pub resolutions: Vec<Resolution>,
    /// Numbers.
    pub reports: Vec<NodeReport>,
    /// Snapshots.
    pub segments: Vec<NodeSegments>,
}
