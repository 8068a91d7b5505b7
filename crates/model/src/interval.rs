//! What one agent saw in one interval, as numbers. 100 % of BTs and exit calls are in here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::backend::Backend;
use crate::diagnostics::DropCause;
use crate::histogram::Histogram;
use crate::id::{AppId, BackendId, BtId, TierId};
use crate::transaction::BtRef;
use crate::verdict::VerdictCounts;

/// The numbers of one incarnation for `[start_ms, end_ms)`.
///
/// Intervals are aligned to the reporting period and never straddle a minute. A retried report keeps its
/// bounds and content; (incarnation, `start_ms`) identifies it.
#[derive(Clone, PartialEq, Debug)]
pub struct IntervalReport {
    /// Milliseconds since 1970, inclusive.
    pub start_ms: u64,
    /// Milliseconds since 1970, exclusive; at most the end of the minute `start_ms` lies in.
    pub end_ms: u64,
    /// One entry per (BT, caller).
    pub segments: Vec<SegmentMetrics>,
    /// One entry per (BT, backend).
    pub exits: Vec<ExitMetrics>,
    /// The conservation line.
    pub ledger: Ledger,
    /// The process and the agent's own cost.
    pub runtime: RuntimeSample,
}

/// Who called a continuing segment, from its correlation header.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Caller {
    /// The calling tier (`cidfrom`).
    pub tier_id: TierId,
    /// The backend the caller thought it called (`unresolvedexitid`): the one that is this tier. Absent when
    /// the caller asked not to resolve it.
    pub backend_id: Option<BackendId>,
}

/// Executions of one BT on this tier.
#[derive(Clone, PartialEq, Debug)]
pub struct SegmentMetrics {
    /// The BT.
    pub bt: BtRef,
    /// `None` for the originating segment.
    pub caller: Option<Caller>,
    /// How the executions ended; the total equals `duration.count()`.
    pub verdicts: VerdictCounts,
    /// Response times.
    pub duration: Histogram,
}

/// Calls of one BT to one backend.
#[derive(Clone, PartialEq, Debug)]
pub struct ExitMetrics {
    /// The BT that called.
    pub bt_id: BtId,
    /// The application of the BT.
    pub app_id: AppId,
    /// The backend called.
    pub backend: Backend,
    /// Calls that ended in error.
    pub errors: u64,
    /// Durations of all calls.
    pub duration: Histogram,
}

/// The conservation line: what began must end, and what ended must be in the numbers.
///
/// `begun_total − ended_total == in_flight`, and over all reports of an incarnation the sum of `ended`
/// equals `ended_total`, and the sum of `segments[].verdicts.total()` of a report equals its `ended`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Ledger {
    /// BT segments begun in this interval.
    pub begun: u64,
    /// BT segments ended in this interval, abandoned ones included.
    pub ended: u64,
    /// Of those, ended by timeout, by `shutdown` or because their handle was lost.
    pub abandoned: u64,
    /// Exit calls ended in this interval.
    pub exit_calls: u64,
    /// Begun since the incarnation started.
    pub begun_total: u64,
    /// Ended since the incarnation started.
    pub ended_total: u64,
    /// Running at the end of the interval.
    pub in_flight: u64,
    /// Of `ended`: counted under All Other Traffic.
    pub other_traffic: u64,
    /// Snapshots kept in this interval.
    pub snapshots_kept: u64,
    /// What was dropped in this interval, by cause.
    pub drops: BTreeMap<DropCause, u64>,
}

/// The process and the agent's own cost at the end of an interval.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct RuntimeSample {
    /// CPU time the process used in the interval, all threads, milliseconds.
    pub process_cpu_ms: f64,
    /// Resident memory of the process, bytes.
    pub process_memory_bytes: u64,
    /// CPU time of the agent's reporter thread in the interval, milliseconds.
    pub agent_cpu_ms: f64,
    /// Memory the agent accounts for, bytes.
    pub agent_memory_bytes: u64,
    /// Threads of the process.
    pub threads: u64,
}
