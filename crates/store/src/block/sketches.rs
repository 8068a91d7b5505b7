//! The histograms of one report, in the order of its points: first those of the segments, then of the exits.
//!
//! Sparse (gap, count) pairs, most of them in one byte, behind their headers; large gaps and counts in a column of
//! their own. Count, sum, min and max stand in [`super::numbers`] and are put back on reading.

use tierline_model::Histogram;

use super::bytes::{Reader, Writer};
use super::compress::Effort;
use super::{BlockError, ExitPoint, Numbers, SegmentPoint, compress};

/// The version written. Version 1 had gaps and counts in two columns of varints.
pub const VERSION: u8 = 2;

/// A gap of so much or more stands in the column of large numbers.
const GAP_LARGE: u64 = 15;

/// A count of so much or more does.
const COUNT_LARGE: u64 = 16;

/// Packs histograms.
///
/// # Errors
/// [`BlockError::TooLarge`] when they do not fit into a block.
pub fn encode<'a>(histograms: impl Iterator<Item = &'a Histogram> + Clone) -> Result<Vec<u8>, BlockError> {
    encode_with(histograms, Effort::Quick)
}

/// Packs histograms that stay as they are.
///
/// # Errors
/// [`BlockError::TooLarge`] when they do not fit into a block.
pub fn encode_thoroughly<'a>(
    histograms: impl Iterator<Item = &'a Histogram> + Clone,
) -> Result<Vec<u8>, BlockError> {
    encode_with(histograms, Effort::Thorough)
}

fn encode_with<'a>(
    histograms: impl Iterator<Item = &'a Histogram> + Clone,
    effort: Effort,
) -> Result<Vec<u8>, BlockError> {
    let mut headers = Writer::default();
    let mut pairs = Writer::default();
    let mut large = Writer::default();
    let mut number = 0usize;
    for histogram in histograms {
        number += 1;
        headers.byte(histogram.scale() as u8);
        headers.varint(histogram.zero_count());
        headers.zigzag(i64::from(histogram.offset()));
        let mut occupied = 0usize;
        let mut gap = 0u64;
        for count in histogram.buckets() {
            if *count == 0 {
                gap += 1;
                continue;
            }
            occupied += 1;
            pairs.byte((gap.min(GAP_LARGE) as u8) << 4 | if *count < COUNT_LARGE { *count as u8 } else { 0 });
            if gap >= GAP_LARGE {
                large.varint(gap);
            }
            if *count >= COUNT_LARGE {
                large.varint(*count);
            }
            gap = 0;
        }
        headers.size(occupied);
    }
    let (headers, pairs, large) = (headers.into_bytes(), pairs.into_bytes(), large.into_bytes());
    let mut content = Writer::with_capacity(headers.len() + pairs.len() + large.len() + 16);
    content.size(number);
    content.size(headers.len());
    content.raw(&headers);
    content.size(pairs.len());
    content.raw(&pairs);
    content.raw(&large);
    compress::seal(VERSION, &content.into_bytes(), effort)
}

/// Which points of a report's numbers are wanted, by position and content.
#[derive(Clone, Copy)]
pub enum Wanted<'w> {
    /// These segments.
    Segments(&'w dyn Fn(usize, &SegmentPoint) -> bool),
    /// These exits.
    Exits(&'w dyn Fn(usize, &ExitPoint) -> bool),
}

/// Unpacks the wanted histograms of `numbers`, in the order of its points. Those that are not wanted are passed
/// over, which is much cheaper, and stand there empty.
///
/// # Errors
/// When the bytes are not what [`encode`] makes, or not the histograms of these numbers.
pub fn decode(bytes: &[u8], numbers: &Numbers, wanted: Wanted<'_>) -> Result<Vec<Histogram>, BlockError> {
    let (version, content) = compress::open(bytes, VERSION)?;
    let mut from = Reader::new(&content);
    let count = from.varint()?;
    if count != (numbers.segments.len() + numbers.exits.len()) as u64 {
        return Err(BlockError::Damaged("histograms and numbers do not belong together"));
    }
    let headers_length = from.count(1)?;
    let headers = Reader::new(from.raw(headers_length)?);
    let first_length = from.count(1)?;
    let first = Reader::new(from.raw(first_length)?);
    let buckets = match version {
        1 => Buckets::Separate { gaps: first, counts: from },
        _ => Buckets::Pairs { pairs: first, large: from },
    };
    let mut columns = Columns { headers, buckets };
    match wanted {
        Wanted::Segments(wanted) => numbers
            .segments
            .iter()
            .enumerate()
            .map(|(i, p)| columns.next(wanted(i, p).then_some([p.count, p.sum_ns, p.min_ns, p.max_ns])))
            .collect(),
        Wanted::Exits(wanted) => {
            numbers.segments.iter().try_for_each(|_| columns.next(None).map(drop))?;
            let exits: Vec<Histogram> = numbers
                .exits
                .iter()
                .enumerate()
                .map(|(i, p)| columns.next(wanted(i, p).then_some([p.count, p.sum_ns, p.min_ns, p.max_ns])))
                .collect::<Result<_, _>>()?;
            columns.headers.end()?;
            columns.buckets.end()?;
            Ok(exits)
        }
    }
}

/// The buckets of a block, read as far as histograms were.
enum Buckets<'b> {
    /// Version 1.
    Separate { gaps: Reader<'b>, counts: Reader<'b> },
    /// Version 2.
    Pairs { pairs: Reader<'b>, large: Reader<'b> },
}

impl Buckets<'_> {
    /// Empty buckets, and the count of the one behind them.
    fn next(&mut self) -> Result<(u64, u64), BlockError> {
        match self {
            Self::Separate { gaps, counts } => Ok((gaps.varint()?, counts.varint()?)),
            Self::Pairs { pairs, large } => {
                let pair = u64::from(pairs.byte()?);
                let gap = if pair >> 4 == GAP_LARGE { large.varint()? } else { pair >> 4 };
                let count = if pair & 15 == 0 { large.varint()? } else { pair & 15 };
                Ok((gap, count))
            }
        }
    }

    fn skip(&mut self, number: usize) -> Result<(), BlockError> {
        match self {
            Self::Separate { gaps, counts } => {
                for _ in 0..number {
                    gaps.skip_varint()?;
                    counts.skip_varint()?;
                }
            }
            Self::Pairs { pairs, large } => {
                for pair in pairs.raw(number)? {
                    for _ in 0..usize::from(pair >> 4 == GAP_LARGE as u8) + usize::from(pair & 15 == 0) {
                        large.skip_varint()?;
                    }
                }
            }
        }
        Ok(())
    }

    fn end(&self) -> Result<(), BlockError> {
        let (one, other) = match self {
            Self::Separate { gaps, counts } => (gaps, counts),
            Self::Pairs { pairs, large } => (pairs, large),
        };
        one.end()?;
        other.end()
    }
}

/// The columns of a block, each read as far as histograms were.
struct Columns<'b> {
    headers: Reader<'b>,
    buckets: Buckets<'b>,
}

impl Columns<'_> {
    /// The next histogram; an empty one when its totals are not given.
    fn next(&mut self, totals: Option<[u64; 4]>) -> Result<Histogram, BlockError> {
        const NOT_ONE: BlockError = BlockError::Damaged("a histogram contradicts itself");
        const BUCKETS_MAX: usize = tierline_model::limits::HISTOGRAM_BUCKETS_MAX;
        let scale = self.headers.byte()? as i8;
        let zero_count = self.headers.varint()?;
        let offset = i32::try_from(self.headers.zigzag()?).map_err(|_| NOT_ONE)?;
        let occupied = self.headers.varint()?;
        if occupied > BUCKETS_MAX as u64 {
            return Err(NOT_ONE);
        }
        let Some([count, sum_ns, min_ns, max_ns]) = totals else {
            self.buckets.skip(occupied as usize)?;
            return Ok(Histogram::new());
        };
        let mut buckets = Vec::with_capacity(2 * occupied as usize);
        for _ in 0..occupied {
            let (gap, count) = self.buckets.next()?;
            let gap = usize::try_from(gap).unwrap_or(usize::MAX);
            if gap >= BUCKETS_MAX - buckets.len().min(BUCKETS_MAX) {
                return Err(NOT_ONE);
            }
            buckets.resize(buckets.len() + gap, 0);
            buckets.push(count);
        }
        Histogram::from_parts(count, sum_ns, min_ns, max_ns, zero_count, i32::from(scale), offset, buckets)
            .map_err(|_| NOT_ONE)
    }
}
