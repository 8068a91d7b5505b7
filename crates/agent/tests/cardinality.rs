//! Alone in its process, because it measures the process.

use std::sync::Arc;

use tierline::{Core, ExitCall};
use tierline_model::{AgentConfig, AgentIdentity, DropCause, ExitType, Incarnation, Language};

fn core() -> Arc<Core> {
    let text = Arc::from;
    let identity = AgentIdentity {
        application: text("shop"),
        tier: text("front"),
        node: text("node-1"),
        incarnation: Incarnation([7; 16]),
        language: Language::Rust,
        agent_version: text("0.1.0"),
        runtime_version: text(""),
        host_name: text(""),
        os_type: text("linux"),
        process_id: 1,
    };
    let mut config = AgentConfig::default();
    config.snapshots.periodic_interval_s = 0;
    Core::new(identity, "customer1", config)
}

fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux has it");
    let pages: u64 = statm.split(' ').nth(1).and_then(|n| n.parse().ok()).expect("a number of pages");
    pages * 4_096
}

/// R1 of the targets: 1,000,000 distinct BT names and backends through one process.
#[test]
fn a_million_names_and_backends_are_counted_exactly_in_16_mb() {
    const NAMES: u64 = 1_000_000;
    let core = core();
    let one = |i: u64| {
        let bt = core.begin(&format!("/generated/name/{i}"), None);
        let port = i.to_string();
        let backend = core.backend(&ExitType::Http, "generated", &[("HOST", "h.example"), ("PORT", &port)]);
        let call = ExitCall {
            display_name: "generated",
            backend: &backend,
            operation: None,
            optional_properties: &[],
        };
        let exit = bt.begin_exit(call).expect("no call is active");
        exit.end();
        bt.end();
    };
    (0..1_000).for_each(one);
    let before = resident_bytes();
    let (mut ended, mut exits, mut other, mut dropped) = (0, 0, 0, 0);
    for part in 0..10 {
        (0..NAMES / 10).for_each(|i| one(1_000 + part * NAMES / 10 + i));
        let report = core.drain_interval(1_700_000_000_000, 1_700_000_060_000);
        let verdicts: u64 = report.segments.iter().map(|s| s.verdicts.total()).sum();
        assert_eq!(verdicts, report.ledger.ended);
        assert_eq!(report.exits.iter().map(|e| e.duration.count()).sum::<u64>(), report.ledger.exit_calls);
        ended += report.ledger.ended;
        exits += report.ledger.exit_calls;
        other += report.ledger.other_traffic;
        dropped += report.ledger.drops.get(&DropCause::BackendLimit).copied().unwrap_or(0);
        assert!(report.segments.len() <= 51, "{}", report.segments.len());
    }
    let growth = resident_bytes().saturating_sub(before);
    assert_eq!((ended, exits), (NAMES + 1_000, NAMES + 1_000));
    assert_eq!(other, NAMES + 1_000 - 50);
    assert_eq!(dropped, NAMES + 1_000 - 300);
    assert!(growth <= 16 << 20, "grew by {growth} bytes");
}
