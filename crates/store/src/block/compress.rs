//! The frame around every block: version, content length, zstd.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

use super::BlockError;
use super::bytes::{Reader, Writer};
use crate::limits::BLOCK_CONTENT_BYTES_MAX;

/// How much work packing is worth.
#[derive(Clone, Copy)]
pub(super) enum Effort {
    /// For what is packed again within the hour.
    Quick,
    /// For what stays as it is.
    Thorough,
}

/// Real texts repeat more than random data, which is what the higher level finds.
const fn level(effort: Effort) -> i32 {
    match effort {
        Effort::Quick => 1,
        Effort::Thorough => 3,
    }
}

thread_local! {
    static COMPRESSORS: [RefCell<Option<Compressor<'static>>>; 2] =
        const { [const { RefCell::new(None) }; 2] };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

const NO_MEMORY: BlockError = BlockError::Damaged("no memory to compress or decompress it");

pub(super) fn seal(version: u8, content: &[u8], effort: Effort) -> Result<Vec<u8>, BlockError> {
    if content.len() > BLOCK_CONTENT_BYTES_MAX {
        return Err(BlockError::TooLarge(content.len()));
    }
    let frame = COMPRESSORS.with(|slots| {
        let slot = &mut *slots[effort as usize].borrow_mut();
        let compressor = match slot {
            Some(compressor) => compressor,
            None => {
                let mut made = Compressor::new(level(effort)).map_err(|_| NO_MEMORY)?;
                // SQLite has no checksums of its own; four bytes tell a flipped bit from data.
                made.set_parameter(CParameter::ChecksumFlag(true)).map_err(|_| NO_MEMORY)?;
                made.set_parameter(CParameter::ContentSizeFlag(false)).map_err(|_| NO_MEMORY)?;
                slot.insert(made)
            }
        };
        compressor.compress(content).map_err(|_| NO_MEMORY)
    })?;
    let mut out = Writer::with_capacity(frame.len() + 6);
    out.byte(version);
    out.size(content.len());
    out.raw(&frame);
    Ok(out.into_bytes())
}

/// The version and content of a block whose version is at most `known`.
pub(super) fn open(bytes: &[u8], known: u8) -> Result<(u8, Vec<u8>), BlockError> {
    let mut reader = Reader::new(bytes);
    let version = reader.byte()?;
    if version == 0 {
        return Err(BlockError::Damaged("it has no format version"));
    }
    if version > known {
        return Err(BlockError::Version { found: version, known });
    }
    let length = usize::try_from(reader.varint()?).unwrap_or(usize::MAX);
    if length > BLOCK_CONTENT_BYTES_MAX {
        return Err(BlockError::TooLarge(length));
    }
    let frame = reader.rest();
    // zstd packs at most about 1 : 30,000 (runs); a larger claim is no reason to allocate.
    if length > frame.len().saturating_mul(100_000) {
        return Err(BlockError::Damaged("its length cannot be true"));
    }
    let content = DECOMPRESSOR.with_borrow_mut(|slot| {
        let decompressor = match slot {
            Some(decompressor) => decompressor,
            None => slot.insert(Decompressor::new().map_err(|_| NO_MEMORY)?),
        };
        decompressor.decompress(frame, length).map_err(|_| BlockError::Damaged("it cannot be decompressed"))
    })?;
    if content.len() != length {
        return Err(BlockError::Damaged("its length is not what was written"));
    }
    Ok((version, content))
}
