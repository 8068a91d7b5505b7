//! Snapshots: one kept execution, segment by segment, complete from its first nanosecond.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::backend::{Backend, Property};
use crate::guid::{Guid, SpanId};
use crate::interval::Caller;
use crate::threshold::Thresholds;
use crate::transaction::BtRef;
use crate::verdict::Verdict;

/// Why an execution was kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CapturePolicy {
    /// It was slow, very slow or a stall.
    SlaFailure,
    /// It was in error.
    ErrorSampling,
    /// The periodic sample was due.
    TimeSampling,
    /// Somebody asked for it.
    OnDemand,
    /// A diagnostic session was running.
    DiagnosticSession,
    /// The tier before asked for it.
    Continuing,
}

impl CapturePolicy {
    /// All policies.
    pub const ALL: [Self; 6] = [
        Self::SlaFailure,
        Self::ErrorSampling,
        Self::TimeSampling,
        Self::OnDemand,
        Self::DiagnosticSession,
        Self::Continuing,
    ];

    /// `deepDivePolicy` in the REST API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SlaFailure => "SLA_FAILURE",
            Self::ErrorSampling => "ERROR_SAMPLING",
            Self::TimeSampling => "TIME_SAMPLING",
            Self::OnDemand => "ON_DEMAND",
            Self::DiagnosticSession => "DIAGNOSTIC_SESSION",
            Self::Continuing => "CONTINUING",
        }
    }
}

impl fmt::Display for CapturePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the name of a capture policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a capture policy")]
pub struct CapturePolicyError;

impl FromStr for CapturePolicy {
    type Err = CapturePolicyError;

    fn from_str(text: &str) -> Result<Self, CapturePolicyError> {
        Self::ALL.into_iter().find(|p| p.as_str() == text).ok_or(CapturePolicyError)
    }
}

/// How a segment came to be: the kind of its span on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SegmentKind {
    /// Made through the API without a caller, a background task: an INTERNAL span.
    Internal,
    /// A request: a SERVER span. Also API-made segments that continue a synchronous call.
    Server,
    /// A message: a CONSUMER span. Also API-made segments that continue a queue exit call.
    Consumer,
}

/// An error as it was reported.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct ErrorRecord {
    /// The exception's type (`ValueError`), at most 100 characters.
    pub type_name: Arc<str>,
    /// Its message, at most 5,000 characters, may be empty.
    pub message: Arc<str>,
    /// Its stack, in the language's own form, at most 32,000 characters, may be empty.
    pub stack: Arc<str>,
}

/// One exit call of a kept execution.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ExitCallRecord {
    /// The backend called.
    pub backend: Backend,
    /// Its number in the request's chain: `1`, `2`, … at the root, `1|3` on the tier that exit call 1 reached.
    pub sequence: Arc<str>,
    /// The label given for this call.
    pub display_name: Arc<str>,
    /// URL, SQL text …; empty when not given.
    pub operation: Arc<str>,
    /// Shown in the **Exit Calls and Async Activities** window.
    pub optional_properties: Vec<Property>,
    /// Nanoseconds from the segment's start.
    pub start_offset_ns: u64,
    /// Nanoseconds. Calls never ended last until the segment's end and have `ended == false`.
    pub duration_ns: u64,
    /// Whether `end_exit_call` was seen.
    pub ended: bool,
    /// Errors reported for the call.
    pub errors: Vec<ErrorRecord>,
}

/// One tier's part of a kept execution.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Segment {
    /// The request, the same on every tier.
    pub guid: Guid,
    /// This segment's span.
    pub span_id: SpanId,
    /// The exit call (or foreign span) that led here.
    pub parent_span_id: Option<SpanId>,
    /// Empty at the root, else the sequence of the exit call that led here.
    pub sequence: Arc<str>,
    /// The BT.
    pub bt: BtRef,
    /// `None` on the originating tier.
    pub caller: Option<Caller>,
    /// How it came to be.
    pub kind: SegmentKind,
    /// Nanoseconds since 1970.
    pub start_unix_ns: u64,
    /// Nanoseconds, from the monotonic clock.
    pub duration_ns: u64,
    /// CPU time of the thread, when known, nanoseconds.
    pub cpu_ns: Option<u64>,
    /// What became of it.
    pub verdict: Verdict,
    /// What it was measured against.
    pub thresholds: Thresholds,
    /// Why it was kept.
    pub policy: CapturePolicy,
    /// Whether it was still running when it was reported (a stall seen in flight); a later record with the
    /// same `span_id` replaces this one.
    pub in_flight: bool,
    /// Ended by timeout, `shutdown` or a lost handle.
    pub abandoned: bool,
    /// The name of the thread it began on, may be empty.
    pub thread: Arc<str>,
    /// Errors, at most 50.
    pub errors: Vec<ErrorRecord>,
    /// User data in the order given: key, value.
    pub user_data: Vec<(Arc<str>, Arc<str>)>,
    /// Exit calls in the order begun.
    pub exit_calls: Vec<ExitCallRecord>,
    /// Exit calls whose details exceeded the limit.
    pub exit_calls_dropped: u64,
}

impl Segment {
    /// Whether this is the originating segment.
    #[must_use]
    pub fn first_in_chain(&self) -> bool {
        self.caller.is_none() && self.bt.origin.is_some()
    }
}
