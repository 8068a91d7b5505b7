//! Numbers added up from rows of the store.

use tierline_model::{Histogram, VerdictCounts};
use tierline_store::{MetricRow, TimeRange};

/// What happened, added up. Durations in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numbers {
    /// Executions or calls.
    pub calls: u64,
    /// Sum of durations.
    pub sum_ns: u64,
    /// Shortest; 0 without calls.
    pub min_ns: u64,
    /// Longest.
    pub max_ns: u64,
    /// How they went.
    pub verdicts: VerdictCounts,
    /// The durations, when the rows carried them.
    pub histogram: Option<Histogram>,
}

impl Numbers {
    /// Adds one row.
    pub fn add(&mut self, row: &MetricRow) {
        if row.count == 0 {
            return;
        }
        self.min_ns = if self.calls == 0 { row.min_ns } else { self.min_ns.min(row.min_ns) };
        self.max_ns = self.max_ns.max(row.max_ns);
        self.calls = self.calls.saturating_add(row.count);
        self.sum_ns = self.sum_ns.saturating_add(row.sum_ns);
        self.verdicts += row.verdicts;
        if let Some(histogram) = &row.histogram {
            self.histogram.get_or_insert_with(Histogram::new).merge(histogram);
        }
    }

    /// All rows together.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a MetricRow>) -> Self {
        let mut numbers = Self::default();
        rows.into_iter().for_each(|row| numbers.add(row));
        numbers
    }

    /// Calls in error.
    #[must_use]
    pub const fn errors(&self) -> u64 {
        self.verdicts.error
    }

    /// Share of calls in error, 0 to 100.
    #[must_use]
    pub fn error_percent(&self) -> f64 {
        if self.calls == 0 { 0.0 } else { self.errors() as f64 * 100.0 / self.calls as f64 }
    }

    /// Average in milliseconds, `None` without calls.
    #[must_use]
    pub fn average_ms(&self) -> Option<f64> {
        (self.calls > 0).then(|| ms(self.sum_ns) / self.calls as f64)
    }

    /// Shortest in milliseconds, `None` without calls.
    #[must_use]
    pub fn min_ms(&self) -> Option<f64> {
        (self.calls > 0).then(|| ms(self.min_ns))
    }

    /// Longest in milliseconds, `None` without calls.
    #[must_use]
    pub fn max_ms(&self) -> Option<f64> {
        (self.calls > 0).then(|| ms(self.max_ns))
    }

    /// The value in milliseconds below which the share `q` of durations lies; `None` without histogram.
    #[must_use]
    pub fn quantile_ms(&self, q: f64) -> Option<f64> {
        self.histogram.as_ref().and_then(|h| h.quantile_ns(q)).map(ms)
    }

    /// Calls per minute of `range`.
    #[must_use]
    pub fn per_minute(&self, range: TimeRange) -> f64 {
        self.calls as f64 / minutes(range)
    }
}

/// Nanoseconds as milliseconds.
#[must_use]
pub fn ms(ns: u64) -> f64 {
    ns as f64 / 1e6
}

/// The length of a range in minutes, at least one.
#[must_use]
pub fn minutes(range: TimeRange) -> f64 {
    (range.end_ms.saturating_sub(range.start_ms) as f64 / 60_000.0).max(1.0)
}

#[cfg(test)]
pub(crate) fn row(count: u64, sum_ns: u64) -> MetricRow {
    MetricRow {
        start_ms: 0,
        tier_id: None,
        node_id: None,
        bt_id: None,
        backend_id: None,
        caller_tier_id: None,
        originating: None,
        count,
        sum_ns,
        min_ns: sum_ns / count.max(1),
        max_ns: sum_ns / count.max(1),
        verdicts: VerdictCounts { normal: count, ..VerdictCounts::default() },
        minutes: 1,
        nodes: 1,
        histogram: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_add_up_and_empty_ones_do_not_spoil_the_minimum() {
        let numbers = Numbers::of(&[row(0, 0), row(2, 40_000_000), row(1, 5_000_000)]);
        assert_eq!((numbers.calls, numbers.sum_ns, numbers.min_ns), (3, 45_000_000, 5_000_000));
        assert_eq!(numbers.average_ms(), Some(15.0));
        assert_eq!(numbers.per_minute(TimeRange { start_ms: 0, end_ms: 180_000 }), 1.0);
    }

    #[test]
    fn nothing_is_not_zero_milliseconds() {
        let numbers = Numbers::default();
        assert_eq!((numbers.average_ms(), numbers.min_ms(), numbers.quantile_ms(0.5)), (None, None, None));
        assert_eq!(numbers.error_percent(), 0.0);
    }
}
