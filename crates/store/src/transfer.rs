//! One file with what a store holds: all of it, a time range, or one request. For moving between stores of any kind.
//!
//! The file is `TIERLINE`, a format version (1 byte) and a zstd stream of frames: the length of a header (4 bytes,
//! little endian), the header as JSON, the number of blobs (1 byte) and each blob behind its length (4 bytes). The
//! last frame says how many there were, so a file that was cut short is known as such. Numbers and segments are blocks
//! ([`crate::block`]) of any version.

use std::io::{Read, Write};

use serde::{Deserialize, Serialize};
use tierline_model::{AppId, Guid, NodeId, TierId};

use crate::entity::{AgentRecord, Application, BackendRecord, BtRecord, NodeRecord, TierRecord};
use crate::limits::{BLOCK_CONTENT_BYTES_MAX, FRAME_HEADER_BYTES_MAX};
use crate::query::TimeRange;

/// The version written.
pub const VERSION: u8 = 1;

const MAGIC: &[u8; 8] = b"TIERLINE";

/// What is to be exported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Selection {
    /// Everything, users and keys included.
    Everything,
    /// Numbers and segments of a time, with their entities; of one account, or of all.
    Range {
        /// Whose.
        account: Option<String>,
        /// When they started; numbers by whole hours once minutes are gone.
        range: TimeRange,
    },
    /// One request, with its entities.
    Request {
        /// Whose.
        account: String,
        /// Which.
        guid: Guid,
    },
}

/// What was exported or imported.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TransferSummary {
    /// Accounts.
    pub accounts: u64,
    /// Reports.
    pub reports: u64,
    /// Sums whose minutes are gone.
    pub sums: u64,
    /// Segments.
    pub segments: u64,
    /// Documents.
    pub documents: u64,
    /// Records of the journal.
    pub journal: u64,
    /// Documents left as they were because the store has others.
    pub documents_kept: u64,
}

/// What goes wrong with such a file.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The file cannot be read or written.
    #[error("the file cannot be read or written: {0}")]
    File(#[from] std::io::Error),
    /// It is something else, damaged or cut short.
    #[error("the file is no export of Tierline, or it is damaged: {0}")]
    Damaged(String),
    /// Written by a newer version.
    #[error("the file has format {found}, this version knows up to {VERSION}: use the version that wrote it")]
    Newer {
        /// The version found.
        found: u8,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] crate::StoreError),
}

/// Who reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Reporter {
    pub(crate) app_id: AppId,
    pub(crate) tier_id: TierId,
    pub(crate) node_id: NodeId,
}

/// What a frame is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(crate) enum Header {
    /// What follows belongs to this account.
    Account {
        name: String,
    },
    Application {
        record: Application,
    },
    Tier {
        record: TierRecord,
    },
    Node {
        record: NodeRecord,
    },
    Bt {
        record: BtRecord,
    },
    Backend {
        record: BackendRecord,
    },
    Agent {
        record: AgentRecord,
    },
    /// The blob is its text.
    Document {
        kind: String,
        name: String,
        changed_by: String,
        changed_ms: u64,
        secret: bool,
    },
    /// The blob is its text.
    Journal {
        time_ms: u64,
        stream: String,
        app_id: Option<AppId>,
        kind: String,
        severity: String,
        subject: String,
    },
    /// The blobs are ledger, numbers and sketches.
    Report {
        from: Reporter,
        incarnation: String,
        start_ms: u64,
    },
    /// The blobs are a rollup and its sketches.
    Sums {
        from: Reporter,
        start_minute: u64,
        minutes: u64,
    },
    /// The blob is a block of segments.
    Segments {
        archived: bool,
        count: u64,
    },
    /// Nothing follows.
    End {
        frames: u64,
    },
}

/// Writes frames.
pub(crate) struct FrameWriter<W: Write> {
    out: zstd::stream::write::Encoder<'static, W>,
    frames: u64,
}

/// On the machine that measured, level 3 keeps up with a disk.
const LEVEL: i32 = 3;

impl<W: Write> FrameWriter<W> {
    pub(crate) fn new(mut out: W) -> Result<Self, TransferError> {
        out.write_all(MAGIC)?;
        out.write_all(&[VERSION])?;
        let mut out = zstd::stream::write::Encoder::new(out, LEVEL)?;
        out.include_checksum(true)?;
        Ok(Self { out, frames: 0 })
    }

    pub(crate) fn write(&mut self, header: &Header, blobs: &[&[u8]]) -> Result<(), TransferError> {
        self.frames += 1;
        let header = serde_json::to_vec(header).map_err(|error| TransferError::Damaged(error.to_string()))?;
        let length = |bytes: &[u8]| (bytes.len() as u32).to_le_bytes();
        self.out.write_all(&length(&header))?;
        self.out.write_all(&header)?;
        self.out.write_all(&[blobs.len() as u8])?;
        for blob in blobs {
            self.out.write_all(&length(blob))?;
            self.out.write_all(blob)?;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<(), TransferError> {
        let frames = self.frames;
        self.write(&Header::End { frames }, &[])?;
        self.out.finish()?.flush()?;
        Ok(())
    }
}

/// Reads frames, trusting nothing.
pub(crate) struct FrameReader<'r> {
    from: zstd::stream::read::Decoder<'static, std::io::BufReader<&'r mut dyn Read>>,
    frames: u64,
}

/// What a frame says, and the bytes that go with it.
pub(crate) type Frame = (Header, Vec<Vec<u8>>);

impl<'r> FrameReader<'r> {
    pub(crate) fn new(from: &'r mut dyn Read) -> Result<Self, TransferError> {
        let mut head = [0u8; 9];
        from.read_exact(&mut head).map_err(cut_short)?;
        if &head[..8] != MAGIC {
            return Err(TransferError::Damaged("it begins with something else".to_owned()));
        }
        match head[8] {
            VERSION => {}
            0 => return Err(TransferError::Damaged("it has no format version".to_owned())),
            found => return Err(TransferError::Newer { found }),
        }
        Ok(Self { from: zstd::stream::read::Decoder::new(from)?, frames: 0 })
    }

    /// The next frame; `None` behind the last one.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, TransferError> {
        let header = self.bytes(FRAME_HEADER_BYTES_MAX)?;
        let header =
            serde_json::from_slice(&header).map_err(|error| TransferError::Damaged(error.to_string()))?;
        let mut blobs = [0u8; 1];
        self.from.read_exact(&mut blobs).map_err(cut_short)?;
        let blobs =
            (0..blobs[0]).map(|_| self.bytes(BLOCK_CONTENT_BYTES_MAX)).collect::<Result<Vec<_>, _>>()?;
        if let Header::End { frames } = header {
            if frames != self.frames {
                return Err(TransferError::Damaged("frames are missing".to_owned()));
            }
            return Ok(None);
        }
        self.frames += 1;
        Ok(Some((header, blobs)))
    }

    fn bytes(&mut self, limit: usize) -> Result<Vec<u8>, TransferError> {
        let mut length = [0u8; 4];
        self.from.read_exact(&mut length).map_err(cut_short)?;
        let length = u32::from_le_bytes(length);
        if length as usize > limit {
            return Err(TransferError::Damaged(format!("a part of it claims to have {length} bytes")));
        }
        // Not allocated before it is there.
        let mut bytes = Vec::new();
        (&mut self.from).take(u64::from(length)).read_to_end(&mut bytes).map_err(cut_short)?;
        if bytes.len() != length as usize {
            return Err(TransferError::Damaged("it ends too early".to_owned()));
        }
        Ok(bytes)
    }
}

fn cut_short(error: std::io::Error) -> TransferError {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => TransferError::Damaged("it ends too early".to_owned()),
        std::io::ErrorKind::Other | std::io::ErrorKind::InvalidData => {
            TransferError::Damaged(error.to_string())
        }
        _ => TransferError::File(error),
    }
}
