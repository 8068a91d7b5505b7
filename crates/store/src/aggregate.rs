//! Adding up points: grouping by dimensions and steps, exactly, in integers.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

use tierline_model::{AppId, BackendId, BtId, Histogram, NodeId, TierId, VerdictCounts};

use crate::block::sketches::Wanted;
use crate::block::{ExitPoint, Numbers, SegmentPoint};
use crate::limits::METRIC_ROWS_MAX;
use crate::query::{Dimension, MetricFamily, MetricQuery, MetricRow, Step};
use crate::{StoreError, TimeRange};

/// Milliseconds of a minute.
pub const MINUTE_MS: u64 = 60_000;

/// Who reported.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Source {
    /// The application.
    pub app_id: AppId,
    /// The tier.
    pub tier_id: TierId,
    /// The node.
    pub node_id: NodeId,
}

/// `range` widened to whole minutes: first minute, and first minute behind.
#[must_use]
pub const fn whole_minutes(range: TimeRange) -> (u64, u64) {
    (range.start_ms / MINUTE_MS, range.end_ms.div_ceil(MINUTE_MS))
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
struct Key {
    start_ms: u64,
    tier_id: Option<TierId>,
    node_id: Option<NodeId>,
    bt_id: Option<BtId>,
    backend_id: Option<BackendId>,
    caller_tier_id: Option<TierId>,
    originating: Option<bool>,
}

#[derive(Default)]
struct Group {
    count: u64,
    sum_ns: u64,
    min_ns: u64,
    max_ns: u64,
    verdicts: VerdictCounts,
    /// The hour counted last and its minutes.
    hour: Option<(u64, u64)>,
    /// The others, by hour.
    hours: Vec<(u64, u64)>,
    nodes: Vec<NodeId>,
    histogram: Option<Histogram>,
}

impl Group {
    /// Counts minutes of an hour, each once.
    fn count_minutes(&mut self, hour: u64, minutes: u64) {
        match &mut self.hour {
            Some((last, all)) if *last == hour => *all |= minutes,
            last => {
                let before = last.replace((hour, minutes));
                if let Some(before) = before {
                    match self.hours.binary_search_by_key(&before.0, |(hour, _)| *hour) {
                        Ok(position) => self.hours[position].1 |= before.1,
                        Err(position) => self.hours.insert(position, before),
                    }
                }
            }
        }
    }

    /// Adds what another group counted.
    fn add(&mut self, other: &Self, with_histogram: bool) {
        if other.count > 0 {
            self.min_ns = if self.count == 0 { other.min_ns } else { self.min_ns.min(other.min_ns) };
            self.max_ns = self.max_ns.max(other.max_ns);
        }
        self.count = self.count.saturating_add(other.count);
        self.sum_ns = self.sum_ns.saturating_add(other.sum_ns);
        self.verdicts += other.verdicts;
        for (hour, minutes) in other.hours.iter().chain(&other.hour) {
            self.count_minutes(*hour, *minutes);
        }
        if self.nodes != other.nodes {
            for node_id in &other.nodes {
                if let Err(position) = self.nodes.binary_search(node_id) {
                    self.nodes.insert(position, *node_id);
                }
            }
        }
        if with_histogram {
            let merged = self.histogram.get_or_insert_default();
            if let Some(histogram) = &other.histogram {
                merged.merge(histogram);
            }
        }
    }

    /// Bytes it takes, about.
    fn bytes(&self) -> usize {
        size_of::<(Key, Self)>()
            + self.nodes.len() * size_of::<NodeId>()
            + self.hours.len() * size_of::<(u64, u64)>()
            + self.histogram.as_ref().map_or(0, |histogram| size_of_val(histogram.buckets()))
    }

    fn minutes(&self) -> u32 {
        let mut last = self.hour;
        let mut minutes = 0u32;
        for (hour, all) in &self.hours {
            let more = match last {
                Some((same, more)) if same == *hour => {
                    last = None;
                    more
                }
                _ => 0,
            };
            minutes = minutes.saturating_add((all | more).count_ones());
        }
        minutes.saturating_add(last.map_or(0, |(_, all)| all.count_ones()))
    }
}

/// When the points of a block happened.
#[derive(Clone, Copy)]
pub enum Times<'t> {
    /// All in this minute since 1970.
    Minute(u64),
    /// All in the window that starts at this minute since 1970, in these minutes of its hour. Segments first.
    Window(u64, &'t [u64]),
    /// Each in its own minute since 1970, segments first; those outside of `[from, to)` do not count.
    Minutes {
        /// Per point.
        minutes: &'t [u64],
        /// The first minute that counts.
        from: u64,
        /// The first one behind that does not.
        to: u64,
    },
}

impl Times<'_> {
    /// The minute a point's window starts at, and its minutes within the hour.
    fn of(self, index: usize) -> Option<(u64, u64)> {
        match self {
            Self::Minute(minute) => Some((minute, 1 << (minute % 60))),
            Self::Window(start, minutes) => Some((start, *minutes.get(index)?)),
            Self::Minutes { minutes, from, to } => {
                let minute = *minutes.get(index)?;
                (from..to).contains(&minute).then_some((minute, 1 << (minute % 60)))
            }
        }
    }
}

fn matches_segment(query: &MetricQuery, point: &SegmentPoint) -> bool {
    let filter = &query.filter;
    filter.bt_id.is_none_or(|id| id == point.bt_id)
        && filter.originating.is_none_or(|wanted| wanted == point.originating)
        && filter.backend_id.is_none_or(|id| point.caller.and_then(|c| c.backend_id) == Some(id))
}

fn matches_exit(query: &MetricQuery, point: &ExitPoint) -> bool {
    let filter = &query.filter;
    filter.bt_id.is_none_or(|id| id == point.bt_id)
        && filter.backend_id.is_none_or(|id| id == point.backend_id)
}

/// Keys are ids, which are hashes already: folding them is enough. Seeded, so that nobody can choose names whose
/// ids collide here.
#[derive(Clone)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.write_u64(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let product = u128::from(self.0 ^ value) * u128::from(0x9e37_79b9_7f4a_7c15_u64);
        self.0 = (product as u64) ^ (product >> 64) as u64;
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[derive(Clone)]
pub(crate) struct KeySeed(u64);

impl Default for KeySeed {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0) | 1)
    }
}

impl BuildHasher for KeySeed {
    type Hasher = KeyHasher;

    fn build_hasher(&self) -> KeyHasher {
        KeyHasher(self.0)
    }
}

/// What was added up of one window that is one step of an answer at most.
pub struct Part {
    groups: Vec<(Key, Group)>,
    bytes: usize,
}

impl Part {
    /// Bytes it takes, about.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Adds up points for one question, in any order.
pub struct Aggregation<'q> {
    query: &'q MetricQuery,
    step_ms: Option<u64>,
    groups: HashMap<Key, Group, KeySeed>,
}

impl<'q> Aggregation<'q> {
    /// Nothing added yet.
    #[must_use]
    pub fn new(query: &'q MetricQuery) -> Self {
        let step_ms = match query.step {
            Step::Whole => None,
            Step::Minutes(minutes) => Some(u64::from(minutes.max(1)) * MINUTE_MS),
        };
        Self { query, step_ms, groups: HashMap::default() }
    }

    /// Adds the points of a block. `sketches` unpacks the wanted histograms; it is only called when the question
    /// asks for histograms and something in the block counts.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] when there are more rows than one answer may have; what `sketches` answers.
    pub fn add(
        &mut self,
        source: Source,
        times: Times<'_>,
        numbers: &Numbers,
        sketches: &dyn Fn(Wanted<'_>) -> Result<Vec<Histogram>, StoreError>,
    ) -> Result<(), StoreError> {
        if !self.wants(source) {
            return Ok(());
        }
        match self.query.family {
            MetricFamily::Segments => self.add_segments(source, times, numbers, sketches),
            MetricFamily::Exits => self.add_exits(source, times, numbers, sketches),
        }
    }

    /// Whether anything of a source can count.
    #[must_use]
    pub fn wants(&self, source: Source) -> bool {
        let filter = &self.query.filter;
        filter.tier_id.is_none_or(|id| id == source.tier_id)
            && filter.node_id.is_none_or(|id| id == source.node_id)
    }

    fn add_segments(
        &mut self,
        source: Source,
        times: Times<'_>,
        numbers: &Numbers,
        sketches: &dyn Fn(Wanted<'_>) -> Result<Vec<Histogram>, StoreError>,
    ) -> Result<(), StoreError> {
        let query = self.query;
        let wanted =
            |index: usize, point: &SegmentPoint| matches_segment(query, point) && times.of(index).is_some();
        let mut histograms = Vec::new();
        if query.with_histogram && numbers.segments.iter().enumerate().any(|(i, point)| wanted(i, point)) {
            histograms = sketches(Wanted::Segments(&wanted))?;
        }
        for (index, point) in numbers.segments.iter().enumerate() {
            let Some((minute, minutes)) = times.of(index).filter(|_| matches_segment(query, point)) else {
                continue;
            };
            let key = self.segment_key(source, minute, point);
            let totals = [point.count, point.sum_ns, point.min_ns, point.max_ns];
            let when = (minute / 60, minutes);
            self.count(key, source.node_id, when, totals, point.verdicts, histograms.get(index))?;
        }
        Ok(())
    }

    fn add_exits(
        &mut self,
        source: Source,
        times: Times<'_>,
        numbers: &Numbers,
        sketches: &dyn Fn(Wanted<'_>) -> Result<Vec<Histogram>, StoreError>,
    ) -> Result<(), StoreError> {
        let (query, before) = (self.query, numbers.segments.len());
        let wanted = |index: usize, point: &ExitPoint| {
            matches_exit(query, point) && times.of(before + index).is_some()
        };
        let mut histograms = Vec::new();
        if query.with_histogram && numbers.exits.iter().enumerate().any(|(i, point)| wanted(i, point)) {
            histograms = sketches(Wanted::Exits(&wanted))?;
        }
        for (index, point) in numbers.exits.iter().enumerate() {
            let Some((minute, minutes)) = times.of(before + index).filter(|_| matches_exit(query, point))
            else {
                continue;
            };
            let key = self.exit_key(source, minute, point);
            let totals = [point.count, point.sum_ns, point.min_ns, point.max_ns];
            let normal = point.count.saturating_sub(point.errors);
            let verdicts = VerdictCounts { normal, error: point.errors, ..VerdictCounts::default() };
            let when = (minute / 60, minutes);
            self.count(key, source.node_id, when, totals, verdicts, histograms.get(index))?;
        }
        Ok(())
    }

    fn common_key(&self, source: Source, minute: u64) -> Key {
        let by = self.query.group_by;
        Key {
            start_ms: self.start_ms(minute),
            tier_id: by.contains(Dimension::Tier).then_some(source.tier_id),
            node_id: by.contains(Dimension::Node).then_some(source.node_id),
            ..Key::default()
        }
    }

    fn segment_key(&self, source: Source, minute: u64, point: &SegmentPoint) -> Key {
        let by = self.query.group_by;
        let mut key = self.common_key(source, minute);
        key.bt_id = by.contains(Dimension::Bt).then_some(point.bt_id);
        if let Some(caller) = point.caller {
            key.backend_id = caller.backend_id.filter(|_| by.contains(Dimension::Backend));
            key.caller_tier_id = by.contains(Dimension::CallerTier).then_some(caller.tier_id);
        }
        key.originating = by.contains(Dimension::Originating).then_some(point.originating);
        key
    }

    fn exit_key(&self, source: Source, minute: u64, point: &ExitPoint) -> Key {
        let by = self.query.group_by;
        let mut key = self.common_key(source, minute);
        key.bt_id = by.contains(Dimension::Bt).then_some(point.bt_id);
        key.backend_id = by.contains(Dimension::Backend).then_some(point.backend_id);
        key
    }

    fn count(
        &mut self,
        key: Key,
        node_id: NodeId,
        (hour, minutes): (u64, u64),
        [count, sum_ns, min_ns, max_ns]: [u64; 4],
        verdicts: VerdictCounts,
        histogram: Option<&Histogram>,
    ) -> Result<(), StoreError> {
        if self.groups.len() >= METRIC_ROWS_MAX && !self.groups.contains_key(&key) {
            return Err(StoreError::TooLarge { what: "rows of numbers", limit: METRIC_ROWS_MAX });
        }
        let group = self.groups.entry(key).or_default();
        if count > 0 {
            group.min_ns = if group.count == 0 { min_ns } else { group.min_ns.min(min_ns) };
            group.max_ns = group.max_ns.max(max_ns);
        }
        group.count = group.count.saturating_add(count);
        group.sum_ns = group.sum_ns.saturating_add(sum_ns);
        group.verdicts += verdicts;
        group.count_minutes(hour, minutes);
        if let Err(position) = group.nodes.binary_search(&node_id) {
            group.nodes.insert(position, node_id);
        }
        if self.query.with_histogram {
            let merged = group.histogram.get_or_insert_default();
            if let Some(histogram) = histogram {
                merged.merge(histogram);
            }
        }
        Ok(())
    }

    /// Everything added so far, to be added to other questions that differ in range and step only.
    #[must_use]
    pub fn into_part(self) -> Part {
        let groups: Vec<(Key, Group)> = self.groups.into_iter().collect();
        let bytes = size_of::<Part>() + groups.iter().map(|(_, group)| group.bytes()).sum::<usize>();
        Part { groups, bytes }
    }

    /// Adds a part whose window starts at this minute since 1970.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] when there are more rows than one answer may have.
    pub fn add_part(&mut self, part: &Part, minute: u64) -> Result<(), StoreError> {
        let start_ms = self.start_ms(minute);
        for (key, group) in &part.groups {
            let key = Key { start_ms, ..*key };
            if self.groups.len() >= METRIC_ROWS_MAX && !self.groups.contains_key(&key) {
                return Err(StoreError::TooLarge { what: "rows of numbers", limit: METRIC_ROWS_MAX });
            }
            self.groups.entry(key).or_default().add(group, self.query.with_histogram);
        }
        Ok(())
    }

    /// Where the row of a minute starts.
    fn start_ms(&self, minute: u64) -> u64 {
        match self.step_ms {
            None => self.query.range.start_ms,
            Some(step_ms) => minute * MINUTE_MS / step_ms * step_ms,
        }
    }

    /// The rows, by start and then by the dimensions.
    #[must_use]
    pub fn finish(self) -> Vec<MetricRow> {
        let mut groups: Vec<(Key, Group)> = self.groups.into_iter().collect();
        groups.sort_unstable_by_key(|(key, _)| *key);
        groups
            .into_iter()
            .map(|(key, group)| MetricRow {
                start_ms: key.start_ms,
                tier_id: key.tier_id,
                node_id: key.node_id,
                bt_id: key.bt_id,
                backend_id: key.backend_id,
                caller_tier_id: key.caller_tier_id,
                originating: key.originating,
                count: group.count,
                sum_ns: group.sum_ns,
                min_ns: group.min_ns,
                max_ns: group.max_ns,
                verdicts: group.verdicts,
                minutes: group.minutes(),
                nodes: u32::try_from(group.nodes.len()).unwrap_or(u32::MAX),
                histogram: group.histogram,
            })
            .collect()
    }
}
