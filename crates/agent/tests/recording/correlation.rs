//! Correlation headers both ways.

use std::sync::Arc;

use tierline::Core;
use tierline_model::correlation::{CorrelationHeader, Received, account_guid, controller_guid};
use tierline_model::{AppId, BackendId, BtId, CapturePolicy, EntryType, ExitType, SegmentKind, TierId};

use crate::{assert_balanced, begin_exit, core, database, drain, identity, quiet};

fn header_of(text: &str) -> CorrelationHeader {
    match CorrelationHeader::parse(text).expect("a usable header") {
        Received::Continue(header) => header,
        Received::DoNotDetect => panic!("a header to continue"),
    }
}

fn made(core: &Arc<Core>, do_not_resolve: bool) -> (String, tierline_model::Guid) {
    let bt = core.begin("/checkout", None);
    let exit = begin_exit(&bt, &database(core)).expect("no call is active");
    let mut text = String::from("before:");
    assert!(exit.correlation_header(do_not_resolve, &mut text));
    let guid = bt.guid().expect("it runs");
    exit.end();
    bt.end();
    (text.strip_prefix("before:").expect("appended").to_owned(), guid)
}

#[test]
fn the_text_is_exactly_what_the_model_writes() {
    for (config, snapshot) in [(quiet(), false), (tierline_model::AgentConfig::default(), true)] {
        for do_not_resolve in [false, true] {
            let core = core(config.clone());
            let (text, guid) = made(&core, do_not_resolve);
            let header = header_of(&text);
            let mut same = String::new();
            header.write(&mut same);
            assert_eq!(text, same);
            assert_eq!(header.app_id, AppId::of("shop"));
            assert_eq!(header.account_guid, Some(account_guid("customer1")));
            assert_eq!(header.controller_guid, controller_guid("customer1"));
            assert_eq!(header.bt_id, BtId::of("shop", "front", EntryType::RustWeb, "/checkout"));
            assert_eq!(header.caller_tier_id, TierId::of("shop", "front"));
            assert_eq!(header.guid, guid);
            assert_eq!(&*header.exit_sequence, "1");
            assert_eq!(header.exit_type, ExitType::Db);
            assert_eq!(header.backend_id.is_none(), do_not_resolve);
            assert_eq!(header.snapshot, snapshot, "the periodic sample was due and says so");
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
            assert!(now.as_millis().abs_diff(u128::from(header.timestamp_ms)) < 60_000);
        }
    }
}

#[test]
fn a_request_is_one_over_three_tiers() {
    let front = Core::new(identity("shop", "front"), "customer1", tierline_model::AgentConfig::default());
    let middle = Core::new(identity("shop", "middle"), "customer1", quiet());
    let back = Core::new(identity("shop", "back"), "customer1", quiet());
    let (first, guid) = made(&front, false);

    let bt = middle.begin("ignored: the header says which", Some(&first));
    assert_eq!(bt.guid(), Some(guid));
    let one = begin_exit(&bt, &database(&middle)).expect("no call is active");
    one.end();
    let two = begin_exit(&bt, &database(&middle)).expect("no call is active");
    let mut second = String::new();
    assert!(two.correlation_header(false, &mut second));
    assert_eq!(&*header_of(&second).exit_sequence, "1|2");
    assert_eq!(header_of(&second).timestamp_ms, header_of(&first).timestamp_ms);
    two.end();
    bt.end();

    back.begin("/x", Some(&second)).end();

    let root = front.take_segments(usize::MAX).pop().expect("the first execution is kept");
    let continued = middle.take_segments(usize::MAX).pop().expect("kept because the caller asked");
    let last = back.take_segments(usize::MAX).pop().expect("kept because the caller asked");
    assert_eq!((root.policy, continued.policy), (CapturePolicy::TimeSampling, CapturePolicy::Continuing));
    assert!(root.first_in_chain() && !continued.first_in_chain() && !last.first_in_chain());
    assert_eq!((root.guid, continued.guid, last.guid), (guid, guid, guid));
    assert_eq!((&*root.sequence, &*continued.sequence, &*last.sequence), ("", "1", "1|2"));
    assert_eq!(continued.parent_span_id, Some(guid.exit_span_id("1")));
    assert_eq!(last.parent_span_id, Some(guid.exit_span_id(&continued.exit_calls[1].sequence)));
    assert_eq!(continued.kind, SegmentKind::Server);
    assert_eq!(continued.bt.id, root.bt.id);
    assert_eq!(continued.bt.origin, None);
    let caller = continued.caller.expect("it was called");
    assert_eq!(caller.tier_id, TierId::of("shop", "front"));
    assert_eq!(caller.backend_id, Some(root.exit_calls[0].backend.id));
    assert_eq!(root.exit_calls[0].backend.id, BackendId::of("shop", &root.exit_calls[0].backend.key));

    let report = drain(&middle);
    assert_balanced(&report);
    assert_eq!(report.segments[0].caller, Some(caller));
    assert_eq!(report.exits[0].bt_id, root.bt.id);
    assert_eq!(report.exits[0].duration.count(), 2);
}

#[test]
fn another_application_or_account_begins_a_bt_of_its_own_under_the_same_guid() {
    let (header, guid) = made(&core(quiet()), false);
    let other_application = Core::new(identity("billing", "api"), "customer1", quiet());
    let other_account = Core::new(identity("shop", "api"), "somebody else", quiet());
    for (core, has_parent) in [(other_application, true), (other_account, false)] {
        let bt = core.begin("/own", Some(&header));
        assert_eq!(bt.guid(), Some(guid));
        bt.keep();
        bt.end();
        let segment = core.take_segments(usize::MAX).pop().expect("asked for");
        assert_eq!(segment.policy, CapturePolicy::OnDemand);
        assert_eq!(segment.bt.origin.as_ref().map(|o| &*o.name), Some("/own"));
        assert!(segment.first_in_chain());
        assert_eq!(segment.parent_span_id.is_some(), has_parent);
    }
}

#[test]
fn queues_make_consumers_and_unusable_headers_make_new_requests() {
    let core = core(quiet());
    let (header, guid) = made(&core, false);
    let queue = header.replace("etypeorder=DB", "etypeorder=QUEUE");
    let bt = core.begin("/consume", Some(&queue));
    bt.keep();
    bt.end();
    assert_eq!(core.take_segments(usize::MAX)[0].kind, SegmentKind::Consumer);
    for unusable in ["", "x", "notxdetect=true*appId=1", &"a=b*".repeat(10_000), "appId=1*guid=0"] {
        let bt = core.begin("/new", Some(unusable));
        assert_ne!(bt.guid(), Some(guid));
        bt.keep();
        bt.end();
        let segment = core.take_segments(usize::MAX).pop().expect("asked for");
        assert_eq!((segment.kind, segment.parent_span_id), (SegmentKind::Internal, None));
    }
}

/// Every text of the shared vectors that continues is continued by an agent of that application.
#[test]
fn the_shared_vectors_are_understood() {
    let text = include_str!("../../../../spec/correlation-headers.json");
    let vectors: serde_json::Value = serde_json::from_str(text).expect("vectors are JSON");
    let core = core(quiet());
    let ours = format!("appId={}", AppId::of("shop"));
    let mut continued = 0;
    for case in vectors["read"].as_array().expect("cases") {
        let why = case["why"].as_str().unwrap_or_default();
        // Vectors have ids of their own; only an agent of the same application and account continues.
        let Some(header) = case["header"].as_str() else { continue };
        let app = case["appId"].as_u64().map(|id| format!("appId={id}"));
        let mut header = app.map_or_else(|| header.to_owned(), |app| header.replace(&app, &ours));
        if let Some(account) = header.split('*').find(|pair| pair.starts_with("acctguid=")) {
            header = header.replace(account, &format!("acctguid={}", account_guid("customer1")));
        }
        let bt = core.begin("/vector", Some(&header));
        bt.keep();
        bt.end();
        let segment = core.take_segments(usize::MAX).pop().expect("asked for");
        if case["result"] == "continue" {
            continued += 1;
            assert_eq!(segment.guid.to_string(), case["guid"].as_str().unwrap_or_default(), "{why}");
            assert_eq!(segment.bt.id.get(), case["btid"].as_u64().unwrap_or_default(), "{why}");
            assert_eq!(&*segment.sequence, case["exitguid"].as_str().unwrap_or_default(), "{why}");
            let caller = segment.caller.expect("continued");
            assert_eq!(caller.backend_id.map(BackendId::get), case["unresolvedexitid"].as_u64(), "{why}");
        } else {
            assert!(segment.caller.is_none() && segment.parent_span_id.is_none(), "{why}");
        }
    }
    assert!(continued >= 4, "{continued}");
}

#[test]
fn correlation_can_be_switched_off_and_loops_end() {
    let mut config = quiet();
    let (mut header, guid) = made(&core(config.clone()), false);
    config.correlation_enabled = false;
    let off = core(config);
    let bt = off.begin("/x", Some(&header));
    assert_ne!(bt.guid(), Some(guid));
    let exit = begin_exit(&bt, &database(&off)).expect("no call is active");
    let mut text = String::new();
    assert!(!exit.correlation_header(false, &mut text) && text.is_empty());

    let core = core(quiet());
    let mut hops = 0;
    loop {
        let bt = core.begin("/loop", Some(&header));
        let exit = begin_exit(&bt, &database(&core)).expect("no call is active");
        let mut next = String::new();
        if !exit.correlation_header(false, &mut next) {
            break;
        }
        assert!(next.len() <= 1_024, "{} bytes after {hops} hops", next.len());
        header = next;
        hops += 1;
        bt.end();
    }
    assert!(hops > 50, "{hops}");
    assert!(core.memory_bytes() < 32 << 20);
}

#[test]
fn a_flood_of_forged_callers_is_bounded_and_counted() {
    let core = core(quiet());
    let (header, _) = made(&core, false);
    let bt_id = format!("btid={}", header_of(&header).bt_id);
    for i in 1..=5_000u64 {
        core.begin("/x", Some(&header.replace(&bt_id, &format!("btid={i}")))).end();
    }
    let report = drain(&core);
    assert_balanced(&report);
    assert_eq!(report.ledger.ended, 5_001);
    assert!(report.segments.len() <= 2_002, "{}", report.segments.len());
    assert_eq!(report.ledger.other_traffic, 3_000);
}
