//! What became of one execution, and how many of each there were.

use std::fmt;
use std::ops::AddAssign;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The user experience of one execution. `Calls = Normal + Slow + Very slow + Stall + Error`: exactly one
/// verdict each. Error wins over all others (Node.js API document, `markError`), then stall, very slow, slow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// Within its thresholds.
    #[default]
    Normal,
    /// Above the slow threshold.
    Slow,
    /// Above the very slow threshold.
    VerySlow,
    /// Above the stall threshold, or never ended.
    Stall,
    /// An error was reported for it.
    Error,
}

impl Verdict {
    /// All verdicts, in the order of the scorecard.
    pub const ALL: [Self; 5] = [Self::Normal, Self::Slow, Self::VerySlow, Self::Stall, Self::Error];

    /// The name in the REST API: `NORMAL`, `SLOW`, `VERY_SLOW`, `STALL`, `ERROR`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::Slow => "SLOW",
            Self::VerySlow => "VERY_SLOW",
            Self::Stall => "STALL",
            Self::Error => "ERROR",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the name of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a user experience: expected NORMAL, SLOW, VERY_SLOW, STALL or ERROR")]
pub struct VerdictError;

impl FromStr for Verdict {
    type Err = VerdictError;

    fn from_str(text: &str) -> Result<Self, VerdictError> {
        Self::ALL.into_iter().find(|v| v.as_str().eq_ignore_ascii_case(text)).ok_or(VerdictError)
    }
}

/// How many executions had which verdict.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct VerdictCounts {
    /// Verdict normal.
    pub normal: u64,
    /// Verdict slow.
    pub slow: u64,
    /// Verdict very slow.
    pub very_slow: u64,
    /// Verdict stall.
    pub stall: u64,
    /// Verdict error.
    pub error: u64,
}

impl VerdictCounts {
    /// Counts one execution.
    pub fn add(&mut self, verdict: Verdict) {
        self.add_many(verdict, 1);
    }

    /// Counts so many of one verdict.
    pub fn add_many(&mut self, verdict: Verdict, executions: u64) {
        let count = match verdict {
            Verdict::Normal => &mut self.normal,
            Verdict::Slow => &mut self.slow,
            Verdict::VerySlow => &mut self.very_slow,
            Verdict::Stall => &mut self.stall,
            Verdict::Error => &mut self.error,
        };
        *count = count.saturating_add(executions);
    }

    /// The count of one verdict.
    #[must_use]
    pub const fn of(&self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Normal => self.normal,
            Verdict::Slow => self.slow,
            Verdict::VerySlow => self.very_slow,
            Verdict::Stall => self.stall,
            Verdict::Error => self.error,
        }
    }

    /// All executions.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.normal
            .saturating_add(self.slow)
            .saturating_add(self.very_slow)
            .saturating_add(self.stall)
            .saturating_add(self.error)
    }
}

impl AddAssign for VerdictCounts {
    fn add_assign(&mut self, other: Self) {
        self.normal = self.normal.saturating_add(other.normal);
        self.slow = self.slow.saturating_add(other.slow);
        self.very_slow = self.very_slow.saturating_add(other.very_slow);
        self.stall = self.stall.saturating_add(other.stall);
        self.error = self.error.saturating_add(other.error);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_is_counted_once_and_named_once() {
        let mut counts = VerdictCounts::default();
        for verdict in Verdict::ALL {
            counts.add(verdict);
            assert_eq!(counts.of(verdict), 1);
            assert_eq!(verdict.as_str().parse::<Verdict>(), Ok(verdict));
        }
        assert_eq!(counts.total(), 5);
    }
}
