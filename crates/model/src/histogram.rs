//! The exponential histogram: OpenTelemetry's base-2 mapping, with exact integer count, sum, min and max.
//!
//! Bucket `i` at scale `s` holds values in `(2^(i/2^s), 2^((i+1)/2^s)]` milliseconds. Values are recorded at
//! scale 5 (a bucket is 2.2 % wide, so a percentile is off by at most 1.1 %); when more than 160 buckets
//! would be needed the scale falls, which merges neighbouring buckets and changes nothing else.

use serde::{Deserialize, Serialize};

use crate::limits::HISTOGRAM_BUCKETS_MAX;

/// The finest scale (architecture.md 4, facts/storage 4.5).
pub const SCALE_MAX: i8 = 5;

/// The coarsest scale: two buckets cover everything a `u64` of nanoseconds can hold.
pub const SCALE_MIN: i8 = -5;

const SUB_BUCKETS: usize = 1 << SCALE_MAX;

/// Upper bounds of the sub-buckets of one octave as f64 mantissa bits: 2^(k/32) for k in 1..=32.
static MANTISSA_BOUNDS: [u64; SUB_BUCKETS] = mantissa_bounds();

/// 2^(k/32), correctly rounded, without floating-point functions that `const` does not have: the 32nd root of
/// two found by its first two digits is refined by repeated square roots at compile time.
const fn mantissa_bounds() -> [u64; SUB_BUCKETS] {
    let mut roots = [0f64; 5]; // 2^(1/2), 2^(1/4), 2^(1/8), 2^(1/16), 2^(1/32)
    let mut value = 2.0f64;
    let mut index = 0;
    while index < 5 {
        value = square_root(value);
        roots[index] = value;
        index += 1;
    }
    let mut bounds = [0u64; SUB_BUCKETS];
    let mut k = 1usize;
    while k <= SUB_BUCKETS {
        let mut product = 1.0f64;
        let mut bit = 0;
        while bit < 5 {
            if k & (1 << (4 - bit)) != 0 {
                product *= roots[bit];
            }
            bit += 1;
        }
        bounds[k - 1] = if k == SUB_BUCKETS { 1 << 52 } else { product.to_bits() & ((1 << 52) - 1) };
        k += 1;
    }
    bounds
}

const fn square_root(value: f64) -> f64 {
    let mut guess = value / 2.0 + 0.5;
    let mut round = 0;
    while round < 30 {
        guess = (guess + value / guess) / 2.0;
        round += 1;
    }
    guess
}

/// The bucket of a positive duration at scale 5.
fn index_of(value_ns: u64) -> i32 {
    let ms = value_ns as f64 / 1e6;
    let bits = ms.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1023;
    let mantissa = bits & ((1 << 52) - 1);
    // Buckets include their upper bound, so a mantissa of zero (an exact power of two) belongs below.
    if mantissa == 0 {
        return exponent * SUB_BUCKETS as i32 - 1;
    }
    let sub = MANTISSA_BOUNDS.partition_point(|bound| *bound < mantissa);
    exponent * SUB_BUCKETS as i32 + sub as i32
}

/// A histogram of durations in nanoseconds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Histogram {
    count: u64,
    sum_ns: u64,
    min_ns: u64,
    max_ns: u64,
    zero_count: u64,
    scale: i8,
    offset: i32,
    buckets: Vec<u64>,
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

/// The parts of a histogram do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HistogramError {
    /// More than 160 buckets.
    #[error("{0} buckets, at most {HISTOGRAM_BUCKETS_MAX} are allowed")]
    TooManyBuckets(usize),
    /// A scale outside −5..=5.
    #[error("scale {0} is not between {SCALE_MIN} and {SCALE_MAX}")]
    Scale(i32),
    /// Buckets that no duration can fall into.
    #[error("bucket offset {0} is out of range for scale {1}")]
    Offset(i32, i8),
    /// The buckets do not add up to the count.
    #[error("buckets and zero count add up to {buckets}, but count is {count}")]
    Count {
        /// What the buckets add up to.
        buckets: u64,
        /// What was claimed.
        count: u64,
    },
    /// min > max, or min/max/sum contradict count.
    #[error("min, max, sum and count contradict each other")]
    Bounds,
}

impl Histogram {
    /// An empty histogram. Allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            count: 0,
            sum_ns: 0,
            min_ns: 0,
            max_ns: 0,
            zero_count: 0,
            scale: SCALE_MAX,
            offset: 0,
            buckets: Vec::new(),
        }
    }

    /// Puts a histogram together from its parts, as they come off the wire or out of the store.
    ///
    /// # Errors
    /// When the parts contradict each other; see [`HistogramError`].
    #[allow(clippy::too_many_arguments, reason = "the parts of the wire format, named at every call")]
    pub fn from_parts(
        count: u64,
        sum_ns: u64,
        min_ns: u64,
        max_ns: u64,
        zero_count: u64,
        scale: i32,
        offset: i32,
        buckets: Vec<u64>,
    ) -> Result<Self, HistogramError> {
        if buckets.len() > HISTOGRAM_BUCKETS_MAX {
            return Err(HistogramError::TooManyBuckets(buckets.len()));
        }
        let scale = i8::try_from(scale).map_err(|_| HistogramError::Scale(scale))?;
        if !(SCALE_MIN..=SCALE_MAX).contains(&scale) {
            return Err(HistogramError::Scale(i32::from(scale)));
        }
        // One nanosecond is 2^-19.93 ms, u64::MAX nanoseconds are 2^44.07 ms.
        let shift = i32::from(SCALE_MAX - scale);
        let (lowest, highest) = ((-20 * 32) >> shift, (45 * 32) >> shift);
        let length = i32::try_from(buckets.len()).unwrap_or(i32::MAX);
        if !buckets.is_empty() && (offset < lowest || offset.saturating_add(length) > highest + 1) {
            return Err(HistogramError::Offset(offset, scale));
        }
        let in_buckets = buckets.iter().fold(zero_count, |sum, n| sum.saturating_add(*n));
        if in_buckets != count {
            return Err(HistogramError::Count { buckets: in_buckets, count });
        }
        if min_ns > max_ns || sum_ns < max_ns || (count == 0 && sum_ns != 0) {
            return Err(HistogramError::Bounds);
        }
        let mut histogram = Self { count, sum_ns, min_ns, max_ns, zero_count, scale, offset, buckets };
        histogram.trim();
        Ok(histogram)
    }

    /// Empty outer buckets carry no information: equal content compares equal.
    fn trim(&mut self) {
        while self.buckets.last() == Some(&0) {
            self.buckets.pop();
        }
        let leading = self.buckets.iter().take_while(|n| **n == 0).count();
        if leading > 0 {
            self.buckets.drain(..leading);
            self.offset += leading as i32;
        }
        if self.buckets.is_empty() {
            self.offset = 0;
        }
    }

    /// Records one duration.
    #[inline]
    pub fn record(&mut self, value_ns: u64) {
        self.record_many(value_ns, 1);
    }

    /// Records so many equal durations.
    #[inline]
    pub fn record_many(&mut self, value_ns: u64, amount: u64) {
        if amount == 0 {
            return;
        }
        self.min_ns = if self.count == 0 { value_ns } else { self.min_ns.min(value_ns) };
        self.max_ns = self.max_ns.max(value_ns);
        self.count = self.count.saturating_add(amount);
        self.sum_ns = self.sum_ns.saturating_add(value_ns.saturating_mul(amount));
        if value_ns == 0 {
            self.zero_count = self.zero_count.saturating_add(amount);
        } else {
            let index = index_of(value_ns) >> (SCALE_MAX - self.scale);
            let position = index.wrapping_sub(self.offset);
            match usize::try_from(position).ok().and_then(|p| self.buckets.get_mut(p)) {
                Some(bucket) => *bucket = bucket.saturating_add(amount),
                None => self.add_outside(index, amount),
            }
        }
    }

    /// The same with a sum that is known better than from the durations recorded; minimum and maximum follow it.
    #[must_use]
    pub fn with_sum(mut self, sum_ns: u64) -> Self {
        if let Some(average_ns) = sum_ns.checked_div(self.count) {
            let above_ns = average_ns + u64::from(!sum_ns.is_multiple_of(self.count));
            self.min_ns = self.min_ns.min(average_ns);
            self.max_ns = self.max_ns.max(above_ns).min(sum_ns);
            self.sum_ns = sum_ns;
        }
        self
    }

    /// Adds to a bucket that does not exist yet, growing or lowering the scale.
    fn add_outside(&mut self, index_at_scale: i32, amount: u64) {
        let index = self.make_room(index_at_scale, index_at_scale);
        if let Ok(position) = usize::try_from(index - self.offset)
            && let Some(bucket) = self.buckets.get_mut(position)
        {
            *bucket = bucket.saturating_add(amount);
        }
    }

    /// Makes buckets `low..=high` (at the current scale) exist, lowering the scale as far as needed. Returns
    /// where `low` is now.
    fn make_room(&mut self, low: i32, high: i32) -> i32 {
        if self.buckets.is_empty() {
            let mut shift = 0;
            while ((high >> shift) - (low >> shift)) as usize >= HISTOGRAM_BUCKETS_MAX {
                shift += 1;
            }
            self.scale -= shift as i8;
            self.offset = low >> shift;
            self.buckets.resize(((high >> shift) - (low >> shift)) as usize + 1, 0);
            return low >> shift;
        }
        let mut first = self.offset.min(low);
        let mut last = (self.offset + self.buckets.len() as i32 - 1).max(high);
        let mut shift = 0;
        while (last - first) as usize >= HISTOGRAM_BUCKETS_MAX {
            first >>= 1;
            last >>= 1;
            shift += 1;
        }
        self.lower_scale(shift);
        let before = (self.offset - first).max(0) as usize;
        if before > 0 {
            self.buckets.splice(0..0, std::iter::repeat_n(0, before));
            self.offset = first;
        }
        let length = (last - self.offset + 1) as usize;
        if length > self.buckets.len() {
            self.buckets.resize(length, 0);
        }
        low >> shift
    }

    fn lower_scale(&mut self, by: u32) {
        if by == 0 {
            return;
        }
        let mut lowered: Vec<u64> = Vec::with_capacity(self.buckets.len() / 2 + 1);
        let offset = self.offset >> by;
        for (position, count) in self.buckets.iter().enumerate() {
            let target = ((self.offset + position as i32) >> by) - offset;
            let target = target as usize;
            if target >= lowered.len() {
                lowered.resize(target + 1, 0);
            }
            lowered[target] = lowered[target].saturating_add(*count);
        }
        self.buckets = lowered;
        self.offset = offset;
        self.scale -= by as i8;
    }

    /// Adds another histogram. Loses nothing but resolution: count, sum, min and max stay exact.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        self.min_ns = if self.count == 0 { other.min_ns } else { self.min_ns.min(other.min_ns) };
        self.max_ns = self.max_ns.max(other.max_ns);
        self.count = self.count.saturating_add(other.count);
        self.sum_ns = self.sum_ns.saturating_add(other.sum_ns);
        self.zero_count = self.zero_count.saturating_add(other.zero_count);
        if other.buckets.is_empty() {
            return;
        }
        if self.buckets.is_empty() {
            self.scale = other.scale;
            self.offset = other.offset;
            self.buckets = other.buckets.clone();
            return;
        }
        if self.scale > other.scale {
            self.lower_scale(u32::from(self.scale.abs_diff(other.scale)));
        }
        let down = other.scale - self.scale; // ≥ 0 now
        let low = other.offset >> down;
        let high = (other.offset + other.buckets.len() as i32 - 1) >> down;
        self.make_room(low, high);
        let down = other.scale - self.scale; // the scale may have fallen once more
        for (position, count) in other.buckets.iter().enumerate() {
            let index = (other.offset + position as i32) >> down;
            if let Some(bucket) = self.buckets.get_mut((index - self.offset) as usize) {
                *bucket = bucket.saturating_add(*count);
            }
        }
    }

    /// The value below which the share `q` (0 to 1) of durations lies, in nanoseconds: the geometric middle of
    /// its bucket, held within min and max. `None` when empty.
    #[must_use]
    pub fn quantile_ns(&self, q: f64) -> Option<u64> {
        if self.count == 0 {
            return None;
        }
        let rank = (q.clamp(0.0, 1.0) * self.count as f64).ceil().max(1.0) as u64;
        let mut seen = self.zero_count;
        if seen >= rank {
            return Some(self.min_ns);
        }
        for (position, count) in self.buckets.iter().enumerate() {
            seen = seen.saturating_add(*count);
            if seen >= rank {
                let index = f64::from(self.offset + position as i32);
                let ms = ((index + 0.5) * 2f64.powi(-i32::from(self.scale))).exp2();
                return Some(((ms * 1e6) as u64).clamp(self.min_ns, self.max_ns));
            }
        }
        Some(self.max_ns)
    }

    /// Forgets everything, keeps the memory.
    pub fn clear(&mut self) {
        self.buckets.clear();
        let buckets = std::mem::take(&mut self.buckets);
        *self = Self { buckets, ..Self::new() };
    }

    /// How many durations.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Their exact sum.
    #[must_use]
    pub const fn sum_ns(&self) -> u64 {
        self.sum_ns
    }

    /// The smallest; 0 when empty.
    #[must_use]
    pub const fn min_ns(&self) -> u64 {
        self.min_ns
    }

    /// The largest; 0 when empty.
    #[must_use]
    pub const fn max_ns(&self) -> u64 {
        self.max_ns
    }

    /// How many were exactly 0.
    #[must_use]
    pub const fn zero_count(&self) -> u64 {
        self.zero_count
    }

    /// The scale.
    #[must_use]
    pub const fn scale(&self) -> i8 {
        self.scale
    }

    /// The index of the first bucket.
    #[must_use]
    pub const fn offset(&self) -> i32 {
        self.offset
    }

    /// Counts per bucket, from [`Self::offset`] on.
    #[must_use]
    pub fn buckets(&self) -> &[u64] {
        &self.buckets
    }
}

#[cfg(test)]
#[path = "histogram/tests.rs"]
mod tests;
