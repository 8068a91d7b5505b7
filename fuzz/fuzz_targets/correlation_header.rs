//! Correlation headers from anywhere.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tierline_model::CorrelationHeader;
use tierline_model::correlation::Received;
use tierline_model::limits::CORRELATION_HEADER_SENT_BYTES_MAX;

fuzz_target!(|text: &str| {
    let Ok(Received::Continue(header)) = CorrelationHeader::parse(text) else { return };
    let _ = header.parent_span_id();
    let mut written = String::new();
    header.write(&mut written);
    assert!(written.len() <= CORRELATION_HEADER_SENT_BYTES_MAX, "{} bytes", written.len());
    match CorrelationHeader::parse(&written) {
        Ok(Received::Continue(again)) => assert_eq!((again.guid, again.bt_id), (header.guid, header.bt_id)),
        other => panic!("{written} was read as {other:?}"),
    }
});
