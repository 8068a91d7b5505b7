//! Metric data with the semantics clients rely on (facts/controller-api 3.3). All numbers are integers.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use tierline_model::{Histogram, Incarnation, NodeId, VerdictCounts};
use tierline_store::{
    Dimension, Dimensions, LedgerRecord, MetricFamily, MetricFilter, MetricRow, Step, StoreError, TimeRange,
};

use crate::errors;
use crate::limits::{METRIC_ROWS_FINE_MAX, ONE_MINUTE_RANGE_MINUTES_MAX, TEN_MINUTE_RANGE_MINUTES_MAX};
use crate::metric_path::Part;
use crate::metric_tree::{Key, Leaf, Metric, MetricTree, TooManyMetrics};
use crate::scope::{Question, Scope};

const MINUTE_MS: u64 = 60_000;

/// The length of one point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Frequency {
    /// One minute.
    OneMinute,
    /// Ten minutes.
    TenMinutes,
    /// An hour.
    SixtyMinutes,
}

impl Frequency {
    /// The frequency for a range: one minute up to a day, ten up to two, else an hour.
    #[must_use]
    pub fn of(range: TimeRange) -> Self {
        let minutes = range.end_ms.saturating_sub(range.start_ms) / MINUTE_MS;
        if minutes <= ONE_MINUTE_RANGE_MINUTES_MAX {
            Self::OneMinute
        } else if minutes <= TEN_MINUTE_RANGE_MINUTES_MAX {
            Self::TenMinutes
        } else {
            Self::SixtyMinutes
        }
    }

    /// The name in the REST API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneMinute => "ONE_MIN",
            Self::TenMinutes => "TEN_MIN",
            Self::SixtyMinutes => "SIXTY_MIN",
        }
    }

    /// Its length.
    #[must_use]
    pub const fn minutes(self) -> u32 {
        match self {
            Self::OneMinute => 1,
            Self::TenMinutes => 10,
            Self::SixtyMinutes => 60,
        }
    }
}

/// One record of the answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetricSeries {
    /// The metric.
    pub metric: Metric,
    /// A number that stands for the path.
    pub id: u64,
    /// The length of a point.
    pub frequency: Frequency,
    /// The points; empty when the metric is known but has no data in the range.
    pub values: Vec<MetricValue>,
}

/// One point.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MetricValue {
    /// Start of the point, milliseconds since 1970.
    pub start_ms: u64,
    /// Minutes that had data.
    pub occurrences: u64,
    /// The value of the last minute.
    pub current: u64,
    /// Smallest observation.
    pub min: u64,
    /// Largest observation.
    pub max: u64,
    /// Whether minimum and maximum are of single calls.
    pub use_range: bool,
    /// What `sum` is to be divided by.
    pub count: u64,
    /// The sum.
    pub sum: u64,
    /// The value.
    pub value: u64,
}

/// Why metric data cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum MetricDataError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The pattern.
    #[error(transparent)]
    TooMany(#[from] TooManyMetrics),
}

/// The data of all metrics `pattern` matches; with `rollup` one point over the whole range.
///
/// # Errors
/// When the pattern matches too much or the store cannot be read.
pub fn metric_data(
    scope: Scope<'_>,
    pattern: &[Part],
    rollup: bool,
) -> Result<Vec<MetricSeries>, MetricDataError> {
    metric_data_in(scope, &MetricTree::reaching(scope, pattern)?, pattern, rollup)
}

/// The same with a tree that is there already; it may be of another time.
///
/// # Errors
/// When the pattern matches too much or the store cannot be read.
pub fn metric_data_in(
    scope: Scope<'_>,
    tree: &MetricTree,
    pattern: &[Part],
    rollup: bool,
) -> Result<Vec<MetricSeries>, MetricDataError> {
    let metrics = tree.find(pattern)?;
    let frequency = Frequency::of(scope.range);
    let mut groups: BTreeMap<Shape, Vec<usize>> = BTreeMap::new();
    for (index, metric) in metrics.iter().enumerate() {
        groups.entry(Shape::of(metric)).or_default().push(index);
    }
    let mut values: Vec<Vec<MetricValue>> = vec![Vec::new(); metrics.len()];
    for (shape, indexes) in groups {
        let members: Vec<&Metric> = indexes.iter().filter_map(|index| metrics.get(*index)).collect();
        let rows = Rows::fetch(scope, tree, shape, &members, frequency, rollup)?;
        for (index, metric) in indexes.iter().zip(members) {
            if let Some(slot) = values.get_mut(*index) {
                *slot = rows.values(scope.range, metric, frequency, rollup);
            }
        }
    }
    Ok(metrics
        .into_iter()
        .zip(values)
        .map(|(metric, values)| {
            let id = tierline_model::id::id_of("metric", &[&metric.path.to_string()]);
            MetricSeries { metric, id, frequency, values }
        })
        .collect())
}

/// Sources of one shape are answered by one question to the store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    /// 0 the reports, 1 segments, 2 exits, 3 kept executions with errors.
    family: u8,
    /// Which number of the reports.
    of_reports: Option<Leaf>,
    originating: Option<bool>,
    tier: bool,
    node: bool,
    bt: bool,
    backend: bool,
}

impl Shape {
    fn of(metric: &Metric) -> Self {
        let source = &metric.source;
        let key = source.keys.first().copied().unwrap_or_default();
        Self {
            family: match source.family {
                None if key.error.is_some() => 3,
                None => 0,
                Some(MetricFamily::Segments) => 1,
                Some(MetricFamily::Exits) => 2,
            },
            of_reports: (source.family.is_none() && key.error.is_none()).then_some(metric.leaf),
            originating: source.originating,
            tier: key.tier.is_some(),
            node: key.node.is_some(),
            bt: key.bt.is_some(),
            backend: key.backend.is_some(),
        }
    }

    fn key(self, row: &MetricRow) -> Key {
        Key {
            tier: row.tier_id.filter(|_| self.tier),
            node: row.node_id.filter(|_| self.node),
            bt: row.bt_id.filter(|_| self.bt),
            backend: row.backend_id.filter(|_| self.backend),
            error: None,
        }
    }
}

/// The rows of one shape, by key.
struct Rows {
    by_key: HashMap<Key, Vec<MetricRow>>,
    /// Whether every row is one node's minute.
    fine: bool,
}

impl Rows {
    fn fetch(
        scope: Scope<'_>,
        tree: &MetricTree,
        shape: Shape,
        metrics: &[&Metric],
        frequency: Frequency,
        rollup: bool,
    ) -> Result<Self, StoreError> {
        let keys: HashSet<Key> = metrics.iter().flat_map(|m| m.source.keys.iter().copied()).collect();
        if let Some(leaf) = shape.of_reports {
            let ledgers = scope.store.ledgers(scope.account, scope.app_id, scope.range)?;
            return Ok(Self { by_key: of_reports(tree, &keys, &ledgers, leaf), fine: true });
        }
        if shape.family == 3 {
            return Ok(Self { by_key: errors::rows(scope, &keys)?, fine: true });
        }
        let minutes = scope.range.end_ms.saturating_sub(scope.range.start_ms) / MINUTE_MS + 1;
        let nodes = if shape.node { 1 } else { tree.nodes().max(1) as u64 };
        let fine = minutes.saturating_mul(keys.len() as u64).saturating_mul(nodes) <= METRIC_ROWS_FINE_MAX;
        let mut question = shape.question(&keys, fine);
        question.step = match (fine, rollup) {
            (true, _) => Step::Minutes(1),
            (false, false) => Step::Minutes(frequency.minutes()),
            (false, true) => Step::Whole,
        };
        question.with_histogram = metrics.iter().any(|metric| metric.leaf == Leaf::Percentile95);
        let mut by_key: HashMap<Key, Vec<MetricRow>> = HashMap::new();
        for row in scope.ask(question)?.into_iter().filter(|row| row.count > 0) {
            let key = shape.key(&row);
            if keys.contains(&key) {
                by_key.entry(key).or_default().push(row);
            }
        }
        Ok(Self { by_key, fine })
    }

    fn values(
        &self,
        range: TimeRange,
        metric: &Metric,
        frequency: Frequency,
        rollup: bool,
    ) -> Vec<MetricValue> {
        let step_ms = u64::from(frequency.minutes()) * MINUTE_MS;
        let whole_ms = range.start_ms - range.start_ms % MINUTE_MS;
        let mut points: BTreeMap<u64, Vec<&MetricRow>> = BTreeMap::new();
        for row in metric.source.keys.iter().filter_map(|key| self.by_key.get(key)).flatten() {
            let start_ms = if rollup { whole_ms } else { row.start_ms - row.start_ms % step_ms };
            points.entry(start_ms).or_default().push(row);
        }
        points.into_iter().map(|(start_ms, rows)| self.point(start_ms, metric.leaf, &rows)).collect()
    }

    fn point(&self, start_ms: u64, leaf: Leaf, rows: &[&MetricRow]) -> MetricValue {
        let distinct: BTreeSet<u64> = rows.iter().map(|row| row.start_ms).collect();
        let occurrences = if self.fine {
            distinct.len() as u64
        } else {
            rows.iter().map(|row| u64::from(row.minutes)).max().unwrap_or(0)
        };
        let last_ms = distinct.last().copied().unwrap_or(start_ms);
        let last: Vec<&MetricRow> = rows.iter().filter(|row| row.start_ms == last_ms).copied().collect();
        let point = Point { start_ms, occurrences, rows, last: &last };
        match leaf {
            Leaf::AverageResponseTime => point.average(),
            Leaf::Percentile95 => point.percentile(0.95),
            Leaf::CallsPerMinute | Leaf::Availability => point.per_minute(|row| row.count),
            Leaf::ErrorsPerMinute => point.per_minute(|row| row.verdicts.error),
            Leaf::SlowCalls => point.total(|row| row.verdicts.slow),
            Leaf::VerySlowCalls => point.total(|row| row.verdicts.very_slow),
            Leaf::Stalls => point.total(|row| row.verdicts.stall),
            Leaf::ProcessCpu | Leaf::ProcessMemory | Leaf::ProcessThreads => point.gauge(),
        }
    }
}

impl Shape {
    fn question(self, keys: &HashSet<Key>, fine: bool) -> Question {
        let mut dimensions = Vec::new();
        let wanted = [
            (self.tier, Dimension::Tier),
            (self.node || fine, Dimension::Node),
            (self.bt, Dimension::Bt),
            (self.backend, Dimension::Backend),
        ];
        dimensions.extend(wanted.into_iter().filter_map(|(want, dimension)| want.then_some(dimension)));
        let question = if self.family == 2 { Question::exits() } else { Question::segments() };
        let filter = MetricFilter {
            tier_id: common(keys, |key| key.tier),
            node_id: common(keys, |key| key.node),
            bt_id: common(keys, |key| key.bt),
            backend_id: common(keys, |key| key.backend),
            originating: self.originating,
        };
        Question { group_by: Dimensions::of(&dimensions), ..question.only(filter) }
    }
}

/// The value all keys have, so that the store need not read what nobody asked for.
fn common<T: PartialEq + Copy>(keys: &HashSet<Key>, field: impl Fn(&Key) -> Option<T>) -> Option<T> {
    let mut values = keys.iter().map(field);
    let first = values.next()??;
    values.all(|value| value == Some(first)).then_some(first)
}

/// What reports say of themselves: a node that reported for a minute was available in it, and its processes used
/// processor and memory. The row's count is that number.
fn of_reports(
    tree: &MetricTree,
    keys: &HashSet<Key>,
    ledgers: &[LedgerRecord],
    leaf: Leaf,
) -> HashMap<Key, Vec<MetricRow>> {
    let mut minutes: BTreeMap<(u64, NodeId), f64> = BTreeMap::new();
    // Of several reports of a process in one minute the last says what it holds.
    let mut held: HashMap<(u64, NodeId, Incarnation), f64> = HashMap::new();
    for record in ledgers {
        let runtime = &record.runtime;
        let minute = (record.start_ms - record.start_ms % MINUTE_MS, record.node_id);
        let now = match leaf {
            // Services that report through other SDKs say nothing of their process.
            Leaf::ProcessCpu | Leaf::ProcessMemory | Leaf::ProcessThreads
                if runtime.process_memory_bytes == 0 =>
            {
                continue;
            }
            Leaf::ProcessCpu => {
                *minutes.entry(minute).or_default() += runtime.process_cpu_ms * 100.0 / MINUTE_MS as f64;
                continue;
            }
            Leaf::ProcessMemory => runtime.process_memory_bytes as f64 / f64::from(1 << 20),
            Leaf::ProcessThreads => runtime.threads as f64,
            _ => {
                minutes.insert(minute, 1.0);
                continue;
            }
        };
        let before = held.insert((minute.0, minute.1, record.incarnation), now).unwrap_or(0.0);
        *minutes.entry(minute).or_default() += now - before;
    }
    let rows_of = |nodes: &[NodeId]| -> Vec<MetricRow> {
        let of_nodes = minutes.iter().filter(|((_, node), _)| nodes.contains(node));
        let row = |((minute, node), value): (&(u64, NodeId), &f64)| MetricRow {
            count: value.round().max(0.0) as u64,
            ..reported(*minute, *node)
        };
        of_nodes.map(row).collect()
    };
    keys.iter()
        .map(|key| {
            let nodes = match (key.node, key.tier) {
                (Some(node), _) => vec![node],
                (None, Some(tier)) => tree.node_ids(tier),
                (None, None) => Vec::new(),
            };
            (*key, rows_of(&nodes))
        })
        .collect()
}

/// A row of one node's minute in which nothing is counted yet but itself.
pub(crate) fn reported(start_ms: u64, node: NodeId) -> MetricRow {
    MetricRow {
        start_ms,
        tier_id: None,
        node_id: Some(node),
        bt_id: None,
        backend_id: None,
        caller_tier_id: None,
        originating: None,
        count: 1,
        sum_ns: 0,
        min_ns: 0,
        max_ns: 0,
        verdicts: VerdictCounts::default(),
        minutes: 1,
        nodes: 1,
        histogram: None,
    }
}

/// The rows of one point.
struct Point<'a> {
    start_ms: u64,
    occurrences: u64,
    rows: &'a [&'a MetricRow],
    last: &'a [&'a MetricRow],
}

impl Point<'_> {
    fn empty(&self) -> MetricValue {
        MetricValue { start_ms: self.start_ms, occurrences: self.occurrences, ..MetricValue::default() }
    }

    /// Count is calls, sum their milliseconds.
    fn average(&self) -> MetricValue {
        let calls = sum(self.rows, |row| row.count);
        let sum_ns = sum(self.rows, |row| row.sum_ns);
        MetricValue {
            current: ms(divide(sum(self.last, |row| row.sum_ns), sum(self.last, |row| row.count))),
            min: ms(self.rows.iter().map(|row| row.min_ns).min().unwrap_or(0)),
            max: ms(self.rows.iter().map(|row| row.max_ns).max().unwrap_or(0)),
            use_range: true,
            count: calls,
            sum: ms(sum_ns),
            value: ms(divide(sum_ns, calls)),
            ..self.empty()
        }
    }

    /// A percentile cannot be added up; sum is what count times value makes, for clients that divide.
    fn percentile(&self, q: f64) -> MetricValue {
        let of = |rows: &[&MetricRow]| {
            let mut all = Histogram::new();
            rows.iter().filter_map(|row| row.histogram.as_ref()).for_each(|h| all.merge(h));
            ms(all.quantile_ns(q).unwrap_or(0))
        };
        let value = of(self.rows);
        let count = sum(self.rows, |row| row.count);
        MetricValue {
            current: of(self.last),
            count,
            sum: value.saturating_mul(count),
            value,
            use_range: true,
            ..self.average()
        }
    }

    /// Calls of a minute are the sum over nodes; over several minutes their average.
    fn per_minute(&self, observe: impl Fn(&MetricRow) -> u64) -> MetricValue {
        let total = sum(self.rows, &observe);
        let one_minute = self.occurrences <= 1;
        let nodes = self.rows.iter().filter_map(|row| row.node_id).collect::<BTreeSet<_>>().len() as u64;
        let nodes = nodes.max(self.rows.iter().map(|row| u64::from(row.nodes)).max().unwrap_or(1));
        MetricValue {
            count: if one_minute { nodes } else { self.occurrences },
            value: if one_minute { total } else { divide(total, self.occurrences) },
            ..self.counted(total, &observe)
        }
    }

    /// A number of calls adds up over time.
    fn total(&self, observe: impl Fn(&MetricRow) -> u64) -> MetricValue {
        let total = sum(self.rows, &observe);
        MetricValue { count: self.occurrences, value: total, ..self.counted(total, &observe) }
    }

    /// What every node holds at one time: the average over nodes and minutes.
    fn gauge(&self) -> MetricValue {
        let total = sum(self.rows, |row| row.count);
        let count = self.rows.len() as u64;
        let current = divide(sum(self.last, |row| row.count), self.last.len() as u64);
        MetricValue {
            count,
            value: divide(total, count),
            current,
            use_range: true,
            ..self.counted(total, |row| row.count)
        }
    }

    fn counted(&self, total: u64, observe: impl Fn(&MetricRow) -> u64) -> MetricValue {
        // Several keys may share a node's minute (BTs of one name); observations are per node and minute.
        let mut observations: HashMap<(u64, Option<NodeId>), u64> = HashMap::new();
        for row in self.rows {
            *observations.entry((row.start_ms, row.node_id)).or_default() += observe(row);
        }
        MetricValue {
            current: sum(self.last, &observe),
            min: observations.values().min().copied().unwrap_or(0),
            max: observations.values().max().copied().unwrap_or(0),
            sum: total,
            ..self.empty()
        }
    }
}

fn sum(rows: &[&MetricRow], of: impl Fn(&MetricRow) -> u64) -> u64 {
    rows.iter().fold(0, |sum, row| sum.saturating_add(of(row)))
}

/// Rounded to the nearest; 0 when there is nothing to divide by.
fn divide(value: u64, by: u64) -> u64 {
    value.saturating_add(by / 2).checked_div(by).unwrap_or(0)
}

/// Nanoseconds as whole milliseconds, rounded to the nearest.
fn ms(ns: u64) -> u64 {
    divide(ns, 1_000_000)
}

#[cfg(test)]
#[path = "metric_data/tests.rs"]
mod tests;
