//! What an operator decides about a store.

use crate::limits::{
    AUDIT_RETENTION_DAYS, EVENTS_RETENTION_DAYS, HOURS_RETENTION_DAYS, METRICS_RETENTION_DAYS,
    SNAPSHOTS_RETENTION_DAYS, TENS_RETENTION_DAYS,
};

/// How long what is kept, in days.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retention {
    /// One-minute numbers and conservation lines.
    pub minutes_days: u64,
    /// Ten-minute sums.
    pub tens_days: u64,
    /// One-hour sums; rounded up to files of 30 days.
    pub hours_days: u64,
    /// Snapshots that are not archived.
    pub snapshots_days: u64,
    /// Records of the journal.
    pub events_days: u64,
    /// Records of its audit.
    pub audit_days: u64,
}

impl Retention {
    /// Everything for the same number of days.
    #[must_use]
    pub const fn of_days(days: u64) -> Self {
        Self {
            minutes_days: days,
            tens_days: days,
            hours_days: days,
            snapshots_days: days,
            events_days: days,
            audit_days: days,
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            minutes_days: METRICS_RETENTION_DAYS,
            tens_days: TENS_RETENTION_DAYS,
            hours_days: HOURS_RETENTION_DAYS,
            snapshots_days: SNAPSHOTS_RETENTION_DAYS,
            events_days: EVENTS_RETENTION_DAYS,
            audit_days: AUDIT_RETENTION_DAYS,
        }
    }
}

/// Settings of a store.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StoreOptions {
    /// How long what is kept.
    pub retention: Retention,
    /// Bytes all files may have together: the oldest snapshots go first, then the finest numbers.
    pub bytes_max: Option<u64>,
}
