//! Telemetry of other OpenTelemetry SDKs: written down, then acknowledged, then decided when its trace is together.
//!
//! Spans wait in a window in memory, so before a request is acknowledged its bytes are in the log,
//! durably. A start after a crash reads the log and goes on. A decision is announced in the log, written to the store,
//! and marked as written; one that was announced but not marked is made again from the same spans under the same number,
//! which changes nothing where it had been written.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tierline_engine::foreign::{Received, TraceKey, Window, WindowSettings};
use tierline_model::foreign::ForeignBatch;
use tierline_model::{AgentIdentity, Segment};
use tierline_store::{Store, StoreError, WriteBatch};
use tierline_wire::foreign::{self, DecodedForeign};
use tierline_wire::otlp::{DecodeError, DecodeLimits, Encoding, Outcome, Signal};

use super::IngestError;
use super::foreign_log::{ForeignLog, Record};
use crate::controller::{Shared, now_ms};
use crate::limits::{FOREIGN_DECISIONS_WAITING_MAX, FOREIGN_TICK_MS};
use crate::log;

/// The window and its log.
#[derive(Default)]
pub struct Foreign(Mutex<State>);

#[derive(Default)]
struct State {
    window: Window,
    /// Without one, what waits is lost when the process ends.
    log: Option<ForeignLog>,
    /// Decided, not written yet; oldest first.
    decided: VecDeque<Decided>,
    decision: u64,
    /// Whether the store took the last one.
    failing: bool,
}

struct Decided {
    decision: u64,
    batches: Vec<WriteBatch>,
    /// The oldest log file it was made from.
    log_file: u64,
}

/// What waits, for `/metrics`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Traces.
    pub traces: usize,
    /// Bytes of their spans, about.
    pub bytes: usize,
    /// Calls outside of any segment since the start.
    pub calls_outside: u64,
    /// Bytes of the log.
    pub log_bytes: u64,
}

/// The foreign part of a request; `None` when there is none.
///
/// # Errors
/// When it cannot be read.
pub fn decode(
    signal: Signal,
    encoding: Encoding,
    body: &[u8],
    limits: &DecodeLimits,
) -> Result<DecodedForeign, DecodeError> {
    match (signal, encoding) {
        (Signal::Traces, Encoding::Protobuf) => foreign::decode_traces(body, limits),
        (Signal::Traces, Encoding::Json) => foreign::decode_traces_json(body, limits),
        (Signal::Logs, Encoding::Protobuf) => foreign::decode_logs(body, limits),
        (Signal::Logs, Encoding::Json) => foreign::decode_logs_json(body, limits),
        (Signal::Metrics, Encoding::Protobuf) => foreign::decode_points(body, limits),
        (Signal::Metrics, Encoding::Json) => foreign::decode_points_json(body, limits),
    }
}

impl Foreign {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what waits in `folder` from now on, and goes on with what waited there. Blocks.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn open(&self, folder: &Path, settings: WindowSettings, store: &dyn Store) -> std::io::Result<()> {
        let mut state = self.lock();
        state.window = Window::since(settings, now_ms());
        let log = ForeignLog::open(folder, |file, record| state.replay(file, record, store))?;
        state.log = Some(log);
        Ok(())
    }

    /// Takes in the foreign part of a request: durable when this returns.
    pub(super) fn receive(
        &self,
        account: &str,
        received_ms: u64,
        (signal, encoding, body): (Signal, Encoding, &[u8]),
        batches: Vec<ForeignBatch>,
    ) -> Result<Received, IngestError> {
        if batches.is_empty() {
            return Ok(Received::default());
        }
        let mut state = self.lock();
        if state.window.is_full() {
            return Err(IngestError::Overloaded);
        }
        let mut file = 0;
        if let Some(log) = &mut state.log {
            let record = Record::Request { account, received_ms, signal, encoding, body };
            file = log.append(&record, true).map_err(unavailable)?;
        }
        Ok(state.window.receive(&Arc::from(account), received_ms, file, batches))
    }

    /// Our agents kept these segments.
    pub(super) fn kept_by_agents(
        &self,
        account: &str,
        received_ms: u64,
        batches: &[(AgentIdentity, Vec<Segment>)],
    ) {
        if !batches.is_empty() {
            self.lock().window.kept_by_agents(&Arc::from(account), received_ms, batches);
        }
    }

    /// Decides what is due and writes what is decided. Blocks.
    ///
    /// # Errors
    /// When log or store cannot be written; nothing is lost, the next call tries again.
    pub fn tick(&self, store: &dyn Store, now_ms: u64) -> Result<(), StoreError> {
        self.lock().decide(store, now_ms)?;
        loop {
            // The lock is not held while the store writes: requests come in meanwhile.
            let Some((decision, batches)) =
                self.lock().decided.front().map(|decided| (decided.decision, decided.batches.clone()))
            else {
                return Ok(());
            };
            for batch in batches {
                store.write(batch)?;
            }
            let mut state = self.lock();
            state.decided.pop_front();
            if let Some(log) = &mut state.log {
                // Not synced: without the mark the decision is written again, which changes nothing.
                log.append(&Record::Written { decision }, false).map_err(io_unavailable)?;
            }
            state.drop_log_files(now_ms);
        }
    }

    /// What waits.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        let state = self.lock();
        Waiting {
            traces: state.window.traces(),
            bytes: state.window.bytes(),
            calls_outside: state.window.calls_outside(),
            log_bytes: state.log.as_ref().map_or(0, ForeignLog::bytes),
        }
    }
}

impl Waiting {
    /// The lines for `/metrics`, in Prometheus text.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = [
            ("foreign_traces_waiting", "gauge", "Traces of other SDKs that wait", self.traces as u64),
            ("foreign_window_bytes", "gauge", "Bytes of their spans, about", self.bytes as u64),
            ("foreign_log_bytes", "gauge", "Bytes of the log behind them", self.log_bytes),
            ("foreign_calls_outside_total", "counter", "Calls outside of any segment", self.calls_outside),
        ];
        lines
            .iter()
            .map(|(name, kind, help, value)| {
                let name = format!("tierline_{name}");
                format!("# HELP {name} {help}.\n# TYPE {name} {kind}\n{name} {value}\n")
            })
            .collect()
    }
}

impl State {
    fn decide(&mut self, store: &dyn Store, now_ms: u64) -> Result<(), StoreError> {
        if self.decided.len() >= FOREIGN_DECISIONS_WAITING_MAX {
            return Ok(());
        }
        let keys = self.window.due(now_ms);
        if keys.is_empty() && !self.window.has_resolutions() && !self.window.has_points_due(now_ms) {
            return Ok(());
        }
        // A decision a second at most on average, so that its number tells it apart for longer than an hour.
        let decision = (now_ms / 1_000).max(self.decision + 1);
        if let Some(log) = &mut self.log {
            log.append(&Record::Decision { decision, now_ms, keys: keys.clone() }, true)
                .map_err(io_unavailable)?;
        }
        self.make(store, decision, now_ms, &keys);
        Ok(())
    }

    fn make(&mut self, store: &dyn Store, decision: u64, now_ms: u64, keys: &[TraceKey]) {
        self.decision = self.decision.max(decision);
        let log_file = self.window.oldest_log_file().unwrap_or(u64::MAX);
        let traces = self.window.take(keys);
        let batches = self.window.decide(store, decision, now_ms, traces);
        self.decided.push_back(Decided { decision, batches, log_file });
    }

    fn replay(&mut self, file: u64, record: Record<'_>, store: &dyn Store) {
        match record {
            Record::Request { account, received_ms, signal, encoding, body } => {
                let limits = DecodeLimits::at(received_ms);
                if let Ok(found) = decode(signal, encoding, body, &limits) {
                    self.window.receive(&Arc::from(account), received_ms, file, found.batches);
                }
            }
            Record::Decision { decision, now_ms, keys } => self.make(store, decision, now_ms, &keys),
            Record::Written { decision } => self.decided.retain(|decided| decided.decision != decision),
        }
    }

    fn drop_log_files(&mut self, now_ms: u64) {
        let decided = self.decided.iter().map(|decided| decided.log_file).min();
        let needed = self.window.oldest_log_file().into_iter().chain(decided).min().unwrap_or(u64::MAX);
        if let Some(log) = &mut self.log {
            log.drop_before(needed, now_ms);
        }
    }
}

fn unavailable(error: std::io::Error) -> IngestError {
    IngestError::Store(io_unavailable(error))
}

fn io_unavailable(error: std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("the log of foreign telemetry cannot be written: {error}"))
}

/// Adds what became of the foreign part to what became of ours, which counted it as not understood.
pub(super) fn add(outcome: &mut Outcome, found: &Outcome, received: Received) {
    let understood = found.accepted + found.rejected;
    outcome.not_understood = outcome.not_understood.saturating_sub(understood);
    outcome.accepted += received.spans + received.points;
    outcome.repeated += received.repeated;
    outcome.rejected += found.rejected;
    for (reason, count) in &found.reasons {
        *outcome.reasons.entry(reason).or_default() += count;
    }
}

/// Decides again and again, until it is aborted.
pub async fn keep_deciding(controller: Shared) {
    let mut every = tokio::time::interval(Duration::from_millis(FOREIGN_TICK_MS));
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let shared = Arc::clone(&controller);
        let ticked = tokio::task::spawn_blocking(move || shared.foreign.tick(&*shared.store, now_ms())).await;
        let failed = match ticked {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(error) => Some(error.to_string()),
        };
        let mut state = controller.foreign.lock();
        if let Some(error) = &failed
            && !state.failing
        {
            log::line(&format!("foreign traces could not be written, they wait: {error}"));
        }
        state.failing = failed.is_some();
    }
}
