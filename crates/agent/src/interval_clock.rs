//! Cuts time into intervals that are aligned to the reporting period and never straddle a minute.

const MINUTE_MS: u64 = 60_000;

/// How far the wall clock may go back before it is taken for a correction, beyond one interval.
const CORRECTION_MS: u64 = 1_000;

/// The current interval.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IntervalClock {
    interval_ms: u64,
    start_ms: u64,
    /// Added to every start after the wall clock went back: (incarnation, start) must not come twice, or the
    /// controller would replace what it has.
    shift_ms: u64,
}

impl IntervalClock {
    /// `now_ms`: milliseconds since 1970. `interval_ms`: 1 to 60,000.
    #[must_use]
    pub fn new(interval_ms: u64, now_ms: u64) -> Self {
        let interval_ms = interval_ms.clamp(1, MINUTE_MS);
        Self { interval_ms, start_ms: aligned(now_ms, interval_ms), shift_ms: 0 }
    }

    /// When the current interval ends.
    #[must_use]
    pub fn end_ms(&self) -> u64 {
        let minute = self.start_ms - self.start_ms % MINUTE_MS;
        let intervals = (self.start_ms - minute) / self.interval_ms + 1;
        minute + (intervals * self.interval_ms).min(MINUTE_MS)
    }

    /// The bounds of the current interval if it is over; then the one that holds `now_ms` has begun.
    pub fn due(&mut self, now_ms: u64) -> Option<(u64, u64)> {
        if now_ms + self.interval_ms + CORRECTION_MS < self.start_ms {
            self.shift_ms = (self.shift_ms + 1).min(self.interval_ms - 1);
            self.start_ms = aligned(now_ms, self.interval_ms) + self.shift_ms;
            return None;
        }
        let (start_ms, end_ms) = (self.start_ms, self.end_ms());
        if now_ms < end_ms {
            return None;
        }
        self.start_ms = aligned(now_ms, self.interval_ms) + self.shift_ms;
        Some((start_ms, end_ms))
    }

    /// Ends the current interval early, at `now_ms`; the next one begins there and ends where this one would have.
    /// `None` when it has only just begun, or ended: see [`IntervalClock::due`].
    pub fn cut(&mut self, now_ms: u64) -> Option<(u64, u64)> {
        if now_ms <= self.start_ms || now_ms >= self.end_ms() {
            return None;
        }
        let start_ms = std::mem::replace(&mut self.start_ms, now_ms);
        Some((start_ms, now_ms))
    }

    /// The bounds of the current interval, cut at `now_ms`, never empty.
    #[must_use]
    pub fn last(&self, now_ms: u64) -> (u64, u64) {
        (self.start_ms, now_ms.clamp(self.start_ms + 1, self.end_ms().max(self.start_ms + 1)))
    }
}

/// The start of the interval that holds `now_ms`.
fn aligned(now_ms: u64, interval_ms: u64) -> u64 {
    let in_minute = now_ms % MINUTE_MS;
    now_ms - in_minute + in_minute / interval_ms * interval_ms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_period_no_interval_straddles_a_minute_and_none_comes_twice() {
        for interval_ms in [1, 100, 999, 1_000, 7_000, 13_337, 30_000, 31_000, 59_999, 60_000] {
            let mut now_ms = 1_700_000_000_123;
            let mut clock = IntervalClock::new(interval_ms, now_ms);
            let mut last_end = aligned(now_ms, interval_ms);
            for step in 0..2_000_u64 {
                now_ms += 1 + step * 7_919 % (interval_ms + 50);
                if let Some((start, end)) = clock.due(now_ms) {
                    assert!(
                        last_end <= start && start < end && end <= now_ms,
                        "{interval_ms}: {start} {end}"
                    );
                    assert!(end - start <= interval_ms);
                    assert_eq!(start / MINUTE_MS, (end - 1) / MINUTE_MS);
                    assert_eq!(start % MINUTE_MS % interval_ms, 0);
                    last_end = end;
                }
            }
        }
    }

    #[test]
    fn after_a_long_pause_one_interval_is_closed_and_the_present_one_begins() {
        let mut clock = IntervalClock::new(60_000, 600_000);
        assert_eq!(clock.due(659_999), None);
        assert_eq!(clock.due(1_201_234), Some((600_000, 660_000)));
        assert_eq!(clock.last(1_201_234), (1_200_000, 1_201_234));
        assert_eq!(clock.end_ms(), 1_260_000);
    }

    #[test]
    fn a_cut_interval_goes_on_to_its_end() {
        let mut clock = IntervalClock::new(7_000, 600_000);
        assert_eq!(clock.cut(600_000), None);
        assert_eq!(clock.cut(601_500), Some((600_000, 601_500)));
        assert_eq!(clock.cut(601_500), None);
        assert_eq!(clock.cut(601_501), Some((601_500, 601_501)));
        assert_eq!(clock.cut(607_000), None);
        assert_eq!(clock.due(607_000), Some((601_501, 607_000)));
        assert_eq!(clock.last(607_000), (607_000, 607_001));
    }

    #[test]
    fn a_clock_that_goes_back_repeats_no_start() {
        let mut clock = IntervalClock::new(60_000, 6_000_000);
        let mut starts = std::collections::HashSet::new();
        let mut now_ms = 6_000_000_u64;
        for _ in 0..3 {
            for _ in 0..200 {
                now_ms += 10_000;
                if let Some((start, end)) = clock.due(now_ms) {
                    assert!(starts.insert(start), "{start} comes twice");
                    assert!(start < end && start / MINUTE_MS == (end - 1) / MINUTE_MS);
                }
            }
            now_ms = 6_000_000;
        }
        assert!(starts.len() > 80, "{}", starts.len());
    }
}
