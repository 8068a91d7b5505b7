//! The correlation header on its way out: put together from parts that were made once.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use tierline_model::correlation::{account_guid, controller_guid};
use tierline_model::limits::EXIT_SEQUENCE_BYTES_MAX;
use tierline_model::{AgentIdentity, Guid};

use crate::record::Record;
use crate::thread_cache;

/// The beginning of every header of an agent, up to and with `*ts=`.
pub(crate) fn prefix(identity: &AgentIdentity, account: &str) -> Box<str> {
    let mut text = String::with_capacity(128);
    let _ = write!(text, "appId={}*ctrlguid={}*acctguid=", identity.app_id(), controller_guid(account));
    account_guid(account).write_uuid(&mut text);
    text.push_str("*ts=");
    text.into_boxed_str()
}

/// Appends the header for exit call `number`. The same text as `CorrelationHeader::write`; a test compares.
pub(crate) fn write(
    record: &mut Record,
    number: u32,
    backend: u32,
    do_not_resolve: bool,
    out: &mut String,
) -> bool {
    let guid = guid_of(record);
    let (Some(core), Some(bt)) = (&record.core, &record.bt) else {
        return false;
    };
    let Some(backend) = core.backends.get(backend) else {
        return false;
    };
    if !core.correlation_enabled.load(Ordering::Relaxed) {
        return false;
    }
    let sequence = record.inherited.as_ref().map_or("", |i| &*i.sequence);
    if sequence.len() + 11 > EXIT_SEQUENCE_BYTES_MAX {
        // A hundred tiers deep, or a loop: nobody would read it.
        core.count_misuse("make_correlation_header: the chain of exit calls is too long");
        return false;
    }
    let inherited_ms = record.inherited.as_ref().map_or(0, |i| i.timestamp_ms);
    let timestamp_ms =
        if inherited_ms > 0 { inherited_ms } else { core.unix_ns(record.start_ns) / 1_000_000 };
    let keep = record.asked.is_some() && core.propagate.load(Ordering::Relaxed);
    let rest = if do_not_resolve { &backend.header_no_resolve } else { &backend.header_resolve };
    out.reserve(core.header_prefix.len() + bt.header_part.len() + sequence.len() + rest.len() + 96);
    out.push_str(&core.header_prefix);
    push_number(out, timestamp_ms);
    out.push_str(&bt.header_part);
    push_uuid(out, &guid);
    out.push_str("*exitguid=");
    push_sequence(out, sequence, number);
    out.push_str(rest);
    if keep {
        out.push_str("*snapenable=true");
    }
    true
}

/// Appends the sequence of an exit call: its number, behind the sequence of the segment.
pub(crate) fn push_sequence(out: &mut String, segment: &str, number: u32) {
    if !segment.is_empty() {
        out.push_str(segment);
        out.push('|');
    }
    push_number(out, u64::from(number));
}

/// The GUID of the request, made now if need be.
pub(crate) fn guid_of(record: &mut Record) -> Guid {
    if let Some(guid) = record.guid {
        return guid;
    }
    let guid = match &record.core {
        Some(core) => thread_cache::with(core, |cache| cache.random().guid()),
        None => crate::random::Random::from_system().guid(),
    };
    record.guid = Some(guid);
    guid
}

/// Appends ASCII bytes.
fn push_ascii(out: &mut String, bytes: &[u8]) {
    debug_assert!(bytes.is_ascii());
    // SAFETY: the callers, both below, pass digits, letters and dashes only; ASCII is UTF-8.
    unsafe { out.as_mut_vec() }.extend_from_slice(bytes);
}

fn push_number(out: &mut String, mut number: u64) {
    let mut digits = [0u8; 20];
    let mut count = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        count += 1;
        if number == 0 {
            break;
        }
    }
    push_ascii(out, digits.get(digits.len() - count..).unwrap_or_default());
}

/// The two hex digits of every byte.
static HEX_PAIRS: [[u8; 2]; 256] = {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0u8; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [HEX[byte >> 4], HEX[byte & 15]];
        byte += 1;
    }
    pairs
};

/// [`Guid::write_uuid`], in one piece instead of character by character.
fn push_uuid(out: &mut String, guid: &Guid) {
    let pairs = guid.as_bytes().map(|byte| HEX_PAIRS[usize::from(byte)]);
    let digits = pairs.as_flattened();
    let mut text = [b'-'; 36];
    for (from, to, len) in [(0, 0, 8), (8, 9, 4), (12, 14, 4), (16, 19, 4), (20, 24, 12)] {
        if let (Some(to), Some(from)) = (text.get_mut(to..to + len), digits.get(from..from + len)) {
            to.copy_from_slice(from);
        }
    }
    push_ascii(out, &text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_uuids_are_written_as_format_does() {
        let mut random = crate::random::Random::from_system();
        for _ in 0..1_000 {
            let guid = random.guid();
            let number = random.next_u64() >> (random.next_u64() % 64);
            let mut text = String::new();
            push_number(&mut text, number);
            assert_eq!(text, number.to_string());
            text.clear();
            push_uuid(&mut text, &guid);
            assert_eq!(text, guid.to_string());
        }
        let mut text = String::new();
        push_number(&mut text, 0);
        push_sequence(&mut text, "1|2", 3);
        assert_eq!(text, "01|2|3");
    }
}
