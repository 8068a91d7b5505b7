//! The binary under what it must stand: slow and half requests, floods, TLS with a new certificate, a full disk.

mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use support::binary::Binary;
use support::in_process::{KEY, PASSWORD, basic};
use support::shop;
use tierline_server::http_client::send;

/// The head of a report that promises more than it sends.
fn slow_upload(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /v1/metrics HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nx-tierline-access-key: {KEY}\r\nContent-Length: 1000000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&[0; 1_000]).unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_uploads_and_half_requests_hold_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::start(folder.path()).await;
    let slow: Vec<TcpStream> = (0..300).map(|_| slow_upload(&binary.address)).collect();
    let half: Vec<TcpStream> = (0..200)
        .map(|n| {
            let mut stream = TcpStream::connect(&binary.address).unwrap();
            let text: &[u8] = if n % 2 == 0 { b"GET /api/sess" } else { b"PRI * HTTP/2.0\r\n\r\nS" };
            stream.write_all(text).unwrap();
            stream
        })
        .collect();
    let begun = Instant::now();
    for (path, body) in shop::requests(shop::minute_ms()) {
        assert_eq!(binary.ingest(path, body).await.unwrap().status, 200);
    }
    assert_eq!(binary.json("/api/applications").await[0]["calls"], json!(10));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let metrics = binary.get("/metrics").await.unwrap().text();
    let open = metrics.lines().find(|line| line.starts_with("tierline_ingest_requests_open ")).unwrap();
    assert_eq!(open, "tierline_ingest_requests_open 300", "they are there, and hold bytes only");
    drop((slow, half));
    let deadline = Instant::now() + Duration::from_secs(10);
    while !binary.get("/metrics").await.unwrap().text().contains("tierline_ingest_memory_bytes 0\n") {
        assert!(Instant::now() < deadline, "what broken requests held is not given back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (status, took) = binary.stop();
    assert!(status.success() && took < Duration::from_secs(6), "{status} after {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_never_comes_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::start(folder.path()).await;
    let mut half = TcpStream::connect(&binary.address).unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ").unwrap();
    let begun = Instant::now();
    let drip = half.try_clone().unwrap();
    let dripping = std::thread::spawn(move || {
        let mut drip = drip;
        while drip.write_all(b"a").is_ok() && begun.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(500));
        }
    });
    half.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut answer = Vec::new();
    let _ = half.read_to_end(&mut answer);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(45), "a head that comes byte by byte was waited for {took:?}");
    dripping.join().unwrap();
}

fn resident_mb(process_id: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process_id}/status")).unwrap();
    let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_024
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_logins_leaves_no_memory_behind() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::start(folder.path()).await;
    let before = resident_mb(binary.process_id());
    // The allocator keeps memory per thread: several at one time, again and again, meet many threads.
    for round in 0..6 {
        let mut tasks = Vec::new();
        for n in 0..8 {
            let address = binary.address.clone();
            tasks.push(tokio::spawn(async move {
                let login = basic(&format!("user{round}-{n}"), "x");
                let request = Request::get("/api/session").header("authorization", login);
                send(&address, request.body(Body::empty()).unwrap()).await.unwrap().status
            }));
        }
        for task in tasks {
            assert_eq!(task.await.unwrap(), 401);
        }
    }
    let after = resident_mb(binary.process_id());
    // Each check took 19 MB; kept once per thread that would be hundreds.
    assert!(after < before + 60, "{before} MB before, {after} MB after");
    binary.json("/api/session").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_large_reports_stays_within_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::start_with(folder.path(), &[("TIERLINE_MEMORY_LIMIT", "256MB")]).await;
    let binary = std::sync::Arc::new(binary);
    // Zeroes are no OTLP: what costs is the reading.
    let body = vec![0_u8; 40 << 20];
    let mut tasks = Vec::new();
    for _ in 0..16 {
        let (binary, body) = (std::sync::Arc::clone(&binary), body.clone());
        tasks.push(tokio::spawn(async move {
            binary.ingest("/v1/traces", body).await.map_or(0, |answer| answer.status.as_u16())
        }));
    }
    let mut most = 0;
    while tasks.iter().any(|task| !task.is_finished()) {
        most = most.max(resident_mb(binary.process_id()));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut told_to_come_back = 0;
    for task in tasks {
        let status = task.await.unwrap();
        // 0: it was refused while it was still sending.
        assert!(matches!(status, 0 | 400 | 429), "{status}");
        told_to_come_back += usize::from(status != 400);
    }
    assert!(told_to_come_back > 0, "sixteen times 40 MB do not fit into 128");
    assert!(most < 256 + 64, "{most} MB");
    assert_eq!(binary.json("/api/status").await["ingest"]["memoryBytes"], json!(0));
}

fn certificate(folder: &Path, name: &str) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into(), name.into()]).unwrap();
    std::fs::write(folder.join("key.pem"), made.key_pair.serialize_pem()).unwrap();
    std::fs::write(folder.join("certificate.pem"), made.cert.pem()).unwrap();
}

/// `tierline status` over TLS that trusts `certificate`; whether it worked and what it said.
fn status_over_tls(address: &str, certificate: &Path, password: &str) -> (bool, String) {
    let port = address.rsplit(':').next().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tierline"))
        .args(["status", "--controller", &format!("https://localhost:{port}"), "--password", password])
        .env("TIERLINE_CA_FILE", certificate)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_spoken_and_takes_a_new_certificate_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path(), "first");
    let (cert, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    let first = folder.path().join("first.pem");
    std::fs::copy(&cert, &first).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tierline"))
        .args(["up", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path().join("data"))
        .arg("--tls-certificate")
        .arg(&cert)
        .arg("--tls-key")
        .arg(&key)
        .env("TIERLINE_ADMIN_PASSWORD", PASSWORD)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    let address = line.rsplit("https://").next().unwrap().to_owned();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (worked, text) = status_over_tls(&address, &first, PASSWORD);
    assert!(worked && text.contains(&format!("version {}\n", env!("CARGO_PKG_VERSION"))), "{text}");
    let (worked, text) = status_over_tls(&address, &first, "wrong-password");
    assert!(!worked && text.contains("does not accept the password of admin@customer1"), "{text}");
    assert!(!text.contains('{'), "words, not JSON: {text}");
    // Half a change leaves the former certificate in force; the whole one takes it.
    std::fs::write(&cert, "not a certificate").unwrap();
    let hangup = |id: u32| Command::new("kill").args(["-HUP", &id.to_string()]).status().unwrap();
    assert!(hangup(child.id()).success());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(status_over_tls(&address, &first, PASSWORD).0);
    certificate(folder.path(), "second");
    assert!(hangup(child.id()).success());
    let deadline = Instant::now() + Duration::from_secs(10);
    while !status_over_tls(&address, &cert, PASSWORD).0 {
        assert!(Instant::now() < deadline, "the new certificate is not used");
        std::thread::sleep(Duration::from_millis(100));
    }
    let (worked, text) = status_over_tls(&address, &first, PASSWORD);
    assert!(!worked && text.contains("is not who it says"), "{text}");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The controller on a small disk of its own, in its own mount namespace.
struct SmallDisk {
    child: Child,
    address: String,
    disk: std::path::PathBuf,
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether this machine lets us mount something for ourselves alone.
fn may_mount() -> bool {
    let mut probe = Command::new("unshare");
    probe.args(["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
    probe.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn on_a_small_disk(folder: &Path) -> Option<SmallDisk> {
    let script = format!(
        "mount -t tmpfs -o size=24m tmpfs {0} && exec {1} up --listen 127.0.0.1:0 --data {0}/data",
        folder.display(),
        env!("CARGO_BIN_EXE_tierline")
    );
    let mut child = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script])
        .env("TIERLINE_ACCESS_KEY", KEY)
        .env("TIERLINE_ADMIN_PASSWORD", PASSWORD)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .ok()?;
    let line = BufReader::new(child.stdout.take()?).lines().next()?.ok()?;
    let address = line.rsplit("http://").next()?.to_owned();
    let disk = std::path::PathBuf::from(format!("/proc/{}/root{}", child.id(), folder.display()));
    Some(SmallDisk { child, address, disk })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_survived_and_recovered_from() {
    if !may_mount() {
        eprintln!(
            "SKIPPED: a full disk. It takes a small disk of one's own, and this machine lets nobody mount one."
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let small = on_a_small_disk(folder.path()).expect("a controller on a small disk");
    let ask = async |path: &str| {
        let request = Request::get(path).header("authorization", basic("admin@customer1", PASSWORD));
        send(&small.address, request.body(Body::empty()).unwrap()).await.unwrap()
    };
    let report = async |path: &str, body: Vec<u8>| {
        let request = Request::post(path)
            .header("content-type", "application/x-protobuf")
            .header("x-tierline-access-key", KEY);
        send(&small.address, request.body(Body::from(body)).unwrap()).await.unwrap()
    };
    for (path, body) in shop::requests(shop::minute_ms()) {
        assert_eq!(report(path, body).await.status, 200);
    }
    // To the last byte.
    let filler = small.disk.join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    for chunk in [1 << 20, 4_096, 1] {
        while file.write_all(&vec![b'x'; chunk]).is_ok() {}
    }
    drop(file);
    let batch = |n: u64| {
        let mut agent = shop::agent("web", 1);
        agent.incarnation.0[..8].copy_from_slice(&n.to_be_bytes());
        shop::metrics(&agent, &shop::web_report(shop::minute_ms(), 1))
    };
    let (mut accepted, mut n) = (0, 0);
    let refused = loop {
        n += 1;
        let answer = report("/v1/metrics", batch(n)).await;
        if answer.status != 200 {
            break answer;
        }
        accepted += 1;
        assert!(n < 20_000, "the disk is full and reports are still accepted");
    };
    assert_eq!(refused.status, 503, "{}", refused.text());
    let status: serde_json::Value = serde_json::from_slice(&ask("/api/status").await.body).unwrap();
    assert_eq!(status["store"]["writable"], json!(false), "{status}");
    let rows: serde_json::Value = serde_json::from_slice(&ask("/api/applications").await.body).unwrap();
    assert_eq!(
        rows[0]["calls"],
        json!(10 + accepted),
        "what is there is shown, and nothing of what was refused"
    );
    let metrics = ask("/metrics").await.text();
    assert!(metrics.contains("tierline_store_writable 0\n"), "{metrics}");
    assert!(metrics.contains("tierline_ingest_deferred_total{cause=\"store_unavailable\"} "), "{metrics}");
    std::fs::remove_file(filler).unwrap();
    // By itself: nobody reports meanwhile.
    let deadline = Instant::now() + Duration::from_secs(20);
    while !ask("/metrics").await.text().contains("tierline_store_writable 1\n") {
        assert!(Instant::now() < deadline, "the disk has room again and nobody noticed");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(report("/v1/metrics", batch(n)).await.status, 200, "the same batch again");
    let rows: serde_json::Value = serde_json::from_slice(&ask("/api/applications").await.body).unwrap();
    assert_eq!(rows[0]["calls"], json!(10 + accepted + 1));
}
