//! Kept transactions, piece by piece: `lib/details.ts` writes them.
//!
//! A piece begins with its tag as a number; numbers are 8 bytes, little-endian, texts their length in 4 bytes and UTF-8.

use std::borrow::Cow;
use std::sync::Arc;

use napi_derive::napi;
use tierline::outside::{Ended, ExitDetails, Fate, Head, Outside};
use tierline::sql::Dialect;
use tierline::sql_cache;
use tierline_model::limits::PROPERTIES_MAX;
use tierline_model::{ErrorRecord, SpanId, Verdict};

use crate::batch::{count, nanoseconds, policy_number, policy_of};
use crate::lifecycle;
use crate::recorder::{Recorder, with};

const BEGIN: u64 = 1;
const USER_DATA: u64 = 2;
const ERROR: u64 = 3;
const EXIT: u64 = 4;
const END: u64 = 5;

// Flags of a transaction; see lib/flags.ts.
const FAILED: u64 = 1;
const STALLED: u64 = 2;
const ABANDONED: u64 = 4;
const IN_FLIGHT: u64 = 8;

// Flags of an exit call.
const EXIT_ENDED: u64 = 1;
const EXIT_FAILED: u64 = 2;

/// A fate as JavaScript hands it back: the policy, and the verdict times this.
const VERDICT: u32 = 16;

fn ended(entry: f64, duration_ms: f64, flags: u64, asked: u64) -> Ended {
    Ended {
        entry: u32::try_from(count(entry)).unwrap_or(0),
        duration_ns: nanoseconds(duration_ms),
        failed: flags & FAILED != 0,
        stalled: flags & STALLED != 0,
        abandoned: flags & ABANDONED != 0,
        asked: policy_of(asked),
    }
}

fn fate_of(number: u64) -> Option<Fate> {
    let verdict = Verdict::ALL.get(usize::try_from(number / u64::from(VERDICT)).ok()?)?;
    Some(Fate { policy: policy_of(number % u64::from(VERDICT))?, verdict: *verdict })
}

/// Counts an execution that may be kept. What becomes of it; 0 when it is not kept.
#[napi]
pub fn finish(entry: u32, duration_ms: f64, flags: u32, asked: u32) -> u32 {
    with(0, |Recorder { outside, batch }| {
        let ended = ended(f64::from(entry), duration_ms, u64::from(flags), u64::from(asked));
        outside.finish(batch.take_begun(), &ended).map_or(0, |fate| {
            let verdict = Verdict::ALL.iter().position(|verdict| *verdict == fate.verdict).unwrap_or(0);
            policy_number(Some(fate.policy)) + VERDICT * u32::try_from(verdict).unwrap_or(0)
        })
    })
}

/// Takes pieces of a kept execution. The span of one that they completed.
#[napi]
pub fn keep(details: &[u8], length: u32) -> Option<String> {
    with(None, |recorder| {
        let mut pieces = Pieces(details.get(..length as usize)?);
        let mut completed = None;
        while let Some(tag) = pieces.number() {
            // A piece that is not whole is the end.
            match take(&mut recorder.outside, count(tag), &mut pieces)? {
                Some(span_id) => completed = Some(span_id.to_string()),
                None => continue,
            }
        }
        completed
    })
}

fn take(outside: &mut Outside, tag: u64, pieces: &mut Pieces<'_>) -> Option<Option<SpanId>> {
    match tag {
        BEGIN => begin(outside, pieces)?,
        USER_DATA => outside.add_user_data(&pieces.text()?, &pieces.text()?),
        ERROR => outside.add_error(pieces.error()?),
        EXIT => exit(outside, pieces)?,
        END => return Some(outside.complete()),
        _ => return None,
    }
    Some(None)
}

fn begin(outside: &mut Outside, pieces: &mut Pieces<'_>) -> Option<()> {
    let [entry, age_ms, duration_ms, flags, fate, asked, exits_dropped] = pieces.numbers()?;
    let flags = count(flags);
    let (guid, span_id, origin) = (pieces.text()?, pieces.text()?, pieces.text()?);
    let head = Head {
        fate: if flags & IN_FLIGHT == 0 { fate_of(count(fate)) } else { None },
        age_ns: nanoseconds(age_ms),
        exits_dropped: count(exits_dropped),
        guid: guid.parse().ok(),
        span_id: u64::from_str_radix(&span_id, 16).ok().and_then(SpanId::from_u64),
        origin: &origin,
    };
    outside.begin_details(&ended(entry, duration_ms, flags, count(asked)), &head);
    Some(())
}

fn exit(outside: &mut Outside, pieces: &mut Pieces<'_>) -> Option<()> {
    let [number, backend, offset_ms, duration_ms, flags] = pieces.numbers()?;
    let flags = count(flags);
    let (display_name, operation, dialect) = (pieces.text()?, pieces.text()?, pieces.text()?);
    let operation = if dialect.is_empty() || lifecycle::keeps_sql_raw() {
        operation
    } else {
        Cow::Owned(sql_cache::with_cleaned(&operation, Dialect::of_vendor(&dialect), str::to_owned))
    };
    let properties = usize::try_from(count(pieces.number()?)).ok().filter(|n| *n <= PROPERTIES_MAX)?;
    let mut texts = Vec::with_capacity(properties);
    for _ in 0..properties {
        texts.push((pieces.text()?, pieces.text()?));
    }
    let properties: Vec<(&str, &str)> = texts.iter().map(|(name, value)| (&**name, &**value)).collect();
    let errors = if count(pieces.number()?) == 0 { Vec::new() } else { vec![pieces.error()?] };
    let details = ExitDetails {
        number: u32::try_from(count(number)).unwrap_or(u32::MAX),
        backend: u32::try_from(count(backend)).unwrap_or(0),
        offset_ns: nanoseconds(offset_ms),
        duration_ns: nanoseconds(duration_ms),
        ended: flags & EXIT_ENDED != 0,
        failed: flags & EXIT_FAILED != 0,
        display_name: &display_name,
        operation: &operation,
        properties: &properties,
    };
    outside.add_exit(&details, errors);
    Some(())
}

/// What is left of a buffer.
struct Pieces<'a>(&'a [u8]);

impl<'a> Pieces<'a> {
    fn number(&mut self) -> Option<f64> {
        let (bytes, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        Some(f64::from_le_bytes(*bytes))
    }

    fn numbers<const N: usize>(&mut self) -> Option<[f64; N]> {
        let mut numbers = [0.0; N];
        for number in &mut numbers {
            *number = self.number()?;
        }
        Some(numbers)
    }

    fn text(&mut self) -> Option<Cow<'a, str>> {
        let (len, rest) = self.0.split_first_chunk::<4>()?;
        let (bytes, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
        self.0 = rest;
        Some(String::from_utf8_lossy(bytes))
    }

    fn error(&mut self) -> Option<ErrorRecord> {
        let (type_name, message, stack) = (self.text()?, self.text()?, self.text()?);
        Some(ErrorRecord {
            type_name: Arc::from(type_name),
            message: Arc::from(message),
            stack: Arc::from(stack),
        })
    }
}
