//! Rules against a real store: what is usual, what is violated, who is told, what people decide.

mod administration;
mod configuration;
mod health;
mod policies;
mod quiet;

use std::sync::Arc;

use tempfile::TempDir;
use tierline_engine::ingest::{reports_batch, segments_batch};
use tierline_model::{
    AgentIdentity, AppId, BtId, BtOrigin, BtRef, CapturePolicy, EntryType, ErrorRecord, Guid, Histogram,
    Incarnation, IntervalReport, Language, Ledger, RuntimeSample, Segment, SegmentKind, SegmentMetrics,
    SpanId, Thresholds, Verdict, VerdictCounts,
};
use tierline_store::sqlite::SqliteStore;
use tierline_store::{Store, TimeRange};

pub(crate) const ACCOUNT: &str = "customer1";
pub(crate) const APP: &str = "shop";
pub(crate) const BT: &str = "/buy";
pub(crate) const MINUTE_MS: u64 = 60_000;
pub(crate) const HOUR_MS: u64 = 3_600_000;
pub(crate) const WEEK_MS: u64 = 7 * 24 * HOUR_MS;

pub(crate) struct Shop {
    pub(crate) store: SqliteStore,
    _folder: TempDir,
}

/// The start of an hour a little ago.
pub(crate) fn hour_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = u64::try_from(since.as_millis()).unwrap();
    now - now % HOUR_MS - HOUR_MS
}

pub(crate) fn app() -> AppId {
    AppId::of(APP)
}

pub(crate) fn bt() -> BtId {
    BtId::of(APP, "web", EntryType::PythonWeb, BT)
}

fn agent() -> AgentIdentity {
    agent_on("web-1")
}

fn agent_on(node: &str) -> AgentIdentity {
    // A process is one node: the store takes a second report of a process for a minute as the first one again.
    let mut process = [1; 16];
    process.iter_mut().zip(node.bytes()).for_each(|(byte, of_node)| *byte = of_node);
    AgentIdentity {
        application: Arc::from(APP),
        tier: Arc::from("web"),
        node: Arc::from(node),
        incarnation: Incarnation(process),
        language: Language::Python,
        agent_version: Arc::from("0.1.0"),
        runtime_version: Arc::from("3.11.7"),
        host_name: Arc::from("host-a"),
        os_type: Arc::from("linux"),
        process_id: 42,
    }
}

fn bt_ref() -> BtRef {
    let origin = BtOrigin { name: Arc::from(BT), entry_type: EntryType::PythonWeb, other_traffic: false };
    BtRef { id: bt(), app_id: app(), origin: Some(origin) }
}

/// What happened in one minute.
#[derive(Clone, Copy, Default)]
pub(crate) struct Minute {
    pub(crate) calls: u64,
    pub(crate) each_ms: u64,
    pub(crate) errors: u64,
    pub(crate) slow: u64,
}

impl Shop {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: SqliteStore::open(folder.path()).unwrap(), _folder: folder }
    }

    /// Reports minutes, each at its start.
    pub(crate) fn report(&self, minutes: impl IntoIterator<Item = (u64, Minute)>) {
        self.report_from("web-1", minutes);
    }

    /// The same from a node.
    pub(crate) fn report_from(&self, node: &str, minutes: impl IntoIterator<Item = (u64, Minute)>) {
        let reports = minutes.into_iter().map(|(start_ms, minute)| {
            let mut duration = Histogram::new();
            (0..minute.calls).for_each(|_| duration.record(minute.each_ms * 1_000_000));
            let normal = minute.calls - minute.errors - minute.slow;
            let verdicts =
                VerdictCounts { normal, error: minute.errors, slow: minute.slow, ..VerdictCounts::default() };
            let report = IntervalReport {
                start_ms,
                end_ms: start_ms + MINUTE_MS,
                segments: vec![SegmentMetrics { bt: bt_ref(), caller: None, verdicts, duration }],
                exits: Vec::new(),
                ledger: Ledger { ended: minute.calls, begun: minute.calls, ..Ledger::default() },
                runtime: RuntimeSample {
                    process_cpu_ms: 15_000.0,
                    process_memory_bytes: 96 << 20,
                    agent_cpu_ms: 30.0,
                    agent_memory_bytes: 2 << 20,
                    threads: 7,
                },
            };
            (agent_on(node), report)
        });
        self.store.write(reports_batch(ACCOUNT, hour_ms(), reports.collect())).unwrap();
    }

    /// The same every minute of `[start_ms, end_ms)`.
    pub(crate) fn report_all(&self, start_ms: u64, end_ms: u64, minute: Minute) {
        self.report((start_ms..end_ms).step_by(MINUTE_MS as usize).map(|start_ms| (start_ms, minute)));
    }

    /// Keeps a failed execution.
    pub(crate) fn fail(&self, at_ms: u64, number: u8, type_name: &str, stack: &str) {
        let segment = Segment {
            guid: Guid::from_bytes([number; 16]).unwrap(),
            span_id: SpanId::from_bytes([number; 8]).unwrap(),
            parent_span_id: None,
            sequence: Arc::from(""),
            bt: bt_ref(),
            caller: None,
            kind: SegmentKind::Server,
            start_unix_ns: at_ms * 1_000_000,
            duration_ns: 5_000_000,
            cpu_ns: None,
            verdict: Verdict::Error,
            thresholds: Thresholds::default(),
            policy: CapturePolicy::ErrorSampling,
            in_flight: false,
            abandoned: false,
            thread: Arc::from("main"),
            errors: vec![ErrorRecord {
                type_name: Arc::from(type_name),
                message: Arc::from(format!("no such item: {number}").as_str()),
                stack: Arc::from(stack),
            }],
            user_data: Vec::new(),
            exit_calls: Vec::new(),
            exit_calls_dropped: 0,
        };
        self.store.write(segments_batch(ACCOUNT, at_ms, vec![(agent(), vec![segment])])).unwrap();
    }

    pub(crate) fn dyn_store(&self) -> &dyn Store {
        &self.store
    }
}

pub(crate) fn always() -> TimeRange {
    TimeRange { start_ms: 0, end_ms: u64::MAX / 2 }
}
