//! The words of Tierline as types.
//!
//! Application > tier > node. A *business transaction* (BT) starts on its originating tier and continues on
//! others; what one tier sees of it is a *segment*. An *exit call* leaves a tier for a *backend*: a type plus
//! identifying properties. A *snapshot* is one kept execution: all its segments, exit calls, errors and user data.
//!
//! Everything here is pure: no I/O, no clocks, no threads. Times are integers: nanoseconds for durations,
//! milliseconds since 1970 (UTC) for points in time, nanoseconds since 1970 where a snapshot needs them.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

pub mod backend;
pub mod config;
pub mod correlation;
pub mod data_collector;
pub mod detection;
pub mod diagnostics;
pub mod error_detection;
pub mod foreign;
pub mod guid;
pub mod histogram;
pub mod id;
pub mod identity;
pub mod interval;
pub mod limits;
pub mod name;
pub mod rolling_window;
pub mod snapshot;
pub mod threshold;
pub mod trace_context;
pub mod transaction;
pub mod verdict;

pub use backend::{Backend, BackendKey, ExitType, Property};
pub use config::AgentConfig;
pub use correlation::CorrelationHeader;
pub use data_collector::{CollectedValue, DataCollector};
pub use detection::{Detected, DetectionPolicy, Detector};
pub use diagnostics::{AgentDiagnostics, DropCause};
pub use error_detection::{ErrorDetection, ErrorFilter};
pub use guid::{Guid, SpanId};
pub use histogram::Histogram;
pub use id::{AppId, BackendId, BtId, ErrorId, NodeId, TierId};
pub use identity::{AgentIdentity, Incarnation, Language};
pub use interval::{ExitMetrics, IntervalReport, Ledger, RuntimeSample, SegmentMetrics};
pub use rolling_window::RollingWindow;
pub use snapshot::{CapturePolicy, ErrorRecord, ExitCallRecord, Segment, SegmentKind};
pub use threshold::{Moments, Threshold, ThresholdPolicy, Thresholds};
pub use transaction::{BtOrigin, BtRef, EntryType};
pub use verdict::{Verdict, VerdictCounts};
