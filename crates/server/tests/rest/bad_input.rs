//! What clients get wrong: parameters that are missing, empty, negative, huge, of the wrong kind, in the wrong encoding;
//! bodies that are too large, too deep, or no documents at all; addresses that are not there. Never a 5xx, always an
//! answer in the form the caller speaks.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::Value;

use super::recorded;
use super::support::in_process::{Answer, PASSWORD, Server, basic};

const HOSTILE: [&str; 16] = [
    "",
    "%20",
    "-1",
    "0",
    "18446744073709551616",
    "9999999999999999999999999999999999999999",
    "1e308",
    "NaN",
    "null",
    "true",
    "%00",
    "%FF%FE",
    "%",
    "%zz",
    "..%2F..%2Fetc%2Fpasswd",
    "%3Cscript%3E%27%22%3B--%0d%0aX-A:%20b",
];

/// The calls of the OpenAPI document: method, path, names of query parameters.
fn documented() -> Vec<(String, String, Vec<String>)> {
    let document: Value =
        serde_json::from_str(&tierline_server::rest::document::document().unwrap()).unwrap();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            let in_query = call["parameters"].as_array().unwrap().iter().filter(|p| p["in"] == "query");
            let names = in_query.map(|p| p["name"].as_str().unwrap().to_owned()).collect();
            all.push((method.to_uppercase(), path.clone(), names));
        }
    }
    all
}

async fn send(server: &Server, method: &str, path: &str, body: Body) -> Answer {
    let request = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(path)
        .header("authorization", basic("admin@customer1", PASSWORD))
        .header("content-type", "application/json");
    server.send(request.body(body).unwrap()).await
}

fn check_form(what: &str, path: &str, answer: &Answer) {
    assert!(!answer.status.is_server_error(), "{what}: {} {}", answer.status, answer.text());
    // RFC 6749 has a form of its own for errors.
    if !answer.status.is_client_error() || path.ends_with("/oauth/access_token") {
        return;
    }
    let json = [
        "/controller/alerting/",
        "/controller/api/",
        "/controller/restui/",
        "/controller/sim/",
        "/controller/mds/",
    ];
    if json.iter().any(|prefix| path.starts_with(prefix)) {
        assert_eq!(answer.header("content-type"), "application/json;charset=UTF-8", "{what}");
        let error: Value = serde_json::from_slice(&answer.body).unwrap();
        recorded::check("error", &error);
        assert_eq!(error["statusCode"], answer.status.as_u16(), "{what}");
    } else {
        assert_eq!(answer.header("content-type"), "text/html;charset=UTF-8", "{what}");
        assert!(answer.text().contains("Error report") && !answer.text().contains("<script"), "{what}");
    }
}

/// The path with `with` in place of its names.
fn filled(path: &str, with: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { with } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn no_parameter_brings_a_call_down() {
    let server = Server::with_shop().await;
    for (method, path, names) in documented() {
        // Deletes and creates with these values are refused or harmless; the shop stays.
        let good = path.replace("{app}", "shop").replace("{tier}", "web").replace("{node}", "web-1");
        let good = filled(&good, "1");
        for name in names {
            for value in HOSTILE {
                let target = format!("{good}?{name}={value}");
                let answer = send(&server, &method, &target, Body::empty()).await;
                check_form(&format!("{method} {target}"), &path, &answer);
            }
        }
    }
}

#[tokio::test]
async fn no_name_in_a_path_brings_a_call_down() {
    let server = Server::with_shop().await;
    for (method, path, _) in documented().into_iter().filter(|(_, path, _)| path.contains('{')) {
        for value in
            ["-1", "0", "99999999999999999999", "%00", "%FF%FE", "%F0%9F%92%A9", "a%2Fb", "%3Cscript%3E", "*"]
        {
            let target = filled(&path, value);
            let answer = send(&server, &method, &target, Body::from("{}")).await;
            check_form(&format!("{method} {target}"), &path, &answer);
        }
        let long = filled(&path, &"x".repeat(10_000));
        check_form("a long name", &path, &send(&server, &method, &long, Body::empty()).await);
    }
}

#[tokio::test]
async fn no_body_brings_a_call_down() {
    let server = Server::with_shop().await;
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"\"text\"".to_vec(),
        b"{\"name\": 5, \"enabled\": [], \"id\": \"x\"}".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        "[".repeat(100_000).into_bytes(),
        "{\"a\":".repeat(10_000).into_bytes(),
        b"<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>&c;</a>".to_vec(),
        "<a>".repeat(50_000).into_bytes(),
    ];
    for (method, path, _) in documented().into_iter().filter(|(method, ..)| method != "GET") {
        let target = filled(&path.replace("{app}", "shop"), "100");
        for body in &bodies {
            let answer = send(&server, &method, &target, Body::from(body.clone())).await;
            let start = String::from_utf8_lossy(&body[..body.len().min(20)]).into_owned();
            check_form(&format!("{method} {target} {start}"), &path, &answer);
        }
    }
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_told_in_the_callers_form() {
    let server = Server::with_shop().await;
    for path in [
        "/controller/rest/nothing",
        "/controller/nothing",
        "/controller/alerting/rest/v1/applications/1/nothing",
        "/controller/api/rbac/v1/nothing",
        "/controller/restui/nothing/at/all",
    ] {
        let answer = send(&server, "GET", path, Body::empty()).await;
        assert_eq!(answer.status.as_u16(), 404, "{path}");
        check_form(path, path, &answer);
    }
    let answer = send(&server, "PATCH", "/controller/rest/applications", Body::empty()).await;
    assert_eq!(answer.status.as_u16(), 405);
    check_form("PATCH", "/controller/rest/applications", &answer);
}
