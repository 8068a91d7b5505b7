//! Pieces that several answers share: verdicts, sparklines, properties.

use serde::Serialize;
use utoipa::ToSchema;

/// How many executions had which verdict. Their sum is the number of calls.
#[derive(Serialize, ToSchema, Debug, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Verdicts {
    /// Normal.
    pub normal: u64,
    /// Slow.
    pub slow: u64,
    /// Very slow.
    pub very_slow: u64,
    /// Stalled.
    pub stall: u64,
    /// In error.
    pub error: u64,
}

/// A small line over the asked time, one value per step.
#[derive(Serialize, ToSchema, Debug, Clone, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Spark {
    /// Length of a step.
    pub step_ms: u64,
    /// Start of the first step.
    pub from: u64,
    /// Calls per step.
    pub calls: Vec<u64>,
    /// Average duration per step; null where there were no calls.
    pub average_ms: Vec<Option<f64>>,
    /// Errors per step.
    pub errors: Vec<u64>,
}

/// A name with its value.
#[derive(Serialize, ToSchema, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct NameValue {
    /// In the caller's spelling.
    pub name: String,
    /// Its value.
    pub value: String,
}
