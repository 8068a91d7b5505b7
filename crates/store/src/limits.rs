//! Limits of a store, for every implementation.

/// Rows one metric query may answer with.
pub const METRIC_ROWS_MAX: usize = 200_000;

/// Segments one page may hold.
pub const SEGMENTS_PER_PAGE_MAX: usize = 10_000;

/// Segments of one request that are read.
pub const SEGMENTS_PER_EXECUTION_MAX: usize = 10_000;

/// Days one-minute numbers are kept by default (architecture: 8 days).
pub const METRICS_RETENTION_DAYS: u64 = 8;

/// Days snapshots are kept by default.
pub const SNAPSHOTS_RETENTION_DAYS: u64 = 14;
