//! The seven rules every application has from the beginning (facts/controller-api 2.4).

use serde_json::json;

use super::health_rule::HealthRule;

/// What a rule of one metric is made of: name, entity type, metric path, critical and warning value, minutes.
type Simple = (&'static str, &'static str, &'static str, u64, u64, u32);

const ONE_METRIC: [Simple; 6] = [
    ("CPU utilization is too high", "TIER_NODE_HARDWARE", "Hardware Resources|CPU|%Busy", 90, 75, 20),
    ("Memory utilization is too high", "TIER_NODE_HARDWARE", "Hardware Resources|Memory|Used %", 90, 75, 30),
    ("JVM Heap utilization is too high", "TIER_NODE_HARDWARE", "JVM|Memory:Heap|Used %", 90, 75, 30),
    (
        "JVM Garbage Collection Time is too high",
        "TIER_NODE_HARDWARE",
        "JVM|Garbage Collection|GC Time Spent Per Min (ms)",
        45_000,
        30_000,
        30,
    ),
    (
        "CLR Garbage Collection Time is too high",
        "TIER_NODE_HARDWARE",
        "CLR|Garbage Collection|GC Time Spent (%)",
        75,
        50,
        30,
    ),
    ("Network-Host : Packet drops too high", "ADVANCED_NETWORK", "Network|Host|Packet drops", 5, 3, 30),
];

/// The rules, with ids from 1 on.
#[must_use]
pub fn default_rules() -> Vec<HealthRule> {
    let mut rules = vec![business_transaction_health()];
    rules.extend(ONE_METRIC.iter().zip(2u64..).map(|(simple, id)| one_metric(simple, id)));
    rules
}

/// The text is written here and understood by the test below.
fn rule(value: serde_json::Value) -> HealthRule {
    serde_json::from_value(value).unwrap_or_default()
}

fn against_baseline(short_name: &str, path: &str, deviations: u64) -> serde_json::Value {
    json!({"name": format!("{path} condition"), "shortName": short_name, "evaluateToTrueOnNoData": false,
        "evalDetail": {"evalDetailType": "SINGLE_METRIC", "metricAggregateFunction": "VALUE", "metricPath": path,
            "metricEvalDetail": {"metricEvalDetailType": "BASELINE_TYPE", "baselineCondition": "GREATER_THAN_BASELINE",
                "baselineName": "Default Baseline", "baselineUnit": "STANDARD_DEVIATIONS", "compareValue": deviations}},
        "triggerEnabled": false, "minimumTriggers": 15})
}

fn above(short_name: &str, function: &str, path: &str, value: u64) -> serde_json::Value {
    json!({"name": format!("{path} condition"), "shortName": short_name, "evaluateToTrueOnNoData": false,
        "evalDetail": {"evalDetailType": "SINGLE_METRIC", "metricAggregateFunction": function, "metricPath": path,
            "metricEvalDetail": {"metricEvalDetailType": "SPECIFIC_TYPE",
                "compareCondition": "GREATER_THAN_SPECIFIC_VALUE", "compareValue": value}},
        "triggerEnabled": false, "minimumTriggers": 15})
}

fn business_transaction_health() -> HealthRule {
    let criteria = |deviations: u64, calls: u64, errors: u64| {
        json!({"conditionAggregationType": "CUSTOM", "conditionExpression": "(A AND B) OR (C AND D AND E)",
            "conditions": [
                against_baseline("A", "Average Response Time (ms)", deviations),
                above("B", "VALUE", "Calls per Minute", calls),
                against_baseline("C", "Errors per Minute", deviations),
                above("D", "SUM", "Errors per Minute", errors),
                above("E", "VALUE", "Calls per Minute", 50),
            ],
            "evalMatchingCriteria": null})
    };
    rule(
        json!({"id": 1, "name": "Business Transaction Health", "enabled": true, "useDataFromLastNMinutes": 30,
        "waitTimeAfterViolation": 30, "scheduleName": "Always",
        "affects": {"affectedEntityType": "BUSINESS_TRANSACTION_PERFORMANCE",
            "affectedBusinessTransactions": {"businessTransactionScope": "ALL_BUSINESS_TRANSACTIONS"}},
        // The warning wants more load than the critical state: as published.
        "evalCriterias": {"criticalCriteria": criteria(3, 50, 10), "warningCriteria": criteria(2, 100, 5)}}),
    )
}

fn one_metric(simple: &Simple, id: u64) -> HealthRule {
    let (name, entity_type, path, critical, warning, minutes) = *simple;
    let criteria = |value: u64| {
        json!({"conditionAggregationType": "ALL", "conditionExpression": null,
            "conditions": [above("A", "VALUE", path, value)],
            "evalMatchingCriteria": {"matchType": "AVERAGE", "value": null}})
    };
    rule(json!({"id": id, "name": name, "enabled": true, "useDataFromLastNMinutes": minutes,
        "waitTimeAfterViolation": 30, "scheduleName": "Always",
        "affects": {"affectedEntityType": entity_type,
            "affectedEntities": {"tierOrNode": "NODE_AFFECTED_ENTITIES", "typeofNode": "ALL_NODES",
                "affectedNodes": {"affectedNodeScope": "ALL_NODES"}}},
        "evalCriterias": {"criticalCriteria": criteria(critical), "warningCriteria": criteria(warning)}}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerting::Alerting as _;

    #[test]
    fn seven_rules_that_can_be_evaluated() {
        let rules = default_rules();
        assert_eq!(rules.iter().map(|rule| rule.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
        for rule in &rules {
            assert_eq!(rule.check(), Ok(()), "{}", rule.name);
            assert!(rule.eval_criterias.critical_criteria.is_some(), "{}", rule.name);
            let text = serde_json::to_string(rule).unwrap();
            assert_eq!(&serde_json::from_str::<HealthRule>(&text).unwrap(), rule);
            assert!(!text.contains(".0"), "{text}");
        }
    }
}
