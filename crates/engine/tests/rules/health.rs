//! Baselines, health rules and what becomes of violations.

use tierline_engine::Scope;
use tierline_engine::alerting::{self, AlertingError, HealthRule};
use tierline_engine::baselines::{self, BaselineCache, Trend};
use tierline_engine::evaluation::Level;
use tierline_engine::events::{self, EventFilter};
use tierline_engine::metric_path::parse;
use tierline_engine::violations::{self, violations};
use tierline_store::TimeRange;

use super::*;

/// Weeks of 100 ms, with 90 and 110 alternating; 60 calls a minute.
fn usual_weeks(shop: &Shop, hour: u64, weeks: u64) {
    for week in 1..=weeks {
        let start = hour - week * WEEK_MS;
        let each_ms = if week % 2 == 0 { 90 } else { 110 };
        shop.report_all(start, start + 2 * HOUR_MS, Minute { calls: 60, each_ms, ..Minute::default() });
    }
}

fn evaluate(shop: &Shop, now_ms: u64) -> Vec<String> {
    let told =
        violations::evaluate(shop.dyn_store(), ACCOUNT, app(), &BaselineCache::default(), now_ms).unwrap();
    assert!(told.unusable.is_empty(), "{:?}", told.unusable);
    told.events.into_iter().map(|event| event.event_type).collect()
}

#[test]
fn a_baseline_is_the_average_of_the_same_hour_of_the_week() {
    let (shop, hour) = (Shop::new(), hour_ms());
    usual_weeks(&shop, hour, 4);
    // Another hour of the week, which must not count.
    let other = hour - WEEK_MS - 5 * HOUR_MS;
    shop.report_all(other, other + HOUR_MS, Minute { calls: 60, each_ms: 5_000, ..Minute::default() });
    let range = TimeRange { start_ms: hour, end_ms: hour + HOUR_MS };
    let scope = Scope { store: shop.dyn_store(), account: ACCOUNT, app_id: app(), range };
    let path = parse("Overall Application Performance|Average Response Time (ms)").unwrap();
    let hours = baselines::series(scope, &path, Trend::Weekly).unwrap();
    assert_eq!(hours.len(), 1);
    let baseline = hours[0].baseline.unwrap();
    assert_eq!((baseline.value, baseline.deviation, baseline.samples), (100.0, 10.0, 4));
    let calls = parse("Overall Application Performance|Calls per Minute").unwrap();
    let calls = baselines::series(scope, &calls, Trend::Weekly).unwrap()[0].baseline.unwrap();
    assert_eq!(calls.value, 60.0);
    let nothing = parse("Overall Application Performance|No such metric").unwrap();
    assert!(baselines::series(scope, &nothing, Trend::Weekly).unwrap()[0].baseline.is_none());
}

#[test]
fn the_default_rule_opens_upgrades_and_closes_a_violation() {
    let (shop, hour) = (Shop::new(), hour_ms());
    usual_weeks(&shop, hour, 4);
    let half = 30 * MINUTE_MS;
    // A little slow: above two deviations, below three. The warning wants more than 100 calls a minute.
    shop.report_all(hour, hour + half, Minute { calls: 120, each_ms: 125, ..Minute::default() });
    assert_eq!(evaluate(&shop, hour + half), ["POLICY_OPEN_WARNING"]);
    assert_eq!(evaluate(&shop, hour + half), [""; 0], "it is open already");
    shop.report_all(hour + half, hour + 2 * half, Minute { calls: 120, each_ms: 400, ..Minute::default() });
    assert_eq!(evaluate(&shop, hour + 2 * half), ["POLICY_UPGRADED"]);
    let open = violations::open(shop.dyn_store(), ACCOUNT, app()).unwrap();
    assert_eq!((open.len(), open[0].level, open[0].rule_id), (1, Level::Critical, 1));
    assert_eq!((open[0].affected.entity_id, open[0].affected.name.as_str()), (bt().get(), BT));
    assert!(open[0].description.contains("is 400.0, above 3 deviations"), "{}", open[0].description);
    let worst = violations::worst(&open);
    assert_eq!(worst.get(&("BUSINESS_TRANSACTION".into(), bt().get())), Some(&Level::Critical));
    // Told of again after half an hour, and ended when there are no calls any more.
    shop.report_all(
        hour + 2 * half,
        hour + 3 * half,
        Minute { calls: 120, each_ms: 400, ..Minute::default() },
    );
    assert_eq!(evaluate(&shop, hour + 3 * half), ["POLICY_CONTINUES_CRITICAL"]);
    assert_eq!(evaluate(&shop, hour + 5 * half), ["POLICY_CLOSE_CRITICAL"]);
    let all = violations(shop.dyn_store(), ACCOUNT, app(), always()).unwrap();
    assert_eq!((all.len(), all[0].id, all[0].end_ms), (1, open[0].id, hour + 5 * half));
    let later = TimeRange { start_ms: hour + 6 * half, end_ms: u64::MAX / 2 };
    assert_eq!(violations(shop.dyn_store(), ACCOUNT, app(), later).unwrap(), []);
    let told = events::find(shop.dyn_store(), ACCOUNT, app(), always(), &EventFilter::default()).unwrap();
    assert_eq!(told.len(), 4);
    assert_eq!(told[3].id, open[0].id, "the violation has the id of the event that opened it");
}

#[test]
fn few_calls_and_usual_times_violate_nothing() {
    let (shop, hour) = (Shop::new(), hour_ms());
    usual_weeks(&shop, hour, 4);
    let half = 30 * MINUTE_MS;
    shop.report_all(hour, hour + half, Minute { calls: 10, each_ms: 900, ..Minute::default() });
    assert_eq!(evaluate(&shop, hour + half), [""; 0], "ten calls a minute are too few");
    let shop = Shop::new();
    shop.report_all(hour, hour + half, Minute { calls: 500, each_ms: 900, ..Minute::default() });
    assert_eq!(evaluate(&shop, hour + half), [""; 0], "nobody knows what is usual");
}

#[test]
fn a_rule_that_is_switched_off_cancels_what_is_open() {
    let (shop, hour) = (Shop::new(), hour_ms());
    let store = shop.dyn_store();
    shop.report_all(hour, hour + HOUR_MS, Minute { calls: 5, each_ms: 900, errors: 1, slow: 0 });
    let text = |enabled: bool| {
        format!(
            r#"{{"name": "slow or failing", "enabled": {enabled}, "useDataFromLastNMinutes": 10,
            "affects": {{"affectedEntityType": "TIER_NODE_HEALTH", "affectedEntities": {{"tierOrNode": "NODE_AFFECTED_ENTITIES",
                "affectedNodes": {{"affectedNodeScope": "SPECIFIC_NODES", "nodes": ["web-1"]}}}}}},
            "evalCriterias": {{"criticalCriteria": null, "warningCriteria": {{"conditionAggregationType": "ANY", "conditions": [
                {{"name": "share", "evalDetail": {{"evalDetailType": "METRIC_EXPRESSION",
                  "metricExpression": "{{errors}} / {{calls}} * 100", "metricExpressionVariables": [
                    {{"variableName": "errors", "metricAggregateFunction": "SUM", "metricPath": "Errors per Minute"}},
                    {{"variableName": "calls", "metricAggregateFunction": "SUM", "metricPath": "Calls per Minute"}}],
                  "metricEvalDetail": {{"compareCondition": "GREATER_THAN", "compareValue": 19}}}}}}]}}}},
            "aKeyOfTheClient": 7}}"#
        )
    };
    let rule: HealthRule = serde_json::from_str(&text(true)).unwrap();
    let rule = alerting::create(store, ACCOUNT, app(), rule, "alice").unwrap();
    assert!(rule.id > 7, "ids of the default rules are taken");
    assert_eq!(evaluate(&shop, hour + HOUR_MS), ["POLICY_OPEN_WARNING"]);
    let open = violations::open(store, ACCOUNT, app()).unwrap();
    assert_eq!(open[0].affected.entity_type, "APPLICATION_COMPONENT_NODE");
    assert!(open[0].description.contains("is 20.0, above 19"), "{}", open[0].description);
    let off: HealthRule = serde_json::from_str(&text(false)).unwrap();
    alerting::update(store, ACCOUNT, app(), rule.id, off, None, "bob").unwrap();
    assert_eq!(evaluate(&shop, hour + HOUR_MS), ["POLICY_CANCELED_WARNING"]);
    let kept = alerting::get::<HealthRule>(store, ACCOUNT, app(), rule.id).unwrap();
    assert_eq!((kept.value.more["aKeyOfTheClient"].as_u64(), kept.changed_by.as_str()), (Some(7), "bob"));
}

#[test]
fn rules_have_names_of_their_own_and_deleted_defaults_stay_deleted() {
    let shop = Shop::new();
    let store = shop.dyn_store();
    let all = alerting::list::<HealthRule>(store, ACCOUNT, app()).unwrap();
    assert_eq!(all.len(), 7);
    alerting::delete::<HealthRule>(store, ACCOUNT, app(), 3, "alice").unwrap();
    assert_eq!(alerting::list::<HealthRule>(store, ACCOUNT, app()).unwrap().len(), 6);
    assert!(matches!(
        alerting::delete::<HealthRule>(store, ACCOUNT, app(), 3, "alice"),
        Err(AlertingError::NotFound { .. })
    ));
    let same_name = all[0].value.clone();
    assert!(matches!(
        alerting::create(store, ACCOUNT, app(), same_name.clone(), "alice"),
        Err(AlertingError::NameTaken { .. })
    ));
    let mut nothing = same_name;
    (nothing.name, nothing.eval_criterias) = ("empty".into(), Default::default());
    let error = alerting::create(store, ACCOUNT, app(), nothing, "alice").unwrap_err().to_string();
    assert!(error.contains("neither criticalCriteria nor warningCriteria"), "{error}");
    assert_eq!(alerting::list::<HealthRule>(store, "other", app()).unwrap().len(), 7, "of another account");
}
