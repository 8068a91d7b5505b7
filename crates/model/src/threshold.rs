//! When is an execution slow? Rolling thresholds over the last two hours.

use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

/// How one threshold is found. Dynamic kinds use the average and standard deviation of the last two hours
/// (facts/agent-api 4.2).
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Threshold {
    /// A fixed time.
    Static {
        /// Milliseconds.
        ms: f64,
    },
    /// So many per cent above the average.
    PercentOverAverage {
        /// Per cent; 50 means one and a half times the average.
        percent: f64,
    },
    /// So many standard deviations above the average.
    StandardDeviations {
        /// How many.
        count: f64,
    },
    /// Never reached.
    Off,
}

/// The thresholds of an application or of one BT.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ThresholdPolicy {
    /// Default: 3 standard deviations.
    pub slow: Threshold,
    /// Default: 4 standard deviations.
    pub very_slow: Threshold,
    /// Default: 300 standard deviations.
    pub stall: Threshold,
    /// A dynamic slow threshold is never below this; it is the threshold while nothing is known. Milliseconds.
    pub slow_minimum_ms: f64,
    /// The same for very slow. Milliseconds.
    pub very_slow_minimum_ms: f64,
    /// The same for stall. Milliseconds.
    pub stall_minimum_ms: f64,
    /// Executions in the window before dynamic thresholds are used.
    pub executions_min: u64,
}

impl Default for ThresholdPolicy {
    fn default() -> Self {
        Self {
            slow: Threshold::StandardDeviations { count: 3.0 },
            very_slow: Threshold::StandardDeviations { count: 4.0 },
            stall: Threshold::StandardDeviations { count: 300.0 },
            // Minimum baselines seen in recorded threshold texts (facts/controller-api 4.2).
            slow_minimum_ms: 200.0,
            very_slow_minimum_ms: 600.0,
            stall_minimum_ms: 45_000.0,
            executions_min: 30,
        }
    }
}

/// Sums from which average and standard deviation follow. Merging is exact up to floating point.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Moments {
    /// Executions.
    pub count: u64,
    /// Sum of durations, milliseconds.
    pub sum_ms: f64,
    /// Sum of squared durations.
    pub sum_of_squares: f64,
}

impl Moments {
    /// Adds one execution.
    pub fn add(&mut self, duration_ms: f64) {
        self.count += 1;
        self.sum_ms += duration_ms;
        self.sum_of_squares += duration_ms * duration_ms;
    }

    /// Adds another window's sums.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum_ms += other.sum_ms;
        self.sum_of_squares += other.sum_of_squares;
    }

    /// The average in milliseconds; 0 without executions.
    #[must_use]
    pub fn average_ms(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum_ms / self.count as f64 }
    }

    /// The population standard deviation in milliseconds.
    #[must_use]
    pub fn standard_deviation_ms(&self) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        let average = self.average_ms();
        (self.sum_of_squares / self.count as f64 - average * average).max(0.0).sqrt()
    }

    /// The unit of dynamic thresholds: the deviation, or the average where the deviation exceeds half of it
    /// (facts/agent-api 4.2: "if the deviation exceeds half the average, the moving average is used").
    #[must_use]
    pub fn deviation_unit_ms(&self) -> f64 {
        let (average, deviation) = (self.average_ms(), self.standard_deviation_ms());
        if deviation > average / 2.0 { average } else { deviation }
    }
}

/// Thresholds in force: nanoseconds; `u64::MAX` means never.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Thresholds {
    /// Slow above this.
    pub slow_ns: u64,
    /// Very slow above this.
    pub very_slow_ns: u64,
    /// A stall above this, even while it still runs.
    pub stall_ns: u64,
}

impl Default for Thresholds {
    /// What holds while nothing is known.
    fn default() -> Self {
        ThresholdPolicy::default().in_force(&Moments::default())
    }
}

fn ms_to_ns(ms: f64) -> u64 {
    if ms.is_nan() || ms < 0.0 {
        return 0;
    }
    let ns = ms * 1e6;
    if ns >= u64::MAX as f64 { u64::MAX } else { ns as u64 }
}

impl ThresholdPolicy {
    /// The thresholds in force after `window`.
    #[must_use]
    pub fn in_force(&self, window: &Moments) -> Thresholds {
        let resolve = |threshold: Threshold, minimum_ms: f64| match threshold {
            Threshold::Off => u64::MAX,
            Threshold::Static { ms } => ms_to_ns(ms),
            _ if window.count < self.executions_min.max(1) => ms_to_ns(minimum_ms),
            Threshold::PercentOverAverage { percent } => {
                ms_to_ns((window.average_ms() * (1.0 + percent / 100.0)).max(minimum_ms))
            }
            Threshold::StandardDeviations { count } => {
                ms_to_ns((window.average_ms() + count * window.deviation_unit_ms()).max(minimum_ms))
            }
        };
        Thresholds {
            slow_ns: resolve(self.slow, self.slow_minimum_ms),
            very_slow_ns: resolve(self.very_slow, self.very_slow_minimum_ms),
            stall_ns: resolve(self.stall, self.stall_minimum_ms),
        }
    }
}

impl Thresholds {
    /// The verdict on an execution of `duration_ns`. `in_error` wins over everything; then stall, very slow,
    /// slow (facts/agent-api 4.2, 4.3; Node.js API document, `markError`).
    #[must_use]
    pub const fn verdict(&self, duration_ns: u64, in_error: bool, stalled: bool) -> Verdict {
        if in_error {
            Verdict::Error
        } else if stalled || duration_ns > self.stall_ns {
            Verdict::Stall
        } else if duration_ns > self.very_slow_ns {
            Verdict::VerySlow
        } else if duration_ns > self.slow_ns {
            Verdict::Slow
        } else {
            Verdict::Normal
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(values: &[f64]) -> Moments {
        let mut moments = Moments::default();
        for value in values {
            moments.add(*value);
        }
        moments
    }

    #[test]
    fn minimums_hold_while_little_is_known() {
        let t = ThresholdPolicy::default().in_force(&moments(&[1000.0; 29]));
        assert_eq!((t.slow_ns, t.very_slow_ns, t.stall_ns), (200_000_000, 600_000_000, 45_000_000_000));
    }

    #[test]
    fn three_and_four_deviations_above_the_average() {
        let values: Vec<f64> = (0..100).map(|i| if i % 2 == 0 { 900.0 } else { 1100.0 }).collect();
        let t = ThresholdPolicy::default().in_force(&moments(&values));
        assert_eq!((t.slow_ns, t.very_slow_ns), (1_300_000_000, 1_400_000_000));
        assert_eq!(t.stall_ns, 45_000_000_000); // 1000 + 300 * 100 is below the minimum
    }

    #[test]
    fn wild_deviations_are_replaced_by_the_average() {
        let values: Vec<f64> = (0..100).map(|i| if i % 10 == 0 { 5000.0 } else { 0.0 }).collect();
        let m = moments(&values);
        assert!(m.standard_deviation_ms() > m.average_ms() / 2.0);
        assert!((m.deviation_unit_ms() - 500.0).abs() < 1e-9);
        assert_eq!(ThresholdPolicy::default().in_force(&m).slow_ns, 2_000_000_000);
    }

    #[test]
    fn verdict_order() {
        let t = Thresholds { slow_ns: 10, very_slow_ns: 20, stall_ns: 30 };
        assert_eq!(t.verdict(10, false, false), Verdict::Normal);
        assert_eq!(t.verdict(11, false, false), Verdict::Slow);
        assert_eq!(t.verdict(21, false, false), Verdict::VerySlow);
        assert_eq!(t.verdict(31, false, false), Verdict::Stall);
        assert_eq!(t.verdict(1, false, true), Verdict::Stall);
        assert_eq!(t.verdict(31, true, true), Verdict::Error);
    }

    #[test]
    fn hostile_numbers_do_not_panic() {
        for ms in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
            let policy = ThresholdPolicy { slow: Threshold::Static { ms }, ..ThresholdPolicy::default() };
            let _ = policy.in_force(&Moments::default());
        }
    }
}
