//! What the controller says about itself at `/metrics`, in Prometheus text.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the store latency's buckets, microseconds.
const LATENCY_BOUNDS_US: [u64; 10] =
    [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_500_000];

/// Counters since the start.
#[derive(Default)]
pub struct Counters {
    /// OTLP requests that were written.
    pub batches_accepted: AtomicU64,
    /// OTLP requests that were refused for good: not readable, too large, wrong key.
    pub batches_refused: AtomicU64,
    /// OTLP requests that were told to come back: overload, or the store cannot be written.
    pub batches_deferred: AtomicU64,
    /// Data points that were written.
    pub points_accepted: AtomicU64,
    /// Spans that were written.
    pub spans_accepted: AtomicU64,
    /// Data points and spans refused.
    pub items_rejected: AtomicU64,
    /// Data points, spans and log requests that mean nothing to us yet.
    pub items_not_understood: AtomicU64,
    /// Reports that came in pieces, because something between agent and controller split them.
    pub reports_split: AtomicU64,
    /// Bytes of OTLP requests after decompression.
    pub bytes_received: AtomicU64,
    /// OpAMP messages answered.
    pub opamp_messages: AtomicU64,
    /// Logins that failed.
    pub logins_failed: AtomicU64,
    /// Logins that were not even checked, because too many failed before.
    pub logins_limited: AtomicU64,
    /// Tokens issued to API clients.
    pub tokens_issued: AtomicU64,
    latency: [AtomicU64; LATENCY_BOUNDS_US.len()],
    latency_count: AtomicU64,
    latency_sum_us: AtomicU64,
}

impl Counters {
    /// One durable write took this long.
    pub fn store_write(&self, took: Duration) {
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.latency_count.fetch_add(1, Ordering::Relaxed);
        self.latency_sum_us.fetch_add(took_us, Ordering::Relaxed);
        for (bound, bucket) in LATENCY_BOUNDS_US.iter().zip(&self.latency) {
            if took_us <= *bound {
                bucket.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Adds to a counter.
    pub fn add(counter: &AtomicU64, amount: u64) {
        counter.fetch_add(amount, Ordering::Relaxed);
    }

    /// The text. `requests_running`: OTLP requests being read, decoded or written; `memory_bytes`: what they hold.
    #[must_use]
    pub fn text(&self, requests_running: usize, memory_bytes: usize) -> String {
        let mut out = String::with_capacity(4_096);
        let counters: [(&str, &str, &AtomicU64); 13] = [
            ("ingest_batches_accepted_total", "OTLP requests written durably", &self.batches_accepted),
            ("ingest_batches_refused_total", "OTLP requests refused for good", &self.batches_refused),
            ("ingest_batches_deferred_total", "OTLP requests told to come back", &self.batches_deferred),
            ("ingest_points_accepted_total", "Data points written", &self.points_accepted),
            ("ingest_spans_accepted_total", "Spans written", &self.spans_accepted),
            ("ingest_items_rejected_total", "Data points and spans refused", &self.items_rejected),
            ("ingest_items_not_understood_total", "Items without meaning here", &self.items_not_understood),
            ("ingest_reports_split_total", "Reports that came in pieces", &self.reports_split),
            ("ingest_bytes_total", "Bytes of OTLP requests, decompressed", &self.bytes_received),
            ("opamp_messages_total", "OpAMP messages answered", &self.opamp_messages),
            ("logins_failed_total", "Logins that failed", &self.logins_failed),
            ("logins_limited_total", "Logins not checked after too many wrong ones", &self.logins_limited),
            ("tokens_issued_total", "Tokens issued to API clients", &self.tokens_issued),
        ];
        for (name, help, value) in counters {
            let value = value.load(Ordering::Relaxed);
            let _ = write!(
                out,
                "# HELP tierline_{name} {help}.\n# TYPE tierline_{name} counter\ntierline_{name} {value}\n"
            );
        }
        for (name, help, value) in [
            ("ingest_requests_running", "OTLP requests being read, decoded or written", requests_running),
            ("ingest_memory_bytes", "Bytes held by OTLP requests", memory_bytes),
        ] {
            let _ = write!(
                out,
                "# HELP tierline_{name} {help}.\n# TYPE tierline_{name} gauge\ntierline_{name} {value}\n"
            );
        }
        self.latency_text(&mut out);
        out
    }

    fn latency_text(&self, out: &mut String) {
        const NAME: &str = "tierline_store_write_seconds";
        let _ = write!(out, "# HELP {NAME} Time of one durable write.\n# TYPE {NAME} histogram\n");
        for (bound, bucket) in LATENCY_BOUNDS_US.iter().zip(&self.latency) {
            let count = bucket.load(Ordering::Relaxed);
            let _ = writeln!(out, "{NAME}_bucket{{le=\"{}\"}} {count}", *bound as f64 / 1e6);
        }
        let count = self.latency_count.load(Ordering::Relaxed);
        let sum = self.latency_sum_us.load(Ordering::Relaxed) as f64 / 1e6;
        let _ = write!(out, "{NAME}_bucket{{le=\"+Inf\"}} {count}\n{NAME}_sum {sum}\n{NAME}_count {count}\n");
    }
}
