//! What goes to the controller in one request, encoded once: every attempt sends the same bytes.

use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use tierline_model::{AgentIdentity, IntervalReport, Segment};
use tierline_wire::otlp::{encode_metrics, encode_traces};

/// What a batch holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum BatchKind {
    /// The numbers of one interval.
    Metrics,
    /// Snapshots.
    Snapshots,
}

impl BatchKind {
    /// Both, the more precious first.
    pub const ALL: [Self; 2] = [Self::Metrics, Self::Snapshots];

    /// Where it is posted to.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Metrics => "/v1/metrics",
            Self::Snapshots => "/v1/traces",
        }
    }

    /// One letter, in files.
    #[must_use]
    pub const fn letter(self) -> u8 {
        match self {
            Self::Metrics => b'm',
            Self::Snapshots => b's',
        }
    }

    /// Reads the letter.
    #[must_use]
    pub fn of_letter(letter: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.letter() == letter)
    }
}

/// An encoded request. Clones share its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Batch {
    /// What it holds.
    pub kind: BatchKind,
    /// How many snapshots or intervals.
    pub items: u32,
    /// Milliseconds since 1970: the interval's start, or when the snapshots were taken.
    pub created_ms: u64,
    /// Whether `body` is compressed.
    pub gzip: bool,
    /// The request's body.
    pub body: Arc<Vec<u8>>,
}

impl Batch {
    /// The numbers of an interval.
    #[must_use]
    pub fn of_report(identity: &AgentIdentity, report: &IntervalReport) -> Self {
        let mut raw = Vec::new();
        encode_metrics(identity, report, &mut raw);
        Self::of_bytes(BatchKind::Metrics, 1, report.start_ms, raw, true)
    }

    /// Snapshots. `compress` is off when time is short.
    #[must_use]
    pub fn of_segments(identity: &AgentIdentity, segments: &[Segment], now_ms: u64, compress: bool) -> Self {
        let mut raw = Vec::new();
        encode_traces(identity, segments, &mut raw);
        let items = u32::try_from(segments.len()).unwrap_or(u32::MAX);
        Self::of_bytes(BatchKind::Snapshots, items, now_ms, raw, compress)
    }

    fn of_bytes(kind: BatchKind, items: u32, created_ms: u64, raw: Vec<u8>, compress: bool) -> Self {
        let zipped = if compress { gzip(&raw) } else { None };
        let gzip = zipped.is_some();
        Self { kind, items, created_ms, gzip, body: Arc::new(zipped.unwrap_or(raw)) }
    }
}

/// Level 1: a tenth of the time of level 6 for a seventh more bytes (facts/wire-and-instrumentation 5.2).
fn gzip(raw: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(raw.len() / 4), Compression::new(1));
    encoder.write_all(raw).ok()?;
    encoder.finish().ok()
}
