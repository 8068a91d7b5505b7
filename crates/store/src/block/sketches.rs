//! The histograms of one report, in the order of its points: first those of the segments, then of the exits.
//!
//! Sparse (gap, count) pairs, headers, gaps and counts each in a column of their own. Count, sum, min and max
//! stand in [`super::numbers`] and are put back on reading.

use tierline_model::Histogram;

use super::bytes::{Reader, Writer};
use super::{BlockError, ExitPoint, Numbers, SegmentPoint, compress};

/// The version written.
pub const VERSION: u8 = 1;

/// Packs histograms.
///
/// # Errors
/// [`BlockError::TooLarge`] when they do not fit into a block.
pub fn encode<'a>(histograms: impl Iterator<Item = &'a Histogram> + Clone) -> Result<Vec<u8>, BlockError> {
    let mut headers = Writer::default();
    let mut gaps = Writer::default();
    let mut counts = Writer::default();
    for histogram in histograms.clone() {
        headers.byte(histogram.scale() as u8);
        headers.varint(histogram.zero_count());
        headers.zigzag(i64::from(histogram.offset()));
        headers.size(histogram.buckets().iter().filter(|count| **count > 0).count());
        let mut gap = 0u64;
        for count in histogram.buckets() {
            if *count == 0 {
                gap += 1;
            } else {
                gaps.varint(gap);
                counts.varint(*count);
                gap = 0;
            }
        }
    }
    let (headers, gaps, counts) = (headers.into_bytes(), gaps.into_bytes(), counts.into_bytes());
    let mut content = Writer::with_capacity(headers.len() + gaps.len() + counts.len() + 16);
    content.size(histograms.count());
    content.size(headers.len());
    content.raw(&headers);
    content.size(gaps.len());
    content.raw(&gaps);
    content.raw(&counts);
    compress::seal(VERSION, &content.into_bytes())
}

/// Which points of a report's numbers are wanted.
#[derive(Clone, Copy)]
pub enum Wanted<'w> {
    /// These segments.
    Segments(&'w dyn Fn(&SegmentPoint) -> bool),
    /// These exits.
    Exits(&'w dyn Fn(&ExitPoint) -> bool),
}

/// Unpacks the wanted histograms of `numbers`, in the order of its points. Those that are not wanted are passed
/// over, which is much cheaper, and stand there empty.
///
/// # Errors
/// When the bytes are not what [`encode`] makes, or not the histograms of these numbers.
pub fn decode(bytes: &[u8], numbers: &Numbers, wanted: Wanted<'_>) -> Result<Vec<Histogram>, BlockError> {
    let (_, content) = compress::open(bytes, VERSION)?;
    let mut from = Reader::new(&content);
    let count = from.varint()?;
    if count != (numbers.segments.len() + numbers.exits.len()) as u64 {
        return Err(BlockError::Damaged("histograms and numbers do not belong together"));
    }
    let headers_length = from.count(1)?;
    let headers = Reader::new(from.raw(headers_length)?);
    let gaps_length = from.count(1)?;
    let gaps = Reader::new(from.raw(gaps_length)?);
    let mut columns = Columns { headers, gaps, counts: from };
    match wanted {
        Wanted::Segments(wanted) => numbers
            .segments
            .iter()
            .map(|p| columns.next(wanted(p).then_some([p.count, p.sum_ns, p.min_ns, p.max_ns])))
            .collect(),
        Wanted::Exits(wanted) => {
            numbers.segments.iter().try_for_each(|_| columns.next(None).map(drop))?;
            let exits: Vec<Histogram> = numbers
                .exits
                .iter()
                .map(|p| columns.next(wanted(p).then_some([p.count, p.sum_ns, p.min_ns, p.max_ns])))
                .collect::<Result<_, _>>()?;
            columns.headers.end()?;
            columns.gaps.end()?;
            columns.counts.end()?;
            Ok(exits)
        }
    }
}

/// The columns of a block, each read as far as histograms were.
struct Columns<'b> {
    headers: Reader<'b>,
    gaps: Reader<'b>,
    counts: Reader<'b>,
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
            for _ in 0..occupied {
                self.gaps.skip_varint()?;
                self.counts.skip_varint()?;
            }
            return Ok(Histogram::new());
        };
        let mut buckets = Vec::with_capacity(2 * occupied as usize);
        for _ in 0..occupied {
            let gap = usize::try_from(self.gaps.varint()?).unwrap_or(usize::MAX);
            if gap >= BUCKETS_MAX - buckets.len().min(BUCKETS_MAX) {
                return Err(NOT_ONE);
            }
            buckets.resize(buckets.len() + gap, 0);
            buckets.push(self.counts.varint()?);
        }
        Histogram::from_parts(count, sum_ns, min_ns, max_ns, zero_count, i32::from(scale), offset, buckets)
            .map_err(|_| NOT_ONE)
    }
}
