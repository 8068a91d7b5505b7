//! What is asked, and what is answered. Times are milliseconds since 1970.

use std::sync::Arc;

use crate::aggregate::Source;

use tierline_model::{
    AppId, BackendId, BtId, CapturePolicy, Guid, Histogram, Incarnation, Ledger, NodeId, RuntimeSample,
    Segment, SpanId, TierId, Verdict, VerdictCounts,
};

/// `[start_ms, end_ms)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimeRange {
    /// Inclusive.
    pub start_ms: u64,
    /// Exclusive.
    pub end_ms: u64,
}

/// Which numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MetricFamily {
    /// Executions of BT segments.
    Segments,
    /// Exit calls.
    Exits,
}

/// One dimension of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dimension {
    /// The tier that reports.
    Tier,
    /// The node that reports.
    Node,
    /// The BT.
    Bt,
    /// The backend called (exits), or the backend through which a segment was called (segments).
    Backend,
    /// The tier that called (segments only).
    CallerTier,
    /// Whether the segment is the originating one (segments only).
    Originating,
}

/// A set of dimensions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Dimensions(u8);

impl Dimensions {
    /// No dimension: one row for everything.
    pub const NONE: Self = Self(0);

    /// A set.
    #[must_use]
    pub const fn of(dimensions: &[Dimension]) -> Self {
        let mut set = 0;
        let mut index = 0;
        while index < dimensions.len() {
            set |= 1 << dimensions[index] as u8;
            index += 1;
        }
        Self(set)
    }

    /// Whether `dimension` is in the set.
    #[must_use]
    pub const fn contains(self, dimension: Dimension) -> bool {
        self.0 & (1 << dimension as u8) != 0
    }
}

/// How time is cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// One row over the whole range.
    Whole,
    /// One row per so many minutes, aligned to that many minutes since 1970.
    Minutes(u32),
}

/// Only rows that match all given fields.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct MetricFilter {
    /// Only this tier.
    pub tier_id: Option<TierId>,
    /// Only this node.
    pub node_id: Option<NodeId>,
    /// Only this BT.
    pub bt_id: Option<BtId>,
    /// Only this backend.
    pub backend_id: Option<BackendId>,
    /// Only originating (or only continuing) segments. Exit calls are not asked.
    pub originating: Option<bool>,
}

/// A question about numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetricQuery {
    /// The application of the reporting tiers.
    pub app_id: AppId,
    /// Which numbers.
    pub family: MetricFamily,
    /// When; widened to whole minutes.
    pub range: TimeRange,
    /// How time is cut.
    pub step: Step,
    /// What stays apart.
    pub group_by: Dimensions,
    /// What counts.
    pub filter: MetricFilter,
    /// Whether rows carry histograms (costs more).
    pub with_histogram: bool,
}

/// One row: what happened in one step, for one combination of the dimensions asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct MetricRow {
    /// The step's start; the range's start for [`Step::Whole`].
    pub start_ms: u64,
    /// When asked for.
    pub tier_id: Option<TierId>,
    /// When asked for.
    pub node_id: Option<NodeId>,
    /// When asked for.
    pub bt_id: Option<BtId>,
    /// When asked for; `None` also for segments nobody called.
    pub backend_id: Option<BackendId>,
    /// When asked for; `None` also for originating segments.
    pub caller_tier_id: Option<TierId>,
    /// When asked for.
    pub originating: Option<bool>,
    /// Executions or calls.
    pub count: u64,
    /// Sum of durations.
    pub sum_ns: u64,
    /// Shortest.
    pub min_ns: u64,
    /// Longest.
    pub max_ns: u64,
    /// Verdicts of segments; for exits only `error` is set (and `normal` for the others).
    pub verdicts: VerdictCounts,
    /// Distinct minutes that had data.
    pub minutes: u32,
    /// Distinct nodes that had data.
    pub nodes: u32,
    /// The durations, when asked for.
    pub histogram: Option<Histogram>,
}

/// The conservation line of one report.
#[derive(Clone, PartialEq, Debug)]
pub struct LedgerRecord {
    /// The node that reports.
    pub node_id: NodeId,
    /// Which life of its agent.
    pub incarnation: Incarnation,
    /// The interval's start.
    pub start_ms: u64,
    /// What began, what ended, what was dropped.
    pub ledger: Ledger,
    /// The process and the agent's own cost.
    pub runtime: RuntimeSample,
    /// Executions in the numbers of the same report, read together with the line: when everything adds up, it is
    /// `ledger.ended`.
    pub executions: u64,
}

/// Only segments that match all given fields; empty lists match everything.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SegmentFilter {
    /// Started within.
    pub range: Option<TimeRange>,
    /// Reported by a tier of this application.
    pub app_id: Option<AppId>,
    /// Reported by one of these tiers.
    pub tier_ids: Vec<TierId>,
    /// Reported by one of these nodes.
    pub node_ids: Vec<NodeId>,
    /// Of one of these BTs.
    pub bt_ids: Vec<BtId>,
    /// Of one of these requests.
    pub guids: Vec<Guid>,
    /// With one of these verdicts.
    pub verdicts: Vec<Verdict>,
    /// Kept for one of these reasons.
    pub policies: Vec<CapturePolicy>,
    /// With (or without) errors.
    pub has_errors: Option<bool>,
    /// Only originating (or only continuing) segments.
    pub first_in_chain: Option<bool>,
    /// Lasted at least this long, nanoseconds.
    pub duration_ns_min: Option<u64>,
    /// Called this backend.
    pub backend_id: Option<BackendId>,
    /// Has user data with this key (and value, when given).
    pub user_data: Option<(String, Option<String>)>,
    /// Only archived (or only not archived) ones.
    pub archived: Option<bool>,
    /// Continue after this position (from [`SegmentPage::next`]).
    pub after: Option<String>,
    /// At most so many; the limit applies when 0 or larger than it.
    pub limit: usize,
}

/// A segment in a list.
#[derive(Clone, PartialEq, Debug)]
pub struct SegmentSummary {
    /// The request.
    pub guid: Guid,
    /// The segment.
    pub span_id: SpanId,
    /// Reported by.
    pub app_id: AppId,
    /// Reported by.
    pub tier_id: TierId,
    /// Reported by.
    pub node_id: NodeId,
    /// The BT.
    pub bt_id: BtId,
    /// Started, nanoseconds since 1970.
    pub start_unix_ns: u64,
    /// Lasted, nanoseconds.
    pub duration_ns: u64,
    /// What became of it.
    pub verdict: Verdict,
    /// Why it was kept.
    pub policy: CapturePolicy,
    /// Whether it is the originating segment.
    pub first_in_chain: bool,
    /// Whether it is kept for ever.
    pub archived: bool,
    /// How many exit calls it has.
    pub exit_calls: u64,
    /// How many errors, those of exit calls included.
    pub errors: u64,
    /// Type and message of the first error, empty when none.
    pub error_summary: Arc<str>,
}

/// Newest first.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SegmentPage {
    /// The segments.
    pub segments: Vec<SegmentSummary>,
    /// Where to go on, when there is more. A search for user data or backends reads a bounded amount per page, so
    /// a page may have fewer segments than asked for, even none, and still say where to go on.
    pub next: Option<String>,
}

/// A segment with everything in it, and who reported it.
#[derive(Clone, PartialEq, Debug)]
pub struct SegmentRecord {
    /// Reported by.
    pub app_id: AppId,
    /// Reported by.
    pub tier_id: TierId,
    /// Reported by.
    pub node_id: NodeId,
    /// Everything.
    pub segment: Segment,
}

impl SegmentRecord {
    /// Who reported it.
    #[must_use]
    pub const fn source(&self) -> Source {
        Source { app_id: self.app_id, tier_id: self.tier_id, node_id: self.node_id }
    }
}
