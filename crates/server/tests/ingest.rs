//! OTLP and OpAMP over HTTP: what is refused, and how.

mod support;

use std::io::Write as _;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use support::in_process::{KEY, Server};
use support::shop;
use tierline_model::{AgentConfig, AgentDiagnostics};
use tierline_wire::opamp::{
    AgentMessage, ConfigStatus, EffectiveConfig, RemoteConfigStatus, decode_server_message,
    encode_agent_message,
};

const PROTOBUF: &str = "application/x-protobuf";

fn post(path: &str, content_type: &str, encoding: &str, body: Vec<u8>) -> Request<Body> {
    let mut request = Request::post(path).header("x-tierline-access-key", KEY);
    if !content_type.is_empty() {
        request = request.header("content-type", content_type);
    }
    if !encoding.is_empty() {
        request = request.header("content-encoding", encoding);
    }
    request.body(Body::from(body)).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn who_has_no_key_is_refused_before_anything_is_read() {
    let server = Server::empty();
    for (name, value) in [
        ("x-none", ""),
        ("x-tierline-access-key", "wrong"),
        ("authorization", "Bearer wrong"),
        ("authorization", "Basic dGVzdC1rZXk6"),
    ] {
        let request = Request::post("/v1/metrics").header("content-type", PROTOBUF).header(name, value);
        let answer = server.send(request.body(Body::from(vec![0xff; 10])).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {value}");
        assert_eq!(answer.header("content-type"), PROTOBUF);
        assert!(String::from_utf8_lossy(&answer.body).contains("no valid access key"));
    }
}

#[tokio::test]
async fn errors_have_the_right_status_and_a_body_in_the_senders_language() {
    let server = Server::empty();
    let bomb = gzip(&vec![0; (64 << 20) + 1]);
    assert!(bomb.len() < 1 << 20);
    let check = |request, status: u16, content_type: &'static str| {
        let server = &server;
        async move {
            let answer = server.send(request).await;
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            assert_eq!(
                (answer.status.as_u16(), answer.header("content-type")),
                (status, content_type),
                "{text}"
            );
        }
    };
    let json = "application/json";
    for path in ["/v1/metrics", "/v1/traces"] {
        check(post(path, PROTOBUF, "", vec![0xff; 50]), 400, PROTOBUF).await;
        check(post(path, json, "", b"{\"resourceMetrics\": 5".to_vec()), 400, json).await;
        check(post(path, "text/plain", "", vec![]), 415, json).await;
        check(post(path, "", "", vec![]), 415, json).await;
        check(post(path, PROTOBUF, "zstd", vec![]), 415, PROTOBUF).await;
        check(post(path, PROTOBUF, "gzip", b"not gzip".to_vec()), 400, PROTOBUF).await;
        check(post(path, PROTOBUF, "gzip", bomb.clone()), 413, PROTOBUF).await;
        check(post(path, PROTOBUF, "", vec![]), 200, PROTOBUF).await;
        check(post(path, PROTOBUF, "gzip", gzip(b"")), 200, PROTOBUF).await;
        check(post(path, json, "", b"{}".to_vec()), 200, json).await;
    }
    check(post("/v1/logs", json, "gzip", gzip(b"{}")), 200, json).await;
    let get = server.send(Request::get("/v1/metrics").body(Body::empty()).unwrap()).await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(server.controller.gate.memory_bytes(), 0, "everything was given back");
}

#[tokio::test]
async fn a_body_longer_than_the_limit_is_refused_without_being_kept() {
    let server = Server::empty();
    let answer = server.send(post("/v1/traces", PROTOBUF, "", vec![0; (64 << 20) + 1])).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn too_many_at_one_time_are_told_when_to_come_back() {
    let server = Server::empty();
    let mut turns = Vec::new();
    for _ in 0..tierline_server::limits::INGEST_REQUESTS_MAX {
        turns.push(server.controller.gate.turn("customer1").await.unwrap());
    }
    let body = shop::metrics(&shop::agent("web", 1), &shop::web_report(shop::minute_ms(), 1));
    let answer = server.ingest("/v1/metrics", body.clone()).await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "1"));
    drop(turns);
    assert_eq!(server.ingest("/v1/metrics", body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn gzip_is_read_and_what_cannot_be_used_is_said_but_not_retried() {
    let server = Server::empty();
    let agent = shop::agent("web", 1);
    let good = shop::metrics(&agent, &shop::web_report(shop::minute_ms(), 10));
    assert_eq!(server.send(post("/v1/metrics", PROTOBUF, "gzip", gzip(&good))).await.status, StatusCode::OK);
    let ancient = shop::metrics(&agent, &shop::web_report(60_000, 10));
    let answer = server.ingest("/v1/metrics", ancient).await;
    assert_eq!(answer.status, StatusCode::OK);
    let said =
        tierline_wire::otlp::ExportResponse::decode(&answer.body, tierline_wire::otlp::Encoding::Protobuf);
    let said = said.unwrap().partial_success.expect("a partial success");
    assert!(said.rejected > 0 && !said.message.is_empty(), "{said:?}");
    let metrics = server.get("/metrics").await.text();
    assert!(metrics.contains("tierline_ingest_batches_accepted_total 2"), "{metrics}");
    assert!(metrics.contains("tierline_store_write_seconds_count 1"), "{metrics}");
}

#[tokio::test]
async fn a_clock_that_is_hours_off_is_told_and_harms_nobody() {
    let server = Server::empty();
    let (now, hour) = (shop::minute_ms(), 3_600_000);
    let (right, wrong) = (shop::agent("web", 1), shop::agent("pay", 2));
    let partial = |answer: &support::in_process::Answer| {
        let encoding = tierline_wire::otlp::Encoding::Protobuf;
        tierline_wire::otlp::ExportResponse::decode(&answer.body, encoding).unwrap().partial_success
    };
    // Three hours early: nothing of it is taken, and the agent is told why; it will not send it again.
    for (path, body) in [
        ("/v1/metrics", shop::metrics(&wrong, &shop::web_report(now + 3 * hour, 10))),
        ("/v1/traces", shop::traces(&wrong, &[shop::web_segment(now + 3 * hour)])),
    ] {
        let answer = server.ingest(path, body).await;
        assert_eq!(answer.status, StatusCode::OK);
        let said = partial(&answer).expect("a partial success");
        assert!(said.message.contains("too far from the controller's clock"), "{}", said.message);
    }
    assert_eq!(server.get("/api/applications").await.json(), json!([]), "nobody has been heard of");
    // Three hours late may come from a spool: it is put where it says. Beside it is what is right.
    let late = shop::metrics(&wrong, &shop::web_report(now - 3 * hour, 7));
    let mut together = shop::metrics(&right, &shop::web_report(now, 10));
    together.extend(shop::metrics(&wrong, &shop::web_report(now + 3 * hour, 90)));
    for (body, refused) in [(late, false), (together, true)] {
        let answer = server.ingest("/v1/metrics", body).await;
        assert_eq!((answer.status, partial(&answer).is_some()), (StatusCode::OK, refused));
    }
    let range = |from: u64, to: u64| format!("/scorecard?from={from}&to={to}");
    assert_eq!(server.api(&range(now - hour, now + hour / 10)).await["calls"], json!(10));
    assert_eq!(server.api(&range(now - 4 * hour, now - 2 * hour)).await["calls"], json!(7));
}

#[tokio::test]
async fn two_processes_under_one_node_name_add_up() {
    let server = Server::empty();
    for life in [1, 2, 1] {
        let report = shop::metrics(&shop::agent("web", life), &shop::web_report(shop::minute_ms(), 10));
        assert_eq!(server.ingest("/v1/metrics", report).await.status, StatusCode::OK);
    }
    assert_eq!(server.api("/scorecard").await["calls"], json!(20), "each once, whoever repeats itself");
    let nodes = server.api("/nodes").await;
    let names: Vec<_> = nodes.as_array().unwrap().iter().map(|node| &node["name"]).collect();
    assert_eq!(names, ["web-1"], "one node");
    // Two at one time that claim to be one process are a fault that is said.
    let mut other = shop::agent("web", 1);
    other.node = "web-2".into();
    let mut body = shop::metrics(&shop::agent("web", 1), &shop::web_report(shop::minute_ms() - 60_000, 1));
    body.extend(shop::metrics(&other, &shop::web_report(shop::minute_ms() - 60_000, 1)));
    let answer = server.ingest("/v1/metrics", body).await;
    assert!(String::from_utf8_lossy(&answer.body).contains("two agents claim to be one incarnation"));
}

async fn opamp(server: &Server, message: &AgentMessage) -> tierline_wire::opamp::ServerMessage {
    let answer = server.send(post("/v1/opamp", PROTOBUF, "", encode_agent_message(message))).await;
    assert_eq!(answer.status, StatusCode::OK);
    decode_server_message(&answer.body).unwrap()
}

#[tokio::test]
async fn an_agent_gets_its_configuration_once_and_its_word_is_kept() {
    let server = Server::with_shop().await;
    let mut diagnostics = AgentDiagnostics::default();
    diagnostics.misuse.insert("start_bt: name is not a text".into(), 3);
    diagnostics.warnings.push("<b>the spool is full</b>".into());
    let effective = EffectiveConfig { config: AgentConfig::default(), diagnostics };
    let first = AgentMessage {
        instance_uid: [7; 16],
        sequence_num: 1,
        description: Some(shop::agent("web", 1)),
        effective_config: Some(effective),
        ..AgentMessage::default()
    };
    let answer = opamp(&server, &first).await;
    assert_eq!(answer.heartbeat_interval, Some(Duration::from_secs(10)));
    assert!(!answer.report_full_state);
    let offered = answer.remote_config.expect("a configuration");
    assert_eq!(offered.parse().unwrap().version, 1);
    let status = RemoteConfigStatus { hash: offered.hash, status: ConfigStatus::Applied };
    let short = AgentMessage { instance_uid: [7; 16], sequence_num: 2, ..AgentMessage::default() };
    let second = AgentMessage { remote_config_status: Some(status), ..short.clone() };
    assert_eq!(opamp(&server, &second).await.remote_config, None, "it has this one");
    let gap = AgentMessage { sequence_num: 9, ..short.clone() };
    assert!(opamp(&server, &gap).await.report_full_state, "something was missed");
    let stranger = AgentMessage { instance_uid: [8; 16], ..short.clone() };
    assert!(opamp(&server, &stranger).await.report_full_state, "who is that?");
    let node = &server.api("/nodes").await[1];
    let agent = &node["agents"][0];
    assert_eq!(agent["diagnostics"]["misuse"], json!({"start_bt: name is not a text": 3}));
    assert_eq!(agent["disconnected"], json!(false));
    assert!(server.api("").await["warnings"][0].as_str().unwrap().contains("the spool is full"));
    opamp(&server, &AgentMessage { sequence_num: 10, disconnect: true, ..short }).await;
    assert_eq!(server.api("/nodes").await[1]["agents"][0]["disconnected"], json!(true));
}

#[tokio::test]
async fn hostile_opamp_is_refused() {
    let server = Server::empty();
    let answer = server.send(post("/v1/opamp", PROTOBUF, "", vec![0xff; 64])).await;
    let answer = decode_server_message(&answer.body).unwrap();
    assert!(answer.error.is_some());
    let long = server.send(post("/v1/opamp", PROTOBUF, "", vec![0; 5 << 20])).await;
    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
    let bare = Request::post("/v1/opamp").body(Body::empty()).unwrap();
    assert_eq!(server.send(bare).await.status, StatusCode::UNAUTHORIZED);
}
