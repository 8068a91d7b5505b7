//! Numbers over time.

use std::collections::HashMap;
use std::hash::Hash;

use tierline_model::{BackendId, BtId, NodeId, TierId};
use tierline_store::{Entities, MetricFilter, MetricRow, StoreError, TimeRange};

use crate::limits::{SERIES_POINTS_MAX, SERIES_POINTS_USUAL, SPARK_POINTS_MAX};
use crate::metric_path::Part;
use crate::metric_tree::{self, Leaf};
use crate::numbers::Numbers;
use crate::scope::{Question, Scope};

/// Lengths of steps people can read, minutes (the first seven as in facts/controller-api 6).
const STEPS_MINUTES: [u32; 13] = [1, 2, 5, 10, 20, 30, 60, 120, 240, 360, 720, 1_440, 10_080];

const MINUTE_MS: u64 = 60_000;

/// What a series or a scorecard is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Only this BT.
    pub bt: Option<BtId>,
    /// Only what this tier reported.
    pub tier: Option<TierId>,
    /// Only what this node reported.
    pub node: Option<NodeId>,
    /// Exit calls to this backend instead of BT segments.
    pub backend: Option<BackendId>,
}

impl Subject {
    /// The question for it. Only originating segments count, so that a BT over three tiers is one call; a tier
    /// or node is asked for everything it executed.
    #[must_use]
    pub fn question(&self) -> Question {
        let originating =
            (self.tier.is_none() && self.node.is_none() && self.backend.is_none()).then_some(true);
        let filter = MetricFilter {
            tier_id: self.tier,
            node_id: self.node,
            bt_id: self.bt,
            backend_id: self.backend,
            originating,
        };
        if self.backend.is_some() {
            Question::exits().only(filter)
        } else {
            Question::segments().only(filter)
        }
    }
}

impl Subject {
    /// The path of one of its numbers in the metric tree; `None` when nobody knows it.
    #[must_use]
    pub fn metric_pattern(&self, entities: &Entities, leaf: Leaf) -> Option<Vec<Part>> {
        let node = entities.nodes.iter().find(|node| Some(node.id) == self.node);
        let bt = entities.bts.iter().find(|bt| Some(bt.id) == self.bt);
        let tier_id = bt.map(|bt| bt.tier_id).or(self.tier).or(node.map(|node| node.tier_id));
        let tier = entities.tiers.iter().find(|tier| Some(tier.id) == tier_id);
        let mut names: Vec<String> = Vec::new();
        if let Some(id) = self.backend {
            let backend = entities.backends.iter().find(|backend| backend.backend.id == id)?;
            names.extend(["Backends".to_owned(), metric_tree::backend_folder(&backend.backend.name)]);
        } else if self.bt.is_some() {
            let ancestors = ["Business Transaction Performance", "Business Transactions", &*tier?.name];
            names.extend(ancestors.map(str::to_owned));
            names.push(metric_tree::bt_folder(bt?).to_owned());
        } else {
            names.push("Overall Application Performance".to_owned());
            if self.tier.is_some() || self.node.is_some() {
                names.push(tier?.name.to_string());
            }
        }
        if self.node.is_some() && self.backend.is_none() {
            names.extend([metric_tree::INDIVIDUAL_NODES.to_owned(), node?.name.to_string()]);
        }
        names.push(leaf.name().to_owned());
        Some(names.into_iter().map(Part::Name).collect())
    }
}

/// How a range is cut: `count` steps of `minutes`, the first from `from_ms` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// Start of the first step, aligned to its length.
    pub from_ms: u64,
    /// Length of a step, minutes.
    pub minutes: u32,
    /// How many.
    pub count: usize,
}

impl Steps {
    /// Steps of at least `minutes`, longer when there would be more than [`SERIES_POINTS_MAX`].
    #[must_use]
    pub fn of_minutes(range: TimeRange, minutes: u32) -> Self {
        let mut steps = Self::cut(range, minutes.max(1));
        while steps.count as u64 > SERIES_POINTS_MAX && steps.minutes < u32::MAX {
            steps = Self::cut(range, steps.minutes.saturating_mul(2));
        }
        steps.count = steps.count.min(SERIES_POINTS_MAX as usize); // only a range of millions of years is cut
        steps
    }

    /// The shortest readable steps of which at most `points_max` are needed.
    #[must_use]
    pub fn at_most(range: TimeRange, points_max: u64) -> Self {
        STEPS_MINUTES
            .into_iter()
            .map(|minutes| Self::cut(range, minutes))
            .find(|steps| steps.count as u64 <= points_max)
            .unwrap_or_else(|| Self::of_minutes(range, 10_080))
    }

    /// The usual cut of a chart.
    #[must_use]
    pub fn chart(range: TimeRange) -> Self {
        Self::at_most(range, SERIES_POINTS_USUAL)
    }

    /// The usual cut of a sparkline.
    #[must_use]
    pub fn spark(range: TimeRange) -> Self {
        Self::at_most(range, SPARK_POINTS_MAX)
    }

    fn cut(range: TimeRange, minutes: u32) -> Self {
        let step_ms = u64::from(minutes) * MINUTE_MS;
        let from_ms = range.start_ms - range.start_ms % step_ms;
        let count = range.end_ms.saturating_sub(from_ms).div_ceil(step_ms).max(1);
        Self { from_ms, minutes, count: usize::try_from(count).unwrap_or(usize::MAX) }
    }

    /// Length of a step.
    #[must_use]
    pub const fn step_ms(&self) -> u64 {
        self.minutes as u64 * MINUTE_MS
    }

    /// End of the last step.
    #[must_use]
    pub const fn to_ms(&self) -> u64 {
        self.from_ms.saturating_add(self.step_ms().saturating_mul(self.count as u64))
    }

    /// The step a row belongs to.
    #[must_use]
    pub fn index_of(&self, row: &MetricRow) -> Option<usize> {
        let index = row.start_ms.checked_sub(self.from_ms)? / self.step_ms();
        usize::try_from(index).ok().filter(|index| *index < self.count)
    }
}

/// Numbers per step, empty steps included.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// How time is cut.
    pub steps: Steps,
    /// One per step.
    pub points: Vec<Numbers>,
}

impl Series {
    /// A series without anything in it.
    #[must_use]
    pub fn empty(steps: Steps) -> Self {
        Self { steps, points: vec![Numbers::default(); steps.count] }
    }

    /// Adds a row where it belongs.
    pub fn add(&mut self, row: &MetricRow) {
        if let Some(point) = self.steps.index_of(row).and_then(|index| self.points.get_mut(index)) {
            point.add(row);
        }
    }

    /// One series of all rows.
    #[must_use]
    pub fn of(steps: Steps, rows: &[MetricRow]) -> Self {
        let mut series = Self::empty(steps);
        rows.iter().for_each(|row| series.add(row));
        series
    }

    /// Rows told apart by `key`; rows without key are left out.
    pub fn split<K: Hash + Eq>(
        steps: Steps,
        rows: &[MetricRow],
        key: impl Fn(&MetricRow) -> Option<K>,
    ) -> HashMap<K, Self> {
        let mut all: HashMap<K, Self> = HashMap::new();
        for row in rows {
            if let Some(key) = key(row) {
                all.entry(key).or_insert_with(|| Self::empty(steps)).add(row);
            }
        }
        all
    }

    /// Everything together.
    #[must_use]
    pub fn total(&self) -> Numbers {
        let mut total = Numbers::default();
        for point in self.points.iter().filter(|p| p.calls > 0) {
            total.min_ns = if total.calls == 0 { point.min_ns } else { total.min_ns.min(point.min_ns) };
            total.max_ns = total.max_ns.max(point.max_ns);
            total.calls = total.calls.saturating_add(point.calls);
            total.sum_ns = total.sum_ns.saturating_add(point.sum_ns);
            total.verdicts += point.verdicts;
        }
        total
    }
}

/// The series of a subject, with percentiles.
///
/// # Errors
/// When the store cannot be read or the answer would be too large.
pub fn series(scope: Scope<'_>, subject: Subject, step_minutes: Option<u32>) -> Result<Series, StoreError> {
    let steps = match step_minutes {
        Some(minutes) => Steps::of_minutes(scope.range, minutes),
        None => Steps::chart(scope.range),
    };
    let rows = scope.ask(subject.question().step_minutes(steps.minutes).with_histogram())?;
    Ok(Series::of(steps, &rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::row;

    const HOUR: TimeRange = TimeRange { start_ms: 90_000, end_ms: 90_000 + 3_600_000 };

    #[test]
    fn steps_are_aligned_and_cover_the_range() {
        let steps = Steps::chart(HOUR);
        assert_eq!((steps.from_ms, steps.minutes, steps.count), (60_000, 1, 61));
        assert!(steps.to_ms() >= HOUR.end_ms);
        let steps = Steps::spark(HOUR);
        assert_eq!((steps.minutes, steps.count), (2, 31));
    }

    #[test]
    fn a_hostile_range_does_not_make_a_hostile_answer() {
        let steps = Steps::of_minutes(TimeRange { start_ms: 0, end_ms: u64::MAX }, 1);
        assert!(steps.count as u64 <= SERIES_POINTS_MAX);
        let steps = Steps::chart(TimeRange { start_ms: 10, end_ms: 5 });
        assert_eq!(steps.count, 1);
    }

    #[test]
    fn rows_fall_into_their_steps_and_nothing_is_lost() {
        let steps = Steps::of_minutes(TimeRange { start_ms: 0, end_ms: 300_000 }, 1);
        let rows: Vec<MetricRow> =
            (0..5u64).map(|minute| MetricRow { start_ms: minute * 60_000, ..row(minute, 1_000) }).collect();
        let series = Series::of(steps, &rows);
        assert_eq!(series.points.iter().map(|p| p.calls).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        assert_eq!(series.total().calls, 10);
    }
}
