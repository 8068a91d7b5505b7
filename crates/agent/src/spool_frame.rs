//! One batch in a file of the spool. A frame that was cut or damaged is noticed and ends the reading of its file.
//!
//! | Bytes | What |
//! |---|---|
//! | 4 | `TLF1`, the format's name and version |
//! | 1 | `m` or `s`: [`BatchKind::letter`] |
//! | 1 | 1 when the body is gzip, else 0 |
//! | 2 | 0 |
//! | 4 | items |
//! | 4 | length of the body |
//! | 8 | `created_ms` |
//! | 8 | XXH3-64 of all other bytes of the frame |
//! | … | the body |
//!
//! Numbers are little endian.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use crate::batch::{Batch, BatchKind};
use crate::limits::FRAME_BYTES_MAX;

/// Bytes before the body.
pub const HEAD_BYTES: usize = 32;

const MAGIC: [u8; 4] = *b"TLF1";
const CHECKSUM_AT: usize = 24;

/// The frame of a batch; `None` when it is too long for one.
#[must_use]
pub fn encode(batch: &Batch) -> Option<Vec<u8>> {
    let length = u32::try_from(batch.body.len()).ok().filter(|_| batch.body.len() <= FRAME_BYTES_MAX)?;
    let mut frame = Vec::with_capacity(HEAD_BYTES + batch.body.len());
    frame.extend_from_slice(&MAGIC);
    frame.extend_from_slice(&[batch.kind.letter(), u8::from(batch.gzip), 0, 0]);
    frame.extend_from_slice(&batch.items.to_le_bytes());
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&batch.created_ms.to_le_bytes());
    let checksum = checksum(&frame, &batch.body);
    frame.extend_from_slice(&checksum.to_le_bytes());
    frame.extend_from_slice(&batch.body);
    Some(frame)
}

fn checksum(head: &[u8], body: &[u8]) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(head);
    hash.update(body);
    hash.digest()
}

/// What stands before a body.
struct Head {
    kind: BatchKind,
    gzip: bool,
    items: u32,
    length: usize,
    created_ms: u64,
    checksum: u64,
    bytes: [u8; HEAD_BYTES],
}

fn read_head(file: &mut impl Read) -> io::Result<Option<Head>> {
    let mut bytes = [0_u8; HEAD_BYTES];
    match file.read_exact(&mut bytes) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let [m0, m1, m2, m3, letter, gzip, 0, 0, i0, i1, i2, i3, l0, l1, l2, l3, rest @ ..] = bytes else {
        return Ok(None);
    };
    let [c0, c1, c2, c3, c4, c5, c6, c7, h0, h1, h2, h3, h4, h5, h6, h7] = rest;
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    let kind =
        BatchKind::of_letter(letter).filter(|_| [m0, m1, m2, m3] == MAGIC && length <= FRAME_BYTES_MAX);
    Ok(kind.map(|kind| Head {
        kind,
        gzip: gzip == 1,
        items: u32::from_le_bytes([i0, i1, i2, i3]),
        length,
        created_ms: u64::from_le_bytes([c0, c1, c2, c3, c4, c5, c6, c7]),
        checksum: u64::from_le_bytes([h0, h1, h2, h3, h4, h5, h6, h7]),
        bytes,
    }))
}

/// The next batch of a file; `None` at its end, and where it is damaged.
///
/// # Errors
/// When the file cannot be read.
pub fn read(file: &mut impl Read) -> io::Result<Option<Batch>> {
    let Some(head) = read_head(file)? else { return Ok(None) };
    let mut body = Vec::new();
    // Not allocated in advance: a damaged length must not cost memory.
    file.take(head.length as u64).read_to_end(&mut body)?;
    let intact = body.len() == head.length
        && checksum(head.bytes.get(..CHECKSUM_AT).unwrap_or_default(), &body) == head.checksum;
    Ok(intact.then(|| Batch {
        kind: head.kind,
        items: head.items,
        created_ms: head.created_ms,
        gzip: head.gzip,
        body: Arc::new(body),
    }))
}

/// Items in the rest of a file, from the frames' heads alone.
#[must_use]
pub fn count_items(file: &mut (impl Read + Seek)) -> u64 {
    let mut items = 0_u64;
    while let Ok(Some(head)) = read_head(file) {
        items += u64::from(head.items);
        let length = i64::try_from(head.length).unwrap_or(i64::MAX);
        if file.seek(SeekFrom::Current(length)).is_err() {
            break;
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn batch(kind: BatchKind, body: &[u8]) -> Batch {
        Batch { kind, items: 3, created_ms: 1_700_000_000_000, gzip: true, body: Arc::new(body.to_vec()) }
    }

    #[test]
    fn what_goes_in_comes_out() {
        let batches = [batch(BatchKind::Metrics, b"numbers"), batch(BatchKind::Snapshots, &[7; 100_000])];
        let file: Vec<u8> = batches.iter().flat_map(|batch| encode(batch).unwrap()).collect();
        let mut cursor = Cursor::new(file.clone());
        assert_eq!(read(&mut cursor).unwrap().as_ref(), Some(&batches[0]));
        assert_eq!(read(&mut cursor).unwrap().as_ref(), Some(&batches[1]));
        assert_eq!(read(&mut cursor).unwrap(), None);
        assert_eq!(count_items(&mut Cursor::new(file)), 6);
    }

    #[test]
    fn the_format_of_version_1_stays_readable() {
        let fixture = include_bytes!("../tests/fixtures/spool-frame-1.bin");
        let expected = batch(BatchKind::Metrics, b"numbers");
        assert_eq!(read(&mut Cursor::new(fixture)).unwrap(), Some(expected));
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_noticed() {
        let frame = encode(&batch(BatchKind::Snapshots, b"some bytes of a snapshot")).unwrap();
        for end in 0..frame.len() {
            assert_eq!(read(&mut Cursor::new(&frame[..end])).unwrap(), None, "cut at {end}");
        }
        for bit in 0..frame.len() * 8 {
            let mut damaged = frame.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&mut Cursor::new(&damaged)).unwrap(), None, "bit {bit}");
        }
    }
}
