//! One flow map and one snapshot out of several services, whatever conventions they speak and whoever else is there.

use serde_json::{Value, json};
use tierline_model::trace_context::write_member;
use tierline_model::{BtId, CapturePolicy, CorrelationHeader, EntryType, Guid, Segment, SegmentKind, SpanId};

use crate::otlp::{
    CLIENT, INTERNAL, SERVER, arrows, base_ns, decide_after, post, request, snapshots, span, trace,
};
use crate::support::in_process::Server;
use crate::support::shop::{self, APP};

/// `web` (conventions of old) calls `pay` (of today), which calls a database and a cache.
fn web_and_pay(number: u64, times: u64) -> (Value, Value) {
    let trace = trace(number);
    (web(&trace, times), pay(&trace, times))
}

fn web(trace: &str, times: u64) -> Value {
    request(
        "web",
        &[
            span(
                trace,
                (1, 0),
                SERVER,
                "GET",
                (0, 100 * times),
                &[
                    ("http.method", json!("GET")),
                    ("http.target", json!("/buy/basket/7?token=secret")),
                    ("http.status_code", json!(200)),
                ],
            ),
            span(trace, (2, 1), INTERNAL, "render", (1, 90 * times), &[]),
            span(
                trace,
                (3, 2),
                CLIENT,
                "HTTP POST",
                (10, 80 * times),
                &[
                    ("http.method", json!("POST")),
                    ("http.url", json!("http://pay:8080/charge?card=1")),
                    ("http.status_code", json!(200)),
                ],
            ),
        ],
    )
}

fn pay(trace: &str, times: u64) -> Value {
    request(
        "pay",
        &[
            span(
                trace,
                (4, 3),
                SERVER,
                "POST /charge/{id}",
                (12, 78 * times),
                &[
                    ("http.request.method", json!("POST")),
                    ("http.route", json!("/charge/{id}")),
                    ("http.response.status_code", json!(200)),
                ],
            ),
            span(
                trace,
                (5, 4),
                CLIENT,
                "SELECT shop",
                (20, 30),
                &[
                    ("db.system.name", json!("postgresql")),
                    ("db.namespace", json!("shop")),
                    ("server.address", json!("db")),
                    ("db.query.text", json!("SELECT 1")),
                ],
            ),
            span(
                trace,
                (6, 4),
                CLIENT,
                "GET",
                (31, 32),
                &[
                    ("db.system", json!("redis")),
                    ("net.peer.name", json!("cache")),
                    ("net.peer.port", json!(6379)),
                    ("db.statement", json!("GET ?")),
                ],
            ),
        ],
    )
}

#[tokio::test]
async fn two_services_are_one_map_and_one_snapshot() {
    let server = Server::empty();
    for number in 1..=5 {
        // The fifth is slow; SDKs send when they like, the tier behind first.
        let (web, pay) = web_and_pay(number, if number == 5 { 5 } else { 1 });
        post(&server, "/v1/traces", &pay).await;
        post(&server, "/v1/traces", &web).await;
        post(&server, "/v1/traces", &web).await; // lost acknowledgement
    }
    decide_after(&server, 5).await;
    assert_eq!(server.get("/api/applications").await.json(), json!([]), "nothing before the window is over");
    decide_after(&server, 11).await;
    decide_after(&server, 12).await;
    assert_eq!(
        arrows(&server).await,
        ["pay > cache:6379 - REDIS CACHE 5", "pay > db:5432 - shop - POSTGRESQL DB 5", "web > pay HTTP 5",]
    );
    let bts = server.api("/business-transactions").await;
    assert_eq!(bts.as_array().unwrap().len(), 1, "{bts}");
    assert_eq!((&bts[0]["name"], &bts[0]["calls"]), (&json!("/buy/basket"), &json!(5)));
    // The first is the periodic sample, the fifth is slow; the others are only counted.
    let kept = snapshots(&server).await;
    assert_eq!(kept.len(), 4, "two requests, two tiers each: {kept:#?}");
    let guid = Guid::from_bytes(trace_bytes(5)).unwrap();
    let snapshot = server.api(&format!("/snapshots/{guid}")).await;
    assert_eq!((&snapshot["verdict"], &snapshot["btName"]), (&json!("SLOW"), &json!("/buy/basket")));
    let segments = snapshot["segments"].as_array().unwrap();
    assert_eq!(segments.len(), 2);
    let (web, pay) = (&segments[0], &segments[1]);
    let call = &web["exitCalls"][0];
    assert_eq!((&call["toTierName"], &call["toSpanId"]), (&json!("pay"), &pay["spanId"]));
    assert_eq!(
        (&call["operation"], &call["spanId"]),
        (&json!("http://pay:8080/charge"), &json!("0000000000000003"))
    );
    assert_eq!((&pay["sequence"], &pay["exitCalls"][1]["sequence"]), (&json!("1"), &json!("1|2")));
    assert_eq!(pay["exitCalls"][0]["operation"], json!("SELECT 1"));
    assert!(!snapshot.to_string().contains("secret"), "what stands in a query is not kept");
    let details = server.api("").await;
    assert_eq!(details["warnings"], json!([]), "everything adds up");
    // The same again, after everything was decided.
    let (web, pay) = web_and_pay(5, 5);
    post(&server, "/v1/traces", &pay).await;
    post(&server, "/v1/traces", &web).await;
    decide_after(&server, 30).await;
    assert_eq!(server.api("/scorecard").await["calls"], json!(5));
    assert_eq!(arrows(&server).await.last().unwrap(), "web > pay HTTP 5");
}

fn trace_bytes(number: u64) -> [u8; 16] {
    trace(number).parse::<Guid>().map(|guid| *guid.as_bytes()).unwrap()
}

#[tokio::test]
async fn errors_come_from_status_exceptions_and_logs() {
    let server = Server::empty();
    let root = |number, status| {
        span(
            &trace(number),
            (1, 0),
            SERVER,
            "GET /x",
            (0, 10),
            &[("http.route", json!("/x")), ("http.response.status_code", json!(status))],
        )
    };
    let mut thrown = root(1, 200);
    thrown["events"] = json!([{"name": "exception", "attributes": [
        {"key": "exception.type", "value": {"stringValue": "ValueError"}},
        {"key": "exception.message", "value": {"stringValue": "no such card"}},
    ]}]);
    post(&server, "/v1/traces", &request("web", &[thrown, root(2, 503), root(3, 200), root(4, 200)])).await;
    let mut logs = request("web", &[]);
    logs["resourceLogs"] = logs["resourceSpans"].take();
    logs["resourceLogs"][0]["scopeLogs"] = json!([{"logRecords": [
        {"severityNumber": 17, "body": {"stringValue": "the disk is full"},
         "traceId": trace(3), "spanId": "0000000000000001"},
        {"severityNumber": 9, "body": {"stringValue": "all is well"},
         "traceId": trace(4), "spanId": "0000000000000001"},
    ]}]);
    logs["resourceLogs"][0].as_object_mut().unwrap().remove("scopeSpans");
    logs.as_object_mut().unwrap().remove("resourceSpans");
    post(&server, "/v1/logs", &logs).await;
    decide_after(&server, 11).await;
    let scorecard = server.api("/scorecard").await;
    assert_eq!((&scorecard["calls"], &scorecard["verdicts"]["error"]), (&json!(4), &json!(3)), "{scorecard}");
    let mut summaries: Vec<String> = snapshots(&server)
        .await
        .iter()
        .filter(|row| row["verdict"] == "ERROR")
        .map(|row| row["errorSummary"].as_str().unwrap().to_owned())
        .collect();
    summaries.sort();
    assert_eq!(summaries.len(), 3);
    assert!(summaries[0].contains("HTTP 503") && summaries[1].contains("the disk is full"), "{summaries:?}");
    assert!(summaries[2].contains("no such card"));
}

/// Our agent in front: its `tracestate` member says which BT, which backend and which exit call.
#[tokio::test]
async fn a_tier_behind_our_agent_continues_its_transaction() {
    let server = Server::with_shop().await;
    let guid: Guid = shop::GUID.parse().unwrap();
    let header = CorrelationHeader {
        app_id: tierline_model::AppId::of(APP),
        controller_guid: 0,
        account_guid: Some(tierline_model::correlation::account_guid("customer1")),
        timestamp_ms: 0,
        bt_id: shop::bt_id(),
        guid,
        exit_sequence: "2".into(),
        backend_id: Some(shop::db_backend().id),
        caller_tier_id: tierline_model::TierId::of(APP, "web"),
        exit_type: tierline_model::ExitType::Http,
        snapshot: false,
    };
    let mut state = String::new();
    write_member(&header, &mut state);
    let parent = header.parent_span_id().to_u64();
    let mut entry = span(
        &guid.to_hex(),
        (70, parent),
        SERVER,
        "GET /stock",
        (20, 40),
        &[("http.route", json!("/stock"))],
    );
    entry["traceState"] = json!(format!("other=1,{state}"));
    let call =
        span(&guid.to_hex(), (71, 70), CLIENT, "GET", (21, 39), &[("http.url", json!("http://ware:80/"))]);
    // The one behind sees the member, too, but our agent did not call it.
    let mut behind =
        span(&guid.to_hex(), (72, 71), SERVER, "GET /ware", (22, 38), &[("http.route", json!("/ware"))]);
    behind["traceState"] = json!(state);
    post(&server, "/v1/traces", &request("ware", &[behind])).await;
    post(&server, "/v1/traces", &request("stock", &[entry, call])).await;
    decide_after(&server, 11).await;
    let map = arrows(&server).await;
    assert!(map.contains(&"web > stock DB 10".to_owned()), "{map:?}");
    assert!(map.contains(&"stock > ware HTTP 1".to_owned()), "{map:?}");
    let bts = server.api("/business-transactions").await;
    assert_eq!(bts.as_array().unwrap().len(), 1, "no BT of its own: {bts}");
    // Our agent kept the request, so the foreign tiers keep it as well.
    let snapshot = server.api(&format!("/snapshots/{guid}")).await;
    let tiers: Vec<&str> =
        snapshot["segments"].as_array().unwrap().iter().map(|s| s["tierName"].as_str().unwrap()).collect();
    assert_eq!(tiers.len(), 4, "{tiers:?}");
    assert!(["web", "pay", "stock", "ware"].iter().all(|tier| tiers.contains(tier)), "{tiers:?}");
}

/// Our agent behind a service that only knows `traceparent`: a BT of its own, in the same request.
#[tokio::test]
async fn our_agent_behind_a_foreign_tier_is_joined() {
    for early in [true, false] {
        let server = Server::empty();
        let trace = trace(9);
        let guid: Guid = trace.parse().unwrap();
        let (web, _) = web_and_pay(9, 1);
        let own = agent_segment(guid);
        let traces = shop::traces(&shop::agent("pay", 2), &[own]);
        if early {
            assert_eq!(server.ingest("/v1/traces", traces.clone()).await.status, 200);
        }
        post(&server, "/v1/traces", &web).await;
        decide_after(&server, 11).await;
        if !early {
            assert_eq!(server.ingest("/v1/traces", traces).await.status, 200);
            decide_after(&server, 12).await;
        }
        assert_eq!(arrows(&server).await, ["web > pay HTTP 1"], "early: {early}");
        let snapshot = server.api(&format!("/snapshots/{guid}")).await;
        assert_eq!(snapshot["btName"], json!("/buy/basket"));
        let segments = snapshot["segments"].as_array().unwrap();
        assert_eq!(segments.len(), 2);
        let call = &segments[0]["exitCalls"][0];
        assert_eq!((&call["toTierName"], &call["toSpanId"]), (&json!("pay"), &segments[1]["spanId"]));
    }
}

fn agent_segment(guid: Guid) -> Segment {
    let id = BtId::of(APP, "pay", EntryType::PythonWeb, "/charge");
    let mut segment = shop::web_segment(base_ns() / 1_000_000);
    segment.guid = guid;
    segment.span_id = SpanId::from_u64(80).unwrap();
    segment.parent_span_id = SpanId::from_u64(3);
    segment.sequence = "3".into();
    segment.bt.id = id;
    segment.kind = SegmentKind::Server;
    segment.policy = CapturePolicy::TimeSampling;
    segment.exit_calls.clear();
    segment
}
