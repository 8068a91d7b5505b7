//! Limits of what the engine answers with.

/// Points of one series; a longer range gets a longer step.
pub const SERIES_POINTS_MAX: u64 = 1_500;

/// Points a chart is given when it does not ask for a step.
pub const SERIES_POINTS_USUAL: u64 = 120;

/// Points of a sparkline.
pub const SPARK_POINTS_MAX: u64 = 40;

/// Metrics one path with wildcards may match.
pub const METRICS_MATCHED_MAX: usize = 20_000;

/// Characters of a metric path.
pub const METRIC_PATH_CHARS_MAX: usize = 4_096;

/// Parts of a metric path.
pub const METRIC_PATH_PARTS_MAX: usize = 32;

/// Rows up to which metric data are computed from single minutes and single nodes; beyond, minima and maxima
/// are those of coarser parts.
pub const METRIC_ROWS_FINE_MAX: u64 = 100_000;

/// Minutes up to which metric data have one-minute points (facts/controller-api 3.3).
pub const ONE_MINUTE_RANGE_MINUTES_MAX: u64 = 1_459;

/// Minutes up to which metric data have ten-minute points (facts/controller-api 3.3).
pub const TEN_MINUTE_RANGE_MINUTES_MAX: u64 = 2_940;

/// Snapshots one page of the list holds at most.
pub const SNAPSHOTS_PER_PAGE_MAX: usize = 1_000;

/// How far back the metric tree looks for calls between tiers and backends, minutes.
pub const METRIC_TREE_MINUTES: u64 = 24 * 60;
