use std::sync::Arc;

use tierline_model::interval::Caller;
use tierline_model::{
    Backend, BackendId, BackendKey, BtId, BtOrigin, BtRef, CapturePolicy, EntryType, ExitType, NodeId,
    Segment, SegmentKind, Thresholds,
};

use super::*;

const GUID: &str = "0af76519-16cd-43dd-8448-eb211c80319c";

fn segment(tier: &str, start_unix_ns: u64, duration_ns: u64, sequence: &str) -> SegmentRecord {
    let guid: Guid = GUID.parse().unwrap();
    let root = sequence.is_empty();
    let origin = BtOrigin { name: Arc::from("/buy"), entry_type: EntryType::PythonWeb, other_traffic: false };
    SegmentRecord {
        app_id: AppId::of("shop"),
        tier_id: TierId::of("shop", tier),
        node_id: NodeId::of("shop", tier, "n1"),
        segment: Segment {
            guid,
            span_id: guid.exit_span_id(&format!("segment {tier}")),
            parent_span_id: (!root).then(|| guid.exit_span_id(sequence)),
            sequence: Arc::from(sequence),
            bt: BtRef {
                id: BtId::of("shop", "web", EntryType::PythonWeb, "/buy"),
                app_id: AppId::of("shop"),
                origin: root.then_some(origin),
            },
            caller: (!root).then(|| Caller { tier_id: TierId::of("shop", "web"), backend_id: None }),
            kind: if root { SegmentKind::Internal } else { SegmentKind::Server },
            start_unix_ns,
            duration_ns,
            cpu_ns: None,
            verdict: Verdict::Slow,
            thresholds: Thresholds { slow_ns: 1, very_slow_ns: 2, stall_ns: 3 },
            policy: CapturePolicy::SlaFailure,
            in_flight: false,
            abandoned: false,
            thread: Arc::from("MainThread"),
            errors: vec![],
            user_data: vec![],
            exit_calls: vec![],
            exit_calls_dropped: 0,
        },
    }
}

fn call(sequence: &str, start_offset_ns: u64, duration_ns: u64, exit_type: ExitType) -> ExitCallRecord {
    let key = BackendKey::new(exit_type, vec![], "pay");
    let id = BackendId::of("shop", &key);
    ExitCallRecord {
        backend: Backend { id, name: Arc::from("pay"), key },
        sequence: Arc::from(sequence),
        display_name: Arc::from("pay"),
        operation: Arc::from(""),
        optional_properties: vec![],
        start_offset_ns,
        duration_ns,
        ended: true,
        errors: vec![],
    }
}

#[test]
fn an_exit_call_finds_the_segment_it_led_to() {
    let mut web = segment("web", 1_000_000, 900, "");
    web.segment.exit_calls = vec![call("1", 100, 500, ExitType::Http), call("2", 700, 50, ExitType::Http)];
    let pay = segment("pay", 1_000_200, 300, "1");
    let execution = assemble(vec![pay, web], vec![]).unwrap();
    let root = execution.root().unwrap();
    assert_eq!(root.record.tier_id, TierId::of("shop", "web"));
    assert_eq!(root.exits[0].to_tier, Some(TierId::of("shop", "pay")));
    assert_eq!(root.exits[0].to_span, Some(execution.segments[1].record.segment.span_id));
    assert_eq!(root.exits[1].to_tier, None);
    assert_eq!((execution.segments[1].offset_ns, execution.duration_ns), (200, 900));
}

#[test]
fn a_wrong_clock_does_not_tear_a_segment_out_of_its_call() {
    for skewed in [0, 500, 1_000_000_000] {
        let mut web = segment("web", 1_000_000, 900, "");
        web.segment.exit_calls = vec![call("1", 100, 500, ExitType::Http)];
        let execution = assemble(vec![web, segment("pay", skewed, 300, "1")], vec![]).unwrap();
        let offset = |tier: &str| {
            let found = execution.segments.iter().find(|s| s.record.tier_id == TierId::of("shop", tier));
            found.unwrap().offset_ns
        };
        let after = offset("pay") - offset("web");
        assert!((100..=300).contains(&after), "{skewed}: {after}");
    }
}

#[test]
fn a_message_may_be_handled_long_after_it_was_sent() {
    let mut web = segment("web", 1_000_000, 900, "");
    web.segment.exit_calls = vec![call("1", 100, 10, ExitType::Queue)];
    let execution = assemble(vec![web, segment("ship", 5_000_000, 300, "1")], vec![]).unwrap();
    assert_eq!(execution.segments[1].offset_ns, 4_000_000);
}

#[test]
fn without_its_originating_segment_an_execution_is_still_shown() {
    let execution = assemble(vec![segment("pay", 5, 300, "1")], vec![]).unwrap();
    assert_eq!(execution.root().unwrap().record.tier_id, TierId::of("shop", "pay"));
    assert!(assemble(vec![], vec![]).is_none());
}
