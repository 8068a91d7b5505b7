//! What is encoded comes back: `decode(encode(x)) == x`, and the generated types read it too.

use proptest::prelude::*;
use tierline_model::{AgentIdentity, IntervalReport, Segment};
use tierline_testkit::generate;
use tierline_wire::otlp::{self, AgentReport, AgentSegments, DecodeLimits, Outcome};

fn metrics_bytes(agent: &AgentIdentity, report: &IntervalReport) -> Vec<u8> {
    let mut bytes = Vec::new();
    otlp::encode_metrics(agent, report, &mut bytes);
    bytes
}

fn traces_bytes(agent: &AgentIdentity, segments: &[Segment]) -> Vec<u8> {
    let mut bytes = Vec::new();
    otlp::encode_traces(agent, segments, &mut bytes);
    bytes
}

fn all_accepted(outcome: &Outcome) -> bool {
    outcome.accepted == outcome.total()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn reports_come_back(agent in generate::agent_identity(), report in generate::interval_report()) {
        let decoded = otlp::decode_metrics(&metrics_bytes(&agent, &report), &DecodeLimits::default()).unwrap();
        prop_assert!(all_accepted(&decoded.outcome), "{:?}", decoded.outcome);
        prop_assert_eq!(decoded.reports, vec![AgentReport { agent, report, ledger_complete: true }]);
    }

    #[test]
    fn several_reports_in_one_request_come_back(
        agents in prop::collection::vec((generate::agent_identity(), generate::interval_report()), 0..4)
    ) {
        let mut bytes = Vec::new();
        for (agent, report) in &agents {
            otlp::encode_metrics(agent, report, &mut bytes);
        }
        let decoded = otlp::decode_metrics(&bytes, &DecodeLimits::default()).unwrap();
        let expected: Vec<_> = agents
            .into_iter()
            .map(|(agent, report)| AgentReport { agent, report, ledger_complete: true })
            .collect();
        prop_assert_eq!(decoded.reports, expected);
    }

    #[test]
    fn a_repeated_report_changes_nothing(agent in generate::agent_identity(), report in generate::interval_report()) {
        let mut bytes = metrics_bytes(&agent, &report);
        bytes.extend(bytes.clone());
        let decoded = otlp::decode_metrics(&bytes, &DecodeLimits::default()).unwrap();
        prop_assert_eq!(decoded.outcome.repeated, decoded.outcome.accepted);
        prop_assert_eq!(decoded.reports, vec![AgentReport { agent, report, ledger_complete: true }]);
    }

    #[test]
    fn segments_come_back(
        agent in generate::agent_identity(),
        segments in prop::collection::vec(generate::segment(), 1..4),
    ) {
        let decoded = otlp::decode_traces(&traces_bytes(&agent, &segments), &DecodeLimits::default()).unwrap();
        prop_assert!(all_accepted(&decoded.outcome), "{:?}", decoded.outcome);
        prop_assert_eq!(decoded.batches, vec![AgentSegments { agent, segments }]);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let limits = DecodeLimits::default();
        let _ = otlp::decode_metrics(&bytes, &limits);
        let _ = otlp::decode_traces(&bytes, &limits);
        let _ = otlp::decode_metrics_json(&bytes, &limits);
        let _ = otlp::decode_traces_json(&bytes, &limits);
    }
}
