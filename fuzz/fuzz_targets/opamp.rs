//! OpAMP messages, in both directions: what can be read can be written and is then read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tierline_wire::opamp;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = opamp::decode_agent_message(bytes) {
        let again = opamp::decode_agent_message(&opamp::encode_agent_message(&message));
        assert_eq!(again.as_ref(), Ok(&message));
    }
    if let Ok(message) = opamp::decode_server_message(bytes) {
        let again = opamp::decode_server_message(&opamp::encode_server_message(&message));
        assert_eq!(again.as_ref(), Ok(&message));
        if let Some(offer) = message.remote_config {
            let _ = offer.parse();
        }
    }
});
