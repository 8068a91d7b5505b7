//! `traceparent` (first line) and `tracestate` (the rest) from anywhere.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tierline_model::correlation::account_guid;
use tierline_model::limits::TRACE_STATE_MEMBER_BYTES_MAX;
use tierline_model::trace_context::{TraceParent, read_member, write_member};

fuzz_target!(|text: &str| {
    let (parent, state) = text.split_once('\n').unwrap_or((text, ""));
    let Some(parent) = TraceParent::parse(parent) else { return };
    let mut written = String::new();
    parent.write(&mut written);
    assert_eq!(TraceParent::parse(&written), Some(parent));
    let account = account_guid("customer1");
    let Some(header) = read_member(state, &parent, account) else { return };
    let mut member = String::new();
    write_member(&header, &mut member);
    assert!(member.len() <= TRACE_STATE_MEMBER_BYTES_MAX, "{} bytes", member.len());
    if member.is_empty() {
        return;
    }
    let again = read_member(&member, &parent, account).expect("what we write is read");
    assert_eq!(
        (again.app_id, again.bt_id, again.backend_id, again.caller_tier_id, again.exit_sequence, again.snapshot),
        (header.app_id, header.bt_id, header.backend_id, header.caller_tier_id, header.exit_sequence, header.snapshot)
    );
});
