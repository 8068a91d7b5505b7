//! The histograms of one report, in the order of its points: first those of the segments, then of the exits.
//!
//! Of a report: sparse (gap, count) pairs, most of them in one byte, behind their headers; large gaps and counts in a
//! column of their own. Of a packed hour: series by series (`density`), so that one series is read without
//! the others. Count, sum, min and max stand in [`super::numbers`] and are put back on reading.

use std::collections::HashMap;

use tierline_model::Histogram;

use super::bytes::{Reader, Writer};
use super::compress::Effort;
use super::density::{self, Series};
use super::{BlockError, ExitPoint, Numbers, SegmentPoint, compress};
use crate::aggregate::KeySeed;

/// The newest version: series by series.
pub const VERSION: u8 = 3;

/// Points of a series that are packed together, about ten minutes: more need less room (bench/store: 19.1 bytes each
/// with 60, 20.6 with 10), but to read one all before it must be read. Part of the format.
const POINTS_TOGETHER: usize = 10;

/// Pairs. Version 1 had gaps and counts in two columns of varints.
const PAIRS: u8 = 2;

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
    compress::seal(PAIRS, &content.into_bytes(), effort)
}

/// Packs the histograms of these numbers series by series, much smaller when series have many of them.
///
/// # Errors
/// [`BlockError::TooLarge`] when they do not fit into a block.
pub fn encode_by_series(numbers: &Numbers, histograms: &[&Histogram]) -> Result<Vec<u8>, BlockError> {
    let mut lengths = Writer::default();
    let mut streams = Writer::default();
    for series in series_of(numbers) {
        let of_series: Vec<&Histogram> =
            series.iter().filter_map(|point| histograms.get(*point).copied()).collect();
        let Some(stream) = density::encode(&of_series) else {
            return encode_with(histograms.iter().copied(), Effort::Thorough);
        };
        lengths.size(stream.len());
        streams.raw(&stream);
    }
    let mut content = Writer::with_capacity(lengths.len() + streams.len() + 8);
    content.size(histograms.len());
    content.raw(&lengths.into_bytes());
    content.raw(&streams.into_bytes());
    // There is nothing left to find; the frame is for its checksum.
    compress::seal(VERSION, &content.into_bytes(), Effort::Quick)
}

/// The points of each series, segments first, [`POINTS_TOGETHER`] at most, in the order of their first points.
fn series_of(numbers: &Numbers) -> Vec<Vec<usize>> {
    let mut together: Vec<Vec<usize>> = Vec::new();
    let mut add = |open: &mut usize, point: usize| {
        if together.get(*open).is_none_or(|points| points.len() >= POINTS_TOGETHER) {
            *open = together.len();
            together.push(Vec::with_capacity(POINTS_TOGETHER));
        }
        together[*open].push(point);
    };
    let mut segments = HashMap::with_hasher(KeySeed::default());
    let mut exits = HashMap::with_hasher(KeySeed::default());
    for (index, point) in numbers.segments.iter().enumerate() {
        let key = (point.bt_id, point.bt_app_id, point.originating, point.caller);
        add(segments.entry(key).or_insert(usize::MAX), index);
    }
    for (index, point) in numbers.exits.iter().enumerate() {
        let key = (point.bt_id, point.bt_app_id, point.backend_id);
        add(exits.entry(key).or_insert(usize::MAX), numbers.segments.len() + index);
    }
    together
}

/// Which points of a report's numbers are wanted, by position and content.
#[derive(Clone, Copy)]
pub enum Wanted<'w> {
    /// All of them, those of the segments first.
    All,
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
    if version == VERSION {
        return decode_by_series(from, numbers, wanted);
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
        Wanted::All => {
            let segments = numbers.segments.iter().map(|p| [p.count, p.sum_ns, p.min_ns, p.max_ns]);
            let exits = numbers.exits.iter().map(|p| [p.count, p.sum_ns, p.min_ns, p.max_ns]);
            let all: Vec<Histogram> =
                segments.chain(exits).map(|totals| columns.next(Some(totals))).collect::<Result<_, _>>()?;
            columns.headers.end()?;
            columns.buckets.end()?;
            Ok(all)
        }
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

fn decode_by_series(
    mut from: Reader<'_>,
    numbers: &Numbers,
    wanted: Wanted<'_>,
) -> Result<Vec<Histogram>, BlockError> {
    let (segments, exits) = (&numbers.segments, &numbers.exits);
    let totals = |index: usize| match index.checked_sub(segments.len()) {
        None => segments.get(index).map(|p| [p.count, p.sum_ns, p.min_ns, p.max_ns]),
        Some(index) => exits.get(index).map(|p| [p.count, p.sum_ns, p.min_ns, p.max_ns]),
    };
    // Where its histogram goes, when it is wanted.
    let place = |index: usize| match (wanted, index.checked_sub(segments.len())) {
        (Wanted::All, _) => Some(index),
        (Wanted::Segments(wanted), None) => wanted(index, &segments[index]).then_some(index),
        (Wanted::Exits(wanted), Some(index)) => wanted(index, &exits[index]).then_some(index),
        _ => None,
    };
    let answer_length = match wanted {
        Wanted::All => segments.len() + exits.len(),
        Wanted::Segments(_) => segments.len(),
        Wanted::Exits(_) => exits.len(),
    };
    let mut answer = vec![Histogram::new(); answer_length];
    let all_series = series_of(numbers);
    let lengths = all_series.iter().map(|_| from.varint()).collect::<Result<Vec<u64>, _>>()?;
    for (points, length) in all_series.iter().zip(lengths) {
        let stream = from.raw(usize::try_from(length).unwrap_or(usize::MAX))?;
        let places: Vec<Option<usize>> = points.iter().map(|point| place(*point)).collect();
        let Some(last) = places.iter().rposition(Option::is_some) else { continue };
        let mut series = Series::new(stream);
        for (point, place) in points.iter().zip(places).take(last + 1) {
            let histogram = series.next(totals(*point).unwrap_or_default())?;
            if let Some(place) = place {
                answer[place] = histogram;
            }
        }
    }
    from.end()?;
    Ok(answer)
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
