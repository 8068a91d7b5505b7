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
    let text = digits.get(digits.len() - count..).unwrap_or_default();
    out.push_str(std::str::from_utf8(text).unwrap_or_default());
}

/// [`Guid::write_uuid`], in one piece instead of character by character.
fn push_uuid(out: &mut String, guid: &Guid) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    /// Where each byte's two digits stand between the dashes.
    const PLACES: [u8; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
    let mut text = [b'-'; 36];
    for (byte, place) in guid.as_bytes().iter().zip(PLACES) {
        if let Some([high, low]) = text.get_mut(usize::from(place)..usize::from(place) + 2) {
            *high = HEX[usize::from(byte >> 4)];
            *low = HEX[usize::from(byte & 15)];
        }
    }
    out.push_str(std::str::from_utf8(&text).unwrap_or_default());
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
