//! The numbers of finished transactions: a buffer that JavaScript writes and that is read here.
//!
//! `[0]` holds how many numbers are used, `[1]` the transactions begun. Then records: `name * 16`, milliseconds; or
//! `name * 16 + 1` (`+ 3` when it failed), backend, milliseconds for an exit call. `lib/batch.ts` writes them.

use std::ptr::NonNull;

use napi::bindgen_prelude::Float64ArraySlice;
use napi_derive::napi;
use tierline::outside::{Counted, Outside, Published};
use tierline_model::CapturePolicy;

use crate::recorder::{Recorder, with};

/// Numbers before the first record.
const HEAD: usize = 2;

const EXIT: u64 = 1;
const FAILED: u64 = 2;

/// Published about the whole agent, then about each name; see `lib/names.ts`.
const ABOUT_AGENT: usize = 4;
const ABOUT_NAME: usize = 3;

/// The buffer, shared with the thread's JavaScript: never looked at while that runs.
pub struct SharedBatch {
    start: NonNull<f64>,
    len: usize,
}

impl SharedBatch {
    pub fn new(batch: &mut [f64]) -> Self {
        Self { len: batch.len(), start: NonNull::from(batch).cast() }
    }

    fn numbers(&mut self) -> &mut [f64] {
        // SAFETY: `attach` asks for a buffer that lives as long as the thread's JavaScript, which holds it in a module.
        // Recorders do not leave their thread, and JavaScript does not run while we do.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }

    /// Counts what is in it and empties it.
    pub fn submit(&mut self, outside: &Outside) {
        let numbers = self.numbers();
        let [used, begun, ..] = numbers else { return };
        let (length, begun) = (index(std::mem::take(used)), count(std::mem::take(begun)));
        let records = numbers.get(HEAD..length.max(HEAD)).unwrap_or_default();
        outside.count(begun, Records(records));
    }

    /// How many began, taken out for a crossing of another kind.
    pub fn take_begun(&mut self) -> u64 {
        self.numbers().get_mut(1).map_or(0, |begun| count(std::mem::take(begun)))
    }
}

struct Records<'a>(&'a [f64]);

impl Iterator for Records<'_> {
    type Item = Counted;

    #[inline]
    fn next(&mut self) -> Option<Counted> {
        let (code, rest) = self.0.split_first()?;
        let code = count(*code);
        let entry = u32::try_from(code / 16).unwrap_or(0);
        if code & EXIT == 0 {
            let (ms, rest) = rest.split_first()?;
            self.0 = rest;
            return Some(Counted::Ended { entry, duration_ns: nanoseconds(*ms) });
        }
        let ([backend, ms], rest) = rest.split_first_chunk::<2>()?;
        self.0 = rest;
        let backend = u32::try_from(count(*backend)).unwrap_or(0);
        Some(Counted::Exit { entry, backend, duration_ns: nanoseconds(*ms), failed: code & FAILED != 0 })
    }
}

/// A number that JavaScript counted with; 0 for what is none. Casting saturates.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and NaN becomes 0"
)]
pub fn count(number: f64) -> u64 {
    number as u64
}

fn index(number: f64) -> usize {
    usize::try_from(count(number)).unwrap_or(usize::MAX)
}

/// Milliseconds as nanoseconds.
pub fn nanoseconds(ms: f64) -> u64 {
    count((ms * 1e6).round())
}

/// Nanoseconds as milliseconds; infinite when they stand for never.
#[expect(clippy::cast_precision_loss, reason = "53 bits of nanoseconds are 104 days")]
fn milliseconds(ns: u64) -> f64 {
    if ns == u64::MAX { f64::INFINITY } else { ns as f64 / 1e6 }
}

/// A policy as JavaScript holds it: 0 is none.
pub fn policy_number(policy: Option<CapturePolicy>) -> u32 {
    let position = policy.and_then(|policy| CapturePolicy::ALL.iter().position(|known| *known == policy));
    position.and_then(|position| u32::try_from(position + 1).ok()).unwrap_or(0)
}

/// The policy of such a number.
pub fn policy_of(number: u64) -> Option<CapturePolicy> {
    let position = usize::try_from(number).ok()?.checked_sub(1)?;
    CapturePolicy::ALL.get(position).copied()
}

/// Counts what is in the batch and publishes thresholds and due times. A number that changes when names must be asked
/// for again; -1 when the agent is over.
#[napi]
pub fn submit(mut published: Float64ArraySlice<'_>, now_ms: f64) -> f64 {
    // SAFETY: JavaScript does not run while we write, and holds no other view of the buffer.
    let published = unsafe { published.as_mut() };
    with(-1.0, |Recorder { outside, batch }| {
        if !outside.is_open() {
            return -1.0;
        }
        batch.submit(outside);
        publish(outside, published, now_ms);
        #[expect(clippy::cast_precision_loss, reason = "an epoch is a small number")]
        let epoch = outside.epoch() as f64;
        epoch
    })
}

fn publish(outside: &Outside, published: &mut [f64], now_ms: f64) {
    let Some((about_agent, about_names)) = published.split_first_chunk_mut::<ABOUT_AGENT>() else {
        return;
    };
    let asks_always = outside.ask_always();
    let flag = |on: bool| f64::from(u8::from(on));
    #[expect(clippy::cast_precision_loss, reason = "seconds of a timeout")]
    let timeout_ms = outside.core().config().transaction_timeout_s.max(1) as f64 * 1_000.0;
    *about_agent =
        [timeout_ms, flag(asks_always), flag(outside.correlation_enabled()), flag(outside.propagate())];
    let (rows, _) = about_names.as_chunks_mut::<ABOUT_NAME>();
    for (row, entry) in rows.iter_mut().zip(0..outside.len()) {
        let Some(Published { slow_ns, stall_ns, due_in_ns }) = outside.published(entry) else { continue };
        let due_ms = if asks_always { f64::NEG_INFINITY } else { now_ms + milliseconds(due_in_ns) };
        *row = [milliseconds(slow_ns), milliseconds(stall_ns), due_ms];
    }
}
