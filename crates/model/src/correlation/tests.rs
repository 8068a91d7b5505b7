use proptest::prelude::*;

use super::*;
use crate::id::ID_MAX;

#[test]
fn vectors() {
    let text = include_str!("../../../../spec/correlation-headers.json");
    let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
    let cases = vectors["read"].as_array().unwrap();
    assert!(cases.len() >= 15);
    for case in cases {
        let (header, why) = (case["header"].as_str().unwrap(), &case["why"]);
        match (CorrelationHeader::parse(header), case["result"].as_str().unwrap()) {
            (Ok(Received::Continue(got)), "continue") => {
                assert_eq!(got.guid.to_string(), case["guid"].as_str().unwrap(), "{why}");
                assert_eq!(got.bt_id.get(), case["btid"].as_u64().unwrap(), "{why}");
                assert_eq!(got.app_id.get(), case["appId"].as_u64().unwrap(), "{why}");
                assert_eq!(&*got.exit_sequence, case["exitguid"].as_str().unwrap(), "{why}");
                assert_eq!(got.caller_tier_id.get(), case["cidfrom"].as_u64().unwrap(), "{why}");
                assert_eq!(got.backend_id.map(BackendId::get), case["unresolvedexitid"].as_u64(), "{why}");
                assert_eq!(got.exit_type.as_str(), case["etypeorder"].as_str().unwrap(), "{why}");
            }
            (Ok(Received::DoNotDetect), "do not detect") | (Err(_), "absent") => {}
            (got, want) => panic!("{why}: wanted {want}, got {got:?}"),
        }
    }
    for case in vectors["write"].as_array().unwrap() {
        let text = case["header"].as_str().unwrap();
        let Ok(Received::Continue(header)) = CorrelationHeader::parse(text) else {
            panic!("{}", case["why"])
        };
        let mut again = String::new();
        header.write(&mut again);
        assert_eq!(again, text, "{}", case["why"]);
    }
}

#[test]
fn account_guid_is_a_uuid_and_stable() {
    assert_eq!(account_guid("customer1"), account_guid("customer1"));
    assert_ne!(account_guid("customer1"), account_guid("customer2"));
    let text = account_guid("customer1").to_string();
    assert_eq!(text.as_bytes()[14], b'8', "version 8: {text}");
}

fn header() -> impl Strategy<Value = CorrelationHeader> {
    (
        1..=ID_MAX,
        1..=ID_MAX,
        any::<[u8; 16]>(),
        prop::collection::vec(1u32..2000, 1..20),
        prop::option::of(1..=ID_MAX),
        1..=ID_MAX,
        prop_oneof![Just("HTTP"), Just("DB"), Just("QUEUE"), Just("CUSTOM"), Just("PIGEON")],
        any::<bool>(),
        any::<u32>(),
    )
        .prop_map(|(app, bt, guid, chain, backend, tier, exit_type, snapshot, ts)| CorrelationHeader {
            app_id: AppId::from_u64(app).unwrap(),
            controller_guid: controller_guid("customer1"),
            account_guid: Some(account_guid("customer1")),
            timestamp_ms: u64::from(ts),
            bt_id: BtId::from_u64(bt).unwrap(),
            guid: Guid::from_bytes(guid).unwrap_or_else(|| account_guid("x")),
            exit_sequence: chain.iter().map(u32::to_string).collect::<Vec<_>>().join("|").into(),
            backend_id: backend.and_then(BackendId::from_u64),
            caller_tier_id: TierId::from_u64(tier).unwrap(),
            exit_type: ExitType::parse(exit_type),
            snapshot,
        })
}

proptest! {
    #[test]
    fn reading_what_was_written_gives_the_same(header in header()) {
        let mut text = String::new();
        header.write(&mut text);
        prop_assert!(text.len() <= CORRELATION_HEADER_SENT_BYTES_MAX, "{}", text.len());
        prop_assert_eq!(CorrelationHeader::parse(&text), Ok(Received::Continue(header)));
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,300}") {
        let _ = CorrelationHeader::parse(&text);
    }

    #[test]
    fn any_mutation_is_survived(header in header(), position in 0usize..400, byte in any::<char>()) {
        let mut text = String::new();
        header.write(&mut text);
        let mut chars: Vec<char> = text.chars().collect();
        let position = position % chars.len();
        chars[position] = byte;
        let _ = CorrelationHeader::parse(&chars.into_iter().collect::<String>());
    }
}
