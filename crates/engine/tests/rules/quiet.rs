//! When rules are asked and of what: schedules, suppressions, nodes one by one; and the numbers of processes.

use tierline_engine::Scope;
use tierline_engine::alerting::{self, HealthRule, HealthRuleSuppression, Schedule};
use tierline_engine::baselines::BaselineCache;
use tierline_engine::metric_data::metric_data;
use tierline_engine::metric_path::parse;
use tierline_engine::violations;
use tierline_store::TimeRange;

use super::*;

fn evaluate(shop: &Shop, now_ms: u64) -> Vec<String> {
    let told =
        violations::evaluate(shop.dyn_store(), ACCOUNT, app(), &BaselineCache::default(), now_ms).unwrap();
    assert!(told.unusable.is_empty(), "{:?}", told.unusable);
    told.events.into_iter().map(|event| event.event_type).collect()
}

fn rule(about: &str, more: &str) -> HealthRule {
    serde_json::from_str(&format!(
        r#"{{"name": "slow", "useDataFromLastNMinutes": 10, "affects": {{"affectedEntityType": "{about}"}},
        "evalCriterias": {{"criticalCriteria": {{"conditions": [{{"name": "time", "evalDetail": {{
            "metricPath": "Average Response Time (ms)", "metricEvalDetail": {{
            "compareCondition": "GREATER_THAN", "compareValue": 500}}}}}}]{more}}}}}}}"#
    ))
    .unwrap()
}

fn bts() -> HealthRule {
    rule("BUSINESS_TRANSACTION_PERFORMANCE", "")
}

/// A schedule of one hour.
fn hour_of_day(start_ms: u64) -> Schedule {
    let hour = start_ms / HOUR_MS % 24;
    serde_json::from_value(
        serde_json::json!({"name": "now", "scheduleConfiguration": {"scheduleFrequency": "DAILY",
        "startTime": format!("{hour}:00"), "endTime": format!("{}:00", (hour + 1) % 24)}}),
    )
    .unwrap()
}

#[test]
fn a_rule_is_asked_by_its_schedule() {
    let (shop, hour) = (Shop::new(), hour_ms());
    let store = shop.dyn_store();
    let mut slow = bts();
    slow.schedule_name = "now".to_owned();
    let refused = alerting::create(store, ACCOUNT, app(), slow.clone(), "alice").unwrap_err().to_string();
    assert!(refused.contains("no schedule named \"now\""), "{refused}");
    alerting::create(store, ACCOUNT, app(), hour_of_day(hour), "alice").unwrap();
    alerting::create(store, ACCOUNT, app(), slow, "alice").unwrap();
    shop.report_all(
        hour - HOUR_MS,
        hour + 2 * HOUR_MS,
        Minute { calls: 5, each_ms: 900, ..Minute::default() },
    );
    assert_eq!(evaluate(&shop, hour - MINUTE_MS), [""; 0], "its hour has not begun");
    assert_eq!(evaluate(&shop, hour + 30 * MINUTE_MS), ["POLICY_OPEN_CRITICAL"]);
    assert_eq!(evaluate(&shop, hour + HOUR_MS), ["POLICY_CANCELED_CRITICAL"], "its hour is over");
}

#[test]
fn a_suppression_cancels_what_is_open_and_lets_nothing_begin() {
    let (shop, hour) = (Shop::new(), hour_ms());
    let store = shop.dyn_store();
    alerting::create(store, ACCOUNT, app(), bts(), "alice").unwrap();
    shop.report_all(hour, hour + HOUR_MS, Minute { calls: 5, each_ms: 900, ..Minute::default() });
    let at = |minute: u64| hour + minute * MINUTE_MS;
    assert_eq!(evaluate(&shop, at(15)), ["POLICY_OPEN_CRITICAL"]);
    let suppression = |bt: &str| -> HealthRuleSuppression {
        serde_json::from_value(serde_json::json!({"name": bt, "startTimeMs": at(20), "endTimeMs": at(30),
            "affects": {"affectedInfoType": "BUSINESS_TRANSACTION", "businessTransactions": [bt]}}))
        .unwrap()
    };
    alerting::create(store, ACCOUNT, app(), suppression("/another"), "alice").unwrap();
    assert_eq!(evaluate(&shop, at(21)), [""; 0], "it is about another one");
    alerting::create(store, ACCOUNT, app(), suppression(BT), "alice").unwrap();
    assert_eq!(evaluate(&shop, at(22)), ["POLICY_CANCELED_CRITICAL"]);
    assert_eq!(evaluate(&shop, at(29)), [""; 0]);
    assert_eq!(evaluate(&shop, at(30)), ["POLICY_OPEN_CRITICAL"], "it is over");
    let never = HealthRuleSuppression { name: "never".to_owned(), ..HealthRuleSuppression::default() };
    let refused = alerting::create(store, ACCOUNT, app(), never, "alice").unwrap_err().to_string();
    assert!(refused.contains("no end"), "{refused}");
}

#[test]
fn a_criterion_may_be_about_nodes_one_by_one() {
    let tiers = "TIER_NODE_TRANSACTION_PERFORMANCE";
    for (about, matching, violated) in [
        // Of four nodes with as many calls one needs 900 ms, the others 100: 300 ms together.
        (tiers, r#"{"matchType": "AVERAGE", "value": null}"#, false),
        (tiers, r#"{"matchType": "ANY_NODE"}"#, true),
        (tiers, r#"{"matchType": "PERCENTAGE_NODES", "value": 25}"#, true),
        (tiers, r#"{"matchType": "PERCENTAGE_NODES", "value": 26}"#, false),
        (tiers, r#"{"matchType": "NUMBER_NODES", "value": 2}"#, false),
        ("BUSINESS_TRANSACTION_PERFORMANCE", r#"{"matchType": "ANY_NODE"}"#, true),
    ] {
        let (shop, hour) = (Shop::new(), hour_ms());
        for (node, each_ms) in [("web-1", 900), ("web-2", 100), ("web-3", 100), ("web-4", 100)] {
            let minute = Minute { calls: 5, each_ms, ..Minute::default() };
            shop.report_from(node, (0..10).map(|n| (hour + n * MINUTE_MS, minute)));
        }
        let rule = rule(about, &format!(r#", "evalMatchingCriteria": {matching}"#));
        alerting::create(shop.dyn_store(), ACCOUNT, app(), rule, "alice").unwrap();
        let told = evaluate(&shop, hour + 10 * MINUTE_MS);
        assert_eq!(told, vec!["POLICY_OPEN_CRITICAL"; usize::from(violated)], "{about} {matching}");
        if violated {
            let open = violations::open(shop.dyn_store(), ACCOUNT, app()).unwrap();
            assert!(open[0].description.starts_with("On web-1: Average"), "{}", open[0].description);
        }
    }
    let shop = Shop::new();
    for (about, matching, word) in [
        (tiers, r#"{"matchType": "MOST"}"#, "MOST"),
        (tiers, r#"{"matchType": "PERCENTAGE_NODES", "value": 101}"#, "up to 100"),
        ("BACKENDS", r#"{"matchType": "ANY_NODE"}"#, "only tiers"),
    ] {
        let rule = rule(about, &format!(r#", "evalMatchingCriteria": {matching}"#));
        let refused =
            alerting::create(shop.dyn_store(), ACCOUNT, app(), rule, "alice").unwrap_err().to_string();
        assert!(refused.contains(word), "{refused}");
    }
}

#[test]
fn processes_have_numbers() {
    let (shop, hour) = (Shop::new(), hour_ms());
    shop.report_all(hour, hour + 5 * MINUTE_MS, Minute { calls: 5, each_ms: 9, ..Minute::default() });
    shop.report_from("web-2", [(hour, Minute { calls: 1, each_ms: 9, ..Minute::default() })]);
    let range = TimeRange { start_ms: hour, end_ms: hour + HOUR_MS };
    let scope = Scope { store: shop.dyn_store(), account: ACCOUNT, app_id: app(), range };
    let value = |path: &str| {
        let path = format!("Application Infrastructure Performance|web|{path}");
        let found = metric_data(scope, &parse(&path).unwrap(), true).unwrap();
        found.iter().flat_map(|series| &series.values).map(|value| value.value).collect::<Vec<_>>()
    };
    assert_eq!(
        value("Hardware Resources|Process|CPU %Busy"),
        [25],
        "15 s of a minute, on average of the nodes"
    );
    assert_eq!(value("Individual Nodes|web-2|Hardware Resources|Process|Memory Used (MB)"), [96]);
    assert_eq!(value("Hardware Resources|Process|*"), [25, 96, 7]);
}

#[test]
fn a_rule_may_be_about_errors_by_type() {
    let per_minute = r#"{"name": "errors", "useDataFromLastNMinutes": 10, "affects": {"affectedEntityType": "ERRORS"},
        "evalCriterias": {"criticalCriteria": {"conditions": [{"name": "many", "evalDetail": {
            "metricPath": "Errors per Minute", "metricEvalDetail": {
            "compareCondition": "GREATER_THAN", "compareValue": 2}}}]}}}"#;
    let custom = per_minute
        .replace("ERRORS", "CUSTOM")
        .replace("Errors per Minute", "Errors|web|KeyError|Errors per Minute");
    for (rule, thing) in [(per_minute, "KeyError"), (&custom, APP)] {
        let (shop, hour) = (Shop::new(), hour_ms());
        let rule: HealthRule = serde_json::from_str(rule).unwrap();
        alerting::create(shop.dyn_store(), ACCOUNT, app(), rule, "alice").unwrap();
        shop.report_all(hour, hour + 10 * MINUTE_MS, Minute { calls: 5, errors: 3, ..Minute::default() });
        (1..4).for_each(|number| shop.fail(hour + 1_000, number, "KeyError", "at buy"));
        shop.fail(hour + 1_000, 9, "ValueError", "at buy");
        let now = hour + 10 * MINUTE_MS;
        assert_eq!(evaluate(&shop, now), ["POLICY_OPEN_CRITICAL"], "three of one type, one of the other");
        let open = violations::open(shop.dyn_store(), ACCOUNT, app()).unwrap();
        assert_eq!(open[0].affected.name, thing, "{open:?}");
    }
}
