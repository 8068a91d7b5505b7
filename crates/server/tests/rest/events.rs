//! Events and violations.

use axum::body::Body;
use serde_json::{Value, json};
use tierline_engine::baselines::BaselineCache;
use tierline_engine::violations;
use tierline_model::{AppId, TierId};
use tierline_server::controller::now_ms;

use super::asking::{ask, ask_as, ask_json};
use super::recorded;
use super::support::in_process::Server;
use super::support::shop;

const EVENTS: &str = "/controller/rest/applications/shop/events";

#[tokio::test]
async fn events_are_added_and_found() {
    let server = Server::with_shop().await;
    let path = format!(
        "{EVENTS}?summary=Version%202&comment=with%20care&eventtype=APPLICATION_DEPLOYMENT&severity=INFO&tier=web&propertynames=version&propertynames=by&propertyvalues=2&propertyvalues=anna"
    );
    let made = ask(&server, "POST", &path, Body::empty()).await;
    assert_eq!(made.status.as_u16(), 200, "{}", made.text());
    let id: u64 = made.text().strip_prefix("Successfully created the event id:").unwrap().parse().unwrap();
    let form = "summary=Backup&eventtype=custom&customeventtype=Night&severity=warn&node=web-1";
    let by_form = ask_as(&server, "POST", EVENTS, "application/x-www-form-urlencoded", form).await;
    assert!(by_form.text().starts_with("Successfully created the event id:"), "{}", by_form.text());

    let all = server.rest("/events?time-range-type=BEFORE_NOW&duration-in-mins=60&event-types=APPLICATION_DEPLOYMENT,CUSTOM,OF_THE_FUTURE&severities=INFO,WARN,ERROR").await;
    recorded::check("events", &all);
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_eq!(
        (&all[0]["type"], &all[0]["subType"], &all[0]["severity"]),
        (&json!("CUSTOM"), &json!("Night"), &json!("WARN"))
    );
    let deployment = &all[1];
    assert_eq!((&deployment["id"], &deployment["summary"]), (&json!(id), &json!("Version 2")));
    let web = TierId::of(shop::APP, "web");
    let tier = json!({"entityType": "APPLICATION_COMPONENT", "entityId": web, "name": "web"});
    assert!(deployment["affectedEntities"].as_array().unwrap().contains(&tier), "{deployment}");
    for (filter, count) in [
        ("event-types=CUSTOM", 1),
        ("event-types=OF_THE_FUTURE", 0),
        ("severities=WARN", 1),
        ("severities=MOON", 0),
        ("tier=web", 2),
        ("tier=pay", 0),
        ("time-range-type=BETWEEN_TIMES&start-time=1&end-time=2", 0),
    ] {
        let found = server.rest(&format!("/events?{filter}")).await;
        assert_eq!(found.as_array().unwrap().len(), count, "{filter}");
    }
    let xml = server.get(EVENTS).await.text();
    assert!(xml.contains("<events><event><id>") && xml.contains("<affected-entity>"), "{xml}");
    let none = server.get(&format!("{EVENTS}?event-types=NONE")).await.text();
    assert!(none.ends_with("<events/>"));
}

#[tokio::test]
async fn events_that_make_no_sense_are_refused() {
    let server = Server::with_shop().await;
    for wrong in [
        "",
        "?summary=x",
        "?eventtype=CUSTOM",
        "?summary=x&eventtype=POLICY_OPEN_CRITICAL",
        "?summary=x&eventtype=CUSTOM&severity=MOON",
        "?summary=x&eventtype=CUSTOM&tier=nowhere",
        "?summary=x&eventtype=CUSTOM&node=nowhere",
        "?summary=x&eventtype=CUSTOM&bt=nowhere",
    ] {
        let answer = ask(&server, "POST", &format!("{EVENTS}{wrong}"), Body::empty()).await;
        assert_eq!(answer.status.as_u16(), 400, "{wrong}");
        assert!(answer.text().contains("Invalid"), "{}", answer.text());
    }
    assert_eq!(server.rest("/events").await, json!([]));
}

/// A rule that the shop violates: more than one call per minute is critical.
fn busy() -> Value {
    json!({
        "name": "Too busy",
        "useDataFromLastNMinutes": 60,
        "affects": {"affectedEntityType": "OVERALL_APPLICATION_PERFORMANCE"},
        "evalCriterias": {"criticalCriteria": {"conditionAggregationType": "ALL", "conditions": [{
            "name": "calls", "shortName": "A",
            "evalDetail": {"evalDetailType": "SINGLE_METRIC", "metricPath": "Calls per Minute", "metricEvalDetail": {
                "metricEvalDetailType": "SPECIFIC_TYPE", "compareCondition": "GREATER_THAN_SPECIFIC_VALUE", "compareValue": 1}},
        }]}},
    })
}

#[tokio::test]
async fn violations_open_and_resolve() {
    let server = Server::with_shop().await;
    let rules = "/controller/alerting/rest/v1/applications/shop/health-rules";
    let rule = ask_json(&server, "POST", rules, &busy()).await.json();
    let evaluate = || {
        let store = &*server.controller.store;
        violations::evaluate(store, "customer1", AppId::of(shop::APP), &BaselineCache::default(), now_ms())
            .unwrap()
    };
    evaluate();
    let open =
        server.rest("/problems/healthrule-violations?time-range-type=BEFORE_NOW&duration-in-mins=60").await;
    recorded::check("violations", &open);
    let mine = open.as_array().unwrap().iter().find(|v| v["name"] == "Too busy").expect("a violation");
    assert_eq!(
        (&mine["incidentStatus"], &mine["severity"], &mine["endTimeInMillis"]),
        (&json!("OPEN"), &json!("CRITICAL"), &json!(0))
    );
    assert_eq!(mine["triggeredEntityDefinition"]["entityId"], rule["id"]);
    for alias in ["/problems/policy-violations", "/problems"] {
        assert_eq!(server.rest(alias).await, open, "{alias}");
    }
    let xml = server.get("/controller/rest/applications/shop/problems/healthrule-violations").await.text();
    assert!(xml.contains("<policy-violations><policy-violation><id>"), "{xml}");
    let counts = server.get("/controller/restui/events/eventCounts?applicationId=shop").await.json();
    recorded::check("event_counts", &counts);
    assert!(counts["policyViolationEventCounts"]["totalPolicyViolations"]["critical"].as_u64().unwrap() >= 1);
    let opened = server.rest("/events?event-types=HEALTH_RULE_OPEN_CRITICAL,POLICY_OPEN_CRITICAL").await;
    recorded::check("events", &opened);
    assert!(!opened.as_array().unwrap().is_empty(), "opening is an event");

    ask_json(&server, "PUT", &format!("{rules}/{}/configuration", rule["id"]), &json!({"enabled": false}))
        .await;
    evaluate();
    let after = server.rest("/problems/healthrule-violations").await;
    let mine = after.as_array().unwrap().iter().find(|v| v["name"] == "Too busy").expect("the violation");
    assert_ne!(mine["incidentStatus"], "OPEN");
    assert!(mine["endTimeInMillis"].as_u64().unwrap() > 0);
}
