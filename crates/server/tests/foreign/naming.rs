//! What people decide about names holds for services with other SDKs too.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use tierline_model::AppId;

use crate::otlp::{CLIENT, SERVER, arrows, decide_after, post, request, span, trace};
use crate::support::in_process::{PASSWORD, Server, basic};
use crate::support::shop::APP;

/// Sets the application's detection.
async fn detection(server: &Server, detection: Value) {
    let request = Request::put(format!("/api/applications/{}/agent-configuration", AppId::of(APP)))
        .header("content-type", "application/json")
        .header("x-csrf-token", "x")
        .header("authorization", basic("admin@customer1", PASSWORD));
    let body = json!({"patch": {"detection": detection}}).to_string();
    let answer = server.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// Names and calls of all BTs.
async fn names(server: &Server) -> Vec<String> {
    let found = server.api("/business-transactions").await;
    let all = found["items"].as_array().or_else(|| found.as_array()).unwrap();
    let mut names: Vec<String> =
        all.iter().map(|bt| format!("{} {}", bt["name"].as_str().unwrap(), bt["calls"])).collect();
    names.sort();
    names
}

/// A request to `web` in the words of one generation of conventions or the other.
fn asked(number: u64, path: &str, query: &str, agent: &str) -> Value {
    let attributes = if number.is_multiple_of(2) {
        vec![
            ("http.method", json!("GET")),
            ("http.target", json!(format!("{path}?{query}"))),
            ("http.host", json!("shop.example")),
            ("http.user_agent", json!(agent)),
        ]
    } else {
        vec![
            ("http.request.method", json!("GET")),
            ("url.path", json!(path)),
            ("url.query", json!(query)),
            ("http.route", json!("/{anything}")),
            ("server.address", json!("shop.example")),
            ("user_agent.original", json!(agent)),
        ]
    };
    span(&trace(number), (1, 0), SERVER, "GET", (0, 10), &attributes)
}

#[tokio::test]
async fn rules_name_and_exclude_requests_of_other_sdks() {
    let server = Server::empty();
    let path = |value: &str| json!({"comparison": "starts_with", "value": value});
    let header =
        |value: &str| json!([{"name": "User-Agent", "value": {"comparison": "contains", "value": value}}]);
    detection(
        &server,
        json!({
            "enabled": false,
            "match_rules": [{"name": "Checkout", "request": {"path": path("/buy"), "host": {"comparison": "equals", "value": "shop.example"}},
                "split": {"uri": {"kind": "none"}, "parts": [{"kind": "parameter", "name": "kind"}]}}],
            "exclude_rules": [{"name": "probes", "priority": 5, "request": {"headers": header("kube-probe")}}],
            "excluded_bts": ["/boring/page"],
        }),
    )
    .await;
    for number in [2, 3] {
        post(&server, "/v1/traces", &request("web", &[asked(number, "/buy/1", "kind=gift&x=1", "curl")]))
            .await;
        post(&server, "/v1/traces", &request("web", &[asked(number + 2, "/buy/1", "", "kube-probe/1.30")]))
            .await;
    }
    post(&server, "/v1/traces", &request("web", &[asked(6, "/boring/page/3", "", "curl")])).await;
    post(&server, "/v1/traces", &request("web", &[asked(8, "/look/at/it", "", "curl")])).await;
    decide_after(&server, 11).await;
    assert_eq!(names(&server).await, ["/look/at 1", "Checkout.gift 2"]);
    assert_eq!(server.api("/scorecard").await["calls"], json!(3));
}

#[tokio::test]
async fn what_an_excluded_request_calls_begins_anew() {
    let server = Server::empty();
    let path = json!({"comparison": "equals", "value": "/health"});
    detection(&server, json!({"exclude_rules": [{"name": "health", "request": {"path": path}}]})).await;
    let calling = [("http.request.method", json!("GET")), ("url.full", json!("http://pay:8080/ping"))];
    let spans = [asked(2, "/health", "", "curl"), span(&trace(2), (2, 1), CLIENT, "GET", (1, 9), &calling)];
    post(&server, "/v1/traces", &request("web", &spans)).await;
    let behind = [("http.request.method", json!("GET")), ("http.route", json!("/ping"))];
    post(&server, "/v1/traces", &request("pay", &[span(&trace(2), (3, 2), SERVER, "GET", (2, 8), &behind)]))
        .await;
    decide_after(&server, 11).await;
    assert_eq!(names(&server).await, ["/ping 1"]);
    assert_eq!(arrows(&server).await, [""; 0], "neither counted nor drawn");
}

#[tokio::test]
async fn a_naming_rule_comes_before_the_route_the_sdk_saw() {
    let server = Server::empty();
    detection(
        &server,
        json!({"naming": {"uri": {"kind": "first_segments", "count": 1}, "parts": [{"kind": "method"}]}}),
    )
    .await;
    for number in [2, 3] {
        post(&server, "/v1/traces", &request("web", &[asked(number, "/buy/1/2", "", "curl")])).await;
    }
    decide_after(&server, 11).await;
    assert_eq!(names(&server).await, ["/buy.GET 2"]);
}
