//! Forks while everything is at work.

use tierline_testkit::recording::RecordingController;

use crate::runner::{Setup, Tests};

pub const TESTS: Tests = &[
    ("every_fork_counts_everything", every_fork_counts_everything),
    ("a_master_that_never_uses_the_agent", a_master_that_never_uses_the_agent),
];

fn every_fork_counts_everything() {
    let mut costs_us = Vec::new();
    for run in 0..50 {
        let controller = RecordingController::start().unwrap();
        let scratch = tempfile::tempdir().unwrap();
        let said = Setup::of(&controller, scratch.path()).start("fork", &["3", "2"]).end(30);
        assert!(
            controller.wait(5, |c| c.ended() == said.sum("ended")),
            "run {run}: {} {}",
            controller.ended(),
            said.0
        );
        let lives: std::collections::BTreeSet<_> =
            controller.reports().into_keys().map(|(life, _)| life).collect();
        assert_eq!(lives.len(), 3, "run {run}");
        let lines = said.0.lines().filter_map(|line| line.strip_prefix("fork_us "));
        costs_us.extend(lines.map(|us| us.parse::<u64>().unwrap()));
        assert!(said.0.lines().filter(|line| *line == "delivered 1").count() == 3, "run {run}: {}", said.0);
    }
    costs_us.sort_unstable();
    let median_us = costs_us[costs_us.len() / 2];
    println!(
        "first use in a forked child: median {median_us} us, most {} us of CPU",
        costs_us[costs_us.len() - 1]
    );
    assert!(median_us < 3_000);
}

fn a_master_that_never_uses_the_agent() {
    let controller = RecordingController::start().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let said = Setup::of(&controller, scratch.path()).play("master", &["4", "250"]);
    assert_eq!(said.sum("ended"), 750);
    assert_eq!(controller.ended(), 750);
    let lives: std::collections::BTreeSet<_> =
        controller.reports().into_keys().map(|(life, _)| life).collect();
    assert_eq!(lives.len(), 3, "neither the master nor the idle worker report anything");
}
