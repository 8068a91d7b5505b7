//! Spans as SDKs send them, in OTLP/JSON, and what the controller made of them.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use tierline_server::controller::now_ms;

use crate::support::in_process::{Answer, KEY, Server};
use crate::support::shop::APP;

/// A time surely over and surely within every range of an hour, nanoseconds.
pub fn base_ns() -> u64 {
    crate::support::shop::minute_ms() * 1_000_000
}

/// A trace id for a test.
pub fn trace(number: u64) -> String {
    format!("0af7651916cd43dd{number:016x}")
}

/// A span. `times`: start and end, milliseconds after the base.
pub fn span(
    trace: &str,
    (id, parent): (u64, u64),
    kind: u8,
    name: &str,
    times: (u64, u64),
    attributes: &[(&str, Value)],
) -> Value {
    let attributes: Vec<Value> = attributes
        .iter()
        .map(|(key, value)| match value {
            Value::Number(number) => json!({"key": key, "value": {"intValue": number.to_string()}}),
            other => json!({"key": key, "value": {"stringValue": other}}),
        })
        .collect();
    json!({
        "traceId": trace,
        "spanId": format!("{id:016x}"),
        "parentSpanId": if parent == 0 { String::new() } else { format!("{parent:016x}") },
        "kind": kind,
        "name": name,
        "startTimeUnixNano": (base_ns() + times.0 * 1_000_000).to_string(),
        "endTimeUnixNano": (base_ns() + times.1 * 1_000_000).to_string(),
        "attributes": attributes,
    })
}

pub const INTERNAL: u8 = 1;
pub const SERVER: u8 = 2;
pub const CLIENT: u8 = 3;

/// A request with the spans of one service of the shop.
pub fn request(service: &str, spans: &[Value]) -> Value {
    let resource = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    json!({"resourceSpans": [{
        "resource": {"attributes": [
            resource("service.namespace", APP),
            resource("service.name", service),
            resource("service.instance.id", &format!("{service}-1")),
            resource("telemetry.sdk.language", "python"),
            resource("telemetry.sdk.version", "1.38.0"),
        ]},
        "scopeSpans": [{"spans": spans}],
    }]})
}

pub async fn post(server: &Server, path: &str, body: &Value) -> Answer {
    let request =
        Request::post(path).header("content-type", "application/json").header("x-tierline-access-key", KEY);
    let answer = server.send(request.body(Body::from(body.to_string())).unwrap()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

/// Decides as if `seconds` had passed.
pub async fn decide_after(server: &Server, seconds: u64) {
    let controller = server.controller.clone();
    tokio::task::spawn_blocking(move || {
        controller.foreign.tick(&*controller.store, now_ms() + seconds * 1_000)
    })
    .await
    .unwrap()
    .unwrap();
}

/// The arrows of the flow map as `from > to type calls`, by name.
pub async fn arrows(server: &Server) -> Vec<String> {
    arrows_of(&server.api("/flow-map").await)
}

pub fn arrows_of(map: &Value) -> Vec<String> {
    let name = |kind: &str, id: &Value| {
        let of = map[kind].as_array().unwrap();
        of.iter().find(|one| one["id"] == *id).map(|one| one["name"].as_str().unwrap().to_owned())
    };
    let mut arrows: Vec<String> = map["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| {
            let from = name("tiers", &edge["fromTierId"]).unwrap();
            let to = name("tiers", &edge["toTierId"]).or_else(|| name("backends", &edge["backendId"]));
            format!("{from} > {} {} {}", to.unwrap(), edge["exitType"].as_str().unwrap(), edge["calls"])
        })
        .collect();
    arrows.sort();
    arrows
}

pub async fn snapshots(server: &Server) -> Vec<Value> {
    server.api("/snapshots").await["items"].as_array().unwrap().clone()
}
