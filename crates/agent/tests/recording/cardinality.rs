//! All Other Traffic: what is beyond the limits on names and backends, and how it comes back.

use std::collections::BTreeMap;

use tierline::ExitCall;
use tierline_model::{DropCause, ExitType, IntervalReport};

use crate::{assert_balanced, core, drain, quiet};

fn calls_by_name(report: &IntervalReport) -> BTreeMap<String, u64> {
    let named = report.segments.iter();
    named.filter_map(|s| Some((s.bt.origin.as_ref()?.name.to_string(), s.verdicts.total()))).collect()
}

#[test]
fn a_name_that_becomes_hot_takes_the_place_of_a_cold_one() {
    let mut config = quiet();
    config.limits.bts_max = 3;
    let core = core(config);
    let call = |name: &str, times: u64| (0..times).for_each(|_| core.begin(name, None).end());
    for name in ["/a", "/b", "/c"] {
        call(name, 50);
    }
    call("/hot", 50);
    let report = drain(&core);
    assert_eq!(calls_by_name(&report)["All Other Traffic - front"], 50);
    let mut total = 200;
    let mut promoted_after = None;
    for interval in 0..12 {
        call("/a", 50);
        call("/b", 50);
        call("/hot", 60);
        call("/cold", 1);
        total += 161;
        let report = drain(&core);
        assert_balanced(&report);
        let calls = calls_by_name(&report);
        assert_eq!(calls.values().sum::<u64>(), 161);
        if promoted_after.is_none() && calls.contains_key("/hot") {
            promoted_after = Some(interval);
            assert_eq!(calls["/hot"], 60);
            assert_eq!(calls["All Other Traffic - front"], 1, "only the cold name is left there");
        }
    }
    assert!(matches!(promoted_after, Some(3..=7)), "{promoted_after:?}");
    assert_eq!(drain(&core).ledger.ended_total, total);
}

#[test]
fn the_controller_can_promote_a_name() {
    let mut config = quiet();
    config.limits.bts_max = 1;
    let core = core(config.clone());
    core.begin("/first", None).end();
    core.begin("/wanted{1}", None).end();
    core.begin("/wanted{1}", None).end();
    core.begin("/other", None).end();
    assert_eq!(drain(&core).ledger.other_traffic, 3);
    let hidden: Vec<(String, u64)> =
        core.diagnostics().hidden_names.into_iter().map(|hidden| (hidden.name, hidden.calls)).collect();
    assert_eq!(hidden, [("/wanted_1_".to_owned(), 2), ("/other".to_owned(), 1)], "people may promote them");
    config.promoted_bts = vec!["/wanted{1}".to_owned()];
    core.set_config(config);
    core.begin("/wanted{1}", None).end();
    let report = drain(&core);
    assert_eq!(report.ledger.other_traffic, 0);
    assert_eq!(calls_by_name(&report)["/wanted_1_"], 1);
}

#[test]
fn a_lock_down_lets_no_new_names_in() {
    let mut config = quiet();
    let core = core(config.clone());
    core.begin("/old", None).end();
    config.lock_down = true;
    config.promoted_bts = vec!["/wanted".to_owned()];
    core.set_config(config);
    for _ in 0..5 {
        for name in ["/old", "/wanted", "/new"] {
            (0..1_000).for_each(|_| core.begin(name, None).end());
        }
        let report = drain(&core);
        assert_eq!(report.ledger.other_traffic, 1_000, "however hot the new one is");
        let calls = calls_by_name(&report);
        assert_eq!((calls["/wanted"], calls.contains_key("/new")), (1_000, false));
    }
}

#[test]
fn names_are_cleaned_and_the_replacement_is_noted_once() {
    let core = core(quiet());
    for _ in 0..3 {
        core.begin("[a]|b", None).end();
        core.begin("", None).end();
        core.begin(&"x".repeat(1_000), None).end();
        core.begin("  padded  ", None).end();
    }
    let calls = calls_by_name(&drain(&core));
    assert_eq!(calls["_a__b"], 3);
    assert_eq!(calls["(unnamed)"], 3);
    assert_eq!(calls["padded"], 3);
    assert!(calls.keys().any(|name| name.starts_with("xxx") && name.ends_with('…')));
    let replaced = core.diagnostics().replaced_names;
    assert_eq!(replaced.len(), 3, "{replaced:?}");
    assert!(replaced.iter().any(|r| r.given == "[a]|b" && r.reported == "_a__b"));
}

#[test]
fn backends_beyond_the_limit_keep_their_type_and_spelling_does_not_split_them() {
    let mut config = quiet();
    config.limits.backends_max = 2;
    let core = core(config);
    let pool = core.backend(&ExitType::Cache, "one", &[("SERVER POOL", "a:1"), ("Vendor", "REDIS")]);
    let same = core.backend(&ExitType::Cache, "two", &[("VENDOR", "REDIS"), ("ServerPool", "a:1")]);
    assert_eq!(pool, same);
    let _second = core.backend(&ExitType::Http, "second", &[]);
    let third = core.backend(&ExitType::Queue, "third", &[]);
    let fourth = core.backend(&ExitType::Queue, "fourth", &[("HOST", "q")]);
    assert_eq!(third, fourth, "both are All Other Traffic of the queues");
    let bt = core.begin("/x", None);
    let exit = bt.begin_exit(ExitCall {
        display_name: "fourth",
        backend: &fourth,
        operation: None,
        optional_properties: &[],
    });
    exit.expect("no call is active").end();
    bt.end();
    let report = drain(&core);
    assert_eq!(report.exits.len(), 1);
    assert_eq!(&*report.exits[0].backend.name, "All Other Traffic");
    assert_eq!(report.exits[0].backend.key.exit_type, ExitType::Queue);
    assert_eq!(report.ledger.drops[&DropCause::BackendLimit], 1);
}
