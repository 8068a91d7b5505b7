//! The rolling two hours that dynamic thresholds are made of (facts/agent-api 4.2).

use crate::threshold::Moments;

/// How many parts the window has: twelve of ten minutes. It therefore covers 110 to 120 minutes.
const PARTS: usize = 12;
const PART_MS: u64 = 10 * 60 * 1_000;

/// Sums of the last two hours of one BT.
#[derive(Debug, Default)]
pub struct RollingWindow {
    parts: [Moments; PARTS],
    /// Number of the newest part since 1970.
    newest: u64,
}

impl RollingWindow {
    /// Adds the sums of an interval that ended at `end_ms`.
    pub fn add(&mut self, moments: &Moments, end_ms: u64) {
        self.advance(end_ms);
        let newest = usize::try_from(self.newest).unwrap_or(0) % PARTS;
        if let Some(part) = self.parts.get_mut(newest) {
            part.merge(moments);
        }
    }

    /// Forgets what is older than two hours. A clock set back leaves everything as it is.
    pub fn advance(&mut self, now_ms: u64) {
        let part = now_ms / PART_MS;
        if part <= self.newest {
            return;
        }
        if part - self.newest >= PARTS as u64 {
            self.parts = Default::default();
        } else {
            for number in self.newest + 1..=part {
                let position = usize::try_from(number).unwrap_or(0) % PARTS;
                if let Some(part) = self.parts.get_mut(position) {
                    *part = Moments::default();
                }
            }
        }
        self.newest = part;
    }

    /// The sums of the window.
    #[must_use]
    pub fn sums(&self) -> Moments {
        let mut sums = Moments::default();
        for part in &self.parts {
            sums.merge(part);
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(ms: f64) -> Moments {
        let mut moments = Moments::default();
        moments.add(ms);
        moments
    }

    #[test]
    fn what_is_older_than_two_hours_is_forgotten() {
        let mut window = RollingWindow::default();
        let start = 1_700_000_000_000;
        for minute in 0..240 {
            window.add(&one(5.0), start + minute * 60_000);
            let count = window.sums().count;
            assert!(count <= 120, "{count} after {minute} minutes");
            assert!(count >= (minute + 1).min(110), "{count} after {minute} minutes");
        }
        window.advance(start + 100 * 3_600_000);
        assert_eq!(window.sums(), Moments::default());
    }

    #[test]
    fn a_clock_set_back_loses_nothing() {
        let mut window = RollingWindow::default();
        window.add(&one(1.0), 1_700_000_000_000);
        window.add(&one(1.0), 1_600_000_000_000);
        assert_eq!(window.sums().count, 2);
    }
}
