//! The conservation line and process sample of a report. Small and read often, so not compressed.

use std::collections::BTreeMap;

use tierline_model::{DropCause, Ledger, RuntimeSample};

use super::BlockError;
use super::bytes::{Reader, Writer};

/// The version written.
pub const VERSION: u8 = 1;

/// Packs both.
#[must_use]
pub fn encode(ledger: &Ledger, runtime: &RuntimeSample) -> Vec<u8> {
    let mut out = Writer::with_capacity(48);
    out.byte(VERSION);
    for value in [
        ledger.begun,
        ledger.ended,
        ledger.abandoned,
        ledger.exit_calls,
        ledger.begun_total,
        ledger.ended_total,
        ledger.in_flight,
        ledger.other_traffic,
        ledger.snapshots_kept,
    ] {
        out.varint(value);
    }
    out.size(ledger.drops.len());
    for (cause, count) in &ledger.drops {
        out.text(cause.as_str());
        out.varint(*count);
    }
    out.float(runtime.process_cpu_ms);
    out.varint(runtime.process_memory_bytes);
    out.float(runtime.agent_cpu_ms);
    out.varint(runtime.agent_memory_bytes);
    out.varint(runtime.threads);
    out.into_bytes()
}

/// Unpacks both.
///
/// # Errors
/// When the bytes are not what [`encode`] makes.
pub fn decode(bytes: &[u8]) -> Result<(Ledger, RuntimeSample), BlockError> {
    let mut from = Reader::new(bytes);
    match from.byte()? {
        0 => return Err(BlockError::Damaged("it has no format version")),
        VERSION => {}
        found => return Err(BlockError::Version { found, known: VERSION }),
    }
    let mut ledger = Ledger {
        begun: from.varint()?,
        ended: from.varint()?,
        abandoned: from.varint()?,
        exit_calls: from.varint()?,
        begun_total: from.varint()?,
        ended_total: from.varint()?,
        in_flight: from.varint()?,
        other_traffic: from.varint()?,
        snapshots_kept: from.varint()?,
        drops: BTreeMap::new(),
    };
    for _ in 0..from.count(2)? {
        let cause: DropCause =
            from.text()?.parse().map_err(|_| BlockError::Damaged("it names an unknown cause"))?;
        ledger.drops.insert(cause, from.varint()?);
    }
    let runtime = RuntimeSample {
        process_cpu_ms: from.float()?,
        process_memory_bytes: from.varint()?,
        agent_cpu_ms: from.float()?,
        agent_memory_bytes: from.varint()?,
        threads: from.varint()?,
    };
    from.end()?;
    Ok((ledger, runtime))
}
