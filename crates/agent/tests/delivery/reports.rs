//! What arrives when everything is well.

use tierline_testkit::recording::RecordingController;

use crate::runner::{Setup, Tests, spooled_files};

pub const TESTS: Tests = &[
    ("everything_counted_arrives_with_its_key", everything_counted_arrives_with_its_key),
    ("intervals_are_aligned_and_do_not_overlap", intervals_are_aligned_and_do_not_overlap),
    ("nothing_is_started_before_it_is_needed", nothing_is_started_before_it_is_needed),
    ("begin_and_end_again_and_again", begin_and_end_again_and_again),
    ("a_flush_ends_nothing", a_flush_ends_nothing),
    ("reused_node_names", reused_node_names),
    ("a_standard_endpoint_gets_no_key", a_standard_endpoint_gets_no_key),
    ("settings_that_are_not_enough", settings_that_are_not_enough),
];

fn everything_counted_arrives_with_its_key() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let said = Setup::of(&controller, scratch.path()).play("work", &["1000", "2000"]);
    assert_eq!(said.number("delivered"), 1);
    assert!(said.number("shutdown_ms") < 1_000, "{}", said.0);
    assert_eq!(controller.ended(), 1_000);
    for report in controller.reports().values() {
        let calls: u64 = report.report.segments.iter().map(|segment| segment.verdicts.total()).sum();
        assert_eq!(calls, report.report.ledger.ended);
        assert!(report.report.runtime.process_memory_bytes > 0 && report.report.runtime.threads > 0);
        assert_eq!(
            (&*report.agent.application, &*report.agent.tier, &*report.agent.node),
            ("shop", "web", "web-1")
        );
        assert!(report.agent.process_id > 0 && !report.agent.host_name.is_empty());
    }
    // The first execution of each BT is kept.
    assert_eq!(controller.segments().len(), 5);
    for request in controller.recorded() {
        assert_eq!(request.headers["x-tierline-access-key"], "the-key");
        assert_eq!(request.headers["x-tierline-account"], "customer1");
        assert_eq!(request.headers["content-type"], "application/x-protobuf");
    }
    assert!(controller.connections() <= 2, "one connection is kept: {}", controller.connections());
    assert!(controller.opamp_messages().last().unwrap().disconnect, "goodbye");
    assert_eq!(spooled_files(scratch.path()), Vec::<std::path::PathBuf>::new());
}

fn intervals_are_aligned_and_do_not_overlap() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let said = Setup::of(&controller, scratch.path())
        .with("TIERLINE_REPORT_INTERVAL_MS", "700")
        .play("steady", &["3000", "2000"]);
    assert_eq!(controller.ended(), said.number("ended"));
    let reports: Vec<_> = controller.reports().into_values().map(|report| report.report).collect();
    assert!(reports.len() >= 4);
    for report in &reports {
        assert_eq!(report.start_ms % 60_000 % 700, 0);
        assert_eq!(report.start_ms / 60_000, (report.end_ms - 1) / 60_000);
        assert!(report.ledger.in_flight == 0 && report.end_ms - report.start_ms <= 700);
    }
    assert!(reports.is_sorted_by(|a, b| a.end_ms <= b.start_ms));
}

fn nothing_is_started_before_it_is_needed() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let said = Setup::of(&controller, scratch.path()).play("lazy", &[]);
    assert_eq!(said.number("threads_after_init"), 1);
    assert_eq!(said.number("threads_after_use"), 2);
    assert_eq!(said.number("threads_after_shutdown"), 1);
    assert!(said.number("init_us") < 15_000, "{}", said.0);
    assert!(said.number("grown_kib") < 4_096, "{}", said.0);
    assert_eq!(controller.ended(), 1);
}

fn begin_and_end_again_and_again() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let said = Setup::of(&controller, scratch.path()).play("cycles", &["40", "100"]);
    assert_eq!(controller.ended(), 4_000);
    let lives: std::collections::BTreeSet<_> =
        controller.reports().into_keys().map(|(life, _)| life).collect();
    assert_eq!(lives.len(), 40);
    assert!(said.number("grown_kib") < 2_048, "{}", said.0);
    assert!(said.number("threads") <= 2, "{}", said.0);
}

fn a_flush_ends_nothing() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let setup = Setup::of(&controller, scratch.path()).with("TIERLINE_REPORT_INTERVAL_MS", "60000");
    let said = setup.play("flush", &["100"]);
    assert_eq!((said.number("flushed"), said.number("flushed_again")), (1, 1));
    assert!(said.number("flush_ms") < 450, "{}", said.0);
    assert_eq!(controller.ended(), 200);
}

fn reused_node_names() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let setup = Setup::of(&controller, scratch.path())
        .with("APPDYNAMICS_AGENT_REUSE_NODE_NAME", "true")
        .with("APPDYNAMICS_AGENT_REUSE_NODE_NAME_PREFIX", "web")
        .with("APPDYNAMICS_AGENT_NODE_NAME", "");
    let first = setup.start("steady", &["1500", "2000"]);
    assert!(controller.wait(10, |controller| controller.ended() > 0));
    setup.play("work", &["10", "2000"]);
    first.end(20);
    setup.play("work", &["10", "2000"]);
    let nodes: Vec<_> =
        controller.reports().into_values().map(|r| (r.agent.incarnation, r.agent.node)).collect();
    let mut names: Vec<_> = nodes.iter().map(|(_, node)| node.to_string()).collect();
    names.dedup();
    assert_eq!(names, ["web-0", "web-1", "web-0"], "in the order of their begin");
}

fn a_standard_endpoint_gets_no_key() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let endpoint = format!("http://127.0.0.1:{}/otlp", controller.port());
    let said = Setup::of(&controller, scratch.path())
        .with("APPDYNAMICS_CONTROLLER_HOST_NAME", "")
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)
        .with("OTEL_EXPORTER_OTLP_HEADERS", "api-key=secret%20one")
        .play("work", &["10", "2000"]);
    assert_eq!(said.number("delivered"), 1);
    let recorded = controller.recorded();
    assert!(recorded.len() >= 2);
    for request in recorded {
        assert!(matches!(request.path.as_str(), "/otlp/v1/metrics" | "/otlp/v1/traces"), "{}", request.path);
        assert_eq!(request.headers["api-key"], "secret one");
        assert!(!request.headers.contains_key("x-tierline-access-key"));
    }
}

fn settings_that_are_not_enough() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let setup = Setup::of(&controller, scratch.path());
    assert_eq!(
        setup.clone().with("APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY", "").play("start", &[]).number("ready"),
        0
    );
    assert_eq!(controller.connections(), 0);
    assert_eq!(
        setup.clone().with("TIERLINE_ENABLED", "off").play("cycles", &["0", "0"]).number("threads"),
        1
    );
    let said = setup.with("APPDYNAMICS_AGENT_BASE_DIR", "/proc/nowhere").play("start", &[]);
    assert_eq!((said.number("ready"), said.number("warnings")), (1, 1));
    assert_eq!(controller.ended(), 1);
}
