//! Services that send metrics but no spans: what they say of their durations is counted, once.

use serde_json::{Value, json};

use crate::otlp::{SERVER, arrows, base_ns, decide_after, post, request, span, trace};
use crate::support::in_process::Server;

const DELTA: u8 = 1;
const CUMULATIVE: u8 = 2;

/// A point with the bounds 0.1, 0.5 and 20 (seconds). `times`: milliseconds after the base.
fn point(attributes: &[(&str, Value)], times: (u64, u64), counts: [u64; 4], sum: f64) -> Value {
    let ns = |after_ms: u64| (base_ns() + after_ms * 1_000_000).to_string();
    let attributes: Vec<Value> = attributes
        .iter()
        .map(|(key, value)| match value {
            Value::Number(number) => json!({"key": key, "value": {"intValue": number.to_string()}}),
            other => json!({"key": key, "value": {"stringValue": other}}),
        })
        .collect();
    json!({
        "attributes": attributes, "startTimeUnixNano": ns(times.0), "timeUnixNano": ns(times.1),
        "count": counts.iter().sum::<u64>().to_string(), "sum": sum,
        "bucketCounts": counts.map(|count| count.to_string()), "explicitBounds": [0.1, 0.5, 20.0],
    })
}

fn metrics(service: &str, temporality: u8, metrics: &[(&str, Vec<Value>)]) -> Value {
    let mut request = request(service, &[]);
    let resource = request["resourceSpans"][0]["resource"].take();
    let metrics: Vec<Value> = metrics
        .iter()
        .map(|(name, points)| {
            json!({"name": name, "histogram": {"aggregationTemporality": temporality, "dataPoints": points}})
        })
        .collect();
    json!({"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": metrics}]}]})
}

fn buy(status: u64) -> [(&'static str, Value); 3] {
    [
        ("http.request.method", json!("GET")),
        ("http.route", json!("/buy/{id}")),
        ("http.response.status_code", json!(status)),
    ]
}

const REQUESTS: &str = "http.server.request.duration";

async fn counted(server: &Server) -> [Value; 4] {
    decide_after(server, 11).await;
    let found = server.api("/scorecard").await;
    ["calls", "errors", "slow", "verySlow"].map(|name| match name {
        "calls" => found["calls"].clone(),
        verdict => found["verdicts"][if verdict == "errors" { "error" } else { verdict }].clone(),
    })
}

#[tokio::test]
async fn a_service_that_sends_no_spans_is_a_tier_with_transactions_and_calls() {
    let server = Server::empty();
    let called = [
        ("http.request.method", json!("POST")),
        ("server.address", json!("pay")),
        ("server.port", json!(8080)),
    ];
    let asked = [
        ("db.system.name", json!("postgresql")),
        ("db.namespace", json!("shop")),
        ("server.address", json!("db")),
    ];
    let report = metrics(
        "web",
        DELTA,
        &[
            (
                REQUESTS,
                vec![
                    point(&buy(200), (0, 50_000), [7, 2, 0, 1], 21.0),
                    point(&buy(503), (0, 50_000), [3, 0, 0, 0], 0.1),
                ],
            ),
            ("http.client.request.duration", vec![point(&called, (0, 50_000), [4, 1, 0, 0], 0.5)]),
            ("db.client.operation.duration", vec![point(&asked, (0, 50_000), [9, 0, 0, 0], 0.01)]),
            ("jvm.class.count", vec![]),
        ],
    );
    post(&server, "/v1/metrics", &report).await;
    assert_eq!(server.get("/api/applications").await.json(), json!([]), "spans may still come");
    // Ten and three; two took more than 100 ms, one more than 20 s.
    assert_eq!(counted(&server).await, [json!(13), json!(3), json!(2), json!(1)]);
    assert_eq!(arrows(&server).await, ["web > db:5432 - shop - POSTGRESQL DB 9", "web > pay:8080 HTTP 5"]);
    let path = "/metric-data?metric-path=Business%20Transaction%20Performance%7CBusiness%20Transactions%7Cweb%7C%2Fbuy%2F%3Aid%7CAverage%20Response%20Time%20(ms)&time-range-type=BEFORE_NOW&duration-in-mins=60";
    let data = server.rest(path).await;
    assert_eq!(data[0]["metricValues"][0]["sum"], json!(21_100), "{data}");
    // Delivered again: the same, refused as known.
    post(&server, "/v1/metrics", &report).await;
    assert_eq!(counted(&server).await[0], json!(13));
}

#[tokio::test]
async fn what_counts_since_the_beginning_is_counted_by_what_is_added() {
    let server = Server::empty();
    let mut seen = Vec::new();
    for (times, counts, sum) in [
        ((0, 10_000), [2, 0, 0, 0], 0.1),
        ((0, 20_000), [2, 0, 0, 0], 0.1),
        ((0, 30_000), [5, 1, 0, 0], 0.7),
        // The service began again.
        ((31_000, 40_000), [1, 0, 0, 0], 0.01),
        // What was lost on its way is in what comes next.
        ((31_000, 49_000), [1, 1, 0, 0], 0.31),
    ] {
        let report = metrics("web", CUMULATIVE, &[(REQUESTS, vec![point(&buy(200), times, counts, sum)])]);
        post(&server, "/v1/metrics", &report).await;
        post(&server, "/v1/metrics", &report).await;
        seen.push(counted(&server).await[0].as_u64().unwrap());
    }
    assert_eq!(seen, [2, 2, 6, 7, 8]);
}

#[tokio::test]
async fn calls_that_spans_tell_of_are_not_counted_again() {
    let server = Server::empty();
    let root = span(&trace(1), (1, 0), SERVER, "GET", (0, 10), &[("http.route", json!("/buy/{id}"))]);
    let report = |service, to| {
        metrics(service, DELTA, &[(REQUESTS, vec![point(&buy(200), (0, to), [1, 0, 0, 0], 0.01)])])
    };
    // Metrics first, and spans behind them while the metrics wait.
    post(&server, "/v1/metrics", &report("web", 20_000)).await;
    post(&server, "/v1/traces", &request("web", &[root])).await;
    assert_eq!(counted(&server).await[0], json!(1));
    post(&server, "/v1/metrics", &report("web", 40_000)).await;
    assert_eq!(counted(&server).await[0], json!(1));
    post(&server, "/v1/metrics", &report("pay", 40_000)).await;
    assert_eq!(counted(&server).await[0], json!(2), "another tier has only metrics");
}

#[tokio::test]
async fn both_generations_of_one_metric_are_one_and_nonsense_is_refused_alone() {
    let server = Server::empty();
    let old =
        [("http.method", json!("GET")), ("http.target", json!("/buy/7/8")), ("http.status_code", json!(200))];
    let mut wrong = point(&buy(200), (0, 50_000), [1, 0, 0, 0], 0.01);
    wrong["count"] = json!("5");
    let mut bounds = point(&buy(201), (0, 50_000), [1, 0, 0, 0], 0.01);
    bounds["explicitBounds"] = json!([3.0, 2.0, 1.0]);
    let backwards = point(&buy(202), (50_000, 0), [1, 0, 0, 0], 0.01);
    let answer = post(
        &server,
        "/v1/metrics",
        &metrics(
            "web",
            DELTA,
            &[
                ("http.server.duration", vec![point(&old, (0, 50_000), [4, 0, 0, 0], 40.0)]),
                (REQUESTS, vec![wrong, bounds, backwards, point(&buy(200), (0, 50_000), [4, 0, 0, 0], 0.04)]),
            ],
        ),
    )
    .await;
    let said = answer.json();
    assert_eq!(said["partialSuccess"]["rejectedDataPoints"].as_str().unwrap_or_default(), "3", "{said}");
    assert_eq!(counted(&server).await[0], json!(4));
    // Alone, the old one counts, in milliseconds.
    let only =
        metrics("old", DELTA, &[("http.server.duration", vec![point(&old, (0, 50_000), [0, 2, 0, 0], 0.6)])]);
    post(&server, "/v1/metrics", &only).await;
    assert_eq!(counted(&server).await[0], json!(6));
}
