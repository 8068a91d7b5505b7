//! The binary as people run it: restarts, duplicates, kill -9, gRPC.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

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

/// A start after a kill takes no longer (target R5).
const START_MAX: Duration = Duration::from_secs(5);

/// What is sent under full ingest.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// A report that counts one call.
    Points,
    /// A snapshot.
    Snapshots,
    /// A trace of another SDK, of an application of its own, which counts one call when it is decided.
    Foreign,
}

const STRANGERS: &str = "strangers";

/// How much of a kind was sent, and how much of it was acknowledged.
#[derive(Default)]
struct Tally {
    attempted: AtomicU64,
    acknowledged: AtomicU64,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Points, Self::Snapshots, Self::Foreign];

    /// The request of a number nobody else has.
    fn request(self, number: u64, start_ms: u64) -> (&'static str, Vec<u8>) {
        let mut id = [1; 16];
        id[..8].copy_from_slice(&number.to_be_bytes());
        match self {
            Self::Points => {
                let mut agent = shop::agent("web", 1);
                agent.incarnation.0 = id;
                ("/v1/metrics", shop::metrics(&agent, &shop::web_report(start_ms, 1)))
            }
            Self::Snapshots => {
                let guid = tierline_model::Guid::from_bytes(id).unwrap();
                let segment = tierline_model::Segment { guid, ..shop::web_segment(start_ms) };
                ("/v1/traces", shop::traces(&shop::agent("web", 1), &[segment]))
            }
            Self::Foreign => ("/v1/traces", stranger(&id, start_ms)),
        }
    }

    /// How many are there.
    async fn found(self, binary: &Binary) -> u64 {
        match self {
            Self::Points => binary.sum(CALLS).await,
            Self::Snapshots => binary.snapshots(shop::APP).await,
            Self::Foreign => binary.sum_of(STRANGERS, CALLS).await,
        }
    }
}

/// A SERVER span in OTLP protobuf, written by hand: this test knows no other SDK.
fn stranger(trace_id: &[u8; 16], start_ms: u64) -> Vec<u8> {
    let bytes = |field: u8, bytes: &[u8]| {
        let mut message = vec![field << 3 | 2];
        let mut length = bytes.len();
        while length >= 0x80 {
            message.push(length as u8 | 0x80);
            length >>= 7;
        }
        message.push(length as u8);
        message.extend(bytes);
        message
    };
    let text = |key: &str, value: &str| {
        let value = bytes(1, value.as_bytes());
        [bytes(1, key.as_bytes()), bytes(2, &value)].concat()
    };
    let time = |field: u8, ms: u64| [&[field << 3 | 1][..], &(ms * 1_000_000).to_le_bytes()].concat();
    let resource = [("service.namespace", STRANGERS), ("service.name", "ext")]
        .map(|(key, value)| bytes(1, &text(key, value)));
    let span = [
        bytes(1, trace_id),
        bytes(2, &[7; 8]),
        bytes(5, b"GET /x"),
        vec![6 << 3, 2],
        time(7, start_ms),
        time(8, start_ms + 10),
        bytes(9, &text("http.route", "/x")),
    ];
    let scope_spans = bytes(2, &bytes(2, &span.concat()));
    bytes(1, &[bytes(1, &resource.concat()), scope_spans].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_by_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let start = || Binary::start_with(folder.path(), &[("TIERLINE_FOREIGN_WINDOW_S", "1")]);
    let tallies: Arc<[Tally; 3]> = Arc::default();
    let start_ms = shop::minute_ms();
    let mut longest = Duration::ZERO;
    for round in 0..kills() {
        let begun = Instant::now();
        let binary = Arc::new(start().await);
        longest = longest.max(begun.elapsed());
        let acknowledged = tallies[0].acknowledged.load(Ordering::SeqCst);
        assert!(binary.sum(CALLS).await >= acknowledged, "before round {round}");
        let mut senders = Vec::new();
        for sender in 0..6u64 {
            let (binary, tallies) = (Arc::clone(&binary), Arc::clone(&tallies));
            let index = sender as usize % Kind::ALL.len();
            senders.push(tokio::spawn(async move {
                for batch in 0.. {
                    let (path, body) = Kind::ALL[index].request(round << 40 | sender << 32 | batch, start_ms);
                    tallies[index].attempted.fetch_add(1, Ordering::SeqCst);
                    match binary.ingest(path, body).await {
                        Ok(answer) if answer.status == 200 && answer.body.is_empty() => {
                            tallies[index].acknowledged.fetch_add(1, Ordering::SeqCst)
                        }
                        Ok(answer) if answer.status == 200 => panic!("{}", answer.text()),
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
    let binary = start().await;
    let deadline = Instant::now() + Duration::from_secs(60);
    while !binary.get("/metrics").await.unwrap().text().contains("tierline_foreign_traces_waiting 0\n") {
        assert!(Instant::now() < deadline, "foreign traces are not decided");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    println!("{} kills, the longest start took {longest:?}", kills());
    for (kind, tally) in Kind::ALL.into_iter().zip(&*tallies) {
        let found = kind.found(&binary).await;
        let acknowledged = tally.acknowledged.load(Ordering::SeqCst);
        let attempted = tally.attempted.load(Ordering::SeqCst);
        println!("{kind:?}: {acknowledged} acknowledged, {found} found, {attempted} sent");
        assert!(acknowledged > kills(), "hardly anything was acknowledged: {acknowledged} {kind:?}");
        assert!(found >= acknowledged && found <= attempted, "{kind:?}");
    }
    let status = binary.json("/api/status").await;
    assert_eq!(status["store"]["damagedFiles"], serde_json::json!([]), "the store is sound");
    assert!(longest < START_MAX, "{longest:?}");
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
