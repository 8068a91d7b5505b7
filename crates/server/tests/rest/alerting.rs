//! Health rules, policies, actions, schedules and suppressions: made, read, changed and removed as clients do it.

use axum::body::Body;
use serde_json::{Value, json};

use super::asking::{ask, ask_json};
use super::recorded;
use super::support::in_process::Server;
use super::support::shop;

const BASE: &str = "/controller/alerting/rest/v1/applications";

fn rule(name: &str) -> Value {
    json!({
        "name": name,
        "enabled": "true",
        "useDataFromLastNMinutes": "30",
        "waitTimeAfterViolation": 30.0,
        "scheduleName": "Always",
        "affects": {
            "affectedEntityType": "BUSINESS_TRANSACTION_PERFORMANCE",
            "affectedBusinessTransactions": {"businessTransactionScope": "ALL_BUSINESS_TRANSACTIONS"},
        },
        "evalCriterias": {
            "criticalCriteria": {
                "conditionAggregationType": "CUSTOM",
                "conditionExpression": "(A AND B)",
                "conditions": [condition("A", "Average Response Time (ms)"), condition("B", "Calls per Minute")],
                "evalMatchingCriteria": {"matchType": "ANY_NODE", "value": null},
            },
            "warningCriteria": null,
        },
    })
}

fn condition(short_name: &str, path: &str) -> Value {
    json!({
        "name": format!("{short_name} of it"),
        "shortName": short_name,
        "evaluateToTrueOnNoData": "false",
        "evalDetail": {
            "evalDetailType": "SINGLE_METRIC",
            "metricAggregateFunction": "VALUE",
            "metricPath": path,
            "metricEvalDetail": {
                "metricEvalDetailType": "SPECIFIC_TYPE",
                "compareCondition": "GREATER_THAN",
                "compareValue": "50",
            },
        },
        "triggerEnabled": false,
        "minimumTriggers": 0,
    })
}

#[tokio::test]
async fn seven_health_rules_are_there_from_the_beginning() {
    let server = Server::with_shop().await;
    let id = tierline_model::AppId::of(shop::APP);
    let list = server.get(&format!("{BASE}/{id}/health-rules")).await.json();
    recorded::check("health_rules", &list);
    let names: Vec<&str> =
        list.as_array().unwrap().iter().map(|rule| rule["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "Business Transaction Health",
            "CPU utilization is too high",
            "Memory utilization is too high",
            "JVM Heap utilization is too high",
            "JVM Garbage Collection Time is too high",
            "CLR Garbage Collection Time is too high",
            "Network-Host : Packet drops too high",
        ]
    );
    assert_eq!(server.get(&format!("{BASE}/shop/health-rules")).await.json(), list, "by name as well");
    assert_eq!(server.get("/controller/rest/applications/shop/health-rules").await.json(), list, "the alias");
    for one in list.as_array().unwrap() {
        let whole = server.get(&format!("{BASE}/{id}/health-rules/{}", one["id"])).await.json();
        recorded::check("health_rule", &whole);
        let alias = format!("/controller/rest/applications/{id}/health-rules/{}", one["id"]);
        assert_eq!(server.get(&alias).await.json(), whole);
    }
    let first = server.get(&format!("{BASE}/{id}/health-rules/{}", list[0]["id"])).await.json();
    let critical = &first["evalCriterias"]["criticalCriteria"];
    assert_eq!(critical["conditionExpression"], "(A AND B) OR (C AND D AND E)");
    assert_eq!(critical["conditions"][1]["evalDetail"]["metricEvalDetail"]["compareValue"], 50);
    let warning = &first["evalCriterias"]["warningCriteria"];
    assert_eq!(warning["conditions"][1]["evalDetail"]["metricEvalDetail"]["compareValue"], 100);
}

#[tokio::test]
async fn a_health_rule_lives_its_life() {
    let server = Server::with_shop().await;
    let list = format!("{BASE}/shop/health-rules");
    let made = ask(&server, "POST", &list, Body::from(rule("Mine").to_string())).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text());
    let location = made.header("location").to_owned();
    let whole = made.json();
    assert_eq!(location, format!("{list}/{}", whole["id"]));
    assert_eq!((&whole["enabled"], &whole["useDataFromLastNMinutes"]), (&json!(true), &json!(30)));
    assert_eq!(whole["evalCriterias"]["warningCriteria"], Value::Null, "every key is there");
    let detail =
        &whole["evalCriterias"]["criticalCriteria"]["conditions"][0]["evalDetail"]["metricEvalDetail"];
    assert_eq!(detail["compareCondition"], "GREATER_THAN_SPECIFIC_VALUE", "the short form is understood");
    let read = server.get(&location).await;
    let version = read.header("etag").to_owned();
    assert_eq!(read.json(), whole);

    let taken = ask(&server, "POST", &list, Body::from(rule("Mine").to_string())).await;
    assert_eq!(taken.status.as_u16(), 409);
    recorded::check("error", &serde_json::from_slice(&taken.body).unwrap());

    let switched =
        ask_json(&server, "PUT", &format!("{location}/configuration"), &json!({"enabled": "false"})).await;
    assert_eq!((switched.status.as_u16(), switched.json()), (200, json!({"enabled": false})));
    assert_eq!(server.get(&location).await.json()["enabled"], false);

    let stale = super::asking::request("PUT", &location)
        .header("if-match", version)
        .body(Body::from(rule("Mine too").to_string()))
        .unwrap();
    assert_eq!(server.send(stale).await.status.as_u16(), 409, "somebody changed it meanwhile");
    let changed = ask_json(&server, "PUT", &location, &rule("Mine too")).await.json();
    assert_eq!(
        (&changed["name"], &changed["enabled"], &changed["id"]),
        (&json!("Mine too"), &json!(true), &whole["id"])
    );

    assert_eq!(ask(&server, "DELETE", &location, Body::empty()).await.status.as_u16(), 204);
    assert_eq!(server.get(&location).await.status.as_u16(), 404);
    assert_eq!(ask(&server, "DELETE", &location, Body::empty()).await.status.as_u16(), 404);
    assert_eq!(ask_json(&server, "PUT", &location, &rule("Mine")).await.status.as_u16(), 404);
}

#[tokio::test]
async fn what_cannot_be_a_health_rule_is_refused_with_its_reason() {
    let server = Server::with_shop().await;
    let list = format!("{BASE}/shop/health-rules");
    let mut without_name = rule("x");
    without_name["name"] = json!("");
    let mut unknown_type = rule("x");
    unknown_type["affects"]["affectedEntityType"] = json!("MOON");
    let mut expression = rule("x");
    expression["evalCriterias"]["criticalCriteria"]["conditionExpression"] = json!("(A AND Z");
    let mut huge = rule("x");
    huge["useDataFromLastNMinutes"] = json!(4_000_000_000_u64);
    for wrong in [without_name, unknown_type, expression, huge, json!({"name": "x"}), json!([]), json!("x")] {
        let answer = ask_json(&server, "POST", &list, &wrong).await;
        assert_eq!(answer.status.as_u16(), 400, "{wrong}");
        recorded::check("error", &serde_json::from_slice(&answer.body).unwrap());
    }
    let nobody = server.get(&format!("{BASE}/nobody/health-rules")).await;
    assert_eq!(nobody.status.as_u16(), 404);
    for (name, entity) in [
        ("a", "APPLICATION_PERFORMANCE"),
        ("b", "TIER_NODE_HEALTH"),
        ("c", "BACKEND_CALL_PERFORMANCE"),
        ("d", "SERVICE_ENDPOINT_PERFORMANCE"),
        ("e", "SERVERS_IN_APPLICATION"),
    ] {
        let mut alias = rule(name);
        alias["affects"]["affectedEntityType"] = json!(entity);
        // Only tiers and business transactions have nodes to be counted one by one.
        alias["evalCriterias"]["criticalCriteria"]["evalMatchingCriteria"] = Value::Null;
        assert_eq!(ask_json(&server, "POST", &list, &alias).await.status.as_u16(), 201, "{entity}");
    }
}

#[tokio::test]
async fn policies_actions_schedules_and_suppressions() {
    let server = Server::with_shop().await;
    let policy = json!({
        "name": "Tell us",
        "enabled": true,
        "executeActionsInBatch": true,
        "actions": [{"actionName": "write to us", "actionType": "EMAIL", "notes": ""}],
        "events": {
            "healthRuleEvents": {
                "healthRuleEventTypes": ["HEALTH_RULE_OPEN_CRITICAL"],
                "healthRuleScope": {"healthRuleScopeType": "ALL_HEALTH_RULES"},
            },
            "otherEvents": [], "anomalyEvents": null, "customEvents": [],
        },
        "selectedEntities": {"selectedEntityType": "ANY_ENTITY"},
        "keyOfTheFuture": {"kept": true},
    });
    let action = json!({"name": "write to us", "actionType": "EMAIL", "emails": ["us@example.org"]});
    let schedule = json!({"name": "Office hours", "description": "at work", "timezone": "UTC", "scheduleConfiguration": {}});
    let suppression =
        json!({"name": "Maintenance", "startTimeMs": "1700000000000", "endTimeMs": 1_700_003_600_000_u64});
    for (folder, thing, listed) in [
        ("policies", policy, "policies"),
        ("actions", action, "actions"),
        ("schedules", schedule, "schedules"),
        ("action-suppressions", suppression.clone(), ""),
        ("health-rule-suppressions", suppression, ""),
    ] {
        let list = format!("{BASE}/shop/{folder}");
        let made = ask_json(&server, "POST", &list, &thing).await;
        assert_eq!(made.status.as_u16(), 201, "{folder}: {}", made.text());
        let location = made.header("location").to_owned();
        let whole = made.json();
        assert_eq!(server.get(&location).await.json(), whole, "{folder}");
        if folder == "policies" {
            recorded::check("policy", &whole);
            assert_eq!(whole["keyOfTheFuture"], json!({"kept": true}));
        }
        let all = server.get(&list).await.json();
        assert!(all.as_array().unwrap().iter().any(|one| one["id"] == whole["id"]), "{folder}: {all}");
        if !listed.is_empty() {
            recorded::check(listed, &all);
        }
        let mut renamed = thing.clone();
        renamed["name"] = json!("another");
        assert_eq!(ask_json(&server, "PUT", &location, &renamed).await.json()["name"], "another");
        assert_eq!(ask(&server, "DELETE", &location, Body::empty()).await.status.as_u16(), 204, "{folder}");
        assert_eq!(server.get(&location).await.status.as_u16(), 404, "{folder}");
        assert_eq!(server.get(&format!("{list}/x")).await.status.as_u16(), 404, "{folder}");
    }
}

#[tokio::test]
async fn a_policy_is_switched() {
    let server = Server::with_shop().await;
    let made = ask_json(&server, "POST", &format!("{BASE}/shop/policies"), &json!({"name": "p"})).await;
    let location = made.header("location").to_owned();
    assert_eq!(made.json()["enabled"], true);
    ask_json(&server, "PUT", &format!("{location}/configuration"), &json!({"enabled": false})).await;
    assert_eq!(server.get(&location).await.json()["enabled"], false);
    let nonsense =
        ask_json(&server, "PUT", &format!("{location}/configuration"), &json!({"enabled": "perhaps"})).await;
    assert_eq!(nonsense.status.as_u16(), 400);
}
