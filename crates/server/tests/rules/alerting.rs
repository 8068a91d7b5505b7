//! Health rules, events, errors and decisions through the page's API.

use serde_json::json;

use super::*;

#[tokio::test]
async fn the_default_rules_are_there_and_can_be_changed() {
    let server = Server::with_shop().await;
    let rules = server.api("/alerting/health-rules").await;
    let rules = rules.as_array().unwrap();
    assert_eq!(rules.len(), 7);
    assert_eq!(rules[0]["definition"]["name"], "Business Transaction Health");
    let mut definition = rules[0]["definition"].clone();
    definition["enabled"] = json!(false);
    let change = json!({"version": rules[0]["version"], "definition": definition});
    let path = format!("/alerting/health-rules/{}", rules[0]["id"]);
    let changed = expect(&server, "PUT", &path, change.clone(), StatusCode::OK).await;
    assert_eq!((&changed["definition"]["enabled"], &changed["changedBy"]), (&json!(false), &json!("admin")));
    expect(&server, "PUT", &path, change, StatusCode::CONFLICT).await;
    let same = json!({"definition": definition});
    expect(&server, "POST", "/alerting/health-rules", same, StatusCode::CONFLICT).await;
    for nonsense in [
        json!({}),
        json!([]),
        json!({"definition": {}}),
        json!({"definition": {"name": "x", "enabled": "perhaps"}}),
    ] {
        expect(&server, "POST", "/alerting/health-rules", nonsense, StatusCode::BAD_REQUEST).await;
    }
    expect(&server, "GET", "/alerting/wishes", Value::Null, StatusCode::NOT_FOUND).await;
    expect(&server, "DELETE", &path, Value::Null, StatusCode::NO_CONTENT).await;
    expect(&server, "GET", &path, Value::Null, StatusCode::NOT_FOUND).await;
    expect(&server, "DELETE", &path, Value::Null, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn a_violation_is_seen_as_health_violation_and_event() {
    let server = Server::with_shop().await;
    let rule = json!({"definition": {"name": "somebody buys", "useDataFromLastNMinutes": 60,
        "affects": {"affectedEntityType": "BUSINESS_TRANSACTION_PERFORMANCE"},
        "evalCriterias": {"criticalCriteria": {"conditions": [{"name": "calls", "evalDetail": {
            "metricPath": "Calls per Minute", "metricEvalDetail": {"compareCondition": "GREATER_THAN", "compareValue": 0}}}]}}}});
    expect(&server, "POST", "/alerting/health-rules", rule, StatusCode::CREATED).await;
    let controller = std::sync::Arc::clone(&server.controller);
    tokio::task::spawn_blocking(move || {
        let now = tierline_server::controller::now_ms();
        tierline_server::jobs::Minutely::default().run(&*controller.store, now);
    })
    .await
    .unwrap();
    let health = server.api("/health").await;
    assert_eq!((&health["critical"], &health["warning"]), (&json!(1), &json!(0)));
    assert_eq!(health["entities"][0]["entityId"], json!(shop::bt_id().get()));
    let violations = server.api("/violations").await;
    assert_eq!((&violations[0]["status"], &violations[0]["severity"]), (&json!("OPEN"), &json!("CRITICAL")));
    assert_eq!(
        (&violations[0]["affected"]["name"], &violations[0]["endMs"]),
        (&json!(shop::BT), &Value::Null)
    );
    let events = server.api("/events?types=POLICY_OPEN_CRITICAL").await;
    assert_eq!(events[0]["id"], violations[0]["id"]);
}

#[tokio::test]
async fn events_are_written_down_and_found() {
    let server = Server::with_shop().await;
    let deployed = json!({"type": "APPLICATION_DEPLOYMENT", "summary": "v2 <b>", "severity": "WARN",
        "properties": {"commit": "abc"}, "btId": shop::bt_id().get()});
    let made = expect(&server, "POST", "/events", deployed, StatusCode::CREATED).await;
    assert_eq!(made["affectedEntities"][1]["name"], json!(shop::BT));
    expect(&server, "POST", "/events", json!({"type": "CUSTOM", "summary": "x"}), StatusCode::CREATED).await;
    let found = server.api("/events?severities=WARN").await;
    assert_eq!((found.as_array().unwrap().len(), &found[0]["properties"]["commit"]), (1, &json!("abc")));
    assert_eq!(server.api("/events").await.as_array().unwrap().len(), 2);
    assert_eq!(server.api("/events?limit=1").await[0]["type"], "CUSTOM", "the newest");
    for wrong in
        [json!({"type": "POLICY_OPEN_CRITICAL", "summary": "x"}), json!({"type": "CUSTOM", "summary": " "})]
    {
        expect(&server, "POST", "/events", wrong, StatusCode::BAD_REQUEST).await;
    }
}

#[tokio::test]
async fn errors_are_grouped_and_lead_to_their_place() {
    let server = Server::with_shop().await;
    let errors = server.api("/errors").await;
    let groups = errors["groups"].as_array().unwrap();
    assert!(!groups.is_empty(), "{errors}");
    let group = &groups[0];
    assert!(group["count"].as_u64().unwrap() >= 1 && group["bts"][0]["name"] == json!(shop::BT), "{group}");
    let details = server.api(&format!("/errors/{}/{}", group["tierId"], group["errorId"])).await;
    assert_eq!(details["places"][0]["guid"], group["snapshots"][0]["guid"]);
    assert_eq!(call(&server, "GET", "/errors/5/6", &Value::Null).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn people_rename_exclude_group_and_resolve() {
    let server = Server::with_shop().await;
    let bt = shop::bt_id().get();
    let path = "/business-transactions/administration";
    let decide = |body: Value| expect(&server, "POST", path, body, StatusCode::OK);
    decide(json!({"action": "rename", "ids": [bt], "name": "Purchase"})).await;
    assert_eq!(server.api("/business-transactions").await[0]["name"], "Purchase");
    let grouped = decide(json!({"action": "group", "ids": [bt], "name": "Money"})).await;
    assert_eq!(grouped["groups"], json!([{"name": "Money", "ids": [bt]}]));
    let excluded = decide(json!({"action": "exclude", "ids": [bt]})).await;
    assert_eq!(excluded["excluded"][0]["name"], "Purchase");
    assert_eq!(server.api("/business-transactions").await, json!([]));
    decide(json!({"action": "include", "ids": [bt]})).await;
    for wrong in [
        json!({"action": "exclude"}),
        json!({"action": "dance"}),
        json!({"action": "group", "ids": [bt]}),
        json!({"action": "delete", "ids": [0]}),
    ] {
        expect(&server, "POST", path, wrong, StatusCode::BAD_REQUEST).await;
    }
    // `pay` is a tier because agents say so; somebody says that it is none, and then that the database is.
    let map = server.api("/flow-map").await;
    assert_eq!(map["backends"].as_array().unwrap().len(), 1);
    let pay = format!("/backends/{}/administration", shop::pay_backend().id);
    expect(&server, "POST", &pay, json!({"action": "unresolve"}), StatusCode::NO_CONTENT).await;
    assert_eq!(server.api("/flow-map").await["backends"].as_array().unwrap().len(), 2);
    let tier = map["tiers"].as_array().unwrap().iter().find(|t| t["name"] == "pay").unwrap()["id"].clone();
    let database = format!("/backends/{}/administration", shop::db_backend().id);
    let resolve = json!({"action": "resolve", "tierId": tier});
    expect(&server, "POST", &database, resolve, StatusCode::NO_CONTENT).await;
    expect(&server, "POST", &pay, json!({"action": "automatic"}), StatusCode::NO_CONTENT).await;
    assert_eq!(server.api("/flow-map").await["backends"], json!([]), "both are tiers now");
    expect(&server, "POST", &database, json!({"action": "rename", "name": "Books"}), StatusCode::NO_CONTENT)
        .await;
    let names: Vec<Value> =
        server.api("/backends").await.as_array().unwrap().iter().map(|b| b["name"].clone()).collect();
    assert!(names.contains(&json!("Books")), "{names:?}");
    let nowhere = json!({"action": "resolve", "tierId": 5});
    expect(&server, "POST", &database, nowhere, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn who_may_look_sees_no_secret_and_changes_nothing() {
    let server = Server::with_shop().await;
    let viewer = json!({"name": "vera", "password": "a-password-of-vera", "roleIds": [4]});
    expect(&server, "POST", "/api/users", viewer, StatusCode::OK).await;
    let hook = json!({"definition": {"name": "hook", "actionType": "HTTP_REQUEST", "url": "https://h/x",
        "headers": [{"name": "Authorization", "value": "Bearer secret"}]}});
    let made = expect(&server, "POST", "/alerting/actions", hook.clone(), StatusCode::CREATED).await;
    let app = AppId::of(shop::APP);
    let as_vera = |method: &str, path: String, body: &Value| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", basic("vera@customer1", "a-password-of-vera"))
            .header("x-csrf-token", "a script")
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        server.send(request)
    };
    let page = format!("/api/applications/{app}");
    let rest = format!("/controller/alerting/rest/v1/applications/{app}/actions/{}", made["id"]);
    for (method, path, body, status) in [
        ("GET", format!("{page}/alerting/health-rules"), &Value::Null, StatusCode::OK),
        ("GET", format!("{page}/violations"), &Value::Null, StatusCode::OK),
        ("GET", format!("{page}/alerting/actions"), &Value::Null, StatusCode::FORBIDDEN),
        ("GET", format!("{page}/alerting/actions/{}", made["id"]), &Value::Null, StatusCode::FORBIDDEN),
        ("GET", rest, &Value::Null, StatusCode::FORBIDDEN),
        ("GET", format!("/controller/actions/{app}"), &Value::Null, StatusCode::FORBIDDEN),
        ("GET", format!("{page}/errors"), &Value::Null, StatusCode::FORBIDDEN),
        ("GET", "/api/email-server".to_owned(), &Value::Null, StatusCode::FORBIDDEN),
        ("POST", format!("{page}/alerting/actions"), &hook, StatusCode::FORBIDDEN),
        ("POST", format!("{page}/alerting/actions/{}/test", made["id"]), &Value::Null, StatusCode::FORBIDDEN),
        ("PUT", format!("{page}/agent-configuration"), &json!({"patch": {}}), StatusCode::FORBIDDEN),
        ("POST", format!("{page}/diagnostic-sessions"), &json!({"minutes": 5}), StatusCode::FORBIDDEN),
        (
            "POST",
            format!("{page}/business-transactions/administration"),
            &json!({"action": "exclude", "ids": [5]}),
            StatusCode::FORBIDDEN,
        ),
        ("POST", format!("{page}/events"), &json!({"type": "CUSTOM", "summary": "x"}), StatusCode::FORBIDDEN),
    ] {
        let answer = as_vera(method, path.clone(), body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        assert!(!answer.text().contains("secret"), "{method} {path}: {}", answer.text());
    }
}

#[tokio::test]
async fn nothing_is_answered_without_a_login() {
    let server = Server::with_shop().await;
    for (method, path) in [
        ("GET", "/alerting/health-rules"),
        ("GET", "/violations"),
        ("GET", "/events"),
        ("GET", "/errors"),
        ("GET", "/agent-configuration"),
        ("GET", "/diagnostic-sessions"),
        ("GET", "/api/email-server"),
    ] {
        let app = AppId::of(shop::APP);
        let uri =
            if path.starts_with("/api") { path.to_owned() } else { format!("/api/applications/{app}{path}") };
        let request = Request::builder().method(method).uri(uri).body(Body::empty()).unwrap();
        assert_eq!(server.send(request).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}
