//! Configuration, sessions and decisions on their way to agents over OpAMP.

use serde_json::json;
use support::in_process::KEY;
use tierline_model::{AgentConfig, TierId};
use tierline_wire::opamp::{AgentMessage, decode_server_message, encode_agent_message};

use super::*;

/// What an agent of `web` that has no configuration yet is told.
async fn told(server: &Server, tier: &str) -> AgentConfig {
    let message = AgentMessage {
        instance_uid: [7; 16],
        sequence_num: 1,
        description: Some(shop::agent(tier, 1)),
        ..AgentMessage::default()
    };
    let request = Request::post("/v1/opamp")
        .header("x-tierline-access-key", KEY)
        .header("content-type", "application/x-protobuf")
        .body(Body::from(encode_agent_message(&message)))
        .unwrap();
    let answer = decode_server_message(&server.send(request).await.body).unwrap();
    answer.remote_config.expect("a configuration").parse().unwrap()
}

#[tokio::test]
async fn a_configuration_reaches_its_tier_and_can_be_taken_back() {
    let server = Server::with_shop().await;
    let path = "/agent-configuration";
    let before = told(&server, "web").await;
    let patch = json!({"version": 0, "patch": {"thresholds": {"slow": {"kind": "static", "ms": 50}},
        "detection": {"match_rules": [{"name": "Checkout", "request": {"path": {"comparison": "starts_with", "value": "/buy"}}}]}}});
    let written = expect(&server, "PUT", path, patch, StatusCode::OK).await;
    assert_eq!(
        (&written["written"]["version"], &written["written"]["changedBy"]),
        (&json!(1), &json!("admin"))
    );
    let tier = format!("{path}?tier={}", TierId::of(shop::APP, "pay"));
    expect(&server, "PUT", &tier, json!({"patch": {"limits": {"bts_max": 3}}}), StatusCode::OK).await;
    let (web, pay) = (told(&server, "web").await, told(&server, "pay").await);
    assert_eq!(web.thresholds.slow, tierline_model::Threshold::Static { ms: 50.0 });
    assert_eq!(web.detection.match_rules[0].name, "Checkout");
    assert_eq!((web.limits.bts_max, pay.limits.bts_max), (50, 3));
    assert!(web.version > before.version);
    expect(&server, "PUT", path, json!({"version": 0, "patch": {}}), StatusCode::CONFLICT).await;
    let misspelt = json!({"patch": {"treshold": {}}});
    let error = expect(&server, "PUT", path, misspelt, StatusCode::BAD_REQUEST).await;
    assert!(error["error"].as_str().unwrap().contains("treshold"), "{error}");
    expect(&server, "PUT", path, json!({"patch": {}}), StatusCode::OK).await;
    assert_eq!(told(&server, "web").await.detection.match_rules, []);
    let back = format!("{path}/roll-back");
    expect(&server, "POST", &back, json!({"version": 1}), StatusCode::OK).await;
    assert_eq!(told(&server, "web").await.detection.match_rules[0].name, "Checkout");
    expect(&server, "POST", &back, json!({"version": 77}), StatusCode::NOT_FOUND).await;
    let history = server.api("/agent-configuration/history").await;
    assert_eq!(history.as_array().unwrap().len(), 3);
    let seen = server.api("/agent-configuration").await;
    assert_eq!(seen["agents"].as_array().map(Vec::len), Some(1), "one life of one agent spoke: {seen}");
    assert_eq!(seen["agents"][0]["upToDate"], json!(false), "it never said that it has it");
}

#[tokio::test]
async fn sessions_reach_agents_and_end() {
    let server = Server::with_shop().await;
    let bt = shop::bt_id();
    let wish = json!({"btId": bt.get(), "minutes": 5, "snapshotsMax": 3, "name": "why slow"});
    let session = expect(&server, "POST", "/diagnostic-sessions", wish, StatusCode::CREATED).await;
    let config = told(&server, "web").await;
    assert_eq!(
        (config.diagnostic_sessions[0].bt_id, config.diagnostic_sessions[0].snapshots_max),
        (Some(bt), 3)
    );
    let path = format!("/diagnostic-sessions/{}", session["guid"].as_str().unwrap());
    expect(&server, "DELETE", &path, Value::Null, StatusCode::NO_CONTENT).await;
    assert_eq!(told(&server, "web").await.diagnostic_sessions, []);
    expect(&server, "DELETE", &path, Value::Null, StatusCode::NOT_FOUND).await;
    let sessions = server.api("/diagnostic-sessions").await;
    assert_eq!((&sessions[0]["running"], &sessions[0]["startedBy"]), (&json!(false), &json!("admin")));
    let events = server.api("/events?types=DIAGNOSTIC_SESSION").await;
    assert_eq!(events.as_array().unwrap().len(), 2, "its begin and its end");
    for minutes in [0, 5_000] {
        let wish = json!({ "minutes": minutes });
        expect(&server, "POST", "/diagnostic-sessions", wish, StatusCode::BAD_REQUEST).await;
    }
}

#[tokio::test]
async fn excluded_and_promoted_names_reach_agents() {
    let server = Server::with_shop().await;
    let path = "/business-transactions/administration";
    expect(&server, "POST", path, json!({"action": "exclude", "ids": [shop::bt_id().get()]}), StatusCode::OK)
        .await;
    expect(&server, "POST", path, json!({"action": "promote", "name": "/hot"}), StatusCode::OK).await;
    let config = told(&server, "web").await;
    assert_eq!(
        (config.detection.excluded_bts, config.promoted_bts),
        (vec![shop::BT.into()], vec!["/hot".into()])
    );
}

#[tokio::test]
async fn a_change_is_tried_before_it_is_written() {
    let server = Server::with_shop().await;
    let path = "/agent-configuration/trial";
    let rule = json!({"detection": {
        "match_rules": [{"name": "Sale", "priority": 1, "request": {"method": "POST", "path": {"comparison": "starts_with", "value": "/sell"}}}],
        "exclude_rules": [{"name": "no health", "request": {"path": {"comparison": "ends_with", "value": "/health"}}}]}});
    let typed = json!([
        {"method": "POST", "url": "https://shop.example/sell/7?x=1"},
        {"method": "GET", "url": "/a/b/health", "entryType": "PYTHON_WEB"},
        {"url": "/a/b/c", "headers": {"X-Team": "red"}}]);
    let tried =
        expect(&server, "POST", path, json!({"patch": rule, "requests": typed}), StatusCode::OK).await;
    let names: Vec<_> =
        tried["typed"].as_array().unwrap().iter().map(|one| (&one["now"], &one["then"])).collect();
    assert_eq!(
        names,
        [
            (&json!("/sell/7"), &json!("Sale")),
            (&json!("/a/b"), &Value::Null),
            (&json!("/a/b"), &json!("/a/b"))
        ]
    );
    assert_eq!(tried["effective"]["detection"]["match_rules"][0]["name"], "Sale");
    let recent = &tried["recent"][0];
    assert_eq!((&recent["guid"], &recent["onlyName"]), (&json!(shop::GUID), &json!(true)), "{tried}");
    assert_eq!(server.api("/agent-configuration").await["written"]["version"], 0, "nothing was written");
    let none = json!({"patch": {"detection": {"enabled": false}}});
    let tried = expect(&server, "POST", path, none, StatusCode::OK).await;
    assert_eq!((&tried["recent"][0]["names"]["then"], &tried["typed"]), (&Value::Null, &json!([])));
    let misspelt = json!({"patch": {"treshold": {}}});
    let error = expect(&server, "POST", path, misspelt, StatusCode::BAD_REQUEST).await;
    assert!(error["error"].as_str().unwrap().contains("treshold"), "{error}");
}

#[tokio::test]
async fn a_tiers_own_configuration_is_kept_when_the_applications_is_tried() {
    let server = Server::with_shop().await;
    let tier = TierId::of(shop::APP, "web");
    let own = json!({"patch": {"detection": {"naming": {"uri": {"kind": "first_segments", "count": 1}}}}});
    expect(&server, "PUT", &format!("/agent-configuration?tier={tier}"), own, StatusCode::OK).await;
    let change = json!({"patch": {"detection": {"naming": {"uri": {"kind": "full"}}}}, "requests": [{"url": "/a/b/c"}]});
    let of = |tried: Value| tried["typed"][0]["then"].clone();
    let tried = expect(&server, "POST", "/agent-configuration/trial", change.clone(), StatusCode::OK).await;
    assert_eq!(of(tried), "/a/b/c");
    let path = format!("/agent-configuration/trial?tier={tier}");
    let tried = expect(&server, "POST", &path, change, StatusCode::OK).await;
    assert_eq!(of(tried), "/a/b/c");
    let tried =
        expect(&server, "POST", &path, json!({"patch": {}, "requests": [{"url": "/a/b/c"}]}), StatusCode::OK)
            .await;
    assert_eq!(of(tried), "/a/b", "without its own it has the default");
}

#[tokio::test]
async fn an_application_with_as_many_bts_as_it_may_have_lets_no_new_ones_in() {
    let server = Server::with_shop().await;
    let path = "/agent-configuration";
    assert!(!told(&server, "web").await.lock_down);
    let least = json!({"patch": {"limits": {"application_bts_max": 1}}});
    expect(&server, "PUT", path, least, StatusCode::OK).await;
    let config = told(&server, "web").await;
    assert_eq!((config.lock_down, config.promoted_bts), (true, vec![shop::BT.into()]), "it has one");
    assert_eq!(told(&server, "pay").await.promoted_bts, [""; 0], "those of other tiers are theirs");
    let said = server.api("/business-transactions/administration").await;
    assert_eq!(said["lockDown"], json!({"wanted": false, "active": true, "bts": 1, "btsMax": 1}));
    assert_eq!(said["promoted"], json!([]), "nobody promoted it");
    expect(&server, "PUT", path, json!({"patch": {"lock_down": true}}), StatusCode::OK).await;
    let promote = json!({"action": "promote", "name": "/hot"});
    expect(&server, "POST", "/business-transactions/administration", promote, StatusCode::OK).await;
    let config = told(&server, "web").await;
    assert_eq!((config.lock_down, config.promoted_bts), (true, vec!["/hot".into(), shop::BT.into()]));
    expect(&server, "PUT", path, json!({"patch": {}}), StatusCode::OK).await;
    assert!(!told(&server, "web").await.lock_down);
}
