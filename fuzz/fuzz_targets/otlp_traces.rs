//! Trace requests in protobuf: what is accepted can be sent on and is then accepted in full.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tierline_wire::otlp::{self, DecodeLimits};

fuzz_target!(|bytes: &[u8]| {
    let limits = DecodeLimits::default();
    let Ok(decoded) = otlp::decode_traces(bytes, &limits) else { return };
    assert!(decoded.outcome.reasons.values().sum::<u64>() <= decoded.outcome.rejected);
    let mut sent_on = Vec::new();
    for batch in &decoded.batches {
        otlp::encode_traces(&batch.agent, &batch.segments, &mut sent_on);
    }
    let again = otlp::decode_traces(&sent_on, &limits).expect("our own encoding");
    assert_eq!(again.outcome.accepted, again.outcome.total(), "{:?}", again.outcome);
    let count =
        |batches: &[otlp::AgentSegments]| batches.iter().map(|batch| batch.segments.len()).sum::<usize>();
    assert_eq!(count(&again.batches), count(&decoded.batches));
});
