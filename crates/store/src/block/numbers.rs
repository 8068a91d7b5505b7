//! The numbers of one report: one point per series, column by column, without histograms.
//!
//! Averages, counts and top-N need only this; [`super::sketches`] holds the histograms of the same points in
//! the same order. Ids appear once per block in a table, points refer to them by position.

use std::collections::HashMap;

use tierline_model::interval::Caller;
use tierline_model::{AppId, BackendId, BtId, ExitMetrics, SegmentMetrics, TierId, VerdictCounts};

use super::bytes::{BitReader, BitWriter, Reader, Writer};
use super::compress::Effort;
use super::{BlockError, compress};
use crate::aggregate::KeySeed;

/// The newest version: durations as lengths, and bits in a part of their own. For what stays as it is.
pub const VERSION: u8 = 2;

/// Durations as varints.
const VARINTS: u8 = 1;

/// Executions of one BT, as stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SegmentPoint {
    /// The BT.
    pub bt_id: BtId,
    /// The application the BT belongs to.
    pub bt_app_id: AppId,
    /// Whether this tier is the originating one.
    pub originating: bool,
    /// Who called.
    pub caller: Option<Caller>,
    /// Verdicts.
    pub verdicts: VerdictCounts,
    /// Executions.
    pub count: u64,
    /// Sum of durations, nanoseconds.
    pub sum_ns: u64,
    /// Shortest, nanoseconds.
    pub min_ns: u64,
    /// Longest, nanoseconds.
    pub max_ns: u64,
}

impl SegmentPoint {
    /// The point of a reported series.
    #[must_use]
    pub fn of(metrics: &SegmentMetrics) -> Self {
        Self {
            bt_id: metrics.bt.id,
            bt_app_id: metrics.bt.app_id,
            // The same rule as `Segment::first_in_chain`: a foreign caller is not known by tier.
            originating: metrics.caller.is_none() && metrics.bt.origin.is_some(),
            caller: metrics.caller,
            verdicts: metrics.verdicts,
            count: metrics.duration.count(),
            sum_ns: metrics.duration.sum_ns(),
            min_ns: metrics.duration.min_ns(),
            max_ns: metrics.duration.max_ns(),
        }
    }
}

/// Calls of one BT to one backend, as stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExitPoint {
    /// The BT that called.
    pub bt_id: BtId,
    /// The application the BT belongs to.
    pub bt_app_id: AppId,
    /// The backend called.
    pub backend_id: BackendId,
    /// Calls that ended in error.
    pub errors: u64,
    /// Calls.
    pub count: u64,
    /// Sum of durations, nanoseconds.
    pub sum_ns: u64,
    /// Shortest, nanoseconds.
    pub min_ns: u64,
    /// Longest, nanoseconds.
    pub max_ns: u64,
}

impl ExitPoint {
    /// The point of a reported series.
    #[must_use]
    pub fn of(metrics: &ExitMetrics) -> Self {
        Self {
            bt_id: metrics.bt_id,
            bt_app_id: metrics.app_id,
            backend_id: metrics.backend.id,
            errors: metrics.errors,
            count: metrics.duration.count(),
            sum_ns: metrics.duration.sum_ns(),
            min_ns: metrics.duration.min_ns(),
            max_ns: metrics.duration.max_ns(),
        }
    }
}

/// All points of a report.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Numbers {
    /// Executions.
    pub segments: Vec<SegmentPoint>,
    /// Exit calls.
    pub exits: Vec<ExitPoint>,
}

/// Ids in the order of their first use.
#[derive(Default)]
struct IdTable {
    ids: Vec<u64>,
    positions: HashMap<u64, u64, KeySeed>,
}

impl IdTable {
    fn position(&mut self, id: u64) -> u64 {
        *self.positions.entry(id).or_insert_with(|| {
            self.ids.push(id);
            self.ids.len() as u64 - 1
        })
    }
}

/// Packs points.
///
/// # Errors
/// [`BlockError::TooLarge`] when they do not fit into a block.
pub fn encode(numbers: &Numbers) -> Result<Vec<u8>, BlockError> {
    let mut content = Writer::default();
    write_content(&mut content, numbers);
    compress::seal(VARINTS, &content.into_bytes(), Effort::Quick)
}

/// Packs points that stay as they are.
///
/// # Errors
/// [`BlockError::TooLarge`] when they do not fit into a block.
pub fn encode_thoroughly(numbers: &Numbers) -> Result<Vec<u8>, BlockError> {
    let mut columns = Writer::default();
    let mut bits = BitWriter::default();
    write_columns(&mut columns, numbers, &mut Durations::Bits(&mut bits));
    // Apart, because random bits among them would make the columns harder to pack.
    let columns = compress::seal(VERSION, &columns.into_bytes(), Effort::Thorough)?;
    let mut content = Writer::with_capacity(columns.len() + 8);
    content.size(columns.len());
    content.raw(&columns);
    content.raw(&bits.into_bytes());
    compress::seal(VERSION, &content.into_bytes(), Effort::Quick)
}

/// Where durations go.
enum Durations<'b> {
    Varints,
    Bits(&'b mut BitWriter),
}

/// The content of a block.
pub(super) fn write_content(content: &mut Writer, numbers: &Numbers) {
    write_columns(content, numbers, &mut Durations::Varints);
}

fn write_columns(content: &mut Writer, numbers: &Numbers, durations: &mut Durations<'_>) {
    let mut ids = IdTable::default();
    let mut columns = Writer::with_capacity(64 + 32 * (numbers.segments.len() + numbers.exits.len()));
    write_segments(&mut columns, &numbers.segments, &mut ids, durations);
    write_exits(&mut columns, &numbers.exits, &mut ids, durations);
    let columns = columns.into_bytes();
    content.size(ids.ids.len());
    for id in &ids.ids {
        content.id(*id);
    }
    content.raw(&columns);
}

fn write_segments(
    out: &mut Writer,
    points: &[SegmentPoint],
    ids: &mut IdTable,
    durations: &mut Durations<'_>,
) {
    out.size(points.len());
    for p in points {
        out.varint(ids.position(p.bt_id.get()));
    }
    for p in points {
        out.varint(ids.position(p.bt_app_id.get()));
    }
    for p in points {
        out.byte(
            u8::from(p.originating)
                | u8::from(p.caller.is_some()) << 1
                | u8::from(p.caller.is_some_and(|c| c.backend_id.is_some())) << 2,
        );
    }
    for caller in points.iter().filter_map(|p| p.caller) {
        out.varint(ids.position(caller.tier_id.get()));
        if let Some(backend) = caller.backend_id {
            out.varint(ids.position(backend.get()));
        }
    }
    let columns: [fn(&VerdictCounts) -> u64; 5] =
        [|v| v.normal, |v| v.slow, |v| v.very_slow, |v| v.stall, |v| v.error];
    for column in columns {
        for p in points {
            out.varint(column(&p.verdicts));
        }
    }
    // Count equals the verdicts' total in every sound report: a column of zeros.
    for p in points {
        out.varint(p.count.wrapping_sub(p.verdicts.total()));
    }
    durations.write(out, points.iter().map(|p| (p.sum_ns, p.min_ns, p.max_ns)));
}

fn write_exits(out: &mut Writer, points: &[ExitPoint], ids: &mut IdTable, durations: &mut Durations<'_>) {
    out.size(points.len());
    for p in points {
        out.varint(ids.position(p.bt_id.get()));
    }
    for p in points {
        out.varint(ids.position(p.bt_app_id.get()));
    }
    for p in points {
        out.varint(ids.position(p.backend_id.get()));
    }
    for p in points {
        out.varint(p.errors);
    }
    for p in points {
        out.varint(p.count);
    }
    durations.write(out, points.iter().map(|p| (p.sum_ns, p.min_ns, p.max_ns)));
}

impl Durations<'_> {
    fn write(&mut self, out: &mut Writer, durations: impl Iterator<Item = (u64, u64, u64)> + Clone) {
        let mut one = |value: u64| match self {
            Self::Varints => out.varint(value),
            Self::Bits(bits) => out.byte(bits.number(value)),
        };
        durations.clone().for_each(|(sum, _, _)| one(sum));
        durations.clone().for_each(|(_, min, _)| one(min));
        durations.for_each(|(_, min, max)| one(max.wrapping_sub(min)));
    }
}

/// Unpacks points.
///
/// # Errors
/// When the bytes are not what [`encode`] makes.
pub fn decode(bytes: &[u8]) -> Result<Numbers, BlockError> {
    let (version, content) = compress::open(bytes, VERSION)?;
    let mut from = Reader::new(&content);
    if version == VARINTS {
        let numbers = read_content(&mut from)?;
        from.end()?;
        return Ok(numbers);
    }
    let length = from.count(1)?;
    let (_, columns) = compress::open(from.raw(length)?, VERSION)?;
    let mut bits = BitReader::new(from.rest());
    let mut from = Reader::new(&columns);
    let numbers = read_columns(&mut from, &mut Some(&mut bits))?;
    from.end()?;
    Ok(numbers)
}

/// Reads what [`write_content`] writes.
pub(super) fn read_content(from: &mut Reader<'_>) -> Result<Numbers, BlockError> {
    read_columns(from, &mut None)
}

/// With bits, when durations are there.
fn read_columns(from: &mut Reader<'_>, bits: &mut Option<&mut BitReader<'_>>) -> Result<Numbers, BlockError> {
    let mut ids = Vec::new();
    for _ in 0..from.count(7)? {
        ids.push(from.id()?);
    }
    let segments = read_segments(from, &ids, bits)?;
    let exits = read_exits(from, &ids, bits)?;
    Ok(Numbers { segments, exits })
}

fn id<T>(from: &mut Reader<'_>, ids: &[u64], make: fn(u64) -> Option<T>) -> Result<T, BlockError> {
    let position = usize::try_from(from.varint()?).unwrap_or(usize::MAX);
    ids.get(position)
        .and_then(|id| make(*id))
        .ok_or(BlockError::Damaged("it refers to an id that is not there"))
}

fn column<T>(count: usize, mut read: impl FnMut() -> Result<T, BlockError>) -> Result<Vec<T>, BlockError> {
    (0..count).map(|_| read()).collect()
}

fn read_segments(
    from: &mut Reader<'_>,
    ids: &[u64],
    bits: &mut Option<&mut BitReader<'_>>,
) -> Result<Vec<SegmentPoint>, BlockError> {
    const COLUMNS: usize = 12;
    let count = from.count(COLUMNS)?;
    let bts = column(count, || id(from, ids, BtId::from_u64))?;
    let apps = column(count, || id(from, ids, AppId::from_u64))?;
    let flags = column(count, || from.byte())?;
    let mut callers = Vec::with_capacity(count);
    for flag in &flags {
        callers.push(if flag & 2 == 0 {
            None
        } else {
            let tier_id = id(from, ids, TierId::from_u64)?;
            let backend_id = if flag & 4 == 0 { None } else { Some(id(from, ids, BackendId::from_u64)?) };
            Some(Caller { tier_id, backend_id })
        });
    }
    let mut verdicts = vec![VerdictCounts::default(); count];
    let columns: [fn(&mut VerdictCounts) -> &mut u64; 5] =
        [|v| &mut v.normal, |v| &mut v.slow, |v| &mut v.very_slow, |v| &mut v.stall, |v| &mut v.error];
    for column in columns {
        for counts in &mut verdicts {
            *column(counts) = from.varint()?;
        }
    }
    let extra = column(count, || from.varint())?;
    let durations = read_durations(from, count, bits)?;
    let mut points = Vec::with_capacity(count);
    for index in 0..count {
        let (sum_ns, min_ns, max_ns) = durations[index];
        points.push(SegmentPoint {
            bt_id: bts[index],
            bt_app_id: apps[index],
            originating: flags[index] & 1 != 0,
            caller: callers[index],
            verdicts: verdicts[index],
            count: verdicts[index].total().wrapping_add(extra[index]),
            sum_ns,
            min_ns,
            max_ns,
        });
    }
    Ok(points)
}

fn read_exits(
    from: &mut Reader<'_>,
    ids: &[u64],
    bits: &mut Option<&mut BitReader<'_>>,
) -> Result<Vec<ExitPoint>, BlockError> {
    const COLUMNS: usize = 8;
    let count = from.count(COLUMNS)?;
    let bts = column(count, || id(from, ids, BtId::from_u64))?;
    let apps = column(count, || id(from, ids, AppId::from_u64))?;
    let backends = column(count, || id(from, ids, BackendId::from_u64))?;
    let errors = column(count, || from.varint())?;
    let counts = column(count, || from.varint())?;
    let durations = read_durations(from, count, bits)?;
    let mut points = Vec::with_capacity(count);
    for index in 0..count {
        let (sum_ns, min_ns, max_ns) = durations[index];
        points.push(ExitPoint {
            bt_id: bts[index],
            bt_app_id: apps[index],
            backend_id: backends[index],
            errors: errors[index],
            count: counts[index],
            sum_ns,
            min_ns,
            max_ns,
        });
    }
    Ok(points)
}

fn read_durations(
    from: &mut Reader<'_>,
    count: usize,
    bits: &mut Option<&mut BitReader<'_>>,
) -> Result<Vec<(u64, u64, u64)>, BlockError> {
    let mut one = || match bits {
        None => from.varint(),
        Some(bits) => bits.number(from.byte()?),
    };
    let mut durations = vec![(0, 0, 0); count];
    for duration in &mut durations {
        duration.0 = one()?;
    }
    for duration in &mut durations {
        duration.1 = one()?;
    }
    for duration in &mut durations {
        duration.2 = duration.1.wrapping_add(one()?);
    }
    Ok(durations)
}
