//! What the reports of one node in one hour say about themselves, in one block.
//!
//! Beside it stand one block of [`super::numbers`] and one of [`super::sketches`] with the points of all these
//! reports, one report behind the other: all segments, then all exits.

use std::collections::HashMap;

use tierline_model::Incarnation;

use super::bytes::{Reader, Writer};
use super::compress::Effort;
use super::{BlockError, compress};

/// The version written.
pub const VERSION: u8 = 1;

/// One report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChunkReport {
    /// Its start, milliseconds since 1970.
    pub start_ms: u64,
    /// Which life of its agent.
    pub incarnation: Incarnation,
    /// Executions in its numbers.
    pub executions: u64,
    /// Its conservation line, a block of [`super::ledger`].
    pub ledger: Vec<u8>,
    /// How many of the points of segments are its.
    pub segments: usize,
    /// How many of the points of exits are its.
    pub exits: usize,
}

/// Packs what reports say about themselves.
///
/// # Errors
/// [`BlockError::TooLarge`] when they do not fit into a block.
pub fn encode(reports: &[ChunkReport]) -> Result<Vec<u8>, BlockError> {
    let mut lives: Vec<Incarnation> = Vec::new();
    let mut positions: HashMap<Incarnation, u64> = HashMap::new();
    let mut rows = Writer::default();
    let mut previous_ms = 0u64;
    for report in reports {
        rows.zigzag(report.start_ms.wrapping_sub(previous_ms) as i64);
        previous_ms = report.start_ms;
        let position = *positions.entry(report.incarnation).or_insert_with(|| {
            lives.push(report.incarnation);
            lives.len() as u64 - 1
        });
        rows.varint(position);
        rows.varint(report.executions);
        rows.size(report.segments);
        rows.size(report.exits);
        rows.size(report.ledger.len());
        rows.raw(&report.ledger);
    }
    let mut content = Writer::default();
    content.size(lives.len());
    for life in &lives {
        content.raw(&life.0);
    }
    content.size(reports.len());
    content.raw(&rows.into_bytes());
    compress::seal(VERSION, &content.into_bytes(), Effort::Thorough)
}

/// Unpacks it.
///
/// # Errors
/// When the bytes are not what [`encode`] makes.
pub fn decode(bytes: &[u8]) -> Result<Vec<ChunkReport>, BlockError> {
    const NOT_THERE: BlockError = BlockError::Damaged("it refers to a life that is not there");
    let (_, content) = compress::open(bytes, VERSION)?;
    let mut from = Reader::new(&content);
    let mut lives = Vec::new();
    for _ in 0..from.count(16)? {
        lives.push(Incarnation(from.array()?));
    }
    let mut reports = Vec::new();
    let mut start_ms = 0u64;
    for _ in 0..from.count(6)? {
        start_ms = start_ms.wrapping_add(from.zigzag()? as u64);
        let life = usize::try_from(from.varint()?).unwrap_or(usize::MAX);
        reports.push(ChunkReport {
            start_ms,
            incarnation: *lives.get(life).ok_or(NOT_THERE)?,
            executions: from.varint()?,
            segments: usize::try_from(from.varint()?).unwrap_or(usize::MAX),
            exits: usize::try_from(from.varint()?).unwrap_or(usize::MAX),
            ledger: {
                let length = from.count(1)?;
                from.raw(length)?.to_vec()
            },
        });
    }
    from.end()?;
    Ok(reports)
}
