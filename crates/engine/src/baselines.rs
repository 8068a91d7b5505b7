//! Baselines: what is usual for a metric at this hour of the week.
//!
//! A sample is the value of one whole hour. The baseline of an hour is the average of its samples and their
//! deviation: of the same hour of the week in the 13 weeks before (facts/controller-api 4.2: weekly trend, the
//! default); where fewer than four of those had data, of the same hour of the day in the 30 days before; where that is
//! too little too, of all hours of the 15 days before. A metric with fewer than four hours has no baseline.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tierline_model::{AppId, Moments};
use tierline_store::TimeRange;

use crate::limits::{BASELINE_HOURS_MAX, BASELINE_SAMPLES_MIN, BASELINES_REMEMBERED_MAX};
use crate::metric_data::{MetricDataError, MetricValue, metric_data_in};
use crate::metric_path::{MetricPath, Part};
use crate::metric_tree::{Leaf, MetricTree};
use crate::scope::Scope;
use crate::series::Subject;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
const WEEK_MS: u64 = 7 * DAY_MS;
const WEEKS: u64 = 13;
const DAYS: u64 = 30;
const ALL_DAYS: u64 = 15;

/// A deviation is never taken for less than this share of the baseline: a metric that was the same in all of four hours
/// is not violated by its first twitch.
const DEVIATION_SHARE_MIN: f64 = 0.05;

/// Which hours are alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Trend {
    /// The same hour of the week, 13 weeks.
    Weekly,
    /// The same hour of the day, 30 days.
    Daily,
    /// Any hour, 15 days.
    All,
}

impl Trend {
    /// By the name of a baseline (`Daily Trend - Last 30 days`); the weekly one when it says nothing.
    #[must_use]
    pub fn of(baseline_name: &str) -> Self {
        let name = baseline_name.to_ascii_lowercase();
        if name.starts_with("daily") {
            Self::Daily
        } else if name.starts_with("all") {
            Self::All
        } else {
            Self::Weekly
        }
    }

    /// Those that are asked one after the other until one knows enough.
    const fn and_fallbacks(self) -> &'static [Self] {
        match self {
            Self::Weekly => &[Self::Weekly, Self::Daily, Self::All],
            Self::Daily => &[Self::Daily, Self::All],
            Self::All => &[Self::All],
        }
    }

    /// The hours before `hour_ms` that are like it.
    fn hours(self, hour_ms: u64) -> Vec<u64> {
        let (step, count) = match self {
            Self::Weekly => (WEEK_MS, WEEKS),
            Self::Daily => (DAY_MS, DAYS),
            Self::All => (HOUR_MS, ALL_DAYS * 24),
        };
        (1..=count).filter_map(|n| hour_ms.checked_sub(n * step)).collect()
    }
}

/// What is usual.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Baseline {
    /// The average.
    pub value: f64,
    /// The standard deviation, at least a twentieth of the average.
    pub deviation: f64,
    /// Hours it was made of.
    pub samples: u64,
}

impl Baseline {
    /// Made of samples; `None` when there are too few.
    #[must_use]
    pub fn of(samples: &[f64]) -> Option<Self> {
        if samples.len() < BASELINE_SAMPLES_MIN {
            return None;
        }
        let mut moments = Moments::default();
        samples.iter().for_each(|sample| moments.add(*sample));
        let value = moments.average_ms();
        let deviation = moments.standard_deviation_ms().max(value.abs() * DEVIATION_SHARE_MIN);
        Some(Self { value, deviation, samples: moments.count })
    }
}

/// A metric's value with its fraction: averages are sums divided by counts, numbers per minute by minutes.
#[must_use]
pub fn exact(leaf: Leaf, value: &MetricValue) -> f64 {
    let (sum, by) = match leaf {
        Leaf::AverageResponseTime => (value.sum, value.count),
        Leaf::CallsPerMinute | Leaf::ErrorsPerMinute => (value.sum, value.occurrences),
        _ => return value.value as f64,
    };
    if by == 0 { value.value as f64 } else { sum as f64 / by as f64 }
}

/// Baselines by the path of their metric.
pub type ByPath = HashMap<MetricPath, Baseline>;

type CacheKey = (String, AppId, String, Trend, u64);

/// Baselines that were computed: they change once an hour.
#[derive(Default, Debug)]
pub struct BaselineCache {
    known: Mutex<HashMap<CacheKey, Arc<ByPath>>>,
}

impl BaselineCache {
    /// The baselines for the hour of `at_ms` of all metrics that `pattern` matches.
    ///
    /// # Errors
    /// When the pattern matches too much or the store cannot be read.
    pub fn at(
        &self,
        scope: Scope<'_>,
        tree: &MetricTree,
        pattern: &[Part],
        trend: Trend,
        at_ms: u64,
    ) -> Result<Arc<ByPath>, MetricDataError> {
        let hour_ms = at_ms - at_ms % HOUR_MS;
        let key = (scope.account.to_owned(), scope.app_id, format!("{pattern:?}"), trend, hour_ms);
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(known));
        }
        let fresh = Arc::new(compute(scope, tree, pattern, trend, hour_ms)?);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(.., hour), _| hour.saturating_add(HOUR_MS) >= hour_ms);
        if known.len() >= BASELINES_REMEMBERED_MAX {
            known.clear();
        }
        known.insert(key, Arc::clone(&fresh));
        Ok(fresh)
    }
}

/// The baselines for one hour of all metrics that a pattern matches.
fn compute(
    scope: Scope<'_>,
    tree: &MetricTree,
    pattern: &[Part],
    trend: Trend,
    hour_ms: u64,
) -> Result<ByPath, MetricDataError> {
    let wanted = tree.find(pattern)?.len();
    let mut found = ByPath::new();
    for trend in trend.and_fallbacks() {
        if found.len() >= wanted {
            break;
        }
        let mut samples: HashMap<MetricPath, Vec<f64>> = HashMap::new();
        let mut ask = |range: TimeRange, rollup: bool| -> Result<(), MetricDataError> {
            for series in metric_data_in(Scope { range, ..scope }, tree, pattern, rollup)? {
                let leaf = series.metric.leaf;
                let values = series.values.iter().map(|value| exact(leaf, value));
                samples.entry(series.metric.path).or_default().extend(values);
            }
            Ok(())
        };
        if *trend == Trend::All {
            ask(TimeRange { start_ms: hour_ms.saturating_sub(ALL_DAYS * DAY_MS), end_ms: hour_ms }, false)?;
        } else {
            for start_ms in trend.hours(hour_ms) {
                ask(TimeRange { start_ms, end_ms: start_ms + HOUR_MS }, true)?;
            }
        }
        for (path, samples) in samples {
            if let (false, Some(baseline)) = (found.contains_key(&path), Baseline::of(&samples)) {
                found.insert(path, baseline);
            }
        }
    }
    Ok(found)
}

/// The baseline of one hour of a chart.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct HourBaseline {
    /// The hour's start, milliseconds since 1970.
    pub start_ms: u64,
    /// What was usual; `None` when too little was known.
    pub baseline: Option<Baseline>,
}

/// The baselines of one metric for every hour of the scope's time, at most the last 31 days of it. Nothing known when the
/// path is no metric.
///
/// # Errors
/// When the store cannot be read.
pub fn series(
    scope: Scope<'_>,
    pattern: &[Part],
    trend: Trend,
) -> Result<Vec<HourBaseline>, MetricDataError> {
    let past = Past::of(scope);
    let range = TimeRange { start_ms: past.before_ms, end_ms: scope.range.end_ms };
    let scope = Scope { range, ..scope };
    Ok(past.baselines(&scope_samples(scope, &MetricTree::reaching(scope, pattern)?, pattern)?, trend))
}

/// The baselines of several numbers of a subject (see [`series`]), in the order of `leaves`.
///
/// # Errors
/// When the store cannot be read.
pub fn of_subject(
    scope: Scope<'_>,
    subject: Subject,
    leaves: &[Leaf],
    trend: Trend,
) -> Result<Vec<Vec<HourBaseline>>, MetricDataError> {
    let past = Past::of(scope);
    let entities = scope.entities()?;
    let tree = MetricTree::of(scope)?;
    let range = TimeRange { start_ms: past.before_ms, end_ms: scope.range.end_ms };
    let of_leaf = |leaf: &Leaf| -> Result<Vec<HourBaseline>, MetricDataError> {
        let Some(pattern) = subject.metric_pattern(&entities, *leaf) else {
            return Ok(past.baselines(&BTreeMap::new(), trend));
        };
        let samples = scope_samples(Scope { range, ..scope }, &tree, &pattern)?;
        Ok(past.baselines(&samples, trend))
    };
    leaves.iter().map(of_leaf).collect()
}

/// The values of a metric by the start of their hour.
fn scope_samples(
    scope: Scope<'_>,
    tree: &MetricTree,
    pattern: &[Part],
) -> Result<BTreeMap<u64, f64>, MetricDataError> {
    let mut samples = BTreeMap::new();
    for series in metric_data_in(scope, tree, pattern, false)?.into_iter().take(1) {
        let leaf = series.metric.leaf;
        samples.extend(series.values.iter().map(|value| (value.start_ms, exact(leaf, value))));
    }
    Ok(samples)
}

/// The hours of a chart, and from when on what came before them matters.
struct Past {
    first_ms: u64,
    before_ms: u64,
    end_ms: u64,
}

impl Past {
    fn of(scope: Scope<'_>) -> Self {
        let end_ms = scope.range.end_ms;
        let first = scope.range.start_ms.max(end_ms.saturating_sub(BASELINE_HOURS_MAX * HOUR_MS));
        let first_ms = first - first % HOUR_MS;
        Self { first_ms, before_ms: first_ms.saturating_sub(WEEKS * WEEK_MS), end_ms }
    }

    fn baselines(&self, samples: &BTreeMap<u64, f64>, trend: Trend) -> Vec<HourBaseline> {
        let of_hour = |hour_ms: u64| {
            trend.and_fallbacks().iter().find_map(|trend| {
                let alike: Vec<f64> =
                    trend.hours(hour_ms).iter().filter_map(|hour| samples.get(hour)).copied().collect();
                Baseline::of(&alike)
            })
        };
        let hours = (0..BASELINE_HOURS_MAX + 1).map(|n| self.first_ms + n * HOUR_MS);
        let hours = hours.take_while(|hour| *hour < self.end_ms);
        hours.map(|start_ms| HourBaseline { start_ms, baseline: of_hour(start_ms) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn average_and_deviation_of_at_least_four_hours() {
        assert_eq!(Baseline::of(&[1.0, 2.0, 3.0]), None);
        let usual = Baseline::of(&[90.0, 110.0, 90.0, 110.0]).unwrap();
        assert_eq!((usual.value, usual.deviation, usual.samples), (100.0, 10.0, 4));
        assert_eq!(Baseline::of(&[100.0; 4]).unwrap().deviation, 5.0, "never less than a twentieth");
        assert_eq!(Baseline::of(&[0.0; 4]).unwrap().deviation, 0.0);
    }

    #[test]
    fn hours_that_are_alike() {
        let hour = 400 * DAY_MS;
        assert_eq!(Trend::Weekly.hours(hour).first(), Some(&(393 * DAY_MS)));
        assert_eq!(Trend::Weekly.hours(hour).len(), 13);
        assert_eq!(Trend::Daily.hours(hour).last(), Some(&(370 * DAY_MS)));
        assert!(Trend::Weekly.hours(0).is_empty(), "nothing is before 1970");
        assert_eq!(Trend::of("Daily Trend - Last 30 days"), Trend::Daily);
        assert_eq!(Trend::of("Default Baseline"), Trend::Weekly);
    }
}
