//! Headers that came in, and ids for those that go out.

use napi_derive::napi;
use tierline::outside::{Begun, Outside};

use crate::batch::policy_number;
use crate::guard::quietly;
use crate::limits::GUIDS_AT_ONCE;
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

/// Sixteen GUIDs, 36 characters each.
#[napi]
pub fn guids() -> String {
    with(String::new(), |recorder| {
        let guids = (0..GUIDS_AT_ONCE).map(|_| recorder.outside.guid().to_string());
        guids.collect()
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
