//! Blocks: how the numbers of a report and the segments of a batch are packed into bytes.
//!
//! A block is a format version (1 byte), the length of its content (varint) and the content as one zstd frame
//! with a checksum. Nothing here knows where blocks are kept, so the same blocks can go into another engine,
//! plain files or an object store. Every version ever written is read for ever; `tests/fixtures` holds one
//! block of each. Reading accepts any bytes and answers [`BlockError`] for those that are not a block.

mod bytes;
pub mod chunk;
mod compress;
mod density;
pub mod ledger;
pub mod numbers;
mod range_coder;
pub mod rollup;
mod segment_columns;
pub mod segments;
pub mod sketches;
mod text;

pub use numbers::{ExitPoint, Numbers, SegmentPoint};

/// The bytes are not a block this version understands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// Written by a newer version.
    #[error(
        "block format {found} is newer than this version knows (up to {known}): use the version that wrote it"
    )]
    Version {
        /// The version found.
        found: u8,
        /// The newest version known here.
        known: u8,
    },
    /// Not what was written.
    #[error("block is damaged: {0}")]
    Damaged(&'static str),
    /// The content is larger than a block may be.
    #[error("block content has {0} bytes, more than a block may hold")]
    TooLarge(usize),
}
