//! The histograms of one series, minute after minute: what earlier minutes had says what to expect of the next one,
//! and only what differs takes room.
//!
//! Every bucket's count is coded in the light of how many are expected there: as the durations left to place fall
//! where those before fell. Around that expectation counts are spread as Poisson says, which is where probabilities
//! start; they then follow what happens. All of it in integers, and the same code writes and reads.

use tierline_model::Histogram;
use tierline_model::histogram::{SCALE_MAX, SCALE_MIN};
use tierline_model::limits::HISTOGRAM_BUCKETS_MAX;

use super::BlockError;
use super::range_coder::{Decoder, Encoder, Probability};

/// Durations one histogram may have here; more (280,000 a second) are packed the older way.
const COUNT_MAX: u64 = 1 << 24;

/// The first bucket of the coarsest scale, at the finest: one nanosecond is 2^-19.93 ms, so everything lies behind it.
const INDEX_MIN: i32 = -1 << (SCALE_MAX - SCALE_MIN);

/// Bits of a bucket's distance from the lowest.
const INDEX_BITS: u32 = 12;

/// Contexts: expected counts in steps of half an octave, from 1/128 on.
const CONTEXTS: usize = 34;

/// An expected count of one.
const ONE: u64 = 1 << 12;

/// One duration per weight.
const RATE_ONE: u64 = 1 << 30;

/// How far a duration speaks for the buckets beside its own, and how much.
const KERNEL: [u32; 7] = [1, 2, 3, 4, 3, 2, 1];
const REACH: usize = KERNEL.len() / 2;

/// Earlier minutes count less and less, by 1/32 each.
const FORGETTING: u32 = 5;

/// Bits of a count that are remembered.
const REMEMBERED_BITS: u32 = 14;

/// Counts below it have a question each.
const ASKED: usize = 3;

/// Lengths of larger counts that have questions of their own.
const LENGTHS: usize = 8;

const NOT_ONE: BlockError = BlockError::Damaged("a histogram contradicts itself");

/// e^-x for x of at least 0, by its series; `const` knows no functions of floating-point numbers.
const fn exp_of_minus(x: f64) -> f64 {
    let mut halvings = 0;
    let mut small = x;
    while small > 0.1 {
        small /= 2.0;
        halvings += 1;
    }
    let mut sum = 1.0 - small * (1.0 - small / 2.0 * (1.0 - small / 3.0 * (1.0 - small / 4.0)));
    while halvings > 0 {
        sum *= sum;
        halvings -= 1;
    }
    sum
}

/// Questions about a count: is it more than 0, than 1, than 2; and how much more.
#[derive(Clone, Copy)]
struct Questions {
    more: [Probability; ASKED],
    longer: [Probability; LENGTHS],
    /// The two highest bits behind the first, by length.
    high: [[Probability; 3]; LENGTHS],
}

const QUESTIONS: [Questions; CONTEXTS] = {
    let even = Probability::EVEN;
    let mut all =
        [Questions { more: [even; ASKED], longer: [even; LENGTHS], high: [[even; 3]; LENGTHS] }; CONTEXTS];
    let mut context = 0;
    while context < CONTEXTS {
        // The middle of the context: 1.22 or 1.73 times a power of two.
        let mut expected = if context % 2 == 0 { 1.22 } else { 1.73 } / 128.0;
        let mut octave = 0;
        while octave < context / 2 {
            expected *= 2.0;
            octave += 1;
        }
        let mut exactly = exp_of_minus(expected);
        let mut at_least = 1.0;
        let mut count = 0;
        while count < ASKED {
            let share = if at_least > 1e-9 { exactly / at_least } else { 0.0 };
            all[context].more[count] = Probability::of_no((share * 32_767.0) as u16);
            at_least -= exactly;
            count += 1;
            exactly *= expected / count as f64;
        }
        context += 1;
    }
    all
};

/// The context of an expected count.
const fn context_of(expected: u64) -> usize {
    let Some(octave) = expected.checked_ilog2() else { return 0 };
    // ONE / 128 is 2^5.
    let half = if octave == 0 { 0 } else { expected >> (octave - 1) & 1 };
    let context = (2 * octave as usize + half as usize).saturating_sub(2 * (ONE.ilog2() as usize - 7));
    if context < CONTEXTS { context } else { CONTEXTS - 1 }
}

/// Writes what it is given, or reads what was given then.
trait Coder {
    fn bit(&mut self, probability: &mut Probability, yes: bool) -> bool;

    fn raw(&mut self, value: u64, bits: u32) -> u64;
}

impl Coder for Encoder {
    fn bit(&mut self, probability: &mut Probability, yes: bool) -> bool {
        Self::bit(self, probability, yes);
        yes
    }

    fn raw(&mut self, value: u64, bits: u32) -> u64 {
        Self::raw(self, value, bits);
        value
    }
}

impl Coder for Decoder<'_> {
    fn bit(&mut self, probability: &mut Probability, _yes: bool) -> bool {
        Self::bit(self, probability)
    }

    fn raw(&mut self, _value: u64, bits: u32) -> u64 {
        Self::raw(self, bits)
    }
}

impl Questions {
    /// A count. Of a damaged block it may be anything.
    fn count(&mut self, coder: &mut impl Coder, count: u64) -> u64 {
        for (number, more) in self.more.iter_mut().enumerate() {
            if !coder.bit(more, count > number as u64) {
                return number as u64;
            }
        }
        // What is left is at least 1: its length, then its bits behind the first.
        let rest = count.saturating_sub(ASKED as u64 - 1).max(1);
        let bits = rest.ilog2();
        let mut length = 0u32;
        while length < COUNT_MAX.ilog2()
            && coder.bit(&mut self.longer[(length as usize).min(LENGTHS - 1)], length < bits)
        {
            length += 1;
        }
        let high = &mut self.high[(length as usize).min(LENGTHS - 1)];
        let mut found = 1u64;
        for position in 0..length {
            let bit = rest >> (length - 1 - position) & 1 == 1;
            let bit = match position {
                0 => coder.bit(&mut high[0], bit),
                1 => coder.bit(&mut high[1 + (found as usize & 1)], bit),
                _ => coder.raw(u64::from(bit), 1) == 1,
            };
            found = found << 1 | u64::from(bit);
        }
        found + ASKED as u64 - 1
    }
}

/// What is known of a series so far.
struct Density {
    /// Buckets any of its histograms has, at the finest scale.
    lowest: i32,
    highest: i32,
    scale: i8,
    same_scale: Probability,
    questions: [Questions; CONTEXTS],
    zeros: Questions,
    /// Where durations fell, by scale from the finest on; [`REACH`] more on both sides.
    weights: [Vec<u32>; (SCALE_MAX - SCALE_MIN) as usize + 1],
}

/// Buckets from `first` on, none of them empty at the ends.
struct Buckets {
    zero_count: u64,
    scale: i8,
    first: i32,
    counts: Vec<u64>,
}

impl Density {
    fn new(lowest: i32, highest: i32) -> Self {
        Self {
            lowest,
            highest,
            scale: SCALE_MAX,
            same_scale: Probability::of_no(2_000),
            questions: QUESTIONS,
            zeros: QUESTIONS[0],
            weights: Default::default(),
        }
    }

    /// Writes `given`, or reads the next histogram of `count` durations.
    fn histogram(
        &mut self,
        coder: &mut impl Coder,
        given: &Buckets,
        count: u64,
    ) -> Result<Buckets, BlockError> {
        let zero_count = self.zeros.count(coder, given.zero_count);
        if !coder.bit(&mut self.same_scale, given.scale == self.scale) {
            let steps = coder.raw(u64::from(SCALE_MAX.abs_diff(given.scale)), 4);
            self.scale = SCALE_MAX - steps as i8;
            if self.scale < SCALE_MIN {
                return Err(NOT_ONE);
            }
        }
        let Some(mut left) = count.checked_sub(zero_count).filter(|left| *left < COUNT_MAX) else {
            return Err(NOT_ONE);
        };
        let coarser = SCALE_MAX.abs_diff(self.scale);
        let (lowest, highest) = (self.lowest >> coarser, self.highest >> coarser);
        let width = (highest - lowest) as usize + 1;
        let weights = &mut self.weights[usize::from(coarser)];
        weights.resize(width + 2 * REACH, 1);
        let inner = REACH..REACH + width;
        let mut all: u64 = weights[inner.clone()].iter().map(|weight| u64::from(*weight)).sum();
        // Durations per weight, taken anew whenever durations found their places.
        let mut rate = (left * RATE_ONE).checked_div(all).unwrap_or(0);
        let mut found = Buckets { zero_count, scale: self.scale, first: 0, counts: Vec::new() };
        for (position, weight) in weights[inner].iter().enumerate() {
            if left == 0 {
                break;
            }
            let index = lowest + position as i32;
            let weight = u64::from(*weight);
            let bucket = if position + 1 == width {
                left
            } else {
                let expected = (weight * rate) >> (RATE_ONE.ilog2() - ONE.ilog2());
                let here = usize::try_from(index.wrapping_sub(given.first)).ok();
                let here = here.and_then(|here| given.counts.get(here)).copied().unwrap_or(0);
                self.questions[context_of(expected)].count(coder, here)
            };
            all -= weight;
            if bucket > 0 {
                left = left.checked_sub(bucket).ok_or(NOT_ONE)?;
                rate = (left * RATE_ONE).checked_div(all).unwrap_or(0);
            }
            if !found.counts.is_empty() || bucket > 0 {
                if found.counts.is_empty() {
                    found.first = index;
                }
                found.counts.push(bucket);
            }
        }
        if found.counts.len() > HISTOGRAM_BUCKETS_MAX {
            return Err(NOT_ONE);
        }
        remember(weights, (found.first - lowest) as usize, &found.counts);
        Ok(found)
    }
}

/// Lets buckets from `first` on speak for what comes.
fn remember(weights: &mut [u32], first: usize, counts: &[u64]) {
    for weight in weights.iter_mut() {
        *weight -= *weight >> FORGETTING;
    }
    let all: u64 = counts.iter().sum();
    let shift = (u64::BITS - all.leading_zeros()).saturating_sub(REMEMBERED_BITS);
    for (position, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let count = (count >> shift) as u32;
        for (weight, share) in weights[first + position..].iter_mut().zip(KERNEL) {
            *weight += count * share;
        }
    }
}

/// Packs the histograms of a series. `None` when one of them is none that this can pack.
pub(super) fn encode(histograms: &[&Histogram]) -> Option<Vec<u8>> {
    let (mut lowest, mut highest) = (i32::MAX, i32::MIN);
    for histogram in histograms {
        let placed = histogram.buckets().iter().try_fold(0u64, |sum, count| sum.checked_add(*count))?;
        if histogram.count() >= COUNT_MAX || placed + histogram.zero_count() != histogram.count() {
            return None;
        }
        if placed > 0 {
            let coarser = SCALE_MAX.abs_diff(histogram.scale());
            let behind = histogram.offset() + histogram.buckets().len() as i32;
            lowest = lowest.min(histogram.offset() << coarser);
            highest = highest.max((behind << coarser) - 1);
        }
    }
    if lowest > highest {
        (lowest, highest) = (0, 0);
    }
    let low = u64::try_from(lowest - INDEX_MIN).ok().filter(|low| low >> INDEX_BITS == 0)?;
    let width = (highest - lowest) as u64;
    if width >> INDEX_BITS != 0 {
        return None;
    }
    let mut coder = Encoder::new();
    coder.raw(low, INDEX_BITS);
    coder.raw(width, INDEX_BITS);
    let mut density = Density::new(lowest, highest);
    for histogram in histograms {
        let given = Buckets {
            zero_count: histogram.zero_count(),
            scale: histogram.scale(),
            first: histogram.offset(),
            counts: histogram.buckets().to_vec(),
        };
        density.histogram(&mut coder, &given, histogram.count()).ok()?;
    }
    Some(coder.finish())
}

/// Reads what [`encode`] wrote, histogram by histogram.
pub(super) struct Series<'b> {
    coder: Decoder<'b>,
    density: Box<Density>,
}

impl<'b> Series<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        let mut coder = Decoder::new(bytes);
        let lowest = INDEX_MIN + coder.raw(INDEX_BITS) as i32;
        let highest = lowest + coder.raw(INDEX_BITS) as i32;
        Self { coder, density: Box::new(Density::new(lowest, highest)) }
    }

    /// The next histogram, of which these totals are known.
    pub(super) fn next(
        &mut self,
        [count, sum_ns, min_ns, max_ns]: [u64; 4],
    ) -> Result<Histogram, BlockError> {
        let nothing = Buckets { zero_count: 0, scale: 0, first: 0, counts: Vec::new() };
        let found = self.density.histogram(&mut self.coder, &nothing, count)?;
        let (zero_count, scale) = (found.zero_count, i32::from(found.scale));
        Histogram::from_parts(count, sum_ns, min_ns, max_ns, zero_count, scale, found.first, found.counts)
            .map_err(|_| NOT_ONE)
    }
}
