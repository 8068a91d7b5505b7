//! Requests that change something.

use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Method, Request};
use serde_json::Value;

use super::support::in_process::{Answer, PASSWORD, Server, basic};

/// A request of `admin@customer1` with a JSON body to come.
pub fn request(method: &str, path: &str) -> Builder {
    Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(path)
        .header("authorization", basic("admin@customer1", PASSWORD))
        .header("content-type", "application/json")
}

pub async fn ask(server: &Server, method: &str, path: &str, body: Body) -> Answer {
    server.send(request(method, path).body(body).unwrap()).await
}

pub async fn ask_json(server: &Server, method: &str, path: &str, body: &Value) -> Answer {
    ask(server, method, path, Body::from(body.to_string())).await
}

/// With a body of another media type.
pub async fn ask_as(server: &Server, method: &str, path: &str, media_type: &str, body: &str) -> Answer {
    let request = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(path)
        .header("authorization", basic("admin@customer1", PASSWORD))
        .header("content-type", media_type);
    server.send(request.body(Body::from(body.to_owned())).unwrap()).await
}
