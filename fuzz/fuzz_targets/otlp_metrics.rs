//! Metrics requests in protobuf: what is accepted can be sent on and is then accepted in full.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tierline_wire::otlp::{self, DecodeLimits};

fuzz_target!(|bytes: &[u8]| {
    let limits = DecodeLimits::default();
    let Ok(decoded) = otlp::decode_metrics(bytes, &limits) else { return };
    assert!(decoded.outcome.reasons.values().sum::<u64>() <= decoded.outcome.rejected);
    let mut sent_on = Vec::new();
    for report in &decoded.reports {
        otlp::encode_metrics(&report.agent, &report.report, &mut sent_on);
    }
    let again = otlp::decode_metrics(&sent_on, &limits).expect("our own encoding");
    assert_eq!(again.outcome.accepted, again.outcome.total(), "{:?}", again.outcome);
    assert_eq!(again.reports.len(), decoded.reports.len());
    for (again, before) in again.reports.iter().zip(&decoded.reports) {
        assert_eq!(again.agent, before.agent);
        assert_eq!(again.report.ledger, before.report.ledger);
        assert_eq!(again.report.segments.len(), before.report.segments.len());
        assert_eq!(again.report.exits.len(), before.report.exits.len());
    }
});
