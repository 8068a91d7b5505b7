//! Questions while ingest runs. See README.md.

#[path = "../../ingest/src/controller.rs"]
#[expect(dead_code, reason = "the ingest bench needs more of it")]
mod controller;
mod fill;
#[path = "../../ingest/src/http.rs"]
#[expect(dead_code, reason = "the ingest bench needs more of it")]
mod http;
#[path = "../../ingest/src/machine.rs"]
mod machine;
mod questions;
#[path = "../../store/src/traffic.rs"]
#[expect(dead_code, reason = "the bench of the store needs more of it")]
mod traffic;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use controller::{Controller, KEY, bytes_in};
use http::Connection;
use tierline_model::Guid;
use tierline_store::conformance::random::Random;
use tierline_store::conformance::sample::now_ms;
use tierline_wire::otlp::{encode_metrics, encode_traces};
use traffic::{MINUTE_MS, NODES, agent, report};

/// Requests a second while questions are asked: 4,000 spans, and 100 points of one node's minute, each.
const BATCHES_PER_SECOND: u64 = 5;

/// The ids of some requests, in a directory that is kept.
const GUIDS_FILE: &str = "bench-guids";

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let spans = arguments.next().unwrap_or(1_000_000);
    let hours = arguments.next().unwrap_or(6);
    machine::print();
    let kept = std::env::var_os("TIERLINE_BENCH_KEEP").map(PathBuf::from);
    let directory = kept
        .clone()
        .unwrap_or_else(|| std::env::temp_dir().join(format!("tierline-bench-query-{}", std::process::id())));
    let guids = data(&directory, spans, hours);
    let begun = Instant::now();
    let controller = Controller::start(&directory.join("data"), &[]);
    println!("{:.2} GB; the controller started in {:?}", bytes_in(&directory) as f64 / 1e9, begun.elapsed());
    controller.wait_until_idle(Duration::from_secs(300));
    let (stop, written) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| ingest(&controller.address, &stop, &written));
        questions::to_the_controller(&controller.address, &guids, hours);
        stop.store(true, Ordering::Relaxed);
    });
    println!(
        "  {} batches were ingested meanwhile; the controller had {} MB",
        written.load(Ordering::Relaxed),
        controller.memory_kb("VmRSS:") / 1_000
    );
    controller.stop();
    questions::to_the_store(&directory.join("data"), &guids, hours);
    if kept.is_none() {
        std::fs::remove_dir_all(&directory).expect("remove");
    }
}

fn data(directory: &Path, spans: u64, hours: u64) -> Vec<Guid> {
    let file = directory.join(GUIDS_FILE);
    if let Ok(text) = std::fs::read_to_string(&file) {
        return text.lines().filter_map(|line| line.parse().ok()).collect();
    }
    let guids = fill::fill(&directory.join("data"), spans, hours);
    let lines: Vec<String> = guids.iter().map(ToString::to_string).collect();
    std::fs::write(file, lines.join("\n")).expect("write");
    guids
}

fn ingest(address: &str, stop: &AtomicBool, written: &AtomicU64) {
    let mut random = Random::new(9);
    let backends = fill::backends();
    let mut connection = Connection::open(address).expect("a connection");
    while !stop.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let node = written.load(Ordering::Relaxed) % NODES;
        let (mut spans, mut points) = (Vec::new(), Vec::new());
        encode_traces(&agent(node), &fill::segments(&mut random, &backends, now_ms()), &mut spans);
        let minute_ms = now_ms() / MINUTE_MS * MINUTE_MS;
        encode_metrics(&agent(node), &report(&mut random, node, &backends, minute_ms).report, &mut points);
        for (path, body) in [("/v1/traces", spans), ("/v1/metrics", points)] {
            let answer = connection.post(path, KEY, false, &body).expect("an answer");
            assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        }
        written.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(1_000 / BATCHES_PER_SECOND).saturating_sub(begun.elapsed()));
    }
}
