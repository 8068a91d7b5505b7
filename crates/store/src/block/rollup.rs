//! The numbers of one node over several minutes: one point per series, and which minutes it had.
//!
//! The histograms of the same points in the same order are a block of [`super::sketches`].

use std::collections::BTreeMap;

use tierline_model::interval::Caller;
use tierline_model::{AppId, BackendId, BtId, Histogram};

use super::bytes::{Reader, Writer};
use super::compress::Effort;
use super::numbers::{read_content, write_content};
use super::{BlockError, ExitPoint, Numbers, SegmentPoint, compress};

/// The version written.
pub const VERSION: u8 = 1;

/// Points and their minutes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rollup {
    /// One point per series.
    pub numbers: Numbers,
    /// Per point, segments first: bit `n` says that there was something in minute `n` of the hour.
    pub minutes: Vec<u64>,
}

/// Packs points and their minutes.
///
/// # Errors
/// [`BlockError::TooLarge`] when they do not fit into a block.
pub fn encode(rollup: &Rollup) -> Result<Vec<u8>, BlockError> {
    let mut content = Writer::default();
    write_content(&mut content, &rollup.numbers);
    for minutes in &rollup.minutes {
        content.varint(*minutes);
    }
    compress::seal(VERSION, &content.into_bytes(), Effort::Thorough)
}

/// Unpacks them.
///
/// # Errors
/// When the bytes are not what [`encode`] makes.
pub fn decode(bytes: &[u8]) -> Result<Rollup, BlockError> {
    let (_, content) = compress::open(bytes, VERSION)?;
    let mut from = Reader::new(&content);
    let numbers = read_content(&mut from)?;
    let points = numbers.segments.len() + numbers.exits.len();
    let minutes = (0..points).map(|_| from.varint()).collect::<Result<_, _>>()?;
    from.end()?;
    Ok(Rollup { numbers, minutes })
}

type SegmentKey = (BtId, AppId, bool, Option<Caller>);
type ExitKey = (BtId, AppId, BackendId);

/// Adds up points series by series, in integers: nothing is rounded.
#[derive(Default)]
pub struct Sum {
    segments: BTreeMap<SegmentKey, (SegmentPoint, u64, Histogram)>,
    exits: BTreeMap<ExitKey, (ExitPoint, u64, Histogram)>,
}

impl Sum {
    /// Whether nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.exits.is_empty()
    }

    /// Adds executions that happened in `minutes` of the hour.
    pub fn add_segment(&mut self, point: &SegmentPoint, minutes: u64, histogram: &Histogram) {
        let key = (point.bt_id, point.bt_app_id, point.originating, point.caller);
        let Some((sum, all_minutes, merged)) = self.segments.get_mut(&key) else {
            self.segments.insert(key, (*point, minutes, histogram.clone()));
            return;
        };
        let bounds = bounds((sum.count, sum.min_ns, sum.max_ns), (point.count, point.min_ns, point.max_ns));
        (sum.min_ns, sum.max_ns) = bounds;
        sum.count = sum.count.saturating_add(point.count);
        sum.sum_ns = sum.sum_ns.saturating_add(point.sum_ns);
        sum.verdicts += point.verdicts;
        *all_minutes |= minutes;
        merged.merge(histogram);
    }

    /// Adds calls that happened in `minutes` of the hour.
    pub fn add_exit(&mut self, point: &ExitPoint, minutes: u64, histogram: &Histogram) {
        let key = (point.bt_id, point.bt_app_id, point.backend_id);
        let Some((sum, all_minutes, merged)) = self.exits.get_mut(&key) else {
            self.exits.insert(key, (*point, minutes, histogram.clone()));
            return;
        };
        let bounds = bounds((sum.count, sum.min_ns, sum.max_ns), (point.count, point.min_ns, point.max_ns));
        (sum.min_ns, sum.max_ns) = bounds;
        sum.count = sum.count.saturating_add(point.count);
        sum.sum_ns = sum.sum_ns.saturating_add(point.sum_ns);
        sum.errors = sum.errors.saturating_add(point.errors);
        *all_minutes |= minutes;
        merged.merge(histogram);
    }

    /// Adds everything of another sum of the same hour.
    pub fn add(&mut self, other: &Self) {
        for (point, minutes, histogram) in other.segments.values() {
            self.add_segment(point, *minutes, histogram);
        }
        for (point, minutes, histogram) in other.exits.values() {
            self.add_exit(point, *minutes, histogram);
        }
    }

    /// Packs the points and, second, their histograms.
    ///
    /// # Errors
    /// [`BlockError::TooLarge`] when they do not fit into a block.
    pub fn pack(&self) -> Result<(Vec<u8>, Vec<u8>), BlockError> {
        let numbers = Numbers {
            segments: self.segments.values().map(|(point, ..)| *point).collect(),
            exits: self.exits.values().map(|(point, ..)| *point).collect(),
        };
        let segments = self.segments.values().map(|(_, minutes, histogram)| (*minutes, histogram));
        let exits = self.exits.values().map(|(_, minutes, histogram)| (*minutes, histogram));
        let all = segments.chain(exits);
        let minutes = all.clone().map(|(minutes, _)| minutes).collect();
        let sketches = super::sketches::encode_thoroughly(all.map(|(_, histogram)| histogram))?;
        Ok((encode(&Rollup { numbers, minutes })?, sketches))
    }
}

/// Shortest and longest of two (count, shortest, longest); of nothing there is none.
fn bounds(one: (u64, u64, u64), other: (u64, u64, u64)) -> (u64, u64) {
    match (one.0, other.0) {
        (_, 0) => (one.1, one.2),
        (0, _) => (other.1, other.2),
        _ => (one.1.min(other.1), one.2.max(other.2)),
    }
}
