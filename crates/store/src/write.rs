//! What is written.

use tierline_model::{AgentIdentity, IntervalReport, Segment};

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

/// Kept segments of one agent. (account, `guid`, `span_id`) is the key of each: a second writing replaces.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeSegments {
    /// Who reports.
    pub identity: AgentIdentity,
    /// The segments.
    pub segments: Vec<Segment>,
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
    /// Numbers.
    pub reports: Vec<NodeReport>,
    /// Snapshots.
    pub segments: Vec<NodeSegments>,
}
