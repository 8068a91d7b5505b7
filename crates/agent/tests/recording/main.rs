//! The recorder at its outer boundary: what goes in through handles, what comes out as reports and segments.

mod cardinality;
mod conservation;
mod correlation;
mod forks;
mod handles;
mod kept;
mod sequences;

use std::sync::Arc;

use tierline::{BackendRef, BtHandle, Core, ExitCall, ExitHandle};
use tierline_model::{
    AgentConfig, AgentIdentity, ErrorRecord, ExitType, Incarnation, IntervalReport, Language, Threshold,
    ThresholdPolicy,
};

/// Who a test's core reports as.
pub fn identity(application: &str, tier: &str) -> AgentIdentity {
    AgentIdentity {
        application: Arc::from(application),
        tier: Arc::from(tier),
        node: Arc::from("node-1"),
        incarnation: Incarnation([7; 16]),
        language: Language::Rust,
        agent_version: Arc::from("0.1.0"),
        runtime_version: Arc::from(""),
        host_name: Arc::from(""),
        os_type: Arc::from("linux"),
        process_id: 1,
    }
}

/// A core of application `shop`, tier `front`.
pub fn core(config: AgentConfig) -> Arc<Core> {
    Core::new(identity("shop", "front"), "customer1", config)
}

/// A configuration that keeps nothing but errors, what is abandoned, and what is asked for: however slow the
/// machine is.
pub fn quiet() -> AgentConfig {
    let mut config = AgentConfig::default();
    config.snapshots.periodic_interval_s = 0;
    config.thresholds = ThresholdPolicy {
        slow: Threshold::Off,
        very_slow: Threshold::Off,
        stall: Threshold::Off,
        ..config.thresholds
    };
    config
}

/// A database with four identifying properties.
pub fn database(core: &Arc<Core>) -> BackendRef {
    let properties =
        [("HOST", "db.example"), ("PORT", "5432"), ("DATABASE", "orders"), ("VENDOR", "POSTGRESQL")];
    core.backend(&ExitType::Db, "orders database", &properties)
}

/// Begins a call to `backend`.
pub fn begin_exit(bt: &BtHandle, backend: &BackendRef) -> Option<ExitHandle> {
    bt.begin_exit(ExitCall {
        display_name: "orders database",
        backend,
        operation: Some("SELECT 1"),
        optional_properties: &[("rows", "1")],
    })
}

/// An error as a binding would report it.
pub fn error(type_name: &str) -> ErrorRecord {
    ErrorRecord {
        type_name: Arc::from(type_name),
        message: Arc::from("it failed"),
        stack: Arc::from("at line 1"),
    }
}

/// Everything since the last drain.
pub fn drain(core: &Core) -> IntervalReport {
    core.drain_interval(1_700_000_000_000, 1_700_000_060_000)
}

/// The equalities that every report must satisfy by itself.
pub fn assert_balanced(report: &IntervalReport) {
    let ledger = &report.ledger;
    assert_eq!(ledger.begun_total - ledger.ended_total, ledger.in_flight, "{ledger:?}");
    let verdicts: u64 = report.segments.iter().map(|s| s.verdicts.total()).sum();
    assert_eq!(verdicts, ledger.ended, "verdicts add up to what ended");
    let durations: u64 = report.segments.iter().map(|s| s.duration.count()).sum();
    assert_eq!(durations, ledger.ended, "durations add up to what ended");
    let exits: u64 = report.exits.iter().map(|e| e.duration.count()).sum();
    assert_eq!(exits, ledger.exit_calls, "exit calls add up");
    let other: u64 = report
        .segments
        .iter()
        .filter(|s| s.bt.origin.as_ref().is_some_and(|o| o.other_traffic))
        .map(|s| s.verdicts.total())
        .sum();
    assert_eq!(other, ledger.other_traffic, "All Other Traffic adds up");
}
