//! What people set up through the page's API, and what the controller then does by itself.

#[path = "../support/mod.rs"]
mod support;

mod agents;
mod alerting;
mod charts;
mod deliveries;
mod metrics;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;
use support::in_process::{Answer, PASSWORD, Server, basic};
use support::shop;
use tierline_model::AppId;

/// A call about the shop as `admin@customer1`.
async fn call(server: &Server, method: &str, path: &str, body: &Value) -> Answer {
    let app = AppId::of(shop::APP);
    let path =
        if path.starts_with("/api") { path.to_owned() } else { format!("/api/applications/{app}{path}") };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", basic("admin@customer1", PASSWORD))
        .header("x-csrf-token", "a script")
        .header("content-type", "application/json");
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    server.send(request.body(body).unwrap()).await
}

/// The same, with the status it must have.
async fn expect(server: &Server, method: &str, path: &str, body: Value, status: StatusCode) -> Value {
    let answer = call(server, method, path, &body).await;
    assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
    if answer.body.is_empty() { Value::Null } else { serde_json::from_slice(&answer.body).unwrap() }
}
