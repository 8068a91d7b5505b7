//! Requests in OTLP/JSON, read as metrics and as traces.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tierline_wire::otlp::{self, DecodeLimits, Encoding, ExportResponse, Status};

fuzz_target!(|bytes: &[u8]| {
    let limits = DecodeLimits::default();
    let _ = otlp::decode_metrics_json(bytes, &limits);
    let _ = otlp::decode_traces_json(bytes, &limits);
    for encoding in [Encoding::Json, Encoding::Protobuf] {
        let _ = ExportResponse::decode(bytes, encoding);
        let _ = Status::decode(bytes, encoding);
    }
});
