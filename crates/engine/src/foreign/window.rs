//! Where traces wait until they are together.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use tierline_model::correlation::account_guid;
use tierline_model::foreign::{ForeignBatch, ForeignSpan, LoggedError, error_bytes};
use tierline_model::{AgentIdentity, Incarnation, Segment, SpanId};
use tierline_store::Resolution;

use super::assembly::is_called_by_ours;
use super::judge::Judge;
use super::memory::Memory;
use super::points::Points;
use super::{Held, Process, TraceKey};
use crate::limits::{
    FOREIGN_DECISIONS_MAX, FOREIGN_LOGGED_ERRORS_MAX, FOREIGN_PATIENCE, FOREIGN_PROCESSES_MAX,
    FOREIGN_QUIET_S, FOREIGN_TRACE_SPANS_MAX, FOREIGN_WINDOW_BYTES,
};

/// How long and how much a window holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WindowSettings {
    /// A trace is decided when nothing came for so long, milliseconds.
    pub quiet_ms: u64,
    /// A trace that lacks a parent is decided so long after its first span, milliseconds.
    pub patience_ms: u64,
    /// Bytes of spans, about; beyond, the oldest traces are decided early.
    pub bytes_max: usize,
}

impl WindowSettings {
    /// A window of so many seconds of quiet, and six times that for what is missing.
    #[must_use]
    pub const fn of_seconds(quiet_s: u64) -> Self {
        let quiet_ms = quiet_s.saturating_mul(1_000);
        Self {
            quiet_ms,
            patience_ms: quiet_ms.saturating_mul(FOREIGN_PATIENCE),
            bytes_max: FOREIGN_WINDOW_BYTES,
        }
    }
}

impl Default for WindowSettings {
    fn default() -> Self {
        Self::of_seconds(FOREIGN_QUIET_S)
    }
}

/// What became of spans that came in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Received {
    /// They wait.
    pub spans: u64,
    /// They had come before.
    pub repeated: u64,
    /// Points of metrics; they wait as well.
    pub points: u64,
}

/// A trace that waits.
#[derive(Debug, Default)]
pub struct Trace {
    pub(super) spans: Vec<Held>,
    ids: HashSet<SpanId>,
    pub(super) errors: Vec<LoggedError>,
    first_ms: u64,
    last_ms: u64,
    bytes: usize,
    log_file: u64,
    /// Whether every parent is there; unknown after a span came.
    complete: Option<bool>,
}

/// Traces that wait, and what is remembered of those decided.
#[derive(Default)]
pub struct Window {
    settings: WindowSettings,
    traces: HashMap<TraceKey, Trace>,
    bytes: usize,
    pub(super) memory: Memory,
    pub(super) judge: Judge,
    pub(super) points: Points,
    processes: HashMap<(Arc<str>, Incarnation), Arc<Process>>,
    pub(super) resolutions: BTreeMap<Arc<str>, Vec<Resolution>>,
    /// Exit calls that were not counted because no segment was around them.
    pub(super) outside: u64,
}

impl Window {
    /// An empty window.
    #[must_use]
    pub fn new(settings: WindowSettings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// An empty window that begins to listen now: of what counts since before, only what is added counts.
    #[must_use]
    pub fn since(settings: WindowSettings, now_ms: u64) -> Self {
        let mut window = Self::new(settings);
        window.points.since_ms = now_ms;
        window
    }

    /// Whether it holds so much that nothing more may come in before something was decided.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.bytes > self.settings.bytes_max.saturating_mul(2) || self.points.is_full()
    }

    /// Its settings.
    #[must_use]
    pub fn settings(&self) -> WindowSettings {
        self.settings
    }

    /// Bytes the spans take, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Traces that wait.
    #[must_use]
    pub fn traces(&self) -> usize {
        self.traces.len()
    }

    /// Calls that left a process outside of any segment since the start; they are no exit calls.
    #[must_use]
    pub fn calls_outside(&self) -> u64 {
        self.outside
    }

    /// The oldest log file that something waiting needs.
    #[must_use]
    pub fn oldest_log_file(&self) -> Option<u64> {
        let of_traces = self.traces.values().map(|trace| trace.log_file).min();
        of_traces.into_iter().chain(self.points.oldest_log_file()).min()
    }

    /// Takes in what one request brought. `log_file`: where it is written down.
    pub fn receive(
        &mut self,
        account: &Arc<str>,
        received_ms: u64,
        log_file: u64,
        batches: Vec<ForeignBatch>,
    ) -> Received {
        let mut received = Received::default();
        for batch in batches {
            let process = self.process(account, batch.agent);
            if !batch.spans.is_empty() {
                self.points.spans_came(account, &process, received_ms);
            }
            for point in batch.points {
                if self.points.receive(account, &process, (received_ms, log_file), point) {
                    received.points += 1;
                } else {
                    received.repeated += 1;
                }
            }
            for span in batch.spans {
                let key = TraceKey { account: Arc::clone(account), guid: span.guid };
                if self.receive_span(key, received_ms, log_file, &process, span) {
                    received.spans += 1;
                } else {
                    received.repeated += 1;
                }
            }
            for error in batch.logged_errors {
                let key = TraceKey { account: Arc::clone(account), guid: error.guid };
                let trace = waiting(&mut self.traces, key, received_ms, log_file);
                if trace.errors.len() < FOREIGN_LOGGED_ERRORS_MAX {
                    let bytes = error_bytes(&error.error);
                    trace.bytes += bytes;
                    self.bytes += bytes;
                    trace.errors.push(error);
                }
            }
        }
        received
    }

    fn receive_span(
        &mut self,
        key: TraceKey,
        received_ms: u64,
        log_file: u64,
        process: &Arc<Process>,
        span: ForeignSpan,
    ) -> bool {
        if self.memory.knows(&key, span.span_id) {
            return false;
        }
        let trace = waiting(&mut self.traces, key, received_ms, log_file);
        if !trace.ids.insert(span.span_id) {
            return false;
        }
        let bytes = span.memory_bytes();
        trace.bytes += bytes;
        self.bytes += bytes;
        trace.last_ms = received_ms;
        trace.complete = None;
        trace.spans.push(Held { process: Arc::clone(process), span });
        true
    }

    fn process(&mut self, account: &Arc<str>, agent: AgentIdentity) -> Arc<Process> {
        if self.processes.len() >= FOREIGN_PROCESSES_MAX {
            self.processes.clear();
        }
        let process = self.processes.entry((Arc::clone(account), agent.incarnation)).or_insert_with(|| {
            let (app_id, tier_id) = (agent.app_id(), agent.tier_id());
            Arc::new(Process { agent, app_id, tier_id })
        });
        Arc::clone(process)
    }

    /// Our agents kept these segments: what foreign tiers did in the same requests is kept too, and the backends
    /// through which foreign tiers called ours become known.
    pub fn kept_by_agents(
        &mut self,
        account: &Arc<str>,
        now_ms: u64,
        batches: &[(AgentIdentity, Vec<Segment>)],
    ) {
        for (agent, segments) in batches {
            let ids = (agent.app_id(), agent.tier_id());
            for segment in segments {
                let key = TraceKey { account: Arc::clone(account), guid: segment.guid };
                let resolution = self.memory.kept_elsewhere(key, now_ms, segment.parent_span_id, ids);
                self.resolutions.entry(Arc::clone(account)).or_default().extend(resolution);
            }
        }
    }

    /// The traces to decide now, oldest first.
    pub fn due(&mut self, now_ms: u64) -> Vec<TraceKey> {
        self.memory.forget(now_ms);
        let settings = self.settings;
        let mut due: Vec<(u64, TraceKey)> = Vec::new();
        let mut waiting: Vec<(u64, usize, &TraceKey)> = Vec::new();
        let crowded = self.bytes > settings.bytes_max;
        for (key, trace) in &mut self.traces {
            if is_due(key, trace, &self.memory, settings, now_ms) {
                due.push((trace.first_ms, key.clone()));
            } else if crowded {
                waiting.push((trace.first_ms, trace.bytes, key));
            }
        }
        // Early decisions make room: a quarter, so that not every request causes one.
        let mut too_much = self.bytes.saturating_sub(settings.bytes_max / 4 * 3);
        waiting.sort_unstable_by_key(|(first_ms, ..)| *first_ms);
        for (first_ms, bytes, key) in waiting {
            if too_much == 0 {
                break;
            }
            too_much = too_much.saturating_sub(bytes);
            due.push((first_ms, key.clone()));
        }
        due.sort_unstable();
        due.truncate(FOREIGN_DECISIONS_MAX);
        due.into_iter().map(|(_, key)| key).collect()
    }

    /// Whether there is something to write besides traces.
    #[must_use]
    pub fn has_resolutions(&self) -> bool {
        self.resolutions.values().any(|resolutions| !resolutions.is_empty())
    }

    /// Takes traces out of the window.
    pub fn take(&mut self, keys: &[TraceKey]) -> Vec<(TraceKey, Trace)> {
        let taken: Vec<(TraceKey, Trace)> =
            keys.iter().filter_map(|key| self.traces.remove_entry(key)).collect();
        self.bytes -= taken.iter().map(|(_, trace)| trace.bytes).sum::<usize>();
        taken
    }
}

fn waiting(
    traces: &mut HashMap<TraceKey, Trace>,
    key: TraceKey,
    received_ms: u64,
    log_file: u64,
) -> &mut Trace {
    traces.entry(key).or_insert_with(|| Trace {
        first_ms: received_ms,
        last_ms: received_ms,
        log_file,
        ..Trace::default()
    })
}

/// A trace is due when it was quiet for a while and nothing is missing, or when waiting longer is too long.
fn is_due(key: &TraceKey, trace: &mut Trace, memory: &Memory, settings: WindowSettings, now_ms: u64) -> bool {
    let (age_ms, quiet_ms) = (now_ms.saturating_sub(trace.first_ms), now_ms.saturating_sub(trace.last_ms));
    if trace.spans.len() >= FOREIGN_TRACE_SPANS_MAX || age_ms >= settings.patience_ms.saturating_mul(2) {
        return true;
    }
    if quiet_ms < settings.quiet_ms {
        return false;
    }
    if age_ms >= settings.patience_ms {
        return true;
    }
    let complete = trace.complete.unwrap_or_else(|| {
        let account = account_guid(&key.account);
        trace.spans.iter().all(|held| {
            held.span.parent.is_none_or(|parent| {
                trace.ids.contains(&parent)
                    || memory.knows(key, parent)
                    || is_called_by_ours(key, account, held)
            })
        })
    });
    trace.complete = Some(complete);
    complete
}
