//! What nobody should send: counted, bounded, survived.

use serde_json::{Value, json};

use crate::otlp::{CLIENT, INTERNAL, SERVER, arrows, decide_after, post, request, snapshots, span, trace};
use crate::support::in_process::Server;

#[tokio::test]
async fn spans_without_sense_are_refused_alone_and_told() {
    let server = Server::empty();
    let good = span(&trace(1), (1, 0), SERVER, "GET /x", (0, 10), &[("http.route", json!("/x"))]);
    let with = |key: &str, value: Value| {
        let mut bad = good.clone();
        bad[key] = value;
        bad
    };
    let spans = [
        with("traceId", json!("0".repeat(32))),
        with("spanId", json!("")),
        with("endTimeUnixNano", json!("1")),
        with("endTimeUnixNano", json!(u64::MAX.to_string())),
        with("startTimeUnixNano", json!("5")),
        with("spanId", json!("00000000000000ff")),
        good.clone(),
    ];
    let answer = post(&server, "/v1/traces", &request("web", &spans)).await;
    let said = answer.json();
    assert_eq!(said["partialSuccess"]["rejectedSpans"].as_str().unwrap_or_default(), "5", "{said}");
    decide_after(&server, 11).await;
    assert_eq!(server.api("/scorecard").await["calls"], json!(2));
}

#[tokio::test]
async fn circles_chains_and_crowds_end() {
    let server = Server::empty();
    let entry =
        |id, parent| span(&trace(2), (id, parent), SERVER, "GET /c", (0, 1), &[("http.route", json!("/c"))]);
    let inside = |id, parent| span(&trace(3), (id, parent), INTERNAL, "i", (0, 1), &[]);
    let call = |number, id, parent| {
        span(&trace(number), (id, parent), CLIENT, "GET", (0, 1), &[("http.url", json!("http://b/"))])
    };
    // A circle of three services, a circle within one, and a span that is its own parent.
    post(&server, "/v1/traces", &request("a", &[entry(1, 3)])).await;
    post(&server, "/v1/traces", &request("b", &[entry(2, 1)])).await;
    post(&server, "/v1/traces", &request("c", &[entry(3, 2), entry(4, 4)])).await;
    post(&server, "/v1/traces", &request("a", &[inside(1, 2), inside(2, 1), call(3, 3, 1)])).await;
    // A chain of 20,000 within one service, and 30,000 children of one span.
    let mut chain = vec![span(&trace(4), (1, 0), SERVER, "GET /d", (0, 1), &[("http.route", json!("/d"))])];
    chain.extend((2..20_000).map(|id| {
        let mut link = inside(id, id - 1);
        link["traceId"] = json!(trace(4));
        link
    }));
    chain.push(call(4, 20_000, 19_999));
    post(&server, "/v1/traces", &request("a", &chain)).await;
    let mut crowd = vec![span(&trace(5), (1, 0), SERVER, "GET /e", (0, 900), &[("http.route", json!("/e"))])];
    crowd.extend((2..30_002).map(|id| call(5, id, 1)));
    post(&server, "/v1/traces", &request("a", &crowd)).await;
    decide_after(&server, 11).await;
    decide_after(&server, 61).await;
    let map = arrows(&server).await;
    assert!(map.contains(&"a > b:80 HTTP 30001".to_owned()), "{map:?}");
    let calls = server.api("/scorecard").await["calls"].as_u64().unwrap();
    assert_eq!(calls, 4, "the circle begins once; the one beside it, the chain and the crowd");
    let crowd = snapshots(&server).await.into_iter().find(|row| row["btName"] == "/e").unwrap();
    let snapshot = server.api(&format!("/snapshots/{}", crowd["guid"].as_str().unwrap())).await;
    let segment = &snapshot["segments"][0];
    assert_eq!(segment["exitCalls"].as_array().unwrap().len(), 2_000);
    assert_eq!(segment["exitCallsDropped"], json!(28_000));
    assert_eq!(server.controller.foreign.waiting().traces, 0);
    assert_eq!(server.controller.foreign.waiting().bytes, 0);
}

#[tokio::test]
async fn names_without_end_are_all_other_traffic() {
    let server = Server::empty();
    let spans: Vec<Value> = (0..200)
        .map(|n| {
            let name = json!(format!("/user{n}/profile"));
            span(&trace(1_000 + n), (1, 0), SERVER, "GET", (0, 1), &[("url.path", name)])
        })
        .collect();
    post(&server, "/v1/traces", &request("web", &spans)).await;
    decide_after(&server, 11).await;
    let bts = server.api("/business-transactions").await;
    let bts = bts.as_array().unwrap();
    assert_eq!(bts.len(), 51, "fifty names and the rest");
    let other = bts.iter().find(|bt| bt["name"] == "All Other Traffic - web").unwrap();
    assert_eq!(other["calls"], json!(150));
}
