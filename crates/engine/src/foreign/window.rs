//! Where traces wait until they are together, and how they are decided.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use tierline_model::correlation::account_guid;
use tierline_model::foreign::{ForeignBatch, ForeignSpan, LoggedError, Role, error_bytes};
use tierline_model::{
    AgentIdentity, CapturePolicy, ErrorRecord, Guid, Incarnation, Segment, SpanId, Verdict,
};
use tierline_store::{Resolution, Store, WriteBatch};

use super::assembly::{Assembled, assemble, is_called_by_ours};
use super::judge::{AccountNames, Judge};
use super::kept::{self, Judged};
use super::memory::{Memory, Place};
use super::numbers::Numbers;
use super::{Held, Process, TraceKey};
use crate::limits::{
    FOREIGN_DECISIONS_MAX, FOREIGN_LOGGED_ERRORS_MAX, FOREIGN_PATIENCE, FOREIGN_PROCESSES_MAX,
    FOREIGN_QUIET_S, FOREIGN_SEGMENTS_MAX, FOREIGN_TRACE_SPANS_MAX, FOREIGN_WINDOW_BYTES,
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
}

/// A trace that waits.
#[derive(Debug, Default)]
pub struct Trace {
    spans: Vec<Held>,
    ids: HashSet<SpanId>,
    errors: Vec<LoggedError>,
    first_ms: u64,
    last_ms: u64,
    bytes: usize,
    log_file: u64,
    /// Whether every parent is there; unknown after a span came.
    complete: Option<bool>,
}

impl Trace {
    /// The log file its first span stands in.
    #[must_use]
    pub fn log_file(&self) -> u64 {
        self.log_file
    }
}

/// Traces that wait, and what is remembered of those decided.
#[derive(Default)]
pub struct Window {
    settings: WindowSettings,
    traces: HashMap<TraceKey, Trace>,
    bytes: usize,
    memory: Memory,
    judge: Judge,
    processes: HashMap<(Arc<str>, Incarnation), Arc<Process>>,
    resolutions: BTreeMap<Arc<str>, Vec<Resolution>>,
    /// Exit calls that were not counted because no segment was around them.
    outside: u64,
}

impl Window {
    /// An empty window.
    #[must_use]
    pub fn new(settings: WindowSettings) -> Self {
        Self { settings, ..Self::default() }
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

    /// The oldest log file that a waiting trace needs.
    #[must_use]
    pub fn oldest_log_file(&self) -> Option<u64> {
        self.traces.values().map(|trace| trace.log_file).min()
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

    /// Decides traces: what to write. `decision` grows with every call, by one a second at most on average.
    pub fn decide(
        &mut self,
        store: &dyn Store,
        decision: u64,
        now_ms: u64,
        traces: Vec<(TraceKey, Trace)>,
    ) -> Vec<WriteBatch> {
        let mut accounts: BTreeMap<Arc<str>, Numbers> = BTreeMap::new();
        for (account, resolutions) in std::mem::take(&mut self.resolutions) {
            if !resolutions.is_empty() {
                accounts.entry(account).or_default().resolutions = resolutions;
            }
        }
        let mut guids: HashMap<Arc<str>, Guid> = HashMap::new();
        for (key, trace) in traces {
            for held in &trace.spans {
                self.judge.prepare(store, &key.account, &held.process, now_ms);
            }
            let guid = *guids.entry(Arc::clone(&key.account)).or_insert_with(|| account_guid(&key.account));
            let mut names = AccountNames { judge: &mut self.judge, account: Arc::clone(&key.account) };
            let assembled = assemble(&key, guid, trace.spans, &self.memory, &mut names);
            let numbers = accounts.entry(Arc::clone(&key.account)).or_default();
            self.decide_trace(&key, &assembled, &trace.errors, numbers, now_ms);
        }
        accounts
            .into_iter()
            .flat_map(|(account, numbers)| numbers.into_batches(&account, decision, now_ms))
            .collect()
    }

    fn decide_trace(
        &mut self,
        key: &TraceKey,
        assembled: &Assembled,
        logged: &[LoggedError],
        numbers: &mut Numbers,
        now_ms: u64,
    ) {
        self.outside += assembled.outside;
        let logged = errors_by_segment(assembled, logged);
        let judged: Vec<Judged> = assembled
            .segments
            .iter()
            .enumerate()
            .map(|(number, _)| self.judge_segment(key, assembled, number, logged.get(&number)))
            .collect();
        for (draft, judged) in assembled.segments.iter().zip(&judged) {
            if let Some(held) = assembled.spans.get(draft.span) {
                let (process, duration_ns) = (&held.process, held.span.duration_ns);
                numbers.segment(
                    process,
                    (&draft.bt, draft.caller),
                    judged.verdict,
                    duration_ns,
                    judged.end_ms,
                );
                self.judge.executed(&key.account, process.tier_id, draft.bt.id, duration_ns, judged.end_ms);
                for exit in &draft.exits {
                    self.count_exit(key, assembled, *exit, (draft.bt.id, draft.bt.app_id), numbers);
                }
            }
        }
        for (exit, place) in &assembled.late_exits {
            self.count_exit(key, assembled, *exit, (place.bt_id, place.bt_app_id), numbers);
        }
        for exit in &assembled.lost_exits {
            if let Some(held) = assembled.spans.get(*exit) {
                let other = Judge::other_traffic(&held.process);
                self.count_exit(key, assembled, *exit, (other.id, other.app_id), numbers);
            }
        }
        let kept = self.keep(key, assembled, &judged, numbers, now_ms);
        self.memory.remember(key, now_ms, kept, places(assembled));
    }

    fn judge_segment(
        &mut self,
        key: &TraceKey,
        assembled: &Assembled,
        number: usize,
        logged: Option<&Vec<&LoggedError>>,
    ) -> Judged {
        let account = &key.account;
        let nothing = Judged {
            verdict: Verdict::Normal,
            thresholds: tierline_model::Thresholds::default(),
            errors: Vec::new(),
            end_ms: 0,
        };
        let Some(draft) = assembled.segments.get(number) else { return nothing };
        let Some(held) = assembled.spans.get(draft.span) else { return nothing };
        let (span, tier_id) = (&held.span, held.process.tier_id);
        let inside = draft.inside.iter().filter_map(|inside| assembled.spans.get(*inside));
        // What a call or a message inside failed with is an error of the segment only when the segment says so.
        let inside = inside.filter(|held| !matches!(held.span.role, Role::Exit(_)));
        let mut errors: Vec<ErrorRecord> = Vec::new();
        let found = span.errors.iter().chain(inside.flat_map(|held| &held.span.errors));
        let logged = logged.into_iter().flatten().map(|error| &error.error);
        for error in found.chain(logged) {
            // One exception is recorded by every span it passes.
            if !errors.iter().any(|e| e.type_name == error.type_name && e.message == error.message) {
                errors.push(error.clone());
            }
        }
        let by_status = self.judge.is_error_status(account, tier_id, span.http_status);
        if by_status && errors.is_empty() {
            errors.push(status_error(span.http_status));
        }
        let in_error = by_status || self.judge.counts(account, tier_id, &errors);
        let end_ms = end_ms(span);
        let thresholds = self.judge.thresholds(account, tier_id, draft.bt.id, end_ms);
        Judged { verdict: thresholds.verdict(span.duration_ns, in_error, false), thresholds, errors, end_ms }
    }

    fn count_exit(
        &mut self,
        key: &TraceKey,
        assembled: &Assembled,
        exit: usize,
        bt: (tierline_model::BtId, tierline_model::AppId),
        numbers: &mut Numbers,
    ) {
        let (Some(held), Some(backend)) = (assembled.spans.get(exit), assembled.backends.get(&exit)) else {
            return;
        };
        let (span, process) = (&held.span, &held.process);
        let failed = self.judge.is_error_status(&key.account, process.tier_id, span.http_status)
            || self.judge.counts(&key.account, process.tier_id, &span.errors);
        numbers.exit(process, bt, backend, failed, span.duration_ns, end_ms(span));
        if let Some(tier_id) = self.memory.reached(key, span.span_id, process.app_id) {
            numbers.resolutions.push(Resolution { app_id: process.app_id, backend_id: backend.id, tier_id });
        }
    }

    /// Keeps the whole trace when one of its segments asks for it. Says whether it did.
    fn keep(
        &mut self,
        key: &TraceKey,
        assembled: &Assembled,
        judged: &[Judged],
        numbers: &mut Numbers,
        now_ms: u64,
    ) -> bool {
        let mut keep = self.memory.kept(key) || self.memory.is_kept_elsewhere(key);
        let mut sample = None;
        for (draft, judged) in assembled.segments.iter().zip(judged) {
            keep |= judged.verdict != Verdict::Normal || draft.wanted;
            if draft.bt.origin.is_some()
                && sample.is_none()
                && let Some(held) = assembled.spans.get(draft.span)
            {
                sample = self
                    .judge
                    .sample(&key.account, held.process.tier_id, draft.bt.id, now_ms)
                    .map(|policy| (draft.span, policy));
            }
        }
        if !keep && sample.is_none() {
            return false;
        }
        for (draft, judged) in assembled.segments.iter().zip(judged).take(FOREIGN_SEGMENTS_MAX) {
            let policy = match judged.verdict {
                Verdict::Error => CapturePolicy::ErrorSampling,
                Verdict::Slow | Verdict::VerySlow | Verdict::Stall => CapturePolicy::SlaFailure,
                Verdict::Normal => sample
                    .filter(|(span, _)| *span == draft.span)
                    .map_or(CapturePolicy::Continuing, |(_, policy)| policy),
            };
            if let Some(held) = assembled.spans.get(draft.span)
                && let Some(segment) = kept::segment(assembled, draft, judged, policy)
            {
                numbers.keep(&held.process, segment, judged.end_ms);
            }
        }
        true
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

fn end_ms(span: &ForeignSpan) -> u64 {
    span.start_unix_ns.saturating_add(span.duration_ns) / 1_000_000
}

fn status_error(status: Option<u16>) -> ErrorRecord {
    ErrorRecord {
        type_name: Arc::from(format!("HTTP {}", status.unwrap_or_default())),
        message: Arc::from(""),
        stack: Arc::from(""),
    }
}

/// Logged errors by the segment they were logged in.
fn errors_by_segment<'e>(
    assembled: &Assembled,
    logged: &'e [LoggedError],
) -> HashMap<usize, Vec<&'e LoggedError>> {
    let mut found: HashMap<usize, Vec<&LoggedError>> = HashMap::new();
    if logged.is_empty() {
        return found;
    }
    let owners: HashMap<SpanId, usize> = assembled
        .spans
        .iter()
        .zip(&assembled.owners)
        .filter_map(|(held, owner)| Some((held.span.span_id, (*owner)?)))
        .collect();
    for error in logged {
        if let Some(segment) = owners.get(&error.span_id) {
            found.entry(*segment).or_default().push(error);
        }
    }
    found
}

/// Where every span of a trace belongs, for those that come later.
fn places(assembled: &Assembled) -> Vec<(SpanId, Option<Place>)> {
    let mut late: HashMap<usize, &Place> = HashMap::new();
    late.extend(assembled.late_exits.iter().map(|(exit, place)| (*exit, place)));
    assembled
        .spans
        .iter()
        .enumerate()
        .map(|(number, held)| {
            let backend_id = assembled.backends.get(&number).map(|backend| backend.id);
            let owner = assembled.owners.get(number).copied().flatten();
            let place = match (owner.and_then(|owner| assembled.segments.get(owner)), late.get(&number)) {
                (Some(draft), _) => Some(Place {
                    process: Arc::clone(&held.process),
                    bt_id: draft.bt.id,
                    bt_app_id: draft.bt.app_id,
                    sequence: match backend_id {
                        Some(_) => assembled.sequence(draft, number),
                        None => Arc::clone(&draft.sequence),
                    },
                    backend_id,
                }),
                (None, Some(place)) => Some(Place { backend_id, ..(*place).clone() }),
                (None, None) => None,
            };
            (held.span.span_id, place)
        })
        .collect()
}
