//! The binary as people run it: restarts, duplicates, kill -9, gRPC.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use support::binary::Binary;
use support::in_process::KEY;
use support::shop;

const CALLS: &str = "Overall Application Performance|Calls per Minute";

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_the_same_after_duplicates_and_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::start(folder.path()).await;
    let requests = shop::requests(shop::minute_ms());
    for round in 0..3 {
        for (path, body) in &requests {
            assert_eq!(binary.ingest(path, body.clone()).await.unwrap().status, 200);
        }
        assert_eq!(binary.sum(CALLS).await, 10, "round {round}");
    }
    let snapshots = "/controller/rest/applications/shop/request-snapshots?time-range-type=BEFORE_NOW&duration-in-mins=60&need-props=true&need-exit-calls=true&output=JSON";
    let before = binary.json(snapshots).await;
    assert_eq!(before.as_array().unwrap().len(), 2);
    let (status, took) = binary.stop();
    assert!(status.success(), "{status}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    let binary = Binary::start(folder.path()).await;
    assert_eq!(binary.sum(CALLS).await, 10);
    assert_eq!(binary.sum("Backends|*|Calls per Minute").await, 20);
    assert_eq!(binary.json(snapshots).await, before);
}

/// How many times to kill: 10, or `TIERLINE_KILLS`.
fn kills() -> u64 {
    std::env::var("TIERLINE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(10)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_by_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let acknowledged = Arc::new(AtomicU64::new(0));
    let attempted = Arc::new(AtomicU64::new(0));
    let start_ms = shop::minute_ms();
    for round in 0..kills() {
        let binary = Arc::new(Binary::start(folder.path()).await);
        assert!(binary.sum(CALLS).await >= acknowledged.load(Ordering::SeqCst), "before round {round}");
        let mut senders = Vec::new();
        for sender in 0..4u64 {
            let (binary, acknowledged) = (Arc::clone(&binary), Arc::clone(&acknowledged));
            let attempted = Arc::clone(&attempted);
            senders.push(tokio::spawn(async move {
                for batch in 0.. {
                    let mut agent = shop::agent("web", 1);
                    let life = round << 40 | sender << 32 | batch;
                    agent.incarnation.0[..8].copy_from_slice(&life.to_be_bytes());
                    let body = shop::metrics(&agent, &shop::web_report(start_ms, 1));
                    attempted.fetch_add(1, Ordering::SeqCst);
                    match binary.ingest("/v1/metrics", body).await {
                        Ok(answer) if answer.status == 200 => acknowledged.fetch_add(1, Ordering::SeqCst),
                        _ => return,
                    };
                }
            }));
        }
        tokio::time::sleep(Duration::from_millis(150 + 37 * (round % 7))).await;
        // The senders still hold the binary; end it by its process.
        kill_shared(&binary);
        for sender in senders {
            sender.await.unwrap();
        }
    }
    let binary = Binary::start(folder.path()).await;
    let (found, acknowledged) = (binary.sum(CALLS).await, acknowledged.load(Ordering::SeqCst));
    let attempted = attempted.load(Ordering::SeqCst);
    println!("{} kills: {acknowledged} batches acknowledged, {found} found, {attempted} sent", kills());
    assert!(acknowledged > kills(), "hardly anything was acknowledged: {acknowledged}");
    assert!(found >= acknowledged && found <= attempted);
}

fn kill_shared(binary: &Binary) {
    let pid = binary.process_id().to_string();
    assert!(std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn grpc_speaks_on_the_same_port() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::start(folder.path()).await;
    let web = shop::agent("web", 1);
    let report = shop::metrics(&web, &shop::web_report(shop::minute_ms(), 10));
    let export = |body: Vec<u8>, path: &'static str, key: Option<&'static str>| {
        let address = format!("http://{}", binary.address);
        async move {
            let channel = tonic::transport::Endpoint::new(address).unwrap().connect().await.unwrap();
            let mut client =
                tonic::client::Grpc::new(channel).send_compressed(tonic::codec::CompressionEncoding::Gzip);
            client.ready().await.unwrap();
            let mut request = tonic::Request::new(bytes::Bytes::from(body));
            if let Some(key) = key {
                request.metadata_mut().insert("x-tierline-access-key", key.parse().unwrap());
            }
            let path = axum::http::uri::PathAndQuery::from_static(path);
            client.unary(request, path, tierline_wire::grpc::RawCodec).await
        }
    };
    const METRICS: &str = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
    const TRACES: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    const LOGS: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
    let refused = export(report.clone(), METRICS, None).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unauthenticated);
    let refused = export(report.clone(), METRICS, Some("wrong")).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unauthenticated);
    export(report.clone(), METRICS, Some(KEY)).await.unwrap();
    export(report, METRICS, Some(KEY)).await.unwrap();
    let snapshot = shop::traces(&web, &[shop::web_segment(shop::minute_ms())]);
    export(snapshot, TRACES, Some(KEY)).await.unwrap();
    export(Vec::new(), LOGS, Some(KEY)).await.unwrap();
    let nonsense = export(vec![0xff; 100], METRICS, Some(KEY)).await.unwrap_err();
    assert_eq!(nonsense.code(), tonic::Code::InvalidArgument);
    assert_eq!(binary.sum(CALLS).await, 10);
    let unknown =
        export(Vec::new(), "/opentelemetry.proto.collector.trace.v1.TraceService/No", Some(KEY)).await;
    assert_eq!(unknown.unwrap_err().code(), tonic::Code::Unimplemented);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_prints_key_and_password_once() {
    let folder = tempfile::tempdir().unwrap();
    let start = || async {
        let child = std::process::Command::new(env!("CARGO_BIN_EXE_tierline"))
            .args(["up", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path())
            .env_remove("TIERLINE_ACCESS_KEY")
            .env_remove("TIERLINE_ADMIN_PASSWORD")
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let pid = child.id().to_string();
        std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    };
    let first = start().await;
    assert!(first.contains("password    ") && first.contains("access key  "), "{first}");
    let second = start().await;
    assert!(!second.contains("password    ") && !second.contains("access key  "), "{second}");
    let list = std::process::Command::new(env!("CARGO_BIN_EXE_tierline"))
        .args(["key", "list", "--reveal", "--data"])
        .arg(folder.path())
        .output()
        .unwrap();
    let key = first.split("access key  ").nth(1).unwrap().split_whitespace().next().unwrap();
    assert!(String::from_utf8(list.stdout).unwrap().contains(key));
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_on_their_way_are_no_false_alarm() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Arc::new(Binary::start(folder.path()).await);
    let start_ms = shop::minute_ms();
    let send = move |batch: u64| {
        let mut agent = shop::agent("web", 1);
        agent.incarnation.0[..8].copy_from_slice(&batch.to_be_bytes());
        shop::metrics(&agent, &shop::web_report(start_ms, 3))
    };
    assert_eq!(binary.ingest("/v1/metrics", send(0)).await.unwrap().status, 200);
    let sender = tokio::spawn({
        let binary = Arc::clone(&binary);
        async move {
            for batch in 1..150 {
                assert_eq!(binary.ingest("/v1/metrics", send(batch)).await.unwrap().status, 200);
            }
        }
    });
    let app = tierline_model::AppId::of(shop::APP);
    while !sender.is_finished() {
        let application = binary.json(&format!("/api/applications/{app}")).await;
        assert_eq!(application["warnings"], serde_json::json!([]));
    }
    sender.await.unwrap();
}
