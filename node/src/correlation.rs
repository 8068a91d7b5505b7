//! Headers that came in, and ids for those that go out.

use std::fmt::Write as _;

use napi_derive::napi;
use tierline::outside::{Begun, Outside};
use tierline_model::Guid;

use crate::batch::policy_number;
use crate::guard::quietly;
use crate::limits::{GUID_PARENTS, GUIDS_AT_ONCE, PARENTS_AT_ONCE};
use crate::recorder::with;

/// Begins under received headers: `name\nasked\ntime\nguid\nsequence`, or `null` when they are of no use.
#[napi]
pub fn incoming(name: String, origin: String) -> Option<String> {
    with(None, |recorder| {
        let Begun { entry, asked, guid, sequence, timestamp_ms } =
            recorder.outside.incoming(&name, &origin)?;
        Some(format!("{entry}\n{}\n{timestamp_ms}\n{guid}\n{sequence}", policy_number(asked)))
    })
}

/// Whether received headers are of use.
#[napi]
pub fn understands(origin: String) -> bool {
    with(false, |recorder| recorder.outside.understands(&origin))
}

/// Some GUIDs, 36 characters each, and behind each the `traceparent` of its first exit calls, 55 characters each.
#[napi]
pub fn guids() -> String {
    with(String::new(), |recorder| {
        let each = GUID_CHARS + PARENT_CHARS * GUID_PARENTS as usize;
        let mut text = String::with_capacity(GUIDS_AT_ONCE * each);
        for _ in 0..GUIDS_AT_ONCE {
            let guid = recorder.outside.guid();
            let _ = write!(text, "{guid}");
            push_parents(&guid, "", 1, GUID_PARENTS, &mut text);
        }
        text
    })
}

/// The `traceparent` of some exit calls from number `first` on, of a request's execution with this sequence; 55
/// characters each. Empty for what is no GUID.
#[napi]
pub fn trace_parents(guid: String, sequence: String, first: u32) -> String {
    quietly(String::new(), || {
        let mut text = String::with_capacity(PARENT_CHARS * PARENTS_AT_ONCE as usize);
        if let Ok(guid) = guid.parse() {
            push_parents(&guid, &sequence, first, PARENTS_AT_ONCE, &mut text);
        }
        text
    })
}

const GUID_CHARS: usize = 36;
const PARENT_CHARS: usize = 55;

/// The same texts as `TraceParent::write` of the model writes.
fn push_parents(guid: &Guid, sequence: &str, first: u32, count: u32, out: &mut String) {
    let trace: String = guid.to_string().chars().filter(|digit| *digit != '-').collect();
    for number in first..first.saturating_add(count) {
        let _ = write!(out, "00-{trace}-");
        Outside::exit_spans(guid, sequence, number, 1, out);
        out.push_str("-01");
    }
}

/// `traceparent` and our member of `tracestate`, joined by a line feed.
#[napi]
pub fn trace_context(header: String) -> String {
    quietly(String::new(), || {
        let mut text = String::with_capacity(184);
        Outside::trace_context(&header, &mut text);
        text
    })
}
