//! Headers that came in, and ids for those that go out.

use std::fmt::Write as _;

use napi_derive::napi;
use tierline::outside::{Begun, Outside};

use crate::batch::policy_number;
use crate::guard::quietly;
use crate::limits::{GUID_SPANS, GUIDS_AT_ONCE, SPANS_AT_ONCE};
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

/// Some GUIDs, 36 characters each, and behind each the spans of its first exit calls, 16 characters each.
#[napi]
pub fn guids() -> String {
    with(String::new(), |recorder| {
        let mut text = String::with_capacity(GUIDS_AT_ONCE * (36 + 16 * GUID_SPANS as usize));
        for _ in 0..GUIDS_AT_ONCE {
            let guid = recorder.outside.guid();
            let _ = write!(text, "{guid}");
            Outside::exit_spans(&guid, "", 1, GUID_SPANS, &mut text);
        }
        text
    })
}

/// The spans of some exit calls from number `first` on, of a request's execution with this sequence; 16 characters
/// each. Empty for what is no GUID.
#[napi]
pub fn exit_spans(guid: String, sequence: String, first: u32) -> String {
    quietly(String::new(), || {
        let mut text = String::with_capacity(16 * SPANS_AT_ONCE as usize);
        if let Ok(guid) = guid.parse() {
            Outside::exit_spans(&guid, &sequence, first, SPANS_AT_ONCE, &mut text);
        }
        text
    })
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
