//! What the controller says about itself at `/metrics`, in Prometheus text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Upper bounds of the store latency's buckets, microseconds.
const LATENCY_BOUNDS_US: [u64; 10] =
    [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_500_000];

/// What one account sent since the start.
#[derive(Default)]
pub struct AccountCounters {
    /// OTLP requests that were written.
    pub batches_accepted: AtomicU64,
    /// OTLP requests that were refused for good.
    pub batches_refused: AtomicU64,
    /// OTLP requests that were told to come back.
    pub batches_deferred: AtomicU64,
    /// Data points and spans that were written.
    pub items_accepted: AtomicU64,
    /// Bytes of OTLP requests after decompression.
    pub bytes_received: AtomicU64,
}

/// What stands at a moment.
#[derive(Clone, Debug, Default)]
pub struct Gauges {
    /// Name without prefix, what it is, value.
    pub values: Vec<(&'static str, &'static str, u64)>,
}

/// Counters since the start.
#[derive(Default)]
pub struct Counters {
    /// Requests refused because nobody knows their key.
    pub refused_no_key: AtomicU64,
    /// Requests refused because they cannot be read.
    pub refused_unreadable: AtomicU64,
    /// Requests refused because they are too large.
    pub refused_too_large: AtomicU64,
    /// Requests told to come back because there was too much to do.
    pub deferred_overload: AtomicU64,
    /// Requests whose bodies came too slowly.
    pub deferred_slow: AtomicU64,
    /// Requests told to come back because the store cannot be written: disk full, read-only.
    pub deferred_store_unavailable: AtomicU64,
    /// Requests told to come back because the store's files are damaged.
    pub deferred_store_damaged: AtomicU64,
    /// Requests told to come back because of a fault of the controller.
    pub deferred_fault: AtomicU64,
    /// Requests of people and scripts told to come back.
    pub visitors_deferred: AtomicU64,
    /// Connections closed because there were too many from one address.
    pub connections_refused: AtomicU64,
    accounts: RwLock<BTreeMap<String, Arc<AccountCounters>>>,
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
    /// Spans of other SDKs that were taken in.
    pub foreign_accepted: AtomicU64,
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

/// Name, help text, and where the numbers come from.
type Family<'a, Numbers> = (&'a str, &'a str, Numbers);

/// One of an account's numbers.
type OfAccount = fn(&AccountCounters) -> &AtomicU64;

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

    /// Those of an account. There are as many as accounts with keys.
    pub fn of_account(&self, account: &str) -> Arc<AccountCounters> {
        let known = self.accounts.read().unwrap_or_else(PoisonError::into_inner).get(account).cloned();
        known.unwrap_or_else(|| {
            let mut all = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(account.to_owned()).or_default())
        })
    }

    /// The text, with what stands at the moment; of accounts only those `visible`.
    #[must_use]
    pub fn text(&self, gauges: &Gauges, visible: impl Fn(&str) -> bool) -> String {
        let mut out = String::with_capacity(4_096);
        let counters: [(&str, &str, &AtomicU64); 16] = [
            ("ingest_batches_accepted_total", "OTLP requests written durably", &self.batches_accepted),
            ("ingest_batches_refused_total", "OTLP requests refused for good", &self.batches_refused),
            ("ingest_batches_deferred_total", "OTLP requests told to come back", &self.batches_deferred),
            ("ingest_points_accepted_total", "Data points written", &self.points_accepted),
            ("ingest_spans_accepted_total", "Spans written", &self.spans_accepted),
            ("ingest_foreign_spans_total", "Spans of other SDKs taken in", &self.foreign_accepted),
            ("ingest_items_rejected_total", "Data points and spans refused", &self.items_rejected),
            ("ingest_items_not_understood_total", "Items without meaning here", &self.items_not_understood),
            ("ingest_reports_split_total", "Reports that came in pieces", &self.reports_split),
            ("ingest_bytes_total", "Bytes of OTLP requests, decompressed", &self.bytes_received),
            ("opamp_messages_total", "OpAMP messages answered", &self.opamp_messages),
            ("logins_failed_total", "Logins that failed", &self.logins_failed),
            ("logins_limited_total", "Logins not checked after too many wrong ones", &self.logins_limited),
            (
                "visitors_deferred_total",
                "Requests of people and scripts told to come back",
                &self.visitors_deferred,
            ),
            (
                "connections_refused_total",
                "Connections closed, too many from one address",
                &self.connections_refused,
            ),
            ("tokens_issued_total", "Tokens issued to API clients", &self.tokens_issued),
        ];
        for (name, help, value) in counters {
            let value = value.load(Ordering::Relaxed);
            let _ = write!(
                out,
                "# HELP tierline_{name} {help}.\n# TYPE tierline_{name} counter\ntierline_{name} {value}\n"
            );
        }
        self.causes_text(&mut out);
        for (name, help, value) in &gauges.values {
            let _ = write!(
                out,
                "# HELP tierline_{name} {help}.\n# TYPE tierline_{name} gauge\ntierline_{name} {value}\n"
            );
        }
        self.accounts_text(visible, &mut out);
        self.latency_text(&mut out);
        out
    }

    fn causes_text(&self, out: &mut String) {
        let refused = [
            ("no_key", &self.refused_no_key),
            ("unreadable", &self.refused_unreadable),
            ("too_large", &self.refused_too_large),
        ];
        let deferred = [
            ("overload", &self.deferred_overload),
            ("slow", &self.deferred_slow),
            ("store_unavailable", &self.deferred_store_unavailable),
            ("store_damaged", &self.deferred_store_damaged),
            ("fault", &self.deferred_fault),
        ];
        let all: [Family<'_, &[(&str, &AtomicU64)]>; 2] = [
            ("ingest_refused_total", "OTLP requests refused for good, by cause", &refused),
            ("ingest_deferred_total", "OTLP requests told to come back, by cause", &deferred),
        ];
        for (name, help, causes) in all {
            let _ = write!(out, "# HELP tierline_{name} {help}.\n# TYPE tierline_{name} counter\n");
            for (cause, value) in causes {
                let value = value.load(Ordering::Relaxed);
                let _ = writeln!(out, "tierline_{name}{{cause=\"{cause}\"}} {value}");
            }
        }
    }

    fn accounts_text(&self, visible: impl Fn(&str) -> bool, out: &mut String) {
        let all = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        let seen: Vec<_> = all.iter().filter(|(account, _)| visible(account)).collect();
        if seen.is_empty() {
            return;
        }
        let families: [Family<'_, OfAccount>; 5] = [
            ("batches_accepted", "OTLP requests written", |own| &own.batches_accepted),
            ("batches_refused", "OTLP requests refused for good", |own| &own.batches_refused),
            ("batches_deferred", "OTLP requests told to come back", |own| &own.batches_deferred),
            ("items_accepted", "Data points and spans written", |own| &own.items_accepted),
            ("bytes", "Bytes of OTLP requests, decompressed", |own| &own.bytes_received),
        ];
        for (name, help, value) in families {
            let name = format!("tierline_account_ingest_{name}_total");
            let _ = write!(out, "# HELP {name} {help}, by account.\n# TYPE {name} counter\n");
            for (account, own) in &seen {
                // An account's name has only letters, digits, `-`, `_` and `.`.
                let value = value(own).load(Ordering::Relaxed);
                let _ = writeln!(out, "{name}{{account=\"{account}\"}} {value}");
            }
        }
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
