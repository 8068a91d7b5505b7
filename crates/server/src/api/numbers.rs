//! Pieces that several answers share: verdicts, sparklines, properties.

use serde::Serialize;
use tierline_engine::series::Series;
use tierline_model::{Property, VerdictCounts};
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

impl From<VerdictCounts> for Verdicts {
    fn from(counts: VerdictCounts) -> Self {
        let VerdictCounts { normal, slow, very_slow, stall, error } = counts;
        Self { normal, slow, very_slow, stall, error }
    }
}

impl From<&Series> for Spark {
    fn from(series: &Series) -> Self {
        Self {
            step_ms: series.steps.step_ms(),
            from: series.steps.from_ms,
            calls: series.points.iter().map(|point| point.calls).collect(),
            average_ms: series.points.iter().map(tierline_engine::Numbers::average_ms).collect(),
            errors: series.points.iter().map(tierline_engine::Numbers::errors).collect(),
        }
    }
}

impl From<&Property> for NameValue {
    fn from(property: &Property) -> Self {
        Self { name: property.name.to_string(), value: property.value.to_string() }
    }
}

/// Properties as the page shows them.
#[must_use]
pub fn properties(properties: &[Property]) -> Vec<NameValue> {
    properties.iter().map(NameValue::from).collect()
}
