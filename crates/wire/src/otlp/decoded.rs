//! What decoding gives.

use std::collections::BTreeMap;

use tierline_model::{AgentIdentity, IntervalReport, Segment};

use super::response::PartialSuccess;
use crate::limits::{
    FUTURE_MS_MAX, ITEMS_PER_REQUEST_MAX, PAST_MS_MAX, REJECTION_REASONS_MAX, REQUEST_BYTES_MAX,
};
use crate::protobuf::Malformed;

/// What a controller takes. The remaining limits are constants in [`crate::limits`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Bytes of a request, decompressed.
    pub request_bytes_max: usize,
    /// Data points or spans of a request.
    pub items_max: u64,
    /// Items that begin earlier (milliseconds since 1970) are rejected.
    pub time_ms_min: u64,
    /// Items that end later (milliseconds since 1970) are rejected.
    pub time_ms_max: u64,
}

impl Default for DecodeLimits {
    /// Any time goes.
    fn default() -> Self {
        Self {
            request_bytes_max: REQUEST_BYTES_MAX,
            items_max: ITEMS_PER_REQUEST_MAX,
            time_ms_min: 0,
            time_ms_max: u64::MAX,
        }
    }
}

impl DecodeLimits {
    /// The limits of a controller whose clock says `now_ms`: items may be a week old and ten minutes early.
    #[must_use]
    pub fn at(now_ms: u64) -> Self {
        Self {
            time_ms_min: now_ms.saturating_sub(PAST_MS_MAX),
            time_ms_max: now_ms.saturating_add(FUTURE_MS_MAX),
            ..Self::default()
        }
    }
}

/// The request cannot be read as a whole; answer 400, or 413 for the first two.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// More bytes than allowed.
    #[error("the request has {bytes} bytes, at most {max} are accepted: send smaller batches")]
    TooLarge {
        /// Bytes received.
        bytes: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// More data points, spans or resources than allowed.
    #[error("the request holds more than {max} {what}: send smaller batches")]
    TooMany {
        /// `items` or `resources`.
        what: &'static str,
        /// How many are allowed.
        max: u64,
    },
    /// Not protobuf, or not the expected message.
    #[error("the request is not a complete OTLP protobuf message: check the path and the Content-Type")]
    Protobuf,
    /// Not JSON, or not the expected object.
    #[error("the request is not an OTLP JSON object: {0}")]
    Json(String),
}

impl From<Malformed> for DecodeError {
    fn from(_: Malformed) -> Self {
        Self::Protobuf
    }
}

/// What became of the data points or spans of one request. The four counts add up to all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// In the result.
    pub accepted: u64,
    /// Said again within the request; the first one counts.
    pub repeated: u64,
    /// Foreign: no fault, but nothing in the model yet.
    pub not_understood: u64,
    /// Refused; retrying would not help.
    pub rejected: u64,
    /// Why, and how many of each; at most eight reasons are told apart.
    pub reasons: BTreeMap<&'static str, u64>,
}

impl Outcome {
    /// How many there were.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.accepted + self.repeated + self.not_understood + self.rejected
    }

    /// What to say in the response: `None` when nothing was rejected.
    #[must_use]
    pub fn partial_success(&self) -> Option<PartialSuccess> {
        let reasons: Vec<String> =
            self.reasons.iter().map(|(reason, count)| format!("{count} × {reason}")).collect();
        (self.rejected > 0).then(|| PartialSuccess {
            rejected: i64::try_from(self.rejected).unwrap_or(i64::MAX),
            message: reasons.join("; "),
        })
    }

    pub(crate) fn reject(&mut self, count: u64, reason: &'static str) {
        self.rejected += count;
        if self.reasons.len() < REJECTION_REASONS_MAX || self.reasons.contains_key(reason) {
            *self.reasons.entry(reason).or_default() += count;
        }
    }

    /// Counts one more item against the limit.
    pub(crate) fn admit(&self, limits: &DecodeLimits) -> Result<(), DecodeError> {
        if self.total() >= limits.items_max {
            return Err(DecodeError::TooMany { what: "items", max: limits.items_max });
        }
        Ok(())
    }
}

/// A report and who sent it.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentReport {
    /// The sender.
    pub agent: AgentIdentity,
    /// The numbers.
    pub report: IntervalReport,
    /// Whether the whole conservation line arrived. `false` only when something between agent and controller
    /// split the report; its `ledger` must then not replace one that is stored.
    pub ledger_complete: bool,
}

/// A metrics request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecodedMetrics {
    /// One per agent and interval, in the order of the request.
    pub reports: Vec<AgentReport>,
    /// Data points.
    pub outcome: Outcome,
}

/// Kept segments and who sent them.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentSegments {
    /// The sender.
    pub agent: AgentIdentity,
    /// In the order of the request. A segment may stand here twice: while in flight and when ended.
    pub segments: Vec<Segment>,
}

/// A traces request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecodedTraces {
    /// One per agent, in the order of the request.
    pub batches: Vec<AgentSegments>,
    /// Spans.
    pub outcome: Outcome,
}
