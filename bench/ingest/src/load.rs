//! The requests that are sent: made before the clock runs, the same in every repetition.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use tierline_model::{Backend, Segment};
use tierline_store::conformance::random::Random;
use tierline_wire::otlp::{encode_metrics, encode_traces};

use crate::controller::KEY;
use crate::foreign;
use crate::http::Connection;
use crate::traffic::{
    HOUR_MS, MINUTE_MS, NODES, SERIES_PER_NODE, SPANS_PER_SEGMENT, agent, backend, report, segment,
};

/// Segments of one request: with their calls a bit less than the 512 KB that our agents send at one time.
const SEGMENTS_PER_REQUEST: u64 = 200;

/// Requests on their way at one time.
const CONNECTIONS: usize = 8;

/// Requests of one kind.
pub struct Load {
    pub name: &'static str,
    pub path: &'static str,
    /// Spans, or points.
    pub items: u64,
    plain: Vec<Vec<u8>>,
    gzip: Vec<Vec<u8>>,
}

impl Load {
    fn of(name: &'static str, path: &'static str, items: u64, plain: Vec<Vec<u8>>) -> Self {
        let pack = |body: &Vec<u8>| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(body).and_then(|()| encoder.finish()).expect("memory")
        };
        let gzip = plain.iter().map(pack).collect();
        Self { name, path, items, plain, gzip }
    }

    /// Snapshots as our agents send them.
    pub fn snapshots(spans: u64, now_ms: u64) -> Self {
        let mut random = Random::new(1);
        let backends = backends();
        let requests = spans.div_ceil(SEGMENTS_PER_REQUEST * SPANS_PER_SEGMENT);
        let plain = (0..requests)
            .map(|number| {
                let start_ms = now_ms - MINUTE_MS + number * MINUTE_MS / requests;
                let segments: Vec<Segment> =
                    (0..SEGMENTS_PER_REQUEST).map(|_| segment(&mut random, &backends, start_ms)).collect();
                let mut body = Vec::new();
                encode_traces(&agent(number % NODES), &segments, &mut body);
                body
            })
            .collect();
        let items = requests * SEGMENTS_PER_REQUEST * SPANS_PER_SEGMENT;
        Self::of("snapshots of our agents", "/v1/traces", items, plain)
    }

    /// Spans as an OpenTelemetry SDK sends them.
    pub fn foreign(spans: u64, now_ms: u64) -> Self {
        let mut random = Random::new(2);
        let requests = spans.div_ceil(foreign::SPANS_PER_REQUEST);
        let plain = (0..requests).map(|number| foreign::request(&mut random, number, now_ms)).collect();
        Self::of("spans of OpenTelemetry", "/v1/traces", requests * foreign::SPANS_PER_REQUEST, plain)
    }

    /// Numbers of whole hours that are over; with how many data points of OTLP.
    pub fn points(points: u64, now_ms: u64) -> (Self, u64) {
        let mut random = Random::new(3);
        let backends = backends();
        let hours = points.div_ceil(60 * NODES * SERIES_PER_NODE);
        let begin_ms = (now_ms / HOUR_MS - 1 - hours) * HOUR_MS;
        let mut data_points = 0;
        let mut plain = Vec::new();
        for minute in 0..hours * 60 {
            for node in 0..NODES {
                let one = report(&mut random, node, &backends, begin_ms + minute * MINUTE_MS).report;
                let verdicts = one.segments.iter().map(|s| {
                    let counts = [s.verdicts.normal, s.verdicts.slow, s.verdicts.error];
                    1 + counts.iter().filter(|count| **count > 0).count() as u64
                });
                let exits = one.exits.iter().map(|exit| 1 + u64::from(exit.errors > 0));
                data_points += verdicts.sum::<u64>() + exits.sum::<u64>();
                let mut body = Vec::new();
                encode_metrics(&agent(node), &one, &mut body);
                plain.push(body);
            }
        }
        let items = hours * 60 * NODES * SERIES_PER_NODE;
        (Self::of("points of our agents", "/v1/metrics", items, plain), data_points)
    }

    /// Bytes of an item on the wire.
    pub fn bytes_per_item(&self, gzip: bool) -> f64 {
        let bodies = if gzip { &self.gzip } else { &self.plain };
        bodies.iter().map(Vec::len).sum::<usize>() as f64 / self.items as f64
    }

    /// Sends everything; every request until it is acknowledged. Answers the time and how often we were told to wait.
    pub fn send(&self, address: &str, gzip: bool) -> (Duration, u64) {
        let bodies = if gzip { &self.gzip } else { &self.plain };
        let (next, told_to_wait) = (AtomicUsize::new(0), AtomicU64::new(0));
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..CONNECTIONS {
                scope.spawn(|| {
                    let mut connection = Connection::open(address).expect("a connection");
                    while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                        told_to_wait.fetch_add(self.deliver(&mut connection, gzip, body), Ordering::Relaxed);
                    }
                });
            }
        });
        (begun.elapsed(), told_to_wait.into_inner())
    }

    fn deliver(&self, connection: &mut Connection, gzip: bool, body: &[u8]) -> u64 {
        let mut told_to_wait = 0;
        loop {
            let answer = connection.post(self.path, KEY, gzip, body).expect("an answer");
            match answer.status {
                200 if answer.body.is_empty() => return told_to_wait,
                429 | 503 => {
                    told_to_wait += 1;
                    std::thread::sleep(Duration::from_secs(answer.retry_after_s.max(1)));
                }
                status => panic!("{}: {status} {}", self.name, String::from_utf8_lossy(&answer.body)),
            }
        }
    }
}

fn backends() -> Vec<Backend> {
    (0..20).map(backend).collect()
}
