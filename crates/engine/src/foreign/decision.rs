//! Deciding traces: verdicts, numbers, and what is kept.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tierline_model::correlation::account_guid;
use tierline_model::foreign::{ForeignSpan, LoggedError, Role};
use tierline_model::{AppId, BtId, CapturePolicy, ErrorRecord, Guid, SpanId, Thresholds, Verdict};
use tierline_store::{Resolution, Store, WriteBatch};

use super::TraceKey;
use super::assembly::{Assembled, assemble};
use super::judge::{AccountNames, Judge};
use super::kept::{self, Judged};
use super::memory::Place;
use super::numbers::Numbers;
use super::window::{Trace, Window};
use crate::limits::FOREIGN_SEGMENTS_MAX;

impl Window {
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
        self.count_points(store, now_ms, &mut accounts);
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
        let counted = || assembled.segments.iter().zip(&judged).filter(|(draft, _)| !draft.excluded);
        for (draft, judged) in counted() {
            if let Some(held) = assembled.spans.get(draft.span) {
                let (process, duration_ns) = (&held.process, held.span.duration_ns);
                numbers.segment(
                    process,
                    (&draft.bt, draft.caller),
                    judged.verdict,
                    duration_ns,
                    judged.end_ms,
                );
                let executions = (duration_ns, 1);
                self.judge.executed(&key.account, process.tier_id, draft.bt.id, executions, judged.end_ms);
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
            thresholds: Thresholds::default(),
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
        bt: (BtId, AppId),
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
        let counted = || assembled.segments.iter().zip(judged).filter(|(draft, _)| !draft.excluded);
        for (draft, judged) in counted() {
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
        for (draft, judged) in counted().take(FOREIGN_SEGMENTS_MAX) {
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
                (Some(draft), _) if draft.excluded => None,
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
