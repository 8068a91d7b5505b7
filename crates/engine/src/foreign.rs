//! Services with other OpenTelemetry SDKs: their traces become segments, exit calls and snapshots.
//!
//! One span does not say which BT it belongs to; its caller does, and that comes in another request. So spans wait in a
//! [`Window`] until their trace was quiet for a while. Then the trace is decided as a whole: `assembly` finds the
//! segments, their callers and their BT, `judge` the verdicts against rolling thresholds and whether to keep, `numbers`
//! counts everything, and `kept` makes the snapshot of a trace that was slow, failed, or is due as a sample.
//!
//! Where a service sends metrics but no spans, `points` counts from those.
//!
//! A decision has a number that grows. What it counts is written under lives made from process and number, so writing it
//! again changes nothing, and another decision about the same minute adds.

mod assembly;
mod decision;
mod judge;
mod kept;
mod memory;
mod numbers;
mod points;
mod window;

use std::sync::Arc;

use tierline_model::foreign::ForeignSpan;
use tierline_model::{AgentIdentity, AppId, Guid, TierId};

pub use window::{Received, Trace, Window, WindowSettings};

/// A trace of an account.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TraceKey {
    /// Whose.
    pub account: Arc<str>,
    /// The trace id.
    pub guid: Guid,
}

/// A process, with the ids of its names.
#[derive(Debug)]
struct Process {
    agent: AgentIdentity,
    app_id: AppId,
    tier_id: TierId,
}

/// A span and who sent it.
#[derive(Debug)]
struct Held {
    process: Arc<Process>,
    span: ForeignSpan,
}
